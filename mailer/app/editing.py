"""Open an interview file for a page, and save what was changed there, never over somebody else's change.

Takes the application and a path, gives an `Opened`: the text as it stands on disk, its version, and the interview it
describes. A save names the version it began from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer import interviews
from mailer.errors import FileChanged
from mailer.interviews.writing import version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailer.app import App
    from mailer.model import Interview, Note, NoteKind

__all__ = ["Opened", "SectionChange", "opened", "save", "slots_of", "version"]


class Opened(NamedTuple):
    """An interview file as it was read: its text with byte order mark and line ends, and that text's version."""

    path: Path
    text: str
    version: str
    interview: Interview
    cache: Path | None = None


class SectionChange(NamedTuple):
    """What the section of these people is to hold: Markdown, "" to remove it."""

    ids: tuple[str, ...]
    kind: NoteKind
    source: str


def opened(app: App, path: Path) -> Opened:
    """Read an interview file; raises NoteError for one that does not read."""
    return read_as(app, path, interviews.read_text(path))


def read_as(app: App, path: Path, text: str) -> Opened:
    """Return what the file would be with this text; raises NoteError when that is no interview."""
    interview = interviews.parse(text.encode(), path, cache=app.cache, workdays=app.settings.workdays)
    return Opened(path, text, version(text), interview, app.cache)


def save(
    app: App,
    path: Path,
    *,
    expected_version: str,
    changes: Mapping[str, object],
    section: SectionChange | None = None,
) -> Opened:
    """Change values of the front matter (as `interviews.revise`) and a section, and return the file as it is then.

    Comments, order and line ends stay; a change that changes nothing writes nothing. Raises FileChanged when the file
    is not the one of `expected_version` any more, and NoteError when the result would be no interview or cannot be
    written: then the file is as it was.
    """
    before = text_of(path, expected_version)
    text = interviews.revise(before, changes, path=path)
    if section:
        text = interviews.rewrite(text, section.ids, section.kind, section.source, path=path)
    return put(app, path, before, text)


def text_of(path: Path, expected_version: str) -> str:
    """Return the file's text; raises FileChanged when it is of another version, NoteError when it is gone."""
    text = interviews.read_text(path)
    if version(text) != expected_version:
        raise FileChanged(path=path, text=text, version=version(text))
    return text


def put(app: App, path: Path, before: str, text: str) -> Opened:
    """Write the text in place of `before` unless it is the same or no interview; raises NoteError."""
    after = read_as(app, path, text)
    if text != before:
        interviews.write(path, text, expected=before)
    return after


def slots_of(note: Note) -> dict[str, str]:
    """Return the words of the note's slots by the slots' names, "" for an empty one."""
    return note.slots._asdict()
