"""Tell what mail programs make of a mail's HTML, by the tests of caniemail.com.

Takes the finished HTML, gives the features that it uses, each with the support of seven groups of mail programs.
"""

from __future__ import annotations

from mailer.clients.examining import Answer, Use, examine
from mailer.clients.groups import CLIENTS, Client, Support
from mailer.clients.record import data_date, source

__all__ = ["CLIENTS", "Answer", "Client", "Support", "Use", "data_date", "examine", "source"]
