"""Join wall times and instants: zones, the hours that their clocks skip, and those that they show twice.

Takes a naive wall time and an IANA zone, gives a `Due`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mailer.errors import UsageError
from mailer.schedule.naming import NO_ZONES, date_said, offset_said, place, written

__all__ = ["ComesTwice", "Due", "Which", "at", "exactly", "later", "moved", "on_wall", "planned", "there", "zone_named"]


class Due(NamedTuple):
    """An hour: the instant (aware UTC), and the wall time in the zone (IANA name) where it was meant.

    `skipped` is the wall time that was meant when the clocks skip it, and the hour was moved to after the gap.
    """

    instant: datetime
    wall: datetime
    timezone: str
    skipped: datetime | None = None


class ComesTwice(UsageError):
    """The clocks show a wall time twice, because they go back; `first` and `second` are the two, one must be chosen."""

    def __init__(self, first: Due, second: Due) -> None:
        self.first = first
        self.second = second
        wall, tz = first.wall, ZoneInfo(first.timezone)
        ways = [f"`{written(wall)}{offset_said(due.instant.astimezone(tz))}`" for due in (first, second)]
        super().__init__(
            f"the clocks in {place(first.timezone)} show {wall:%H:%M} twice on {date_said(wall)}; write {ways[0]} for"
            f" the first time or {ways[1]} for the second"
        )


#: Chooses one of the two, or raises what it was given.
Which = Callable[[ComesTwice], Due]


def zone_named(name: str) -> ZoneInfo:
    """Return a zone of the machine's IANA database, whatever the case of its name; raises UsageError for no zone."""
    try:
        return ZoneInfo(_spelled(name))
    except (KeyError, ValueError, OSError):
        raise UsageError(f"“{name}” is no time zone; write one as in `Europe/Berlin`") from None


def _spelled(name: str) -> str:
    """Return the zone's name in its own spelling: a file system may not tell cases apart, other machines do."""
    if name.startswith(NO_ZONES):
        raise ValueError(name)
    if name.lower() != name:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):
            pass
    from zoneinfo import available_timezones

    wanted = name.lower()
    found = next((zone for zone in available_timezones() if zone.lower() == wanted), name)
    if found.startswith(NO_ZONES):
        raise ValueError(name)
    return found


def exactly(moment: datetime, zone: str) -> Due:
    """Return the hour of an aware moment, as the clocks in `zone` show it."""
    instant, clocks = moment.astimezone(UTC), zone_named(zone)
    return Due(instant, _shown(instant, clocks), clocks.key)


def there(due: Due, zone: str) -> Due:
    """Return the same hour by the clocks of the employer's `zone`, wherever it was typed for."""
    return due if due.timezone == zone else exactly(due.instant, zone)


def at(wall: datetime, zone: str, *, which: Which | None = None) -> Due:
    """Return the hour that a naive wall time means in `zone`; `which` chooses if the clocks there show it twice.

    Raises UsageError, naming the first time after, for one that they skip; ComesTwice when there is nobody to choose.
    """
    clocks = zone_named(zone)
    first, second = _readings(wall, clocks)
    if first.utcoffset() == second.utcoffset():
        return Due(first.astimezone(UTC), wall, clocks.key)
    if _is_skipped(first, second):
        after = _after_gap(first, second)
        raise UsageError(
            f"the clocks in {place(zone)} skip {wall:%H:%M} on {date_said(wall)}; the first time after that is"
            f" {after:%H:%M} ({offset_said(after)})"
        )
    twice = ComesTwice(*(Due(reading.astimezone(UTC), wall, clocks.key) for reading in (first, second)))
    if which is None:
        raise twice
    return which(twice)


def on_wall(wall: datetime, zone: str) -> Due:
    """Return the hour that a naive wall time means: by its fold if it comes twice, moved past a gap that skips it."""
    due = exactly(wall.replace(tzinfo=zone_named(zone)), zone)
    naive = wall.replace(fold=0)
    return due if due.wall == naive else due._replace(skipped=naive)


def planned(send: datetime, zone: str, *, which: Which | None = None) -> Due:
    """Return the hour of a `send` recorded in an interview file: naive it is wall time in `zone`, else exact.

    Raises what `at` raises for wall time.
    """
    if send.tzinfo is None:
        return at(send, zone, which=which)
    return exactly(send, zone)


def later(due: Due, *, hours: int = 0, minutes: int = 0) -> Due:
    """Return the hour after so much elapsed time."""
    return exactly(due.instant + timedelta(hours=hours, minutes=minutes), due.timezone)


def moved(due: Due, rules: tzinfo) -> Due:
    """Return the hour that a wall time means by the present `rules` of its zone, which may have changed since.

    An instant that still shows the wall time stays, so that the second of two stays the second. Else it is the reading
    nearest to the old one, and for a wall time that is now skipped the first time after the gap.
    """
    if _shown(due.instant, rules) == due.wall:
        return due
    first, second = _readings(due.wall, rules)
    if _is_skipped(first, second):
        after = _after_gap(first, second)
        return Due(after.astimezone(UTC), after.replace(tzinfo=None, fold=0), due.timezone, skipped=due.wall)
    instants = [reading.astimezone(UTC) for reading in (first, second)]
    return Due(min(instants, key=lambda instant: abs(instant - due.instant)), due.wall, due.timezone)


def _shown(instant: datetime, rules: tzinfo) -> datetime:
    """Return what the clocks show at an instant, naive."""
    return instant.astimezone(rules).replace(tzinfo=None, fold=0)


def _readings(wall: datetime, rules: tzinfo) -> tuple[datetime, datetime]:
    """Return the two readings of a wall time (PEP 495); they differ where the clocks skip it or show it twice."""
    return wall.replace(tzinfo=rules, fold=0), wall.replace(tzinfo=rules, fold=1)


def _is_skipped(first: datetime, second: datetime) -> bool:
    """Tell whether a wall time with these two readings does not exist: then the second lies before the first."""
    return second.astimezone(UTC) < first.astimezone(UTC)


def _after_gap(first: datetime, second: datetime) -> datetime:
    """Return the first time after the gap in which both readings of a wall time lie, searched by halving.

    Read with the offset after the change (`second`) the instant lies before it, and the other way round.
    """
    low, high = int(second.timestamp()), int(first.timestamp())
    before = datetime.fromtimestamp(low, first.tzinfo).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, first.tzinfo).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, first.tzinfo)
