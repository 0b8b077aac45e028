"""Practise on this machine: a mail server that delivers to nobody, and an inbox page to read what arrived.

Takes mail over SMTP on loopback, gives each as an .eml file in a folder and as a page on loopback.
"""

from __future__ import annotations

from mailer.sandbox.inbox import Arrived
from mailer.sandbox.server import Sandbox

__all__ = ["Arrived", "Sandbox"]
