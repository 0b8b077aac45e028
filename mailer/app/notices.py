"""Tell the user's desktop what a worker did, in the background, where nobody reads its output.

Takes outcomes and entries, gives notices. Why notes wait is said once, until they go on.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mailer import notifications
from mailer.model import State
from mailer.notifications import Happening, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.model import Entry, Trouble

__all__ = ["news", "notice", "notices", "tell"]

_HAPPENINGS = {
    State.SENT: Happening.SENT,
    State.FAILED: Happening.FAILED,
    State.UNCERTAIN: Happening.UNCERTAIN,
    State.MISSED: Happening.MISSED,
}


def notice(entry: Entry) -> Notice | None:
    """Return what is worth saying of an entry as it is now; None while it simply waits."""
    happening = _HAPPENINGS.get(entry.state)
    if happening is None:
        return None
    reply = entry.last_reply
    detail = f"The server said: {reply.code} {reply.text}" if reply and happening is Happening.FAILED else ""
    return Notice(happening, entry.to.name or entry.to.address, entry.id, detail)


def notices(
    outcomes: Sequence[Outcome], missed: Sequence[Entry] = (), trouble: Trouble | None = None
) -> Iterator[Notice]:
    """Yield what is worth saying of a run; trouble is one notice, however many notes wait, unless it mends itself."""
    entries = [*missed, *(outcome.entry for outcome in outcomes)]
    yield from filter(None, map(notice, entries))
    if trouble and trouble.kind != "connection":
        yield Notice(Happening.WAITING, detail=trouble.sentence)


def tell(app: App, outcomes: Sequence[Outcome], missed: Sequence[Entry] = (), trouble: Trouble | None = None) -> None:
    """Show what a run of a worker came to, unless MAILER_NOTIFY says no; raises nothing of a desktop's."""
    if app.settings.notify and (outcomes or missed or trouble):
        notifications.notify(news(app.settings.home, outcomes, missed, trouble))


def news(
    home: Path, outcomes: Sequence[Outcome], missed: Sequence[Entry] = (), trouble: Trouble | None = None
) -> list[Notice]:
    """Return what is worth saying and was not said before: the same trouble is news again once a note was tried."""
    found = list(notices(outcomes, missed, trouble))
    was_told = home / "told-of-trouble"
    if trouble and trouble.kind == _told(was_told):
        return [notice for notice in found if notice.happening is not Happening.WAITING]
    with suppress(OSError):
        if trouble:
            was_told.touch(mode=0o600)
            was_told.write_text(trouble.kind)
        elif outcomes:
            was_told.unlink(missing_ok=True)
    return found


def _told(path: Path) -> str:
    """Return the kind of trouble that was told last, "" for none."""
    try:
        return path.read_text()
    except OSError:
        return ""
