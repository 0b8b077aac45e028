"""Write down an interview: the frame of a file that the person fills in, and what was typed before there is a file.

Takes the application and what the person knows, gives the path of the file. Typed words are kept in the home, in one
JSON file, until they are a file of their own.
"""

from __future__ import annotations

import functools
import os
import re
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from mailer import interviews, schedule
from mailer.app import editing
from mailer.app.form import paragraphs
from mailer.app.keeping import Capture, CapturedPerson, capture_kept, drop_capture, keep_capture
from mailer.errors import NoteError, StorageError, UsageError
from mailer.interviews.slugs import slug
from mailer.model import NoteKind, Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.app.editing import Opened

__all__ = [
    "Capture",
    "CapturedPerson",
    "add_person",
    "begun",
    "capture_kept",
    "drop_capture",
    "keep_capture",
    "new_interview",
    "written",
    "zones",
]

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


def written(app: App, capture: Capture) -> Path:
    """Write the captured interview into the user's folder under a free name, forget the capture, and return the path.

    Needed are a company, a role and a name; a person of whom nothing was typed is passed over. The folder is made
    (0700) when it is missing. Where in the talk something was said becomes a prompt in the person's section.
    Raises UsageError for what is missing or a file may not hold; NoteError and StorageError when the file cannot be
    written: what was kept stays then.
    """
    from mailer.database import make_private_folder

    text = _captured_text(app, capture)
    make_private_folder(app.interviews_folder)
    path = _free_path(app.interviews_folder, capture.company)
    interviews.write(path, text, expected=None)
    with suppress(StorageError):  # the file is there: to fail now would ask for a second one
        drop_capture(app)
    return path


def add_person(app: App, path: Path, *, expected_version: str, person: CapturedPerson) -> Opened:
    """Append somebody to an interview file and return the file as it is then.

    A sole note without a heading gets one, as a file with two people needs it. Raises FileChanged when the file is
    not of `expected_version`, UsageError for what it may not hold, NoteError when it cannot be written.
    """
    before = editing.text_of(path, expected_version)
    people = editing.read_as(app, path, before).interview.people
    added = _person(person, len(people) + 1)
    entry = {"name": added.name, "greeting": added.greeting, "email": added.email, "heard": _heard(added)}
    try:
        text = interviews.revise(
            interviews.with_heading(before, path=path), {f"people[{len(people)}]": entry}, path=path
        )
        identifier = editing.read_as(app, path, text).interview.people[-1].id
        text = _with_place(text, identifier, person.where, path)
    except NoteError as exc:
        raise UsageError(said_of_words(exc)) from exc
    return editing.put(app, path, before, text)


def _captured_text(app: App, capture: Capture) -> str:
    typed = [(number, person) for number, person in enumerate(capture.people, 1) if any(map(str.strip, person))]
    _refuse_missing(capture, [person for _, person in typed])
    zone = known_zone(capture.timezone.strip() or app.settings.timezone)
    now = app.clock().astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    people = [_person(person, number) for number, person in typed]
    try:
        text = interviews.draft(
            company=capture.company,
            role=capture.role,
            start=wall_time("start", capture.start, zone) if capture.start.strip() else now,
            timezone=zone,
            people=people,
        )
        named = interviews.parse(text.encode(), Path("new interview")).people
        for person, (_, words) in zip(named, typed, strict=True):
            text = _with_place(text, person.id, words.where, Path("new interview"))
    except NoteError as exc:
        raise UsageError(said_of_words(exc)) from exc
    return text


def _refuse_missing(capture: Capture, people: Sequence[CapturedPerson]) -> None:
    for key, value in (("company", capture.company), ("role", capture.role)):
        if not value.strip():
            raise UsageError(f"the {key} is missing; write it as they do")
    if not people:
        raise UsageError("nobody is named yet; write the name of one person you talked with")


def _person(person: CapturedPerson, number: int) -> Person:
    """Return somebody as the file names them; raises UsageError for a person without a name."""
    if not person.name.strip():
        raise UsageError(f"person {number} has no name; write their name, or clear what stands with it")
    return Person(
        "",
        person.name,
        person.greeting,
        email=person.address.strip() or None,
        heard=paragraphs(person.heard),
    )


def _heard(person: Person) -> str | tuple[str, ...]:
    return person.heard[0] if len(person.heard) == 1 else person.heard


def _with_place(text: str, identifier: str, where: str, path: Path) -> str:
    """Return the text with a prompt in the person's section that says where in the talk it was, "" for no prompt."""
    place = re.sub("-(?=-)", "- ", " ".join(where.split()))  # two hyphens in a row could end the comment
    if not place:
        return text
    prompt = f"<!-- Where in the talk: {place} -->"
    source = interviews.section_source(text, (identifier,), NoteKind.THANK_YOU, path=path)
    head, parting, rest = (source or "{{ greeting }}\n\n{{ me.name }}\n").partition("\n\n")
    section = f"{head}\n\n{prompt}{parting}{rest}"
    return interviews.rewrite(text, (identifier,), NoteKind.THANK_YOU, section, path=path)


def _free_path(folder: Path, company: str) -> Path:
    stem = slug(company, MAX_NAME_LENGTH) or "interview"
    names = (f"{stem}.md" if number == 1 else f"{stem}-{number}.md" for number in count(1))
    return next(path for path in map(folder.joinpath, names) if not os.path.lexists(path))


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


def begun(app: App) -> Capture:
    """Return an empty sheet: now, in the user's own zone, and room for one person."""
    now = app.clock().astimezone(ZoneInfo(app.settings.timezone))
    return Capture(start=f"{now:%Y-%m-%d %H:%M}", timezone=app.settings.timezone, people=(CapturedPerson(),))


@functools.cache
def zones() -> tuple[str, ...]:
    """Return the names of time zones that a person may choose from: continent and city."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))
