"""Name the page of the desk on which a file's note is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import drafting, files

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App

__all__ = ["page_of"]


def page_of(app: App, file: Path, *, to: str = "") -> str:
    """Return the page of the first note of a file, or of the one to a person.

    A file that does not read now may do so once it is mended: its page then says what is wrong. Raises NoteError for a
    file that is not there, UsageError for a person who is not in it.
    """
    (found,) = drafting.read(app, [file])
    path = file.absolute()
    slug = next(slug for slug, known in files.interview_files(app, [path]).items() if known == path)
    _, note = drafting.chosen([found], to=[to] if to else (), kind="")[0]
    return f"/interviews/{slug}/{note.people[0].id}"
