"""Read and rewrite a settings file (`NAME=value` lines, python-dotenv's dialect without interpolation).

The one home of python-dotenv; imported only when there is a file to read or write.
"""

from __future__ import annotations

import contextlib
import os
import re
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from dotenv.parser import parse_stream

from mailer.errors import SettingsError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from dotenv.parser import Binding

__all__ = ["Assignment", "parse", "quoted", "updated", "write_private"]

PLAIN = re.compile(r"[A-Za-z0-9_./:@%+~-]+")


class Assignment(NamedTuple):
    """One `NAME=value` of a file; `line` counts from 1."""

    name: str
    value: str
    line: int


def parse(text: str, path: Path) -> tuple[Assignment, ...]:
    """Read every assignment in order; `path` is for the errors.

    Raises SettingsError for a line that is no assignment.
    """
    found = []
    for binding in parse_stream(StringIO(text)):
        line = _line(binding)
        if binding.error or (binding.key and binding.value is None):
            raise SettingsError(
                f"{path}:{line}: this line is no setting; write NAME=value (with quotes round a value that has a # or a"
                " quote), or put # in front of it"
            )
        if binding.key:
            found.append(Assignment(binding.key, binding.value or "", line))
    return tuple(found)


def _line(binding: Binding) -> int:
    """Give the line of the binding's first word; dotenv counts from the blank lines before it."""
    string = binding.original.string
    blank = string[: len(string) - len(string.lstrip())]
    return binding.original.line + len(re.findall(r"\r\n|\n|\r", blank))


def quoted(value: str) -> str:
    """Write a value of one line so that dotenv (and a POSIX shell, but for quotes and backslashes) reads it back."""
    if PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def updated(text: str, values: Mapping[str, str | None]) -> str:
    """Give the file's text with these assignments: each in its old place, new ones at the end, None taken out.

    Everything else stays as it was, to the byte; `text` is one that `parse` accepts.
    """
    waiting = dict(values)
    kept = "".join(_rewritten(text, waiting))
    added = "".join(f"{name}={quoted(value)}\n" for name, value in waiting.items() if value is not None)
    ends_open = kept and added and kept[-1] not in "\r\n"
    return kept + ("\n" if ends_open else "") + added


def _rewritten(text: str, waiting: dict[str, str | None]) -> Iterator[str]:
    """Yield the file piece by piece, taking from `waiting` what was placed; a second line of the same name goes."""
    names = frozenset(waiting)
    for binding in parse_stream(StringIO(text, newline="")):
        string = binding.original.string
        if binding.key not in names:
            yield string
            continue
        before = string[: len(string) - len(string.lstrip())]
        after = string[len(string.rstrip("\r\n")) :]
        value = waiting.pop(binding.key, None)
        yield before + (f"{binding.key}={quoted(value)}{after}" if value is not None else "")


def write_private(path: Path, text: str) -> None:
    """Replace a file whole or not at all, readable by its owner alone (0600), durably.

    Raises StorageError.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            fresh.chmod(0o600)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written: {exc.strerror}; make its folder writable, or set another MAILER_HOME"
        ) from exc
