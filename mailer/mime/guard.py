"""Refuse what could break out of a header line, whatever its source.

Takes a header's value and the words that name it, gives the value back unharmed or raises SealError.
"""

from __future__ import annotations

from mailer.errors import SealError

__all__ = ["guarded", "visible"]

#: Longest excerpt of a refused value in an error, in characters.
EXCERPT = 60


def guarded(field: str, value: str) -> str:
    """Return `value` if it can stand in one header line.

    Raises SealError for C0 and C1 control characters (CR, LF and NUL among them), the separators U+2028 and U+2029,
    which Python's own parser takes for line ends, and half surrogate pairs, which no charset can carry.
    """
    if value.isprintable() or not any(map(_is_control, value)):
        return value
    raise SealError(f"the {field} holds a control character ({visible(value)}); remove it")


def visible(value: str) -> str:
    """Return `value` as ASCII with every other character escaped, shortened, to be quoted in an error."""
    return ascii(value if len(value) <= EXCERPT else value[: EXCERPT - 1] + "…")


def _is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f" or char in "\u2028\u2029" or "\ud800" <= char <= "\udfff"
