"""Know where people's mail is handed in: the big providers, and what their refusals mean.

Takes an address, a host or a server's reply; gives a Provider or a sentence. Asks nothing of the network.
"""

from __future__ import annotations

from mailer.accounts.providers import PROVIDERS, Provider, account_at, by_host, by_name, provider_for
from mailer.accounts.replies import advice

__all__ = ["PROVIDERS", "Provider", "account_at", "advice", "by_host", "by_name", "provider_for"]
