"""Write down an interview: the frame of a file that the person fills in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import interviews, schedule
from mailer.errors import UsageError
from mailer.interviews.slugs import slug
from mailer.model import Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App

__all__ = ["new_interview"]

MAX_NAME_LENGTH = 40


def new_interview(  # noqa: PLR0913  # each is a line of the file
    app: App,
    path: Path | None,
    *,
    company: str,
    role: str,
    start: str,
    end: str | None,
    timezone: str | None,
    people: Sequence[tuple[str, str, str, str]],
) -> Path:
    """Write the frame of an interview file and return its path; `people` are (name, greeting, address, heard).

    Without a path the file gets the company's name, in MAILER_INTERVIEWS or the current folder.
    Raises UsageError when there is such a file already, NoteError for what a file may not hold.
    """
    zone = timezone or app.settings.timezone
    text = interviews.draft(
        company=company,
        role=role,
        start=wall_time(start, zone),
        end=wall_time(end, zone) if end else None,
        timezone=zone,
        people=[
            Person("", name, greeting, email=address or None, heard=(heard,) if heard else ())
            for name, greeting, address, heard in people
        ],
    )
    folder = app.settings.interviews or Path()
    path = path or folder / f"{slug(company, MAX_NAME_LENGTH) or 'interview'}.md"
    interviews.write(path, text, expected=None)
    return path


def wall_time(words: str, zone: str) -> datetime:
    """Return a typed date and time in `zone` as naive wall time; raises UsageError for anything else."""
    if not words.strip():
        raise UsageError("the start is missing; write a date and time, as 2026-06-11 10:00")
    return schedule.instant(words, zone=zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
