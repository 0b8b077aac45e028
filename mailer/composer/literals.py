"""Carry the record's values through Jinja2 and Markdown as opaque tokens, so that neither can read them as marks.

A value such as `A_B*`, `1. First steps` or `D'Souza & Söhne` comes out in the mail exactly as it went in. A token is a
number between two noncharacters of Unicode, which no note can hold because `cleaned` has replaced them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["TOKEN", "Literals", "cleaned", "expanded", "pieces"]

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
TOKEN = f"{_OPEN}[0-9]+{_CLOSE}"
_TOKEN = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_MAX_CHARACTERS = 200_000
_SPACE = re.compile(r"[ \t\r\n]+")

#: What neither XML 1.0 nor a mail may hold; replaced by U+FFFD, at which the checks stop the note.
_BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def cleaned(text: str) -> str:
    """Return `text` with LF line ends and U+FFFD in place of every character that cannot stand in a mail."""
    return _BROKEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


class Literals:
    """The values met while one note is rendered, in order; `add` gives the token that stands for one of them."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._left = _MAX_CHARACTERS

    def add(self, value: str) -> str:
        """Return a token for `value`, as one line: a run of white space in it becomes one space.

        Raises ValueError when the values together are longer than any note.
        """
        line = _SPACE.sub(" ", expanded(value, self.values))
        self._left -= len(line)
        if self._left < 0:
            raise ValueError(f"the values printed have more than {_MAX_CHARACTERS:,} characters; make the loop smaller")
        self.values.append(_BROKEN.sub("\ufffd", line))
        return f"{_OPEN}{len(self.values) - 1}{_CLOSE}"


def expanded(text: str, values: Sequence[str]) -> str:
    """Return `text` with each token replaced by its value."""
    return _TOKEN.sub(lambda m: values[int(m[1])], text) if _OPEN in text else text


def pieces(text: str, values: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield the parts of `text` in order, each with whether it is a value; empty parts are left out."""
    for at, part in enumerate(_TOKEN.split(text)):
        if at % 2:
            yield True, values[int(part)]
        elif part:
            yield False, part
