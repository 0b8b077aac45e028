"""Write down an interview: the frame of a file that the person fills in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import interviews, schedule
from mailer.errors import NoteError, UsageError
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
    Raises UsageError for what a file may not hold, NoteError when there is such a file already or it cannot be written.
    """
    zone = known_zone(timezone or app.settings.timezone)
    try:
        text = interviews.draft(
            company=company,
            role=role,
            start=wall_time("start", start, zone),
            end=wall_time("end", end, zone) if end else None,
            timezone=zone,
            people=[
                Person("", name, greeting, email=address or None, heard=(heard,) if heard else ())
                for name, greeting, address, heard in people
            ],
        )
    except NoteError as exc:
        raise UsageError(said_of_words(exc)) from exc
    folder = app.settings.interviews or Path()
    path = path or folder / f"{slug(company, MAX_NAME_LENGTH) or 'interview'}.md"
    interviews.write(path, text, expected=None)
    return path


def known_zone(name: str) -> str:
    """Return the name of a time zone as it is; raises UsageError for one that is none."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"timezone: “{name}” is no time zone; write one as in `Europe/Berlin`") from None
    return name


def wall_time(key: str, words: str, zone: str) -> datetime:
    """Return a typed date and time in `zone` as naive wall time; raises UsageError, naming `key`, for anything else."""
    if not words.strip():
        raise UsageError(f"the {key} is missing; write a date and time, as 2026-06-11 10:00")
    try:
        return schedule.instant(words, zone=zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except UsageError as exc:
        raise UsageError(f"{key}: {exc}") from exc


def said_of_words(error: NoteError) -> str:
    """Return what is wrong with the words given, without the place in a file that was never written.

    The person's place in the order given stands for the index: `people[0].email` is `person 1, email`.
    """
    entry = re.fullmatch(r"people\[(\d+)\]\.?(.*)", error.key)
    if entry is None:
        return error.problem
    field = f"person {int(entry[1]) + 1}" + (f", {entry[2]}" if entry[2] else "")
    return error.problem.replace(error.key, field, 1)
