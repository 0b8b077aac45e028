"""Hold what a rule says of a mail.

Takes and gives plain values.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Remark", "Sign", "shortened"]

_EXCERPT = 80


class Remark(NamedTuple):
    """What a rule found: what a filter sees, the better move, and the words it speaks of ("" when of none)."""

    message: str
    advice: str
    excerpt: str = ""


class Sign(NamedTuple):
    """A remark with the rule's id."""

    rule: str
    message: str
    advice: str
    excerpt: str


def shortened(text: str) -> str:
    """Return the start of a text on one line, without characters that cannot be shown."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * _EXCERPT])
    bare = " ".join(line.split())
    return bare if len(bare) <= _EXCERPT else f"{bare[: _EXCERPT - 1]}…"
