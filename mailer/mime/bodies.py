"""Encode text for the wire: the text and html parts of a mail.

Takes LF-separated text, gives the bytes of a body with CRLF line ends and the transfer encoding they are in.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from mailer.errors import SealError
from mailer.mime.guard import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["base64_lines", "encode_base64", "encode_text"]

#: The longest line that may travel, without its CRLF (RFC 5322 2.1.1).
MAX_LINE_OCTETS = 998

#: Raw bytes in one base64 line of 76 columns (RFC 2045 6.8).
LINE_BYTES = 57

#: Control characters that have no place in a body; the line break is LF until the wire, where it becomes CRLF.
FORBIDDEN = frozenset(map(chr, (*range(9), *range(11, 32), 127)))


def encode_text(field: str, text: str) -> tuple[str, bytes]:
    """Return the transfer encoding and the body of `text`: 7bit where that does, else the shorter of the other two.

    The body ends in CRLF. Raises SealError, naming `field`, when the text holds a control character other than the
    line break and the tab, or half a surrogate pair.
    """
    if not FORBIDDEN.isdisjoint(text):
        raise SealError(f"the {field} holds a control character ({_first_forbidden(text)}); remove it")
    ended = text if text.endswith("\n") else text + "\n"
    try:
        body = ended.replace("\n", "\r\n").encode()
    except UnicodeEncodeError as exc:
        raise SealError(f"the {field} holds half a character ({visible(text[exc.start])}); remove it") from None
    if body.isascii() and max(map(len, body.split(b"\r\n"))) <= MAX_LINE_OCTETS:
        return "7bit", body
    return _armoured(body)


def _first_forbidden(text: str) -> str:
    return visible(next(c for c in text if c in FORBIDDEN))


def _armoured(body: bytes) -> tuple[str, bytes]:
    """Return the shorter of quoted-printable, which stays half readable in raw, and base64."""
    printable = binascii.b2a_qp(body, istext=True)
    if len(printable) <= (len(body) + 2) // 3 * 4 * 78 // 76:
        return "quoted-printable", printable
    return "base64", b"".join(encode_base64([body]))


def encode_base64(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Encode raw bytes, in chunks of any size, as whole lines of 76 columns with CRLF; only the last may be shorter."""
    rest = b""
    for chunk in chunks:
        joined = rest + chunk if rest else chunk
        whole = len(joined) - len(joined) % LINE_BYTES
        if whole:
            yield base64_lines(joined[:whole])
        rest = joined[whole:]
    if rest:
        yield base64_lines(rest)


def base64_lines(raw: bytes) -> bytes:
    """Encode `raw` at once as lines of 76 columns, each ended by CRLF; nothing gives nothing."""
    encoded = binascii.b2a_base64(raw, newline=False)
    return b"".join([encoded[at : at + 76] + b"\r\n" for at in range(0, len(encoded), 76)])
