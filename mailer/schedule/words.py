"""Read the words for an hour by their grammar: text in, what it asks for out; nothing is counted from now here.

    when    = now | best | elapsed | [day [at]] hour [offset] [zone]
    elapsed = (in | +) NUMBER (m | h | d)                          up to four digits; a day is 24 hours
    day     = today | tomorrow | WEEKDAY | next business day | MONTH D | YYYY-MM-DD      also YYYY-MM-DDThour
    hour    = H:MM[:SS] | H[:MM] (am | pm) | H | noon              24 hours without am or pm; H alone from 13 on
    offset  = Z | +HH:MM | -HH:MM                                  the colon may be left out
    zone    = an IANA name, such as Europe/Berlin

Names of days and months are English, whole or their first three letters. Case and the number of blanks do not count.
"""

from __future__ import annotations

import re
from datetime import UTC, date, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from mailer.errors import UsageError
from mailer.schedule.naming import DAYS, MONTHS, shown

__all__ = ["BEST", "NEXT_WORKDAY", "NOW", "TODAY", "TOMORROW", "Wanted", "read"]

NOW, BEST = "now", "best"
TODAY, TOMORROW, NEXT_WORKDAY = "today", "tomorrow", "next business day"

#: The longest form that exists is shorter.
MAX_LENGTH = 100

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
#: No clock is farther from UTC.
_FARTHEST = timedelta(hours=14)

_ELAPSED = r"(?:in |\+)(\d{1,4}) ?([mhd])"
_MOMENT = (
    r"(?:(?P<date>\d{4}-\d\d-\d\d)(?:t| at | )"
    r"|at |(?P<day>next business day|[a-z]+)(?: (?P<number>\d{1,2}))?(?: at)? )?"
    r"(?P<hour>noon|\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)? ?(?P<half>am|pm)?"
    r" ?(?P<offset>z|[+-]\d\d:?\d\d)?(?: (?P<zone>[a-z][\w+-]*(?:/[\w+-]+)*))?"
)


class Wanted(NamedTuple):
    """A day and an hour on it.

    `day` is a date, TODAY, TOMORROW or NEXT_WORKDAY, a day of the week (Monday is 0), or a month and its day. Without
    an `offset` or a `zone` (IANA) of its own it is meant where the reader of the words says.
    """

    day: date | str | int | tuple[int, int]
    hour: time
    offset: tzinfo | None = None
    zone: str = ""


def read(words: str) -> str | timedelta | Wanted | None:
    """Return NOW, BEST, an elapsed time, a day and an hour, or None for words that are none of these.

    Raises UsageError, naming the readings, for an hour that could be of the morning or the evening, and for a date, an
    hour or an offset that does not exist.
    """
    spaced = " ".join(words.split())
    if not spaced.isascii() or len(spaced) > MAX_LENGTH:
        return None
    typed = spaced.lower()
    if typed in {NOW, BEST}:
        return typed
    if elapsed := re.fullmatch(_ELAPSED, typed):
        return timedelta(**{_UNITS[elapsed[2]]: int(elapsed[1])})
    found = re.fullmatch(_MOMENT, typed, re.ASCII)
    day = _day(found) if found else None
    if found is None or day is None:
        return None
    zone = spaced.rpartition(" ")[2] if found["zone"] else ""
    if _is_day(zone):
        return None
    return Wanted(day, _hour(found, typed), _offset(found["offset"]), zone)


def _day(found: re.Match[str]) -> date | str | int | tuple[int, int] | None:
    word, number = found["day"] or TODAY, found["number"]
    if found["date"]:
        return _date(found["date"])
    if number is not None:
        month = _named(word, MONTHS)
        return None if month is None else _month_day(month + 1, int(number))
    return word if word in {TODAY, TOMORROW, NEXT_WORKDAY} else _named(word, DAYS)


def _is_day(zone: str) -> bool:
    """Tell whether what stands where a zone belongs is a day, which comes first."""
    return zone.lower() in {TODAY, TOMORROW} or _named(zone.lower(), DAYS) is not None


def _named(word: str, names: tuple[str, ...]) -> int | None:
    known = (place for place, name in enumerate(names) if word in {name.lower(), name[:3].lower()})
    return next(known, None)


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"there is no day {text}; look it up in a calendar") from None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise UsageError(f"{text} is not in a year from {EARLIEST_YEAR} to {LATEST_YEAR}; correct it")
    return found


def _month_day(month: int, number: int) -> tuple[int, int]:
    try:
        date(2000, month, number)  # a leap year
    except ValueError:
        raise UsageError(f"{MONTHS[month - 1]} has no day {number}; look it up in a calendar") from None
    return month, number


def _hour(found: re.Match[str], typed: str) -> time:
    if found["hour"] == "noon":
        if found["minute"] or found["half"]:
            raise UsageError(f"“{shown(typed)}” says more than noon; write `noon` alone, or such as `12:30`")
        return time(12)
    hour, half = int(found["hour"]), found["half"]
    if half:
        if not 1 <= hour <= 12:
            raise UsageError(f"there is no {hour} {half}; write an hour from 1 to 12 with it, or one such as `17:30`")
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None and hour < 13:
        raise UsageError(_two_readings(hour, typed))
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        raise UsageError(f"“{shown(typed)}” names an hour that no clock shows; write one from 0:00 to 23:59") from None


def _two_readings(hour: int, typed: str) -> str:
    if hour in {0, 12}:
        return f"“{shown(typed)}” may be noon or midnight; write `noon`, or `0:00` for the beginning of the day"
    return (
        f"“{shown(typed)}” may be {hour} in the morning or in the evening; write `{hour}am` or `{hour}pm`, or one of"
        f" `{hour}:00` and `{hour + 12}:00`"
    )


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "z":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if ahead > _FARTHEST or int(text[-2:]) > 59:
        raise UsageError(f"“{text}” is no offset of any clock; write one as in `+01:00`")
    return timezone(-ahead if text[0] == "-" else ahead)
