"""Hold the text part of a note against its html part: a reader of either must read the same.

Takes both as text, gives what stands in one of them only.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from mailer.preview.elements import BLOCKS, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Difference", "Side", "compare"]

#: What a text part writes for the rule, the bullet and the quote bar of an html part.
_SIGNS = frozenset({"*", "-", "•"})
_QUOTE = re.compile(r">+")
#: What an href is percent-encoded by, as libxml2 writes it.
_NO_URI = re.compile(r"[^!-~]+")
_APOSTROPHES = {0x2018: "'", 0x2019: "'", 0x201B: "'", 0x2BC: "'"}
#: Beyond so many pairs of words to try, all that lies between the first and the last difference is one.
_MAX_PAIRS = 4_000_000


class Side(StrEnum):
    """Where the words of a difference stand."""

    TEXT = "only in text"
    HTML = "only in html"


class Difference(NamedTuple):
    """Words that one part alone has; `line` (from 1) is where the text part has them, or lacks them."""

    side: Side
    words: str
    line: int


class _Word(NamedTuple):
    said: str
    line: int


def compare(text: str, html: str) -> tuple[Difference, ...]:
    """Return what differs, in the order of the text; nothing when both say the same.

    `text` is the text part, its paragraphs whole or wrapped. A link says its words and, when those are not its
    address, the address in angle brackets after them. Bullets, quote bars and rules are no words; white space, and
    the form of an apostrophe, make no difference.
    """
    left, right = tuple(_text_words(text)), tuple(_html_words(html))
    keys, others = [word.said for word in left], [word.said for word in right]
    last = max(text.rstrip().count("\n") + 1, 1)
    return tuple(
        difference
        for a, b, c, d in _unequal(keys, others)
        for difference in _differences(left, right, (a, b, c, d), last)
    )


def _differences(
    left: Sequence[_Word], right: Sequence[_Word], spans: tuple[int, int, int, int], last: int
) -> Iterator[Difference]:
    a, b, c, d = spans
    line = left[a].line if a < len(left) else last
    if b > a:
        yield Difference(Side.TEXT, " ".join(word.said for word in left[a:b]), line)
    if d > c:
        yield Difference(Side.HTML, " ".join(word.said for word in right[c:d]), line)


def _unequal(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the spans (from, to in either) that differ.

    What both begin and end with is cut off first: the search costs the square of what is left.
    """
    shorter = min(len(left), len(right))
    start = next((at for at in range(shorter) if left[at] != right[at]), shorter)
    end = next((at for at in range(shorter - start) if left[-1 - at] != right[-1 - at]), shorter - start)
    a, b, c, d = start, len(left) - end, start, len(right) - end
    if (b - a) * (d - c) > _MAX_PAIRS:
        yield a, b, c, d
        return
    from difflib import SequenceMatcher

    for tag, i, j, k, m in SequenceMatcher(None, left[a:b], right[c:d], autojunk=False).get_opcodes():
        if tag != "equal":
            yield a + i, a + j, c + k, c + m


def _text_words(text: str) -> Iterator[_Word]:
    for number, line in enumerate(text.split("\n"), start=1):
        yield from (_Word(word, number) for word in _words(line))


def _words(line: str) -> Iterator[str]:
    """Yield the words of a line as both parts are to have them."""
    for word in unicodedata.normalize("NFC", line).translate(_APOSTROPHES).split():
        if word not in _SIGNS and not _QUOTE.fullmatch(word):
            yield _encoded(word) if "://" in word or "@" in word else word


def _encoded(address: str) -> str:
    return _NO_URI.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), address)


def _html_words(html: str) -> Iterator[_Word]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return (_Word(word, 0) for word in _words("".join(reader.pieces)))


class _Reader(HTMLParser):
    """Gather what a reader of the html part reads, with the numbers of lists and the addresses of links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread: list[str] = []
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in UNREAD:
            self._unread.append(tag)
        elif tag == "body":
            self._unread.clear()
        if tag in BLOCKS or tag == "br":
            self.pieces.append("\n")
        if tag in {"ol", "ul"}:
            self._lists.append(_number(named.get("start")) if tag == "ol" else None)
        elif tag == "li":
            self._count()
        elif tag == "a":
            self._link = (named.get("href") or "", len(self.pieces))
        elif tag == "img":
            self.handle_data(named.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "a" and self._link:
            self._end_link(*self._link)
            self._link = None
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.pieces.append(data)

    def _count(self) -> None:
        if self._lists and self._lists[-1] is not None:
            self.pieces.append(f"{self._lists[-1]}. ")
            self._lists[-1] += 1

    def _end_link(self, href: str, start: int) -> None:
        """Say the address of a link whose words are others, as the text part does."""
        said = "".join(self.pieces[start:]).strip()
        target = href.removeprefix("mailto:")
        if target and not target.startswith(("#", "cid:")) and _encoded(said) not in {_encoded(href), _encoded(target)}:
            self.handle_data(f" <{target}>")


def _number(start: str | None) -> int:
    return int(start) if start and start.isdecimal() and len(start) < 9 else 1
