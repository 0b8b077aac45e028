"""Read what the inbox page shows of a mail that anybody may have written.

Takes the bytes of a mail, gives its headers decoded, its text and html parts, and the names of its files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.messages import (
    content_of,
    decoded,
    filename_of,
    first,
    headers_of,
    is_flowed,
    levels,
    parsed,
    text_of,
    unflowed,
)

if TYPE_CHECKING:
    from email.message import Message

__all__ = ["files", "head", "header", "headers_of", "html", "parsed", "text"]


def head(raw: bytes) -> str:
    """Return the header block as it came, with LF line ends."""
    block = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return block.decode("utf-8", "replace")


def header(message: Message, name: str) -> str:
    """Return a header's value decoded and on one line, "" when there is none; what does not decode is shown raw."""
    return decoded(next((value for key, value in message.raw_items() if key.lower() == name.lower()), ""))


def text(message: Message) -> str:
    """Return the first text part as a mail program shows it, "" when there is none."""
    part = first(message, "text/plain")
    if part is None:
        return ""
    return unflowed(text_of(part)) if is_flowed(part) else text_of(part)


def html(message: Message) -> str:
    """Return the first html part, "" when there is none."""
    part = first(message, "text/html")
    return "" if part is None else text_of(part)


def files(message: Message) -> list[tuple[str, str, int]]:
    """Return name, media type and size in bytes of every attached file."""
    return [
        (filename_of(part) or "without a name", part.get_content_type(), len(content_of(part)))
        for _, part in levels(message)
        if part.get_content_disposition() == "attachment"
    ]
