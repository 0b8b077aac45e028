"""Read a mail, or words, that anybody may have written, without ever failing on them.

Takes the bytes of a mail, gives its parts in order, its headers decoded, and the content of a part.
"""

from __future__ import annotations

import unicodedata
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

__all__ = [
    "as_text",
    "charset_of",
    "content_of",
    "decoded",
    "filename_of",
    "first",
    "headers_of",
    "is_flowed",
    "is_unseen",
    "levels",
    "parsed",
    "shown",
    "text_of",
    "unflowed",
]

#: Codecs of Python's own that no mail is written in; some raise or warn on bytes that are not theirs.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
#: Unicode's classes of characters that are not seen and may turn words around: controls, formats, separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Joiners are part of words in Persian and Indian scripts, and of many emoji.
_JOINERS = "\u200c\u200d"


def parsed(raw: bytes) -> Message:
    """Return the mail by the older, lenient parser: the newer one raises on some malformed headers.

    One that nests its parts hundreds deep has headers only.
    """
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except (RecursionError, ValueError):  # the second from a parameter in thousands of pieces (RFC 2231)
        return headers_of(raw)


def headers_of(raw: bytes) -> Message:
    """Return the mail with its body unread."""
    return BytesHeaderParser(policy=policy.compat32).parsebytes(raw)


def levels(message: Message) -> Iterator[tuple[int, Message]]:
    """Yield every part in order with its depth from 0; unlike `Message.walk` however deep they nest."""
    waiting = [(0, message)]
    while waiting:
        depth, part = waiting.pop()
        yield depth, part
        if part.is_multipart():
            waiting.extend((depth + 1, child) for child in reversed(cast("list[Message]", part.get_payload())))


def first(message: Message, media_type: str) -> Message | None:
    """Return the first part of a media type that is no attachment."""
    parts = (part for _, part in levels(message) if part.get_content_type() == media_type)
    return next((part for part in parts if part.get_content_disposition() != "attachment"), None)


def decoded(raw: str) -> str:
    """Return a header's value decoded and on one line; what does not decode is shown raw."""
    line = " ".join(as_text(raw.encode("utf-8", "surrogateescape"), "utf-8").split())
    try:
        return _paired(" ".join(str(make_header(decode_header(line))).split()))
    except (HeaderParseError, LookupError, UnicodeError):
        return line


def content_of(part: Message) -> bytes:
    """Return a part's content with its transfer encoding undone, empty for a multipart."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Message) -> str:
    """Return the content as text with LF line ends; bytes that are not of its charset are shown as U+FFFD."""
    return as_text(content_of(part), charset_of(part) or "utf-8").replace("\r\n", "\n")


def charset_of(part: Message) -> str:
    """Return the charset that a part names, in lower case, "" when it names none."""
    try:
        return part.get_content_charset("")
    except (LookupError, ValueError):
        return ""


def filename_of(part: Message) -> str:
    """Return the name that a part gives its file as it stands there, "" when it gives none."""
    try:
        return _paired(part.get_filename(""))
    except (LookupError, ValueError):
        return ""


def is_flowed(part: Message) -> bool:
    """Tell whether the lines of a text part are wrapped to be joined again (RFC 3676)."""
    try:
        return str(part.get_param("format", "")).lower() == "flowed"
    except (LookupError, ValueError):
        return False


def unflowed(flowed: str) -> str:
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


def as_text(raw: bytes, charset: str) -> str:
    """Decode bytes; those that are not of the charset become U+FFFD, and an unknown charset is taken for UTF-8."""
    if charset.replace("_", "-") in _NO_CHARSETS:
        return raw.decode("utf-8", "replace")
    try:
        return _paired(raw.decode(charset, "replace"))
    except (LookupError, ValueError):  # a name that no codec has, or that holds a NUL
        return raw.decode("utf-8", "replace")


def shown(value: str) -> str:
    """Return words with each character that is not seen, or that may turn them around, as U+FFFD."""
    if value.isascii() and value.isprintable():
        return value
    return "".join("\ufffd" if is_unseen(char) and char not in _JOINERS else char for char in value)


def is_unseen(char: str) -> bool:
    """Tell whether a character is a control, a format mark (bidi ones too), half a pair, or none at all."""
    return unicodedata.category(char) in _UNSEEN


def _paired(text: str) -> str:
    """Replace each half of a surrogate pair, as UTF-7 can hold one: no other encoding can write it."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
