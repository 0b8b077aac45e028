"""Know the one browser that may come in, and that a form is one of our own.

Takes nothing but chance, gives tickets (one-time), a cookie and a form token. All of it lives in this process and dies
with it; nothing is written down.
"""

from __future__ import annotations

import secrets
import threading
from hmac import compare_digest

__all__ = ["MAX_TICKETS", "Session"]

#: Links handed out and not used yet; the oldest goes when there are more.
MAX_TICKETS = 8


class Session:
    """One run of the desk, as its browser knows it.

    A ticket in a link is good for one visit: it can be read in the list of processes while a browser starts. The cookie
    is named after the port, since cookies are shared by all ports of a host (RFC 6265 8.5).
    """

    def __init__(self, port: int) -> None:
        self.cookie_name = f"mailer-{port}"
        self.cookie = secrets.token_urlsafe(32)
        self.form_token = secrets.token_urlsafe(32)
        self._tickets: list[str] = []
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """Name it without its secrets."""
        return f"<Session {self.cookie_name}>"

    def ticket(self) -> str:
        """Return a fresh ticket, good for one visit."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._tickets = [*self._tickets, ticket][-MAX_TICKETS:]
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Tell whether a ticket is good, and make it worthless."""
        with self._lock:
            found = [known for known in self._tickets if _same(known, ticket)]
            self._tickets = [known for known in self._tickets if known not in found]
        return bool(found)

    def admits(self, cookie: str) -> bool:
        """Tell whether a cookie is this session's."""
        return _same(self.cookie, cookie)

    def vouches(self, form_token: str) -> bool:
        """Tell whether a form was one of our own pages'."""
        return _same(self.form_token, form_token)


def _same(known: str, given: str) -> bool:
    """Compare without telling by the time how much was right; `compare_digest` takes ASCII only."""
    return compare_digest(known.encode(), given.encode("utf-8", "surrogatepass"))
