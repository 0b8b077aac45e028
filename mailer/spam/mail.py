"""Take a mail apart for the rules, without ever failing on it.

Takes the bytes of a mail, gives a `Mail`.
"""

from __future__ import annotations

from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import TYPE_CHECKING, NamedTuple, cast

from mailer.spam.page import EMPTY, Page, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

__all__ = ["File", "Mail", "read"]


class File(NamedTuple):
    """An attached file: its name, and the bytes it begins with."""

    name: str
    start: bytes


class Mail(NamedTuple):
    """A mail before the rules.

    `headers` has the first of each, decoded, by its name in lower case. `text` and `html` are the first parts of their
    kind, None when there is none, `encoding` how the text travels; `html_bytes` is the size of the decoded HTML.
    """

    headers: Mapping[str, str]
    text: str | None
    encoding: str
    html: str | None
    html_bytes: int
    page: Page
    files: tuple[File, ...]

    def addresses(self, name: str) -> list[str]:
        """Return the addresses of a header, in lower case."""
        return [address.lower() for _, address in getaddresses([self.headers.get(name, "")]) if "@" in address]


def read(raw: bytes) -> Mail:
    """Return the mail in its parts; what does not decode is left as it stands."""
    message = _parsed(raw)
    parts = list(_parts(message))
    text, html = _first(parts, "text/plain"), _first(parts, "text/html")
    written = None if html is None else _content(html)
    return Mail(
        headers=_headers(message),
        text=None if text is None else _content(text),
        encoding="" if text is None else str(text.get("Content-Transfer-Encoding", "")).strip().lower(),
        html=written,
        html_bytes=0 if html is None else len(_bytes(html)),
        page=EMPTY if written is None else read_page(written),
        files=tuple(_file(part) for part in parts if _is_file(part)),
    )


def _parsed(raw: bytes) -> Message:
    """Parse by the older, lenient policy; a mail that nests its parts hundreds deep has headers only."""
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return BytesHeaderParser().parsebytes(raw)


def _parts(message: Message) -> Iterator[Message]:
    """Yield every part that holds no others, in order, however deep they nest."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart():
            waiting.extend(reversed(cast("list[Message]", part.get_payload())))
        else:
            yield part


def _headers(message: Message) -> dict[str, str]:
    return {name.lower(): _decoded(value) for name, value in reversed(list(message.raw_items()))}


def _decoded(value: object) -> str:
    line = " ".join(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())
    try:
        return " ".join(str(make_header(decode_header(line))).split())
    except (HeaderParseError, LookupError, ValueError):
        return line


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _file(part: Message) -> File:
    return File(_decoded(part.get_filename("")), _bytes(part)[:8])


def _first(parts: list[Message], media_type: str) -> Message | None:
    return next((p for p in parts if p.get_content_type() == media_type and not _is_file(p)), None)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: Message) -> str:
    raw, charset = _bytes(part), part.get_content_charset("utf-8")
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
