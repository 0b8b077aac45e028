"""Know a file by when it was changed, so that what was made of it is made anew only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Stamp", "stamp"]


class Stamp(NamedTuple):
    """A file's time of change, size and inode: an editor that replaces a file changes the last."""

    changed_ns: int
    size_bytes: int
    inode: int


def stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file, None when there is none to look at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
