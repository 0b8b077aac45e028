"""Turn the words for an hour into one: counted from now on a command line, from the interview in its file.

Takes words (their grammar stands in `words`), gives a `Due`, an instant, or what a file records.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from mailer.errors import UsageError
from mailer.schedule.hours import ComesTwice, Due, at, exactly, on_wall, zone_named
from mailer.schedule.naming import date_said, offset_said, place, shown, written
from mailer.schedule.words import BEST, NEXT_WORKDAY, NOW, TODAY, TOMORROW, Wanted, read
from mailer.workdays import MONDAY_TO_FRIDAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.schedule.hours import Which
    from mailer.workdays import Workdays

__all__ = ["instant", "parse", "recorded"]

_OWN_ZONE = "followed by a zone (`Europe/Berlin`) or an offset (`+01:00`) if need be"
_DAY_WORDS = "`tomorrow 8:30`, `Monday 8:30am`, `next business day 08:30`, `Dec 1 noon`, `2026-12-01 09:00`"
_FORMS = f"a time from now (`in 2h`; m, h or d), or a day and an hour ({_DAY_WORDS}), {_OWN_ZONE}"
FORMS = f"write `now`, {_FORMS}"
FORMS_WITH_BEST = f"write `now`, `best`, {_FORMS}"
WALL_FORMS = f"write a date and time (`2026-12-01 09:00`), {_OWN_ZONE}"
FILE_FORMS = (
    "write a date and an hour (`2026-12-01 09:00`), one counted from the interview (`in 2h`, `tomorrow 8:30`,"
    f" `Monday 8:30am`, `next business day 08:30`), {_OWN_ZONE}, or `best`"
)

#: What a date is counted from does not matter.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BEST_NEEDS_INTERVIEW = (
    "`best` follows from the interview's hours, which are not known here; write the hour, or cancel the note and queue"
    " it again from its file"
)


def parse(  # noqa: PLR0913  # what the words are counted from, and who decides what they leave open
    words: str,
    *,
    now: datetime,
    zone: str,
    workdays: Workdays = MONDAY_TO_FRIDAY,
    best: Callable[[], Due] | None = None,
    which: Which | None = None,
) -> Due:
    """Read what a person typed for a send time; without a zone or offset of its own it is wall time in `zone`.

    Days are counted on the calendar there, elapsed time in UTC. `best` gives the hour of that word, `which` chooses
    between two hours on the wall. Raises UsageError for anything but the forms, a wall time that the clocks skip, and
    the past; ComesTwice when they show it twice and there is no `which`.
    """
    match read(words):
        case None:
            forms = FORMS if best is None else FORMS_WITH_BEST
            raise UsageError(f"“{shown(words)}” is no time to send at; {forms}")
        case str() as word:
            return _named(word, now=now, zone=zone, best=best)
        case timedelta() as elapsed:
            return exactly(now + elapsed, zone)
        case Wanted() as wanted:
            pass

    def one_of(twice: ComesTwice) -> Due:
        if twice.second.instant < now:
            return twice.second
        if which is None:
            raise twice
        return which(twice)

    due = _meant(wanted, now=now, zone=zone, workdays=workdays, which=one_of)
    if due.instant < now:
        raise UsageError(_passed(wanted, due))
    return due


def _named(word: str, *, now: datetime, zone: str, best: Callable[[], Due] | None) -> Due:
    if word == NOW:
        return exactly(now, zone)
    if best is None:
        raise UsageError(BEST_NEEDS_INTERVIEW)
    return best()


def instant(words: str, *, zone: str) -> datetime:
    """Return the instant (aware UTC) of a typed date and time in `zone`, which may have passed.

    Raises UsageError for anything else, and for a wall time that the clocks skip or show twice.
    """
    wanted = read(words)
    if not isinstance(wanted, Wanted) or not isinstance(wanted.day, date):
        raise UsageError(f"“{shown(words)}” is no date and time; {WALL_FORMS}")
    return _meant(wanted, now=_EPOCH, zone=zone, workdays=MONDAY_TO_FRIDAY).instant


def recorded(words: str, *, ended: datetime, zone: str, workdays: Workdays = MONDAY_TO_FRIDAY) -> datetime | None:
    """Read the `send` of an interview file, which means the same hour whenever it is read; None stands for `best`.

    Days and elapsed time are counted from the end of the interview (`ended`, naive wall time in `zone`). Gives naive
    wall time in `zone`, whether or not the clocks there skip it or show it twice; with an elapsed time, an offset or
    another zone an exact moment, aware in its ZoneInfo. Raises UsageError for `now` and anything but the forms.
    """
    match read(words):
        case None:
            raise UsageError(f"“{shown(words)}” is no time to send at; {FILE_FORMS}")
        case str() as word:
            if word == BEST:
                return None
            raise UsageError(f"`now` would be another hour each time the file is read; {FILE_FORMS}")
        case timedelta() as elapsed:
            return (on_wall(ended, zone).instant + elapsed).astimezone(zone_named(zone))
        case Wanted() as wanted:
            pass
    end = on_wall(ended, zone).instant
    if wanted.offset is None and wanted.zone in {"", zone}:
        return _wall(wanted, now=end, zone=zone, workdays=workdays)
    due = _meant(wanted, now=end, zone=zone, workdays=workdays)
    return due.instant.astimezone(zone_named(due.timezone))


def _meant(wanted: Wanted, *, now: datetime, zone: str, workdays: Workdays, which: Which | None = None) -> Due:
    """Return the hour that is wanted; raises UsageError when the clocks skip it, or are not at its offset then."""
    there = zone_named(wanted.zone).key if wanted.zone else zone
    wall = _wall(wanted, now=now, zone=there, workdays=workdays)
    if wanted.offset is None:
        return at(wall, there, which=which)
    moment = wall.replace(tzinfo=wanted.offset)
    due = exactly(moment, there)
    if wanted.zone and due.wall != wall:
        raise UsageError(
            f"“{written(wall)}{offset_said(moment)} {there}” contradicts itself: the clocks in {place(there)} are not"
            f" at {offset_said(moment)} then; leave out one of the two"
        )
    return due


def _wall(wanted: Wanted, *, now: datetime, zone: str, workdays: Workdays) -> datetime:
    """Return the naive wall time that is wanted, its day counted from `now` on the calendar of its offset or zone."""
    clocks = wanted.offset if wanted.offset and not wanted.zone else zone_named(zone)
    today = now.astimezone(clocks).date()
    match wanted.day:
        case date() as day:
            pass
        case int() as weekday:
            day = today + timedelta(days=(weekday - today.weekday()) % 7)
            last = datetime.combine(day, wanted.hour).replace(tzinfo=clocks, fold=1)
            if last.astimezone(UTC) < now:
                day += timedelta(days=7)
        case (month, number):
            day = _nearest(int(month), int(number), today)
        case word:
            counted = {TODAY: today, TOMORROW: today + timedelta(days=1)}
            day = workdays.after(today) if word == NEXT_WORKDAY else counted[str(word)]
    return datetime.combine(day, wanted.hour)


def _nearest(month: int, number: int, today: date) -> date:
    """Return the day of the year that lies nearest to today, before or after it."""
    days = [_on_year(year, month, number) for year in range(today.year - 1, today.year + 2)]
    existing = [day for day in days if day]
    if not existing:
        raise UsageError("there is no February 29 near; write the year too, as in `2028-02-29 09:00`")
    return min(existing, key=lambda day: abs(day - today))


def _on_year(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _passed(wanted: Wanted, due: Due) -> str:
    said = f"{date_said(due.wall)}, {due.wall:%H:%M} in {place(due.timezone)} has passed"
    if wanted.day == TODAY:
        return f"{said}; write `tomorrow {wanted.hour:%H:%M}`, or a later hour"
    if isinstance(wanted.day, tuple):
        following = next(filter(None, (_on_year(due.wall.year + years, *wanted.day) for years in range(1, 9))))
        return f"{said}; write `{following} {wanted.hour:%H:%M}` for the next one"
    return f"{said}; write a later one, or `now`"
