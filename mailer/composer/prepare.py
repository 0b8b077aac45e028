"""Write what ships ready-made with the built-in templates: `python -m mailer.composer.prepare`.

To be run after a change of a built-in template, of the theme, of the version, or of the pinned libraries; a test fails
until it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailer.composer import programs, theme
from mailer.composer.literals import cleaned
from mailer.composer.templates import BUILT_IN
from mailer.composer.translating import translated

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["prepare", "shipped_programs"]


def shipped_programs() -> dict[str, list[Any]]:
    """Return the programs of all built-in templates but the theme's page, by the hash of their text."""
    found = {}
    for file in sorted(BUILT_IN.glob("*/*.j2")):
        if file.parent.name != "theme":
            text = cleaned(file.read_text(encoding="utf-8"))
            found[programs.key(text)] = translated(text)
    return found


def prepare() -> None:
    """Write both files into the folder of the built-in templates."""
    _write(theme.SHIPPED, theme.shipped_record())
    _write(programs.SHIPPED, shipped_programs())


def _write(path: Path, value: dict[str, Any]) -> None:
    """Write an object with one line for each of its names, so that a change shows where it is."""
    lines = (f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}" for name, part in value.items())
    path.write_text("{{\n{}\n}}\n".format(",\n".join(lines)), encoding="utf-8")


if __name__ == "__main__":
    prepare()
