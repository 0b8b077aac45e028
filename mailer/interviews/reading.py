"""Read an interview file whole: bytes to Interview.

The only reader of interview files. Front matter gives the people, the body gives their sections, and both together
give the notes: one for each section, and one for each person and planned kind that has none.
"""

from __future__ import annotations

import stat
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import NoteError
from mailer.interviews import layout, nodes
from mailer.interviews.entries import read_people
from mailer.interviews.fields import (
    Fields,
    Place,
    choice,
    day,
    known_as,
    language,
    line_of_text,
    moment,
    optional,
    shortened,
    zone,
)
from mailer.interviews.sending import send_reader
from mailer.model import Interview, Note, NoteKind, Sector, Slots, Voice
from mailer.workdays import MONDAY_TO_FRIDAY

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mailer.interviews.entries import Plan, Profile
    from mailer.interviews.layout import Section
    from mailer.workdays import Workdays

__all__ = ["TOP_KEYS", "find", "parse", "read", "read_text"]

TOP_KEYS = ("company", "role", "start", "end", "timezone", "decision_expected", "sector", "locale", "voice", "people")
DEFAULT_LENGTH_MINUTES = 60


class Claim(NamedTuple):
    """A section, the people it names, and the kind of note it holds."""

    section: Section
    profiles: tuple[Profile, ...]
    kind: NoteKind


def read(path: Path, *, cache: Path | None = None, workdays: Workdays = MONDAY_TO_FRIDAY) -> Interview:
    """Read the interview file at `path`; a `send` on the next business day goes by `workdays`.

    Parsed front matter is kept in the folder `cache` (created 0700) under the SHA-256 of its text; without it, and
    whenever that folder fails, the front matter is parsed anew. Raises NoteError for a file that cannot be read or
    does not follow format version 1.
    """
    return parse(_load(path), path, cache=cache, workdays=workdays)


def read_text(path: Path) -> str:
    """Return the file's text as it stands on disk, byte order mark and line ends kept: what `revise` takes."""
    return layout.decode(_load(path), path)


def find(folder: Path) -> tuple[Path, ...]:
    """Return the `*.md` files of a folder that begin with a `---` line, sorted; hidden files and subfolders left out.

    Raises NoteError when the folder cannot be listed.
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.suffix == ".md" and not path.name.startswith("."))
    except OSError as exc:
        raise NoteError(f"the folder cannot be listed: {exc.strerror or exc}", path=folder) from exc
    return tuple(path for path in names if _begins_with_front_matter(path))


def _begins_with_front_matter(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            first = file.readline(64)
    except OSError:
        return False
    return first.removeprefix(b"\xef\xbb\xbf").rstrip() == b"---"


def _load(path: Path) -> bytes:
    """Return the bytes of a regular file, one more than the limit at most."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NoteError("this is a folder or device; name an interview file (*.md)", path=path)
        with path.open("rb") as file:
            return file.read(layout.MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise NoteError("there is no such file; check the name, or make one with `mailer new`", path=path) from None
    except (OSError, ValueError) as exc:
        raise NoteError(f"the file cannot be read: {getattr(exc, 'strerror', None) or exc}", path=path) from exc


def parse(content: bytes, path: Path, *, cache: Path | None = None, workdays: Workdays = MONDAY_TO_FRIDAY) -> Interview:
    """Return the interview that the bytes of a file describe; `path` names it in errors and is not opened."""
    text = layout.decode(content, path).replace("\r\n", "\n")
    pieces = layout.split(text, path)
    root = tree(pieces.front, path, cache)
    if root.is_null:
        raise NoteError("the front matter is empty; it needs company, role, start, timezone, people", path=path, line=1)
    lines: dict[str, int] = {}
    fields = Fields(root, Place(path, lines, "", 1), TOP_KEYS)
    timezone = fields.need("timezone", zone)
    start = fields.need("start", moment)
    end = _end(fields, start, timezone)
    read_send = send_reader(end, timezone, workdays)
    profiles = fields.need("people", lambda node, place: read_people(node, place, read_send))
    voice = fields.get("voice", choice(Voice), Voice.PLAIN)
    body_line = text.count("\n", 0, len(text) - len(pieces.body)) + 1
    claims = _claims(layout.sections(pieces.body, body_line, path), profiles, path)
    return Interview(
        path=path,
        company=fields.need("company", line_of_text),
        role=fields.need("role", line_of_text),
        start=start,
        end=end,
        timezone=timezone,
        people=tuple(profile.person for profile in profiles),
        notes=tuple(_notes(claims, profiles, voice)),
        decision_expected=fields.get("decision_expected", optional(day), None),
        sector=fields.get("sector", choice(Sector), Sector.PRIVATE),
        locale=fields.get("locale", language, ""),
        voice=voice,
        lines=MappingProxyType(lines),
    )


def tree(front: str, path: Path, cache: Path | None) -> nodes.Node:
    """Return the tree of a front matter with LF line ends, from `cache` where it was read before."""
    kept = nodes.recall(cache, front) if cache else None
    if kept:
        return kept
    from mailer.interviews.scanning import scan

    scanned = scan(front, path)
    if cache:
        nodes.remember(cache, front, scanned)
    return scanned


def _end(fields: Fields, start: datetime, timezone: str) -> datetime:
    """Return the wall time of the end: as written, else 60 minutes of elapsed time after the start."""
    from datetime import UTC, timedelta
    from zoneinfo import ZoneInfo

    place = ZoneInfo(timezone)
    began = start.replace(tzinfo=place).astimezone(UTC)
    end = fields.get("end", optional(moment), None)
    if end is None:
        ended = began + timedelta(minutes=DEFAULT_LENGTH_MINUTES)
        return ended.astimezone(place).replace(tzinfo=None)
    if end.replace(tzinfo=place, fold=1).astimezone(UTC) <= began:
        raise fields.place_of("end").fault("the end is not after the start; mend one of them")
    return end


# --- sections and notes ----------------------------------------------------------------------------------------


def _claims(sections: tuple[Section, ...], profiles: tuple[Profile, ...], path: Path) -> list[Claim]:
    """Return what each section is; raises NoteError for an unknown id, text for nobody, and two for the same note."""
    claims = []
    for section in sections:
        if section.heading is not None:
            claims.append(_claim(section, profiles, path))
        elif len(profiles) == 1:
            claims.append(Claim(section, profiles, NoteKind.THANK_YOU))
        elif not layout.is_unwritten(section.source):
            ids = ", ".join(profile.person.id for profile in profiles)
            problem = f"text before the first heading is nobody's note; put “## ID” above it (ids here: {ids})"
            raise NoteError(problem, path=path, line=section.line)
    claims = _without_idle_preamble(claims)
    _refuse_doubles(claims, path)
    return claims


def _without_idle_preamble(claims: list[Claim]) -> list[Claim]:
    """Return the claims without a first one that holds only prompts above headings of its own."""
    is_idle = len(claims) > 1 and claims[0].section.heading is None and layout.is_unwritten(claims[0].section.source)
    return claims[1:] if is_idle else claims


def _claim(section: Section, profiles: tuple[Profile, ...], path: Path) -> Claim:
    heading = section.heading or ""
    named, word = layout.heading_parts(heading)
    by_id = {profile.person.id: profile for profile in profiles}
    for name in named:
        if name not in by_id:
            raise NoteError(_unknown_id(heading, name, profiles), path=path, line=section.heading_line)
    if len(set(named)) < len(named):
        problem = f"the heading “## {shortened(heading)}” names an id twice"
        raise NoteError(problem, path=path, line=section.heading_line)
    kind = _kind_of(word, section, path) if "(" in heading else NoteKind.THANK_YOU
    return Claim(section, tuple(by_id[name] for name in named), kind)


def _unknown_id(heading: str, name: str, profiles: tuple[Profile, ...]) -> str:
    ids = [profile.person.id for profile in profiles]
    by_name = next((p.person.id for p in profiles if p.person.name.casefold() == name.casefold()), "")
    near = f"; did you mean “{by_name}”?" if by_name else known_as(name, ids)
    return f"the heading “## {shortened(heading)}” names no id of this file{near} (ids here: {', '.join(ids)})"


def _kind_of(word: str, section: Section, path: Path) -> NoteKind:
    kinds = {kind.value: kind for kind in NoteKind}
    if word not in kinds:
        problem = f"“({shortened(word)})” in the heading is no kind of note, expected one of {', '.join(kinds)}"
        raise NoteError(problem + known_as(word, kinds), path=path, line=section.heading_line)
    return kinds[word]


def _refuse_doubles(claims: list[Claim], path: Path) -> None:
    taken: dict[tuple[str, NoteKind], int] = {}
    for claim in claims:
        for profile in claim.profiles:
            key = profile.person.id, claim.kind
            if key in taken:
                problem = f"“{key[0]}” has a {key[1]} note on line {taken[key]} already; keep one of the two"
                raise NoteError(problem, path=path, line=claim.section.heading_line)
            taken[key] = claim.section.heading_line


def _notes(claims: list[Claim], profiles: tuple[Profile, ...], voice: Voice) -> list[Note]:
    """Return the notes of the sections and the planned ones without one: kind by kind, in the order of `people`.

    A note to several stands where the first of them does.
    """
    notes = [_written(claim, voice) for claim in claims]
    covered = {(profile.person.id, claim.kind) for claim in claims for profile in claim.profiles}
    for profile in profiles:
        for kind, plan in profile.plans.items():
            if (profile.person.id, kind) not in covered:
                notes.append(_note((profile,), kind, None, plan.line, voice))
    kinds = list(NoteKind)
    places = {profile.person.id: place for place, profile in enumerate(profiles)}
    return sorted(notes, key=lambda note: (kinds.index(note.kind), min(places[person.id] for person in note.people)))


def _written(claim: Claim, voice: Voice) -> Note:
    """Return the note of a section; one that still is only prompts has no source, and begins at the person."""
    if layout.is_unwritten(claim.section.source):
        return _note(claim.profiles, claim.kind, None, claim.profiles[0].person.line, voice)
    return _note(claim.profiles, claim.kind, claim.section.source, claim.section.line, voice)


def _note(profiles: tuple[Profile, ...], kind: NoteKind, source: str | None, line: int, voice: Voice) -> Note:
    """Return a note whose gift, subject, time and voice are those of the first of its people who has one."""
    plans: list[Plan] = [profile.plans[kind] for profile in profiles if kind in profile.plans]
    own = [plan.voice for plan in plans] + [profile.plans[NoteKind.THANK_YOU].voice for profile in profiles]
    return Note(
        kind=kind,
        people=tuple(profile.person for profile in profiles),
        source=source,
        line=line,
        gift=next((plan.gift for plan in plans if plan.gift), None),
        subject=next((plan.subject for plan in plans if plan.subject), ""),
        send=next((plan.send for plan in plans if plan.has_send), None),
        slots=next((plan.slots for plan in plans if plan.slots != Slots()), Slots()),
        voice=next((word for word in own if word), voice),
    )
