"""Put an interview file on disk whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import os
import stat
from threading import Lock
from typing import TYPE_CHECKING

from mailer.errors import FileChanged, NoteError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["version", "write"]

#: Held from the look at the file until its renaming, so that of two threads one sees what the other wrote.
_WRITING = Lock()


def version(text: str) -> str:
    """Return what tells a file's text from any other it may have: the first 16 hex digits of its SHA-256."""
    from hashlib import sha256

    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def write(path: Path, text: str, *, expected: str | None) -> None:
    """Write the file in one step: a new one when `expected` is None, else in place of one that still reads `expected`.

    Line ends go to disk as they stand in `text`. The content is written beside the file, synced, and renamed over it;
    the permission bits stay, a link stays a link. Raises FileChanged when the file on disk is not `expected` any more,
    NoteError when it is gone (or is there already), and when the folder or disk refuses.
    """
    try:
        target = path.resolve()
        content = text.encode()
        with _WRITING:
            _replace(target, content, path, expected)
        _sync_folder(target.parent)
    except (OSError, ValueError, RuntimeError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise NoteError(
            f"the file cannot be written: {reason}; name another place, or make room there", path=path
        ) from exc


def _replace(target: Path, content: bytes, path: Path, expected: str | None) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    mode = _mode_of(target, path, expected)
    try:
        _store(temporary, content, mode)
        _put(temporary, target, path, is_new=expected is None)
    finally:
        temporary.unlink(missing_ok=True)


def _mode_of(target: Path, path: Path, expected: str | None) -> int | None:
    """Return the permission bits to keep, None for a new file; raises NoteError unless the file is as expected."""
    try:
        found = target.read_bytes()
    except FileNotFoundError:
        if expected is None:
            return None
        raise NoteError("the file is gone; save the text under a new name", path=path) from None
    if expected is None:
        raise NoteError("there is a file of this name already; choose another", path=path)
    if found != expected.encode():
        text = found.decode(errors="replace")
        raise FileChanged(path=path, text=text, version=version(text))
    return stat.S_IMODE(target.stat().st_mode)


def _store(temporary: Path, content: bytes, mode: int | None) -> None:
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if mode is None else 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    if mode is not None:
        temporary.chmod(mode)


def _put(temporary: Path, target: Path, path: Path, *, is_new: bool) -> None:
    """Rename the finished file; a new one is linked, which fails when another program was faster."""
    if is_new:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise NoteError("there is a file of this name already; choose another", path=path) from None
        except OSError:  # a file system without hard links
            temporary.replace(target)
    else:
        temporary.replace(target)


def _sync_folder(folder: Path) -> None:
    """Make the rename durable where folders can be opened (not on Windows)."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
