"""Read a mail that anybody may have written, without ever failing on it.

Takes the bytes of a mail, gives its headers decoded, its text and html parts, and the names of its files.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

__all__ = ["files", "head", "header", "headers_of", "html", "parsed", "text"]


def parsed(raw: bytes) -> Message:
    """Return the mail by the older, lenient parser: the newer one raises on some malformed headers.

    One that nests its parts hundreds deep has headers only.
    """
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except RecursionError:
        return headers_of(raw)


def headers_of(raw: bytes) -> Message:
    """Return the mail with its body unread."""
    return BytesHeaderParser(policy=policy.compat32).parsebytes(raw)


def head(raw: bytes) -> str:
    """Return the header block as it came, with LF line ends."""
    block = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return block.decode("utf-8", "replace")


def header(message: Message, name: str) -> str:
    """Return a header's value decoded and on one line, "" when there is none; what does not decode is shown raw."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    line = " ".join(_text(raw.encode("utf-8", "surrogateescape"), "utf-8").split())
    try:
        return " ".join(str(make_header(decode_header(line))).split())
    except (HeaderParseError, LookupError, UnicodeError):
        return line


def text(message: Message) -> str:
    """Return the first text part as a mail program shows it, "" when there is none."""
    part = _first(message, "text/plain")
    if part is None:
        return ""
    content = _content(part)
    return _unflowed(content) if str(part.get_param("format", "")).lower() == "flowed" else content


def html(message: Message) -> str:
    """Return the first html part, "" when there is none."""
    part = _first(message, "text/html")
    return "" if part is None else _content(part)


def files(message: Message) -> list[tuple[str, str, int]]:
    """Return name, media type and size in bytes of every attached file."""
    return [
        (part.get_filename("without a name"), part.get_content_type(), len(_bytes(part)))
        for part in _parts(message)
        if part.get_content_disposition() == "attachment"
    ]


def _parts(message: Message) -> Iterator[Message]:
    """Yield every part in order; unlike `Message.walk` however deep they nest."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        if part.is_multipart():
            waiting.extend(reversed(cast("list[Message]", part.get_payload())))


def _first(message: Message, media_type: str) -> Message | None:
    parts = (p for p in _parts(message) if p.get_content_type() == media_type)
    return next((p for p in parts if p.get_content_disposition() != "attachment"), None)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: Message) -> str:
    return _text(_bytes(part), part.get_content_charset("utf-8")).replace("\r\n", "\n")


def _text(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _unflowed(flowed: str) -> str:
    """Join the lines of each paragraph again (RFC 3676 4.1)."""
    lines: list[str] = []
    open_depth = -1
    for line in flowed.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        if depth == open_depth and content != "-- ":
            lines[-1] += content
        else:
            lines.append(">" * depth + " " * bool(depth) + content)
        open_depth = depth if content.endswith(" ") and content != "-- " else -1
    return "\n".join(lines)
