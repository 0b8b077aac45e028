"""Look for phrases in a text without paying for the patterns that cannot match.

Takes tables of `Phrase` and a text, gives the matches in the order of the table.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Phrase", "compiled", "hits", "may_match", "squeezed"]

#: Letters that `re.IGNORECASE` takes for i and s, and that `str.lower` leaves alone or makes two of.
_IGNORED_CASE = {0x130: "i", 0x131: "i", 0x17F: "s"}


class Phrase(NamedTuple):
    """One pattern with what is said about it.

    `needs` are literals of which every text that the pattern matches holds one, once it is `squeezed`; where there is
    `also`, it holds one of those too. A need that begins with a line end stands at the start of the text.
    """

    id: str
    label: str
    regex: str
    why: str
    better: str
    sample: str
    needs: tuple[str, ...]
    flags: str = ""
    clean: str = ""
    also: tuple[str, ...] = ("",)


@cache
def compiled(regex: str, flags: str = "") -> re.Pattern[str]:
    """Return the pattern, compiled once; `flags` is "" or "i"."""
    return re.compile(regex, re.IGNORECASE if flags == "i" else 0)


@lru_cache(64)
def squeezed(text: str) -> str:
    """Return the text in lower case, every run of white space as one space, a line end before its first word."""
    folded = text if text.isascii() else text.translate(_IGNORED_CASE)
    return "\n" + " ".join(folded.lower().split())


def may_match(phrase: Phrase, squeezed_text: str) -> bool:
    """Tell whether the text holds the words without which the pattern cannot match."""
    for need in phrase.needs:
        if need in squeezed_text:
            return any(also in squeezed_text for also in phrase.also)
    return False


def hits(phrases: Iterable[Phrase], text: str) -> Iterator[tuple[Phrase, re.Match[str]]]:
    """Yield every match of every phrase, phrase by phrase; the text is NFC with straight apostrophes."""
    haystack = squeezed(text)
    for phrase in phrases:
        if may_match(phrase, haystack):
            for match in compiled(phrase.regex, phrase.flags).finditer(text):
                yield phrase, match
