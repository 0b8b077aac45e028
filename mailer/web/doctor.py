"""The doctor's page: each part that sending needs, its state, what that means, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.web.desk import Visit

__all__ = ["doctor"]

#: What each health is called on the page.
WORDS = {"ok": "in order", "warn": "worth a look", "fail": "broken", "skip": "not looked at"}

#: Where on the page of settings a part is mended, for those who need no command.
PLACES = {
    "service": ("#service", "Have the system send them"),
    "sender": ("#account", "Say whose notes these are"),
    "account": ("#account", "Set up your mail"),
    "password": ("#account", "Log in again"),
    "timezone": ("#rest", "Say your time zone"),
    "interviews": ("#rest", "Say where your interviews are"),
}


def doctor(visit: Visit) -> Response:
    """Look at each part; the server is asked only when somebody presses the button."""
    from mailer.app import account

    is_online = visit.request.method == "POST"
    parts = tuple(account.examine(visit.app, is_offline=not is_online))
    return visit.page("doctor.html.j2", parts=parts, words=WORDS, places=PLACES, is_online=is_online)
