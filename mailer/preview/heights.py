"""Estimate how tall a plain personal note is, so that its sealed frame needs no scroll bar of its own.

Takes the html part and the frame's width, gives a height: a little too tall, as nobody can ask inside the frame.
"""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

from mailer.preview.elements import BLOCKS, UNREAD

__all__ = ["height_px"]

#: The mail's type: Arial 15 px at a line height of 1.5 (templates/theme/plain.css).
_LINE_PX = 22.5
_EM_PX = 15.0
#: A browser's own margin around the body, on each side.
_BODY_PX = 8
#: What may come on top: a horizontal scroll bar under a long address, and the rounding of lines.
_SPARE_PX = 24
#: Widths in Arial at 15 px, each a little over the widest of its kind; all other letters take 8.4.
_NARROW = frozenset("iljtfrI.,:;'!|()[]-/ ‘’")
_WIDE = frozenset("mwMWOQGCDHNRU@%&—…")
_NARROW_PX, _LETTER_PX, _CAPITAL_PX, _WIDE_PX, _CJK_PX, _EMOJI_PX = 5.2, 8.4, 10.2, 13.0, 15.2, 21.0
#: A letter of a monospaced face at 14 px.
_CODE_PX = 8.6

_INDENT_EM = {"ul": 1.6, "ol": 1.6, "blockquote": 2.7, "dd": 2.7}
#: Space below a block in em; headings keep a browser's own where no theme speaks.
_MARGIN_EM = {"li": 0.25, "hr": 1.2, "h1": 2.5, "h2": 2.0, "h3": 2.0, "tr": 0.3} | dict.fromkeys(
    ("p", "ul", "ol", "blockquote", "pre", "dl", "h4", "h5", "h6", "figure", "table"), 1.0
)


class _Line(NamedTuple):
    """Words between two breaks, how far they are indented, and whether every letter is as wide as the next."""

    words: str
    indent_em: float
    is_code: bool


def height_px(html: str, width_px: int) -> int:
    """Return about how many pixels the page of a note takes in a frame of `width_px`, never fewer than it does.

    It holds for notes as the project's theme sets them: one column, one size. Pictures count as none, as they are
    blocked.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    lines = sum(_rows(line, width_px - 2 * _BODY_PX) for line in reader.lines)
    return round(lines * _LINE_PX * 1.02 + reader.margins_em * _EM_PX + 2 * _BODY_PX + _SPARE_PX)


def _rows(line: _Line, width_px: float) -> int:
    """Count the rows that words take when they are laid into lines as they come."""
    room = max(width_px - line.indent_em * _EM_PX, 4 * _EM_PX)
    rows, used = 1, 0.0
    for word in line.words.split():
        word_px = len(word) * _CODE_PX if line.is_code else sum(map(_char_px, word))
        if used and used + word_px > room:
            rows, used = rows + 1, 0.0
        whole, rest = divmod(word_px, room)
        rows, used = rows + int(whole), (used if not whole else 0.0) + rest + (_CODE_PX if line.is_code else _NARROW_PX)
    return rows


def _char_px(char: str) -> float:
    if char in _NARROW:
        return _NARROW_PX
    if char in _WIDE:
        return _WIDE_PX
    if char.isascii():
        return _CAPITAL_PX if char.isupper() else _LETTER_PX
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return _EMOJI_PX if char > "\uffff" else _CJK_PX
    return _EMOJI_PX if unicodedata.category(char) == "So" else _CAPITAL_PX


class _Reader(HTMLParser):
    """Gather the lines of a page and the margins between its blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[_Line] = []
        self.margins_em = 0.0
        self._words: list[str] = []
        self._open: list[str] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # tags decide
        if tag in UNREAD:
            self._unread.append(tag)
        elif tag == "body":
            self._unread.clear()
        if tag == "br":
            self.end_line(is_break=True)
        elif tag in BLOCKS:
            self.end_line()
            self.margins_em += _MARGIN_EM.get(tag, 0.0)
            if tag in _INDENT_EM or tag == "pre":
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()
        if tag in BLOCKS:
            self.end_line()
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if "pre" not in self._open:
            self._words.append(data)
            return
        for number, line in enumerate(data.split("\n")):
            if number:
                self.end_line(is_break=True)
            self._words.append(line)

    def end_line(self, *, is_break: bool = False) -> None:
        """Close the line so far; an empty one counts only before a break."""
        words = "".join(self._words)
        self._words.clear()
        if is_break or words.strip():
            indent_em = sum(_INDENT_EM.get(tag, 0.0) for tag in self._open)
            self.lines.append(_Line(words, indent_em, is_code="pre" in self._open))
