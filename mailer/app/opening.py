"""Name the page of the desk on which a file's note is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import drafting, files
from mailer.errors import NoteError

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App

__all__ = ["page_of"]


def page_of(app: App, file: Path, *, to: str = "") -> str:
    """Return the page of the first note of a file, or of the one to a person.

    A file that does not read has a page, too, which says why until it is mended. Raises NoteError for one that is not
    there, UsageError for a person who is not in it.
    """
    path = file.absolute()
    try:
        (found,) = drafting.read(app, [file])
    except NoteError as error:
        if not error.line:
            raise
        return f"/interviews/{_slug(app, path)}"
    _, note = drafting.chosen([found], to=[to] if to else (), kind="")[0]
    return f"/interviews/{_slug(app, path)}/{note.people[0].id}"


def _slug(app: App, path: Path) -> str:
    return next(slug for slug, known in files.interview_files(app, [path]).items() if known == path)
