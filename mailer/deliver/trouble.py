"""Tell the failures that would meet every note of an account from those of one note; pure.

Takes an error, gives the `Trouble` that keeps all due notes waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import CredentialError, DeliveryError, Permanent, SettingsError, Stage
from mailer.model import Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.errors import MailerError

__all__ = ["BEFORE_THE_NOTE", "is_about_the_account", "pause_s", "trouble_of"]

#: A failure here is about the account or the line, not about the note: the other notes would meet it too.
BEFORE_THE_NOTE = frozenset({Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.AUTH})


#: Until the next try, in seconds: a keyring or a network may be back at any moment.
SHORTEST_PAUSE_S = 30.0

#: Providers lock accounts out that try a wrong password again and again.
LONGEST_PAUSE_S = 3600.0


def is_about_the_account(error: MailerError) -> bool:
    """Tell whether the error would meet every other note too."""
    if isinstance(error, DeliveryError):
        return error.stage in BEFORE_THE_NOTE
    return isinstance(error, (CredentialError, SettingsError))


def trouble_of(error: MailerError, *, now: datetime, account: str = "") -> Trouble:
    """Return what keeps an account's due notes waiting from `now` (aware UTC) on."""
    return Trouble(_kind(error), str(error), now, account)


def _kind(error: MailerError) -> str:
    if isinstance(error, SettingsError):
        return "settings"
    if isinstance(error, CredentialError):
        return "password"
    if isinstance(error, DeliveryError):
        is_login = error.stage is Stage.AUTH
        return "connection" if not isinstance(error, Permanent) else "login" if is_login else "server"
    return "storage"


def pause_s(trouble: Trouble, *, now: datetime) -> float:
    """Return how long to wait until the next try: a while, and what a server refused, as long again as it lasts."""
    if trouble.kind not in {"login", "server"}:
        return SHORTEST_PAUSE_S
    lasted_s = (now - trouble.since).total_seconds()
    return min(max(lasted_s, 2 * SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
