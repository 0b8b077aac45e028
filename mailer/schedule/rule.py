"""Apply the timing rule: from the hours of an interview to the one at which its notes are read with most good will.

Takes wall times at the employer, gives a `Suggestion` or a `Due`. A holiday counts as a day of the weekend.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from mailer.schedule.hours import Due, exactly, later, on_wall
from mailer.workdays import MONDAY_TO_FRIDAY

if TYPE_CHECKING:
    from mailer.workdays import Workdays

__all__ = ["Suggestion", "apart", "recommended", "suggest"]


class Suggestion(NamedTuple):
    """What the timing rule says: its row (R0 to R6), the earliest hour that is not too soon, the best, another one."""

    rule: str
    earliest: Due
    best: Due
    also: Due | None


def recommended(  # noqa: PLR0913  # what the rule looks at
    start: datetime,
    end: datetime | None,
    *,
    zone: str,
    decision_expected: date | None,
    now: datetime,
    workdays: Workdays = MONDAY_TO_FRIDAY,
) -> Due:
    """Return the hour that the timing rule recommends, or the next good one when that has passed.

    `start` and `end` are wall time in `zone`; without an end the interview lasted an hour.
    """
    best = suggest(start, end, zone=zone, decision_expected=decision_expected, workdays=workdays).best
    return best if best.instant >= now else _next_good(now, zone, workdays)


def suggest(
    start: datetime,
    end: datetime | None,
    *,
    zone: str,
    decision_expected: date | None,
    workdays: Workdays = MONDAY_TO_FRIDAY,
) -> Suggestion:
    """Apply the timing rule to an interview, whatever the time is now: its first row that fits.

    `start` and `end` are wall time in `zone`; a wall time that comes twice is the first unless its fold says
    otherwise, one that is skipped is moved to after the gap.
    """
    ended = later(on_wall(start, zone), hours=1) if end is None else on_wall(end, zone)
    day = ended.wall.date()
    workday, is_eve = workdays.after(day), not workdays.includes(day + timedelta(days=1))
    earliest = later(ended, hours=2)
    soon, morning = _at_once(ended), _on_day(workday, time(8, 30), zone)
    evening = _this_evening(earliest, day)
    if decision_expected == day and soon:
        return Suggestion("R0", later(ended, minutes=20), soon, None)
    if not workdays.includes(day):
        return Suggestion("R5", earliest, morning, _on_the_day_off(earliest, day))
    if ended.wall.time() < time(13):
        return Suggestion("R1", earliest, _on_day(day, time(16, 30), zone), morning)
    if is_eve if decision_expected is None else decision_expected <= workday:
        if evening:
            return Suggestion("R3" if is_eve else "R2", earliest, evening, morning)
        return Suggestion("R4", earliest, _on_day(workday, time(7, 30), zone), morning)
    return Suggestion("R6", earliest, morning, evening)


def apart(due: Due, position: int) -> Due:
    """Return the hour of an interview's note number `position` (from 0): seven minutes after the one before it."""
    return later(due, minutes=7 * position) if position else due


def _at_once(ended: Due) -> Due | None:
    """Return the hour for those who decide today: an hour after the end, unless that is late in the evening."""
    soon = _rounded_up(later(ended, hours=1))
    is_in_time = soon.wall.date() == ended.wall.date() and soon.wall.time() <= time(21)
    return soon if is_in_time else None


def _this_evening(earliest: Due, day: date) -> Due | None:
    """Return the later of 18:00 and the earliest hour, unless that is after 18:30."""
    evening = max(_on_day(day, time(18), earliest.timezone), _rounded_up(earliest), key=lambda due: due.instant)
    return evening if evening.wall <= datetime.combine(day, time(18, 30)) else None


def _on_the_day_off(earliest: Due, day: date) -> Due | None:
    """Return the hour on a weekend's day itself, between 07:30 and 18:30."""
    hour = max(_on_day(day, time(7, 30), earliest.timezone), earliest, key=lambda due: due.instant)
    return hour if hour.wall <= datetime.combine(day, time(18, 30)) else None


def _next_good(now: datetime, zone: str, workdays: Workdays) -> Due:
    """Return now if it is an hour of work there, else the next half past eight of a workday."""
    here = exactly(now, zone)
    day = here.wall.date()
    if not workdays.includes(day):
        return _on_day(workdays.after(day), time(8, 30), zone)
    if time(7, 30) <= here.wall.time() <= time(18, 30):
        return here
    today = _on_day(day, time(8, 30), zone)
    return today if today.instant > now else _on_day(workdays.after(day), time(8, 30), zone)


def _on_day(day: date, clock: time, zone: str) -> Due:
    return on_wall(datetime.combine(day, clock), zone)


def _rounded_up(due: Due) -> Due:
    past = timedelta(minutes=due.wall.minute % 5, seconds=due.wall.second, microseconds=due.wall.microsecond)
    return exactly(due.instant + (timedelta(minutes=5) - past if past else past), due.timezone)
