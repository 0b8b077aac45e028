"""Make a mail's bytes ready for DATA: dot-stuffed, in blocks, ending with a line end.

Takes chunks cut anywhere, gives blocks; the final dot is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import Permanent, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["blocks", "stuffed"]

#: One write on the socket; larger ones gain nothing, smaller ones cost a packet and a TLS record each.
BLOCK_BYTES = 65536


def blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join small chunks to blocks of at least 64 KiB (the last may be smaller); larger chunks pass as they are."""
    pending: list[bytes] = []
    size = 0
    for chunk in chunks:
        pending.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            yield b"".join(pending)
            pending, size = [], 0
    if size:
        yield b"".join(pending)


def stuffed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Double the dot at the start of each line, also across chunks, and end the last line if it is open.

    Raises Permanent for a CR or LF that is not part of CRLF: servers differ about where such a line ends, and a mail
    could carry another one hidden in it. Source: RFC 5321 4.5.2 and 2.3.8.
    """
    tail = b"\r\n"  # the mail begins at the start of a line
    for chunk in chunks:
        window = tail + chunk
        _refuse_bare_line_ends(window, tail)
        yield window.replace(b"\r\n.", b"\r\n..")[len(tail) :]
        tail = window[-2:]
    if tail.endswith(b"\r"):
        raise _bare_line_end()
    if tail != b"\r\n":
        yield b"\r\n"


def _refuse_bare_line_ends(window: bytes, tail: bytes) -> None:
    """Compare counts, which is far cheaper than a search by pattern; a CR at the very end may still find its LF."""
    whole = window.count(b"\r\n")
    feeds = window.count(b"\n") - (tail[:1] == b"\n")  # its CR was in an earlier window
    returns = window.count(b"\r") - window.endswith(b"\r")
    if not whole == feeds == returns:
        raise _bare_line_end()


def _bare_line_end() -> Permanent:
    return Permanent(
        "The mail holds a line end that is not CRLF, so it was not sent. This is a bug in mailer: please report it.",
        stage=Stage.BODY,
    )
