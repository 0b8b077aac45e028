"""Say an hour back in words, in the zone where it was meant and in the sender's; takes a `Due`, gives a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer.schedule.naming import DAYS, MONTHS, date_said, offset_said, place

if TYPE_CHECKING:
    from datetime import date

    from mailer.schedule.hours import Due

__all__ = ["brief", "briefest", "day_said", "describe", "mention"]

#: A day within so many is clear by its name alone.
_NAMED_DAYS = 6


def describe(due: Due, *, sender_zone: str, now: datetime) -> str:
    """Say an hour: `Tue 24 Nov 2026, 08:30 in New York (14:30 in Berlin, your time), in 15 h`, to the minute.

    Tells the two apart when its wall time comes twice, and says in further sentences if it was moved out of a gap, and
    if the clocks change before it so that the sender's are no longer as far from the employer's as they are now.
    """
    until = f"{mention(due, sender_zone=sender_zone)}, {_until(due.instant - now)}"
    return f"{until}{_moved(due)}{_shifted(due, sender_zone, now)}"


def mention(due: Due, *, sender_zone: str) -> str:
    """Say an hour without how long it is until then."""
    there, here = _clocks(due), ZoneInfo(sender_zone)
    own = due.instant.astimezone(here)
    said = f"{date_said(due.wall)}, {due.wall:%H:%M} in {place(due.timezone)}{_one_of_two(due.instant, there)}"
    if own.replace(tzinfo=None) == due.wall:
        return said
    day = "" if own.date() == due.wall.date() else f"{DAYS[own.weekday()][:3]} "
    return f"{said} ({day}{own:%H:%M} in {place(sender_zone)}, your time{_one_of_two(due.instant, here)})"


def brief(due: Due, *, sender_zone: str, now: datetime) -> str:
    """Say an hour on one short line: `Tue 24 Nov, 08:30 in Berlin (02:30 for you)`; the year only if another one."""
    there, here = _clocks(due), ZoneInfo(sender_zone)
    own = due.instant.astimezone(here)
    day = day_said(due.wall.date(), today=now.astimezone(there).date())
    said = f"{day}, {due.wall:%H:%M} in {place(due.timezone)}{_one_of_two(due.instant, there)}"
    if own.replace(tzinfo=None) == due.wall:
        return said
    own_day = "" if own.date() == due.wall.date() else f"{DAYS[own.weekday()][:3]} "
    return f"{said} ({own_day}{own:%H:%M} for you{_one_of_two(due.instant, here)})"


def briefest(due: Due, *, now: datetime) -> str:
    """Say an hour in the fewest words: `Tue 08:30 in Berlin`; with the date when that is not this coming Tuesday."""
    today = now.astimezone(_clocks(due)).date()
    is_near = 0 <= (due.wall.date() - today).days <= _NAMED_DAYS
    day = DAYS[due.wall.weekday()][:3] if is_near else f"{day_said(due.wall.date(), today=today)},"
    return f"{day} {due.wall:%H:%M} in {place(due.timezone)}"


def day_said(day: date, *, today: date) -> str:
    """Say a day: `Tue 24 Nov`; with the year when that is not today's."""
    said = f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
    return said if day.year == today.year else f"{said} {day.year}"


def _clocks(due: Due) -> tzinfo:
    """Return the clocks where an hour was meant; as they are then, if this machine's database has the zone no more."""
    try:
        return ZoneInfo(due.timezone)
    except (KeyError, ValueError, OSError):
        return timezone(due.wall - due.instant.replace(tzinfo=None))


def _one_of_two(instant: datetime, zone: tzinfo) -> str:
    """Tell which of two the wall time at an instant is; "" when it comes once."""
    local = instant.astimezone(zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return f", the {'second' if local.fold else 'first'} of two ({offset_said(local)})"


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


def _moved(due: Due) -> str:
    if due.skipped is None:
        return ""
    there = place(due.timezone)
    return (
        f". The clocks in {there} skip {due.skipped:%H:%M} on {date_said(due.skipped)}, so it was moved to after that"
    )


def _shifted(due: Due, sender_zone: str, now: datetime) -> str:
    """Say that the difference between both clocks is another one then, and what it is; "" while it stays."""
    there, here = _clocks(due), ZoneInfo(sender_zone)
    before, after = _ahead(now, there, here), _ahead(due.instant, there, here)
    if before == after:
        return ""
    names = place(due.timezone), place(sender_zone)
    changing = [name for name, zone in zip(names, (there, here), strict=True) if _changes(zone, now, due.instant)]
    said_now, said_then = _difference(before, names[1]), _difference(after, names[1])
    return (
        f". The clocks in {' and '.join(changing)} change before that: {names[0]} is {said_now} now, {said_then} then"
    )


def _ahead(moment: datetime, there: tzinfo, here: tzinfo) -> timedelta:
    """Return how far the clocks there are ahead of those here."""
    return _offset(moment, there) - _offset(moment, here)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).replace(tzinfo=UTC) - moment.astimezone(UTC)


def _changes(zone: tzinfo, now: datetime, then: datetime) -> bool:
    return _offset(now, zone) != _offset(then, zone)


def _difference(ahead: timedelta, name: str) -> str:
    if not ahead:
        return f"level with {name}"
    hours, minutes = divmod(round(abs(ahead).total_seconds() / 60), 60)
    length = " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes else [])])
    return f"{length} {'ahead of' if ahead > timedelta(0) else 'behind'} {name}"
