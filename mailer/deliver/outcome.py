"""Hold what a try to deliver a note came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mailer.errors import MailerError
    from mailer.model import Entry

__all__ = ["Outcome"]


class Outcome(NamedTuple):
    """What one try came to: the entry as it is now, and the error if it was not sent.

    With `ends_run` the error would have met every other note too (no connection, no password), so none was tried.
    """

    entry: Entry
    error: MailerError | None = None
    ends_run: bool = False
