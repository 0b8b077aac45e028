"""Take a mail apart for the rules, without ever failing on it.

Takes the bytes of a mail, gives a `Mail`.
"""

from __future__ import annotations

from email.utils import getaddresses
from typing import TYPE_CHECKING, NamedTuple

from mailer import messages
from mailer.spam.page import EMPTY, Page, read_page

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    message = messages.parsed(raw)
    parts = [part for _, part in messages.levels(message) if not part.is_multipart()]
    text, html = _first(parts, "text/plain"), _first(parts, "text/html")
    written = None if html is None else _content(html)
    return Mail(
        headers={name.lower(): messages.decoded(str(value)) for name, value in reversed(list(message.raw_items()))},
        text=None if text is None else _content(text),
        encoding="" if text is None else str(text.get("Content-Transfer-Encoding", "")).strip().lower(),
        html=written,
        html_bytes=0 if html is None else len(messages.content_of(html)),
        page=EMPTY if written is None else read_page(written),
        files=tuple(_file(part) for part in parts if _is_file(part)),
    )


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or messages.filename_of(part) != ""


def _file(part: Message) -> File:
    return File(messages.decoded(messages.filename_of(part)), messages.content_of(part)[:8])


def _first(parts: list[Message], media_type: str) -> Message | None:
    return next((p for p in parts if p.get_content_type() == media_type and not _is_file(p)), None)


def _content(part: Message) -> str:
    """Return the content with its line ends as they are: a rule counts its bytes."""
    return messages.as_text(messages.content_of(part), messages.charset_of(part) or "utf-8")
