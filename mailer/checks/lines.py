"""Find the line of the interview file that holds the words a finding speaks of.

Takes a note and an excerpt of its finished text, gives a line number from 1.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from mailer.checks.words import squeeze, straighten

if TYPE_CHECKING:
    from mailer.model import Interview, Note

__all__ = ["line_of"]

_SLOTS = ("thanks", "moment", "interest", "offer")


def line_of(interview: Interview, note: Note, excerpt: str) -> int:
    """Return the line where the excerpt begins in the note's section or slots, else the line of the note."""
    wanted = squeeze(straighten(excerpt))
    if not wanted:
        return note.line
    if note.source is not None:
        return note.line + _line_within(note.source, wanted)
    return _slot_line(interview, note, wanted) or note.line


def _line_within(source: str, wanted: str) -> int:
    """Return the index of the source line where the words begin, 0 when they are not there; wrapped words are found."""
    starts, joined = [], ""
    for line in straighten(source).split("\n"):
        starts.append(len(joined))
        joined += squeeze(line) + " "
    at = joined.find(wanted)
    return max(bisect_right(starts, at) - 1, 0) if at >= 0 else 0


def _slot_line(interview: Interview, note: Note, wanted: str) -> int:
    at = next((i for i, person in enumerate(interview.people) if person.id == note.people[0].id), 0)
    for slot in _SLOTS:
        value = squeeze(straighten(getattr(note.slots, slot)))
        if value and (value in wanted or wanted in value):
            return interview.lines.get(f"people[{at}].{slot}", 0)
    return 0
