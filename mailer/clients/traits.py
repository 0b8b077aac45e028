"""Hold what is seen in a document before it is known as a feature.

Takes and gives plain values.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Trait", "shortened"]

#: A snippet is for recognising a place, not for reading.
_SNIPPET = 80


class Trait(NamedTuple):
    """Something that a document has (`tag table`, `unit rem`), its line (from 1) and the text there."""

    name: str
    line: int
    snippet: str


def shortened(text: str) -> str:
    """Return the start of a text on one line."""
    bare = " ".join(text[: 4 * _SNIPPET].split())
    return bare if len(bare) <= _SNIPPET else f"{bare[: _SNIPPET - 1]}…"
