"""Find the scheduled entries whose wall time has become another instant, because the rules of its zone changed.

Takes a database, gives each such entry's old hour and the new one; the rules are read from the machine's time-zone
database at that moment, so that a long-lived process sees an upgrade.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailer.outbox import rows, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from mailer.database import Store
    from mailer.outbox.rows import Row
    from mailer.schedule import Due

__all__ = ["EVERY", "explained", "moves"]

#: Rules change with weeks of notice, at times days; a process looks again after so long.
EVERY = timedelta(minutes=10)

#: No change of the rules moves an hour by more than a day, so what is farther off can wait.
_AHEAD = timedelta(hours=26)

#: Read at once, so that memory stays flat however many are due soon.
_PAGE = 1000


def moves(database: Store, now: datetime) -> Iterator[tuple[str, Due, Due]]:
    """Yield the id, the hour and the new hour of each entry that is due soon, or was, and whose hour has moved."""
    rules: dict[str, ZoneInfo | None] = {}
    for page in _due_soon(database, now):
        yield from _moves_of(page, rules)


def _moves_of(page: Sequence[Row], rules: dict[str, ZoneInfo | None]) -> Iterator[tuple[str, Due, Due]]:
    """Yield the moves of a page; `rules` keeps the zones that were read."""
    from mailer.schedule import Due, moved

    unmoved: tuple[int, str, str] | None = None
    for row in page:
        hour = row["due"], row["due_local"], row["timezone"]
        if hour == unmoved:  # those of one morning
            continue
        before = Due(rows.instant_from(hour[0]), datetime.fromisoformat(hour[1]), hour[2])
        if before.timezone not in rules:
            rules[before.timezone] = _present_rules(before.timezone)
        clocks = rules[before.timezone]
        after = moved(before, clocks) if clocks else before
        if after != before:
            yield row["id"], before, after
        else:
            unmoved = hour


def _due_soon(database: Store, now: datetime) -> Iterator[Sequence[Row]]:
    """Yield what is scheduled, up to a day ahead, the longest due first, page by page."""
    place = {"after": -(2**62), "seq": 0}
    while page := database.rows(statements.DUE_SOON, place | {"limit": rows.stored(now + _AHEAD), "page": _PAGE}):
        yield page
        place = {"after": page[-1]["not_before"], "seq": page[-1]["seq"]}


def _present_rules(timezone: str) -> ZoneInfo | None:
    """Return a zone as it is on disk now; None when this machine's database has it no more, and nothing can be said."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo.no_cache(timezone)
    except (KeyError, ValueError, OSError):
        return None


def explained(before: Due, after: Due) -> str:
    """Say why an entry's hour was moved, for its event."""
    if after.skipped:
        return (
            f"the clocks of {before.timezone} changed: they skip {before.wall:%Y-%m-%d %H:%M} now, so it goes at"
            f" {after.wall:%H:%M} there"
        )
    return (
        f"the clocks of {before.timezone} changed: {before.wall:%Y-%m-%d %H:%M} there is now"
        f" {after.instant:%Y-%m-%d %H:%M} UTC, it was {before.instant:%Y-%m-%d %H:%M}"
    )
