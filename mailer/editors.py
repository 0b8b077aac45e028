"""Know how to open an editor at a line of a file.

Takes the environment's VISUAL or EDITOR, gives a command; nothing is started here.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Command", "Editor", "editor_of"]

#: How each editor with a window of its own takes a file and a line. Source: their own manuals.
_WITH_WINDOW = {
    "code": ("--goto", "{path}:{line}"),
    "code-insiders": ("--goto", "{path}:{line}"),
    "codium": ("--goto", "{path}:{line}"),
    "cursor": ("--goto", "{path}:{line}"),
    "subl": ("{path}:{line}",),
    "zed": ("{path}:{line}",),
    "atom": ("{path}:{line}",),
    "gedit": ("+{line}", "{path}"),
    "gnome-text-editor": ("+{line}", "{path}"),
    "gvim": ("+{line}", "{path}"),
    "kate": ("--line", "{line}", "{path}"),
    "kwrite": ("--line", "{line}", "{path}"),
    "mate": ("--line", "{line}", "{path}"),
    "bbedit": ("+{line}", "{path}"),
    "mousepad": ("--line", "{line}", "{path}"),
    "emacsclient": ("+{line}", "{path}"),
    "notepad++": ("-n{line}", "{path}"),
}

#: Most that live in a terminal take the line in the way of vi.
_IN_TERMINAL = ("+{line}", "{path}")
#: These stay in the terminal although their name is that of one with a window.
_TERMINAL_FLAGS = frozenset({"-nw", "-t", "--tty"})


class Command(NamedTuple):
    """What to run; never through a shell."""

    argv: tuple[str, ...]

    @property
    def said(self) -> str:
        """Return it as one types it."""
        return shlex.join(self.argv)


class Editor(NamedTuple):
    """The user's editor for one file; `opens_window` tells whether it can be started from a page."""

    program: tuple[str, ...]
    path: Path
    opens_window: bool

    def at(self, line: int) -> Command:
        """Return the command that opens the file at a line, counted from 1."""
        form = _WITH_WINDOW.get(_name(self.program[0]), _IN_TERMINAL)
        words = (word.format(path=self.path, line=max(line, 1)) for word in form)
        return Command((*self.program, *words))


def editor_of(environ: Mapping[str, str], path: Path) -> Editor | None:
    """Return the editor that VISUAL, else EDITOR, names; None when neither does, or not in words that can be parted."""
    for name in ("VISUAL", "EDITOR"):
        try:
            program = tuple(shlex.split(environ.get(name, "")))
        except ValueError:
            continue
        if program:
            has_window = _name(program[0]) in _WITH_WINDOW and _TERMINAL_FLAGS.isdisjoint(program[1:])
            return Editor(program, path.absolute(), opens_window=has_window)
    return None


def _name(program: str) -> str:
    return Path(program).name.lower().removesuffix(".exe").removesuffix(".cmd")
