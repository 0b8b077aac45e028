"""Name the folders whose changes an open page should show, and the files in them that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import MailerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.web.desk import Desk

__all__ = ["folders", "is_of_interest"]

_BESIDE = ("~", ".tmp", ".lock", "-shm")
_NOT_SHOWN = frozenset({"capture.json", "mailer.db"})


def folders(desk: Desk) -> frozenset[Path]:
    """Return where interviews, what they bring, templates, settings and the outbox lie."""
    try:
        app = desk.start()
    except MailerError:  # the settings do not read: a page says so, and they are looked at again
        return frozenset(path.parent.absolute() for path in desk.given)
    found = {app.settings.home, app.settings.config_path.parent, app.interviews_folder}
    found |= {path.parent.absolute() for path in desk.given}
    found |= set(_template_folders(app.settings.home / "templates"))
    found |= {path.parent for path in desk.memory.files}
    return frozenset(found)


def _template_folders(root: Path) -> Iterator[Path]:
    try:
        yield from (path for path in root.iterdir() if path.is_dir())
    except OSError:
        return


def is_of_interest(path: Path) -> bool:
    """Tell whether a change of this file can change a page.

    Not those that editors and mailer put beside the real ones for a moment, nor what is only kept until it is a file.
    Of a database its log tells every change (SQLite, WAL).
    """
    name = path.name
    return not name.startswith(".") and not name.endswith(_BESIDE) and name not in _NOT_SHOWN
