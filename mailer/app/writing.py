"""Write one note from its form: the record's fields, and the person's own text.

Takes what was typed, gives the file as it is then; `editing` sees to it that nobody else's change is lost.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from mailer import interviews
from mailer.app import editing, files, form
from mailer.app.editing import SectionChange
from mailer.errors import MailerError
from mailer.interviews.drafting import PROMPTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailer.app import App
    from mailer.app.editing import Opened
    from mailer.model import Interview, Note, NoteKind

__all__ = ["FRAME", "asides", "bring_file", "index_of", "save_note", "text_of", "unsaved"]

#: Where a text of one's own begins when there is none: what every note has, and room for the rest.
FRAME = "{{ greeting }}\n\n\n\n{{ gift }}\n\n\n\n{{ me.name }}\n"
_FRAME_WITHOUT_GIFT = "{{ greeting }}\n\n\n\n{{ me.name }}\n"

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def index_of(interview: Interview, note: Note) -> int:
    """Return the place in the file of the person that a note is for, the first of a joint one."""
    return next(at for at, person in enumerate(interview.people) if person.id == note.people[0].id)


def text_of(opened: Opened, note: Note, *, freely: bool) -> str | None:
    """Return the note's own text as its file has it, None for one that is made of four answers.

    With `freely` such a note gets the frame of a text to begin from.
    """
    if note.source is None and not freely:
        return None
    source = _section(opened.text, _ids(note), note.kind, opened.path, opened.cache)
    return source or (FRAME if note.gifts else _FRAME_WITHOUT_GIFT)


def asides(opened: Opened, note: Note) -> tuple[str, ...]:
    """Return what the person put beside the note for themselves: comments but for the prompts of a new file."""
    source = _section(opened.text, _ids(note), note.kind, opened.path, opened.cache) or ""
    comments = (" ".join(words.split()) for words in _COMMENT.findall(source))
    return tuple(words for words in comments if words and words not in PROMPTS)


def save_note(  # noqa: PLR0913  # what was typed, and where
    app: App,
    path: Path,
    note: Note,
    *,
    expected_version: str,
    fields: Mapping[str, str],
    text: str | None = None,
) -> Opened:
    """Save the fields of a note's form and, unless it is None, its own text ("" goes back to four answers).

    Raises FileChanged when the file is not the one that was shown, UsageError and NoteError for what it may not hold;
    then it is as it was.
    """
    before = editing.opened(app, path)
    changes = form.person_changes(before, index_of(before.interview, note), fields, note.kind)
    section = None if text is None else SectionChange(_ids(note), note.kind, text.strip())
    return editing.save(app, path, expected_version=expected_version, changes=changes, section=section)


def unsaved(
    app: App, path: Path, note: Note, *, file_text: str, fields: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return which fields of a note's form say something else than this text of the file, and what they say.

    All that is filled in, for a text that is no interview or does not have the note's people any more.
    """
    try:
        now = editing.read_as(app, path, file_text)
        return form.differing(now, index_of(now.interview, note), fields, note.kind)
    except (MailerError, StopIteration):
        return tuple((name.replace("_", " "), value) for name, value in fields.items() if value)


def bring_file(  # noqa: PLR0913  # the file, and where
    app: App, path: Path, note: Note, *, filename: str, content: bytes, expected_version: str
) -> Opened:
    """Put a file beside the interview and have the note bring it; raises AttachmentFault besides what saving raises."""
    before = editing.opened(app, path)
    shown = form.person_fields(before, index_of(before.interview, note), note.kind)
    editing.text_of(path, expected_version)  # before anything is stored
    name = files.store_file(path, filename, content)
    title = shown["gift_title"] or PurePath(name).stem.replace("-", " ").replace("_", " ").strip() or name
    fields = {"gift_kind": "file", "gift_file": name, "gift_title": title}
    return save_note(app, path, note, expected_version=expected_version, fields=fields)


@lru_cache(maxsize=8)
def _section(text: str, ids: tuple[str, ...], kind: NoteKind, path: Path, cache: Path | None) -> str | None:
    """Return the section's source; a page asks twice, and for the same file again until it is saved."""
    return interviews.section_source(text, ids, kind, path=path, cache=cache)


def _ids(note: Note) -> tuple[str, ...]:
    return tuple(person.id for person in note.people)
