"""Wrap a text part by format=flowed (RFC 3676), so that old readers see short lines and new ones whole paragraphs.

Takes LF-separated text with one logical line a paragraph, gives LF-separated physical lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WIDTH", "flow"]

#: Columns of visible text in a line; the space that marks a soft break comes on top (RFC 3676 4.2 asks for 78 or less).
WIDTH = 72

#: The only line that ends in a space and yet is no soft break (RFC 3676 4.3).
SIGNATURE_SEPARATOR = "-- "


def flow(text: str) -> str:
    """Wrap each line of `text` at 72 columns with soft breaks; a reader that unflows gets the same lines back.

    Breaks come at spaces only, so a URL, or a sentence in a script without spaces, stays whole however long it is.
    Spaces at the end of a line are dropped but for the signature separator: they would mean a soft break. Lines of
    `> ` keep their quote marks on every line. RFC 3676 knows no hanging indent, so the second line of a list item
    begins at the margin; a line that the text itself indents keeps its spaces.
    Source: RFC 3676 4.
    """
    return "\n".join([physical for logical in text.split("\n") for physical in _flowed_line(logical)])


def _flowed_line(logical: str) -> Iterator[str]:
    """Yield the physical lines of one logical line; all but the last end in a space."""
    marks, content = _quoted(logical)
    content = content if content == SIGNATURE_SEPARATOR else content.rstrip(" ")
    if marks:
        room = max(WIDTH - len(marks) - 1, 1)
        lead = marks + " "
        yield from (lead + piece if piece else marks for piece in _pieces(content, room))
    else:
        yield from (_stuffed(piece) for piece in _pieces(content, WIDTH))


def _quoted(logical: str) -> tuple[str, str]:
    """Return the quote marks that a line begins with, and what it quotes; a `>` without a space after it is text."""
    content = logical.lstrip(">")
    marks = logical[: len(logical) - len(content)]
    if not marks or (content and content[0] != " "):
        return "", logical
    return marks, content[1:]


def _stuffed(piece: str) -> str:
    """Put a space before what a reader would take for a quote, a stuffing space or an mbox line (RFC 3676 4.4)."""
    return " " + piece if piece.startswith((" ", ">", "From ")) else piece


def _pieces(content: str, room: int) -> Iterator[str]:
    """Cut `content` after spaces into pieces of at most `room` visible columns where its words allow."""
    start = 0
    while len(content) - start > room:
        end = _break_after(content, start, room)
        if end == len(content):
            break
        yield content[start:end]
        start = end
    yield content[start:]


def _break_after(content: str, start: int, room: int) -> int:
    """Return where the piece from `start` ends, spaces included: the last break in the room, else the next.

    No break falls inside leading spaces, nor where it would leave a line that reads as the signature separator.
    """
    first = start + len(content[start:]) - len(content[start:].lstrip(" "))
    if content.startswith(SIGNATURE_SEPARATOR, first) and first == start:
        first += len(SIGNATURE_SEPARATOR)
    space = content.rfind(" ", first + 1, start + room + 1)
    if space < 0:
        space = content.find(" ", max(first, start + room) + 1)
    if space < 0:
        return len(content)
    end = space
    while end < len(content) and content[end] == " ":
        end += 1
    return end
