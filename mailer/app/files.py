"""Know the interview files that pages show, and the files that lie beside one of them.

Takes the application or a path, gives names that are safe in an address and in a folder.
"""

from __future__ import annotations

import os
import re
import unicodedata
from itertools import count, islice
from typing import TYPE_CHECKING

from mailer import attachments, interviews
from mailer.app.drafting import distinct
from mailer.errors import AttachmentFault, StorageError
from mailer.interviews.slugs import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mailer.app import App

__all__ = ["files_beside", "interview_files", "store_file"]

MAX_SLUG_LENGTH = 60
MAX_FILES, MAX_LOOKED_AT = 200, 5_000
#: Bytes of a stored file's name without its ending; file systems end at 255 for both, and a number may follow.
MAX_STEM_BYTES, MAX_ENDING_CHARS = 120, 16
#: Names that Windows keeps for its devices, whatever their ending.
RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")


def interview_files(app: App, given: Sequence[Path]) -> dict[str, Path]:
    """Return the files given, then those of the user's folder, each once, by a slug of its name for addresses.

    A slug is of `a-z`, `0-9` and `-`; where two files have the same, the later one ends in `-2`. Raises NoteError when
    the folder cannot be listed.
    """
    folder = app.interviews_folder
    kept = interviews.find(folder) if folder.is_dir() else ()
    found: dict[str, Path] = {}
    for path in distinct((*given, *kept)):
        stem = slug(path.stem, MAX_SLUG_LENGTH) or "interview"
        names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        found[next(name for name in names if name not in found)] = path
    return found


def files_beside(path: Path) -> tuple[str, ...]:
    """Return the files that an interview file may bring, by relative name with `/`, sorted, at most 200.

    These are the regular files of its folder and of the folders in it; links, hidden files, other interviews (`*.md`)
    and names that an interview file cannot hold are left out. A folder that cannot be listed has none.
    """
    names = islice(_below(path.parent, depth=2), MAX_LOOKED_AT)
    return tuple(
        islice(sorted(name for name in names if name.isprintable() and not name.lower().endswith(".md")), MAX_FILES)
    )


def _below(folder: Path, *, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_file(follow_symlinks=False):
            yield entry.name
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from (f"{entry.name}/{name}" for name in _below(folder / entry.name, depth=depth - 1))


def store_file(path: Path, filename: str, content: bytes) -> str:
    """Put a file into `files/` beside an interview file, and return its relative name for the key `file`.

    The name is cleaned of folders, control characters and marks that turn text; a name that is taken gets a number
    (`plan-2.pdf`), and nothing is ever overwritten. Raises AttachmentFault for more than 20 MiB or a `files` that leads
    out of the folder, StorageError when it cannot be written.
    """
    if len(content) > attachments.MAX_FILE_BYTES:
        size = f"{len(content):,} bytes, more than the {attachments.MAX_FILE_BYTES:,} that may be attached"
        raise AttachmentFault(f"“{_clean_name(filename)}” has {size}; send a smaller one, or a link")
    folder = path.resolve().parent / "files"
    if folder.is_symlink():
        raise AttachmentFault(f"{folder} is a link; put a folder of that name there")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        name = next(name for name in _candidates(_clean_name(filename)) if _stored(folder / name, content))
    except OSError as exc:
        raise StorageError(f"{folder} cannot be written: {exc.strerror}; make room there, or make it writable") from exc
    return f"{folder.name}/{name}"


def _clean_name(filename: str) -> str:
    """Return the last part of a name without what is no letter, mark, digit or plain sign, never empty."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1])
    kept = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "-", " ".join(kept.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > MAX_ENDING_CHARS or not ending.isascii():
        stem, dot, ending = name, "", ""
    stem = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore").strip(". ") or "file"
    return ("_" if RESERVED.match(stem) else "") + stem + dot + ending


def _candidates(name: str) -> Iterator[str]:
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    yield name
    yield from (f"{stem}-{number}{dot}{ending}" for number in count(2))


def _stored(path: Path, content: bytes) -> bool:
    """Write a new file, synced; False when there is one of this name."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
