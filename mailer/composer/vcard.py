"""Write the address card of a contact.

Version 3.0 (RFC 2426), which every address book reads, with the line folding and escaping of RFC 6350 3.2 and 3.4,
which are the same for the fields used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.model import Contact

__all__ = ["write"]

_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
_LINE_OCTETS = 75  # RFC 6350 3.2


def write(contact: Contact) -> bytes:
    """Return the card, CRLF line ends, UTF-8.

    The name is written whole: in FN, and as the first component of N, because no program can know which part is which.
    """
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(contact.name)}", f"N:{_escaped(contact.name)};;;;"]
    if contact.email:
        lines.append(f"EMAIL;TYPE=INTERNET:{_escaped(contact.email)}")
    if contact.phone:
        lines.append(f"TEL:{_escaped(contact.phone)}")
    lines.append("END:VCARD")
    return b"".join(b"\r\n ".join(_folded(line.encode())) + b"\r\n" for line in lines)


def _escaped(value: str) -> str:
    one_line = "".join(c if c.isprintable() or c == "\n" else " " for c in value.replace("\r\n", "\n"))
    return one_line.translate(_ESCAPES)


def _folded(line: bytes) -> Iterator[bytes]:
    """Cut a line to 75 octets, the space of a continuation counted, never inside a character of UTF-8."""
    size = _LINE_OCTETS
    while len(line) > size:
        cut = size
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        yield line[:cut]
        line, size = line[cut:], _LINE_OCTETS - 1
    yield line
