"""Write pages from templates that one finds by their URL; every value is escaped.

Takes a template's name and values, gives HTML. The home of jinja2 for pages: these templates are part of the program,
not of a note, so the sandbox of `mailer.composer` has no part in them.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined

from mailer.web import words

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

__all__ = ["FOLDER", "Pages"]

FOLDER = Path(__file__).with_name("pages")


class Pages:
    """The templates of the desk's pages; `cache` is the folder for what was compiled before, None for none."""

    def __init__(self, cache: Path | None = None) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_compiled(cache / "pages") if cache else None,
        )
        self._environment.filters |= words.FILTERS

    def render(self, template: str, **values: Any) -> str:
        """Write a page."""
        return self._environment.get_template(template).render(page=template, **values)


#: To be raised with a change of the environment's options: they are compiled in.
_OPTIONS = 1
_DIGEST_BYTES = 32


class _Compiled(BytecodeCache):
    """What templates were compiled to, one file each; one that is damaged, or of another text, is made anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its template was compiled before; jinja2 itself holds the template's text against it."""
        try:
            content = self._file(bucket).read_bytes()
        except OSError:
            return
        code = content[_DIGEST_BYTES:]
        if sha256(code).digest() == content[:_DIGEST_BYTES]:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds, whole or not at all."""
        code, kept = bucket.bytecode_to_string(), self._file(bucket)
        fresh = kept.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(sha256(code).digest() + code)
            fresh.replace(kept)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}-{_OPTIONS}.compiled"


def _compiled(folder: Path) -> _Compiled | None:
    """Return the store of compiled templates, None where there can be none that is this user's alone.

    What lies in it is run, as the bytecode beside a module is.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:  # no cache yet, or none that can be written
        return None
    is_ours = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
    return _Compiled(folder) if stat.S_ISDIR(found.st_mode) and is_ours else None
