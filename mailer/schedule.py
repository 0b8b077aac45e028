"""Say when a note is sent: from the words a person typed, or by the timing rule; and say it back in words.

Takes words or an interview's hours, gives a `Due`; pure. Wall times are the employer's, in an IANA zone; elapsed time
is counted in UTC, so that two hours are two hours on the night the clocks change.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Due", "Suggestion", "apart", "at", "describe", "instant", "parse", "recommended", "suggest"]

_WALL_FORM = (
    "a date and time (`2026-12-01 09:00`), followed by an offset (`+01:00`) or a zone (`Europe/Berlin`) if need be"
)
FORMS = f"write `now`, a time from now (`+30m`, `+2h`, `+1d`), or {_WALL_FORM}"
WALL_FORMS = f"write {_WALL_FORM}"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FRIDAY = 4

_ELAPSED = re.compile(r"\+(\d{1,4})([mhd])", re.ASCII)
_WALL = re.compile(
    r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:?\d\d)?(?:\s+([A-Za-z][\w+-]*(?:/[\w+-]+)*))?", re.ASCII
)


class Due(NamedTuple):
    """An hour: the instant (aware UTC), and the wall time in the zone (IANA name) where it was meant."""

    instant: datetime
    wall: datetime
    timezone: str


class Suggestion(NamedTuple):
    """What the timing rule says: its row (R0 to R6), the earliest hour that is not too soon, the best, another one."""

    rule: str
    earliest: Due
    best: Due
    also: Due | None


# --- typed words -----------------------------------------------------------------------------------------------


def parse(words: str, *, now: datetime, zone: str) -> Due:
    """Read what a person typed for a send time; without a zone of its own it is wall time in `zone`.

    Raises UsageError for anything but the forms, a wall time that the clocks skip or show twice, and the past.
    """
    typed = " ".join(words.split())
    if typed == "now":
        return _due(now, zone)
    if elapsed := _ELAPSED.fullmatch(typed):
        unit = {"m": "minutes", "h": "hours", "d": "days"}[elapsed[2]]
        return _due(now + timedelta(**{unit: int(elapsed[1])}), zone)
    if not _WALL.fullmatch(typed):
        raise UsageError(f"“{typed}” is no time to send at; {FORMS}")
    due = _typed_wall(typed, zone)
    if due.instant < now:
        raise UsageError(f"{_date(due.wall)}, {due.wall:%H:%M} in {_place(due.timezone)} has passed; {FORMS}")
    return due


def instant(words: str, *, zone: str) -> datetime:
    """Return the instant (aware UTC) of a typed date and time in `zone`, which may have passed.

    Raises UsageError for anything else, and for a wall time that the clocks skip or show twice.
    """
    return _typed_wall(" ".join(words.split()), zone).instant


def at(wall: datetime, zone: str) -> Due:
    """Return the hour that a naive wall time means in `zone`.

    Raises UsageError, naming the way out, for one that the clocks there skip or show twice.
    """
    tz = _zone(zone)
    first, second = (wall.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Due(first.astimezone(UTC), wall, zone)
    if _exists(first, wall):
        shown = f"{wall:%Y-%m-%d %H:%M}"
        raise UsageError(
            f"the clocks in {_place(zone)} show {wall:%H:%M} twice on {_date(wall)}; write"
            f" `{shown}{_offset(first)}` for the first time or `{shown}{_offset(second)}` for the second"
        )
    after = _after_gap(first, second)
    raise UsageError(
        f"the clocks in {_place(zone)} skip {wall:%H:%M} on {_date(wall)}; the first time after that is {after:%H:%M}"
        f" ({_offset(after)})"
    )


def _typed_wall(typed: str, zone: str) -> Due:
    found = _WALL.fullmatch(typed)
    if not found:
        raise UsageError(f"“{typed}” is no date and time; {WALL_FORMS}")
    day, clock, offset, named = found.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}")
    except ValueError:
        raise UsageError(f"“{typed}” is no date and time that exist; {WALL_FORMS}") from None
    if not offset:
        return at(wall, named or zone)
    due = _due(_with_offset(wall, offset), named or zone)
    if named and due.wall != wall:
        raise UsageError(f"“{typed}” contradicts itself: the clocks in {_place(named)} are not at {offset} then")
    return due


def _with_offset(wall: datetime, offset: str) -> datetime:
    if offset == "Z":
        return wall.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        raise UsageError(f"“{offset}” is no offset of any clock; {WALL_FORMS}")
    ahead = timedelta(hours=hours, minutes=minutes)
    return wall.replace(tzinfo=timezone(-ahead if offset[0] == "-" else ahead))


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"“{name}” is no time zone; write one as in `Europe/Berlin`") from None


def _due(moment: datetime, zone: str) -> Due:
    return Due(moment.astimezone(UTC), moment.astimezone(_zone(zone)).replace(tzinfo=None, fold=0), zone)


def _exists(first: datetime, wall: datetime) -> bool:
    return first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None, fold=0) == wall


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


# --- the timing rule -------------------------------------------------------------------------------------------


def recommended(
    start: datetime, end: datetime | None, *, zone: str, decision_expected: date | None, now: datetime
) -> Due:
    """Return the hour that the timing rule recommends, or the next good one when that has passed.

    `start` and `end` are wall time in `zone`; without an end the interview lasted an hour.
    """
    best = suggest(start, end, zone=zone, decision_expected=decision_expected).best
    return best if best.instant >= now else _next_good(now, zone)


def suggest(start: datetime, end: datetime | None, *, zone: str, decision_expected: date | None) -> Suggestion:
    """Apply the timing rule to an interview, whatever the time is now: its first row that fits.

    `start` and `end` are wall time in `zone`; a wall time that comes twice is the first, one that is skipped is moved
    to after the gap.
    """
    ended = _later(_on_wall(start, zone), hours=1) if end is None else _on_wall(end, zone)
    day, workday = ended.wall.date(), _next_workday(ended.wall.date())
    earliest = _later(ended, hours=2)
    soon, morning = _at_once(ended), _on_day(workday, time(8, 30), zone)
    evening = _this_evening(earliest, day)
    if decision_expected == day and soon:
        return Suggestion("R0", _later(ended, minutes=20), soon, None)
    if not _is_workday(day):
        return Suggestion("R5", earliest, morning, _on_the_day_off(earliest, day))
    if ended.wall.time() < time(13):
        return Suggestion("R1", earliest, _on_day(day, time(16, 30), zone), morning)
    if _is_pressing(day, workday, decision_expected):
        if evening:
            rule = "R3" if day.weekday() == _FRIDAY else "R2"
            return Suggestion(rule, earliest, evening, morning)
        return Suggestion("R4", earliest, _on_day(workday, time(7, 30), zone), morning)
    return Suggestion("R6", earliest, morning, evening)


def apart(due: Due, position: int) -> Due:
    """Return the hour of an interview's note number `position` (from 0): seven minutes after the one before it."""
    return _later(due, minutes=7 * position)


def _at_once(ended: Due) -> Due | None:
    """Return the hour for those who decide today: an hour after the end, unless that is late in the evening."""
    soon = _rounded_up(_later(ended, hours=1))
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


def _is_pressing(day: date, workday: date, decision_expected: date | None) -> bool:
    """Tell whether the decision may come by the next workday; on a Friday that is assumed when no date is known."""
    if decision_expected is None:
        return day.weekday() == _FRIDAY
    return decision_expected <= workday


def _next_good(now: datetime, zone: str) -> Due:
    here = _due(now, zone)
    if _is_workday(here.wall.date()) and time(7, 30) <= here.wall.time() <= time(18, 30):
        return here
    today = _on_day(here.wall.date(), time(8, 30), zone)
    if _is_workday(here.wall.date()) and today.instant > now:
        return today
    return _on_day(_next_workday(here.wall.date()), time(8, 30), zone)


def _is_workday(day: date) -> bool:
    return day.weekday() <= _FRIDAY


def _next_workday(day: date) -> date:
    following = day + timedelta(days=1)
    while not _is_workday(following):
        following += timedelta(days=1)
    return following


def _on_day(day: date, clock: time, zone: str) -> Due:
    return _on_wall(datetime.combine(day, clock), zone)


def _on_wall(wall: datetime, zone: str) -> Due:
    return _due(wall.replace(tzinfo=_zone(zone), fold=0).astimezone(UTC), zone)


def _later(due: Due, *, hours: int = 0, minutes: int = 0) -> Due:
    return _due(due.instant + timedelta(hours=hours, minutes=minutes), due.timezone)


def _rounded_up(due: Due) -> Due:
    past = timedelta(minutes=due.wall.minute % 5, seconds=due.wall.second, microseconds=due.wall.microsecond)
    return _due(due.instant + (timedelta(minutes=5) - past if past else past), due.timezone)


# --- said back -------------------------------------------------------------------------------------------------


def describe(due: Due, *, sender_zone: str, now: datetime) -> str:
    """Say an hour in words: `Tue 24 Nov 2026, 08:30 in Detroit (14:30 your time), in 15 h`."""
    own = _due(due.instant, sender_zone).wall
    said = f"{_date(due.wall)}, {due.wall:%H:%M} in {_place(due.timezone)}"
    if own != due.wall:
        day = "" if own.date() == due.wall.date() else f"{_DAYS[own.weekday()]} "
        said += f" ({day}{own:%H:%M} your time)"
    return f"{said}, {_until(due.instant - now)}"


def _until(left: timedelta) -> str:
    minutes = round(abs(left).total_seconds() / 60)
    days, hours = minutes // 1440, minutes // 60
    if minutes == 0:
        return "now"
    if days >= 2:
        rest = hours - 24 * days
        length = f"{days} days {rest} h" if rest else f"{days} days"
    elif hours >= 2:
        length = f"{hours} h" if minutes % 60 == 0 or hours >= 6 else f"{hours} h {minutes % 60} min"
    else:
        length = f"{minutes} min"
    return f"in {length}" if left > timedelta(0) else f"{length} ago"


def _date(day: datetime) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _offset(moment: datetime) -> str:
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"
