"""Build the text of interview files, so that a test writes only the lines it speaks about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailer import interviews
from mailer.errors import NoteError

if TYPE_CHECKING:
    from mailer.model import Interview

__all__ = ["PATH", "TOP", "fault", "file_of", "one_person", "parsed", "two_people"]

PATH = Path("harborline.md")
TOP = """\
company: Harborline Castings
role: Quality Manager
start: 2026-06-11 10:00
timezone: America/Detroit
"""


def file_of(people: str, body: str = "", top: str = TOP) -> str:
    """Return a file with these lines below `people:`."""
    return f"---\n{top}people:\n{people}---\n{body}"


def one_person(lines: str = "", body: str = "", top: str = TOP) -> str:
    """Return a file with one person, id `nunez`, and further lines of hers (unindented)."""
    entry = "id: nunez\nname: Sofía Núñez Ibáñez\ngreeting: Dear Sofía,\n" + lines
    indented = "".join(f"    {line}\n" if line else "\n" for line in entry.splitlines())
    return file_of("  - " + indented[4:], body, top)


def two_people(body: str = "", more: str = "") -> str:
    """Return a file with two people, ids `nunez` and `vanderberg`; `more` are lines of the second."""
    people = (
        "  - id: nunez\n    name: Sofía Núñez Ibáñez\n    greeting: Dear Sofía,\n"
        "  - id: vanderberg\n    name: Willem van der Berg\n    greeting: Dear Mr. van der Berg,\n"
    )
    return file_of(people + more, body)


def parsed(text: str) -> Interview:
    """Return the interview of a file's text."""
    return interviews.parse(text.encode(), PATH)


def fault(text: str | bytes) -> NoteError:
    """Return the error with which a file is refused."""
    with pytest.raises(NoteError) as caught:
        interviews.parse(text.encode() if isinstance(text, str) else text, PATH)
    assert caught.value.path == PATH
    return caught.value
