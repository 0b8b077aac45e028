"""Find the file that an interview file names, and nothing outside that file's folder.

Takes a folder and a relative name from the user's text, gives the real path and its size in bytes.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from mailer.errors import AttachmentFault

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_FILE_BYTES", "MAX_TOTAL_BYTES", "locate"]

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 25 * 1024 * 1024


def locate(folder: Path, name: str) -> tuple[Path, int]:
    """Return the path and size of the regular file `name` below `folder`, links followed.

    Raises AttachmentFault when it is absent, unreadable, no regular file, larger than MAX_FILE_BYTES, or when the
    name (or a link on the way) leads out of the folder.
    """
    try:
        path = (folder / name).resolve(strict=True)
        status = path.stat()
        if not path.is_relative_to(folder.resolve()):
            raise AttachmentFault(f"“{name}” lies outside {folder.absolute()}; put a copy of it below that folder")
        if not stat.S_ISREG(status.st_mode):
            raise AttachmentFault(f"“{name}” is no file that can be attached; name a file, not a folder")
        path.open("rb").close()
    except FileNotFoundError:
        raise AttachmentFault(
            f"there is no file “{name}” in {folder.absolute()}; put it there, or mend the name"
        ) from None
    except (OSError, RuntimeError, ValueError) as exc:
        raise AttachmentFault(f"“{name}” cannot be read: {exc}; mend its name or its permissions") from exc
    if status.st_size > MAX_FILE_BYTES:
        raise AttachmentFault(
            f"“{name}” has {status.st_size:,} bytes, more than the {MAX_FILE_BYTES:,} that may be attached;"
            " send a smaller one, or a link"
        )
    return path, status.st_size
