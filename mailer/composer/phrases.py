"""Join the user's own words grammatically: the filters of the mail templates, and how a value of the record reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["FILTERS", "enumerated", "shown"]

# English by table: the names of strftime depend on the locale of the process.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOSING = "”\"'’»)]"


def stop(words: str) -> str:
    """End a sentence: add the full stop unless its last sign ends one already."""
    words = words.strip()
    return words if words.rstrip(_CLOSING).endswith((".", "!", "?", "…")) else f"{words}."


def clause(words: str) -> str:
    """Make words fit for the middle of a sentence: without the full stop or comma that they may end in."""
    return words.strip().rstrip(".,; ")


def quoted(remarks: Sequence[str]) -> str:
    """Quote the first two remarks word for word, an ellipsis between them, and end the sentence."""
    said = " … ".join(" ".join(remark.split()) for remark in remarks[:2])
    return f"“{said}”" if stop(said) == said else f"“{said}”."


def weekday(day: date) -> str:
    """Return the English name of the day of the week."""
    return _WEEKDAYS[day.weekday()]


def only_date(moment: date) -> date:
    """Return the date of a date and time."""
    return moment.date() if isinstance(moment, datetime) else moment


def clock(moment: datetime) -> str:
    """Return the time of day, 24 hours: 09:05."""
    return f"{moment:%H:%M}"


def joined(values: Iterable[Any], between: str = "") -> str:
    """Join values with the same words between them; those must be few."""
    if len(between) > 40:
        raise ValueError("join takes up to 40 characters between two values")
    return between.join(str(value) for value in values)


def enumerated(names: Sequence[str]) -> str:
    """Return names as an English enumeration: A, B and C."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def shown(value: Any, locale: str) -> str:
    """Return how a value of the record reads in a sentence; raises ValueError for one that is not there."""
    if value is None:
        raise ValueError(
            "nothing is recorded for a value that this line prints; record it, or test it first with {% if … %}"
        )
    if isinstance(value, date):
        return _day(value, locale) + (f", {clock(value)}" if isinstance(value, datetime) else "")
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value)
    return str(value)


def _day(day: date, locale: str) -> str:
    month = _MONTHS[day.month - 1]
    return f"{month} {day.day}, {day.year}" if locale in {"en-US", "en-PH"} else f"{day.day} {month} {day.year}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "clause": clause,
    "date": only_date,
    "join": joined,
    "quoted": quoted,
    "stop": stop,
    "time": clock,
    "weekday": weekday,
}
