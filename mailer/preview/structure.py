"""Take a finished mail apart: its headers, its tree of parts, its two texts and its files.

Takes the bytes of a mail as it would go out (CRLF line ends, files and all), gives a Structure. Never fails, whoever
wrote the mail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mailer import messages
from mailer.preview.sniffing import contradicts, sniff

if TYPE_CHECKING:
    from email.message import Message

__all__ = ["Header", "Part", "Structure", "content_at", "read"]

#: What ends the header block: an empty line, of either line end.
_END_OF_HEADERS = re.compile(rb"(?:\A|\r?\n)\r?\n")
#: A line end that no continuation of the field follows (RFC 5322 2.2.3).
_END_OF_FIELD = re.compile(rb"\r?\n(?![ \t])")
#: Longest file name that is offered for saving, in characters; file systems end at 255 octets.
_MAX_NAME = 120


class Header(NamedTuple):
    """A header field: its name as written, its value decoded on one line, and its own lines joined by LF."""

    name: str
    value: str
    raw: str


class Part(NamedTuple):
    """A node of the MIME tree; `number` counts all nodes from 0 in order, and depth is 0 for the mail itself.

    `filename` is safe to show and to save under, "" when the part names none. Size and SHA-256 are of the decoded
    content, 0 and "" for a multipart. `sniffed` is the type that an attachment's first bytes show, "" for another part.
    """

    number: int
    depth: int
    media_type: str
    charset: str
    encoding: str
    disposition: str
    filename: str
    size_bytes: int
    sha256: str
    sniffed: str
    is_contradicted: bool

    @property
    def is_attachment(self) -> bool:
        """Tell whether the part is a file that the reader may save."""
        return bool(self.sniffed)


class Structure(NamedTuple):
    """What there is to see of a mail.

    `flowed` is the text part decoded with the line breaks and trailing spaces it travels with, `text` the same with
    its paragraphs joined again; both, and `html`, have LF line ends and are "" when there is no such part. `is_whole`
    is false when the parts of a multipart cannot be told apart, as when they nest hundreds deep.
    """

    size_bytes: int
    headers: tuple[Header, ...]
    parts: tuple[Part, ...]
    flowed: str
    text: str
    html: str
    is_whole: bool

    @property
    def attachments(self) -> tuple[Part, ...]:
        """Return the files in order."""
        return tuple(part for part in self.parts if part.is_attachment)


def read(raw: bytes) -> Structure:
    """Take a mail apart; what does not decode is shown as it stands, or as U+FFFD."""
    message = messages.parsed(raw)
    text, html = messages.first(message, "text/plain"), messages.first(message, "text/html")
    flowed = "" if text is None else messages.text_of(text)
    return Structure(
        size_bytes=len(raw),
        headers=_headers(raw),
        parts=tuple(_part(number, depth, part) for number, (depth, part) in enumerate(messages.levels(message))),
        flowed=flowed,
        text=messages.unflowed(flowed) if text is not None and messages.is_flowed(text) else flowed,
        html="" if html is None else messages.text_of(html),
        is_whole=message.is_multipart() or message.get_content_maintype() != "multipart",
    )


def content_at(raw: bytes, number: int) -> bytes | None:
    """Return the decoded content of the part that `read` numbers so, None when there is no such part."""
    parts = (part for at, (_, part) in enumerate(messages.levels(messages.parsed(raw))) if at == number)
    part = next(parts, None)
    return None if part is None else messages.content_of(part)


def _headers(raw: bytes) -> tuple[Header, ...]:
    block = _END_OF_HEADERS.split(raw, maxsplit=1)[0]
    return tuple(_header(field) for field in _END_OF_FIELD.split(block) if field.strip())


def _header(field: bytes) -> Header:
    name, colon, value = field.partition(b":")
    if not colon:
        name, value = b"", field
    return Header(
        name.decode("ascii", "replace").strip(),
        messages.shown(messages.decoded(value.decode("ascii", "surrogateescape"))),
        field.decode("utf-8", "replace").replace("\r\n", "\n"),
    )


def _part(number: int, depth: int, part: Message) -> Part:
    is_leaf = not part.is_multipart()
    content = messages.content_of(part) if is_leaf else b""
    media_type, filename = part.get_content_type(), _safe_name(messages.filename_of(part))
    disposition = messages.shown(part.get_content_disposition() or "")
    is_attachment = is_leaf and (disposition == "attachment" or bool(filename))
    sniffed = sniff(content) if is_attachment else ""
    return Part(
        number=number,
        depth=depth,
        media_type=messages.shown(media_type),
        charset=messages.shown(messages.charset_of(part)),
        encoding=messages.shown(messages.decoded(str(part.get("Content-Transfer-Encoding", ""))).lower()),
        disposition=disposition,
        filename=filename,
        size_bytes=len(content),
        sha256=_digest(content) if is_leaf else "",
        sniffed=sniffed,
        is_contradicted=is_attachment and contradicts(media_type, sniffed),
    )


def _digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


def _safe_name(name: str) -> str:
    """Return the last step of a path without what is not seen; a name of dots alone is none."""
    visible = "".join(char for char in messages.decoded(name) if not messages.is_unseen(char))
    last = re.split(r"[/\\:]", visible)[-1].strip(" .")
    stem, dot, ending = last.rpartition(".")
    if len(last) <= _MAX_NAME:
        return last
    return f"{stem[: _MAX_NAME - len(ending) - 1]}{dot}{ending}" if len(ending) < 10 else last[:_MAX_NAME]
