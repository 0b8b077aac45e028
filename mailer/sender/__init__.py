"""Hand sealed mails to a submission server, stage by stage, over one verified connection.

Takes an account and its secret, gives a `Connection`; takes an envelope and the mail's bytes, gives a `Receipt` or
raises a `DeliveryError` that says how far it came. The home of smtplib and ssl.
"""

from __future__ import annotations

from mailer.sender.connection import Connection, connect
from mailer.sender.hold import HoldLimits, hold_limits
from mailer.sender.wire import Timeouts

__all__ = ["Connection", "HoldLimits", "Timeouts", "connect", "hold_limits"]
