"""Find the mail templates: those that come with the program, each replaceable by a file of the user.

A template has a name such as `gifts/article.md.j2`. The user's file of that name in the override folder stands in for
the built-in one; any other file there is left alone.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import mailer
from mailer.composer.literals import cleaned
from mailer.composer.store import CompositionStore
from mailer.errors import TemplateFault

__all__ = ["BUILT_IN", "Source", "Templates"]


def _built_in() -> Path:
    """Return the folder inside the installed package, else the one at the top of the checkout."""
    package = Path(mailer.__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


BUILT_IN = _built_in()


class Source(NamedTuple):
    """A template's text (LF), the file that a fault names, and that file's line for each line of the text.

    `lines` is empty when they agree.
    """

    text: str
    path: Path
    lines: tuple[int, ...] = ()

    def line(self, at: int) -> int:
        """Return the line in the file of line `at` of the text (from 1); 0 stays 0."""
        if not self.lines or not at:
            return at
        return self.lines[min(at, len(self.lines)) - 1]


class Templates:
    """The templates in force, and the folder `cache` for what was computed before.

    `cache` may be None, absent, read-only or damaged: nothing but time depends on it. Files are read again when they
    change, so one instance serves a live preview.
    """

    def __init__(self, override: Path | None = None, cache: Path | None = None) -> None:
        self.override = override
        self.cache = cache
        self.compositions = CompositionStore(cache / "compositions" if cache else None)
        self._read: dict[str, tuple[tuple[int, int], Source]] = {}

    def source(self, name: str) -> Source:
        """Return the template of this name; raises TemplateFault when it cannot be read as UTF-8."""
        try:
            path, state = self._locate(name)
            known = self._read.get(name)
            if known and known[0] == state and known[1].path == path:
                return known[1]
            source = Source(cleaned(path.read_text(encoding="utf-8-sig")), path)
        except (OSError, UnicodeError) as exc:
            raise TemplateFault(f"cannot be read: {exc}; mend or remove it", path=self._path(name)) from exc
        self._read[name] = (state, source)
        return source

    def state(self) -> list[tuple[str, int, int]]:
        """Return path, size and time of change of every template file, so that a change of any can be noticed."""
        states = []
        for folder in (BUILT_IN, self.override):
            for file in sorted(folder.glob("*/*")) if folder else ():
                with suppress(OSError):  # such as the dangling link by which an editor locks a file
                    status = file.stat()
                    states.append((str(file), status.st_size, status.st_mtime_ns))
        return states

    def _path(self, name: str) -> Path:
        if self.override and (own := self.override / name).is_file():
            return own
        return BUILT_IN / name

    def _locate(self, name: str) -> tuple[Path, tuple[int, int]]:
        path = self._path(name)
        status = path.stat()
        return path, (status.st_size, status.st_mtime_ns)
