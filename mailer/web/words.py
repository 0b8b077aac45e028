"""Say sizes and the like on pages in the same words everywhere; the filters of the templates."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mailer.schedule.naming import date_said, place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from mailer.model import Interview

__all__ = ["FILTERS", "clock", "day", "met", "shortened", "size", "tallied"]

#: More words of a note than this are not quoted in its margin.
MAX_QUOTE = 90


def size(size_bytes: int) -> str:
    """Say a size as people do: 812 bytes, 48 kB, 2.4 MB."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    return f"{size_bytes / 1000:,.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:,.1f} MB"


def shortened(words: str) -> str:
    """Return a quotation on one line, cut where it is long."""
    line = " ".join(words.split())
    return line if len(line) <= MAX_QUOTE else f"{line[: MAX_QUOTE - 1].rstrip()}…"


def day(moment: date) -> str:
    """Say a day with its year: `Thu 11 Jun 2026`."""
    return date_said(moment)


def clock(moment: datetime) -> str:
    """Say a moment of the user's own clocks: `Thu 11 Jun, 10:00:05`."""
    return f"{moment:%a} {moment.day} {moment:%b}, {moment:%H:%M:%S}"


def met(interview: Interview) -> str:
    """Say when and where an interview was: `Thu 11 Jun 2026, 10:00 in Detroit`."""
    return f"{date_said(interview.start)}, {interview.start:%H:%M} in {place(interview.timezone)}"


def tallied(states: Sequence[str]) -> str:
    """Count equal states: `2 ready, 1 question`."""
    counts = Counter(states)
    return ", ".join(state if count == 1 else f"{count} × {state}" for state, count in counts.items())


def for_page(sentence: str) -> str:
    """Take what only the terminal knows out of a sentence that it shows, too: marks of commands, an option."""
    return sentence.replace("`", "").removesuffix(": --offline")


def pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return the options of a choice whose values are their own words."""
    return [(value, value) for value in values]


FILTERS: dict[str, Callable[..., object]] = {
    function.__name__: function for function in (size, shortened, day, clock, met, tallied, for_page, pairs)
}
