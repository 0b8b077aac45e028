"""Write header lines (RFC 5322, 2047, 2231), each ended by CRLF.

Takes decoded values, gives lines that Python's email package parses back to the same values. Plain ASCII, the usual
case, is written here without importing that package, byte for byte as it would; a test holds the two together.

Encoded words come from `email.header`, which treats a value as one whole. The newer header registry works word by word:
it takes an "=?utf-8?q?x?=" that the user typed for an encoded word, loses spaces at the edges, and folds a plain value
so that the first line may hold nothing but the field's name; `email.header` folds plain values a column too late.
"""

from __future__ import annotations

import string
from functools import lru_cache
from typing import TYPE_CHECKING

from mailer.errors import SealError
from mailer.mime.addresses import wire_address
from mailer.mime.guard import guarded, visible

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.model import Mailbox

__all__ = ["DATE_LINE_BYTES", "content_type", "date", "disposition", "language", "mailbox", "message_id", "subject"]

#: Longest line that is not folded (RFC 5322 2.1.1).
MAX_COLUMNS = 78

#: Longest line of encoded words: one of 75 characters (RFC 2047 2) and the space before it.
ENCODED_COLUMNS = 76

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Every Date line has the same length.
DATE_LINE_BYTES = len("Date: Thu, 11 Jun 2026 14:00:00 +0000\r\n")

#: Characters that make a display name a quoted string (RFC 5322 3.2.3).
SPECIALS = frozenset('()<>@:;.,\\"[]')

#: What a media type and its subtype are made of (RFC 6838 4.2).
RESTRICTED_NAME = frozenset(string.ascii_letters + string.digits + "!#$&-^_.+")

#: Longest Message-ID, file name and media type that are written; each stays far below a line's 998 octets.
MAX_MESSAGE_ID = 250
MAX_FILENAME_OCTETS = 255
MAX_CONTENT_TYPE = 200


def date(instant: datetime) -> str:
    """Write the Date line, always in UTC: the sender's own offset would say where they are.

    `instant` is aware; the length never varies (RFC 5322 3.3).
    """
    from datetime import UTC

    if instant.tzinfo is None:
        raise ValueError("a Date line needs an aware instant")
    utc = instant.astimezone(UTC)
    day = f"{DAYS[utc.weekday()]}, {utc.day:02} {MONTHS[utc.month - 1]} {utc.year:04}"
    return f"Date: {day} {utc.hour:02}:{utc.minute:02}:{utc.second:02} +0000\r\n"


def message_id(value: str) -> str:
    """Write the Message-ID line; raises SealError unless the value is one `<left@right>` of visible ASCII."""
    left, at, right = guarded("Message-ID", value)[1:-1].partition("@")
    plain = value.isascii() and not any(char in ' "\\<>@' for char in left + right)
    if not (plain and left and at and right and value[0] == "<" and value[-1] == ">" and len(value) <= MAX_MESSAGE_ID):
        raise SealError(f"{visible(value)} is no Message-ID; it must read <token@example.com>")
    return f"Message-ID: {value}\r\n"


def subject(value: str) -> str:
    """Write the Subject line, folded at spaces, in encoded words where it is not plain ASCII."""
    return _unstructured("Subject", guarded("subject", value))


def language(tag: str) -> str:
    """Write the Content-Language line (RFC 3282), nothing for no tag; raises SealError for what is no BCP 47 tag."""
    if not tag:
        return ""
    if not (tag.isascii() and tag.replace("-", "").isalnum() and len(tag) <= 35):
        raise SealError(f"the language {visible(guarded('language', tag))} is no language tag such as en-GB; mend it")
    return f"Content-Language: {tag}\r\n"


def content_type(media_type: str) -> str:
    """Write the Content-Type line of a file part; raises SealError for what is no `type/subtype` of visible ASCII."""
    main, slash, sub = guarded("media type", media_type).partition(";")[0].strip().partition("/")
    if not (slash and media_type.isascii() and main and sub and RESTRICTED_NAME.issuperset(main + sub)):
        raise SealError(f"{visible(media_type)} is no media type such as application/pdf")
    if len(media_type) > MAX_CONTENT_TYPE:
        raise SealError(f"the media type {visible(media_type)} is longer than {MAX_CONTENT_TYPE} characters")
    return f"Content-Type: {media_type}\r\n"


@lru_cache(maxsize=256)
def mailbox(name: str, value: Mailbox) -> str:
    """Write the From or To line of one mailbox; only a local part that is not ASCII leaves ASCII (RFC 6532).

    Raises SealError for a control character in the name and for an address that is none.
    """
    field = "sender" if name == "From" else "recipient"
    address = wire_address(field, value.address)
    phrase = _phrase(name, guarded(f"{field}'s name", value.name))
    if not phrase:
        return f"{name}: {address}\r\n"
    lead = f"{name}: {phrase}"
    last_line = lead.rpartition("\n")[2]
    gap = " " if len(last_line) + len(address) + 3 <= MAX_COLUMNS else "\r\n "
    return f"{lead}{gap}<{address}>\r\n"


def _phrase(header: str, name: str) -> str:
    """Return a display name as atoms, a quoted string, or encoded words (RFC 5322 3.2.5, RFC 2047 5)."""
    if not _is_plain(name) or len(header) + 2 + len(name) > MAX_COLUMNS - 2:
        return _encoded_words(header, name) if name else ""
    return name if SPECIALS.isdisjoint(name) else _quoted(name)


@lru_cache(maxsize=256)
def disposition(filename: str) -> str:
    """Write the Content-Disposition line of an attached file (RFC 2183), its name by RFC 2231 where it is not ASCII.

    A long name is never split into the numbered pieces of RFC 2231 3, which many readers do not join.
    Raises SealError for a name that is empty, too long, or holds a control character or a path.
    """
    guarded("file name", filename)
    if not filename.strip() or len(filename.encode()) > MAX_FILENAME_OCTETS or "/" in filename:
        raise SealError(f"{visible(filename)} cannot be the name of an attached file; give it a plain, shorter one")
    if _is_plain(filename):
        value = "filename=" + _quoted(filename)
    else:
        from email.utils import encode_rfc2231

        value = "filename*=" + encode_rfc2231(filename, "utf-8")
    line = f"Content-Disposition: attachment; {value}\r\n"
    return line if len(line) - 2 <= MAX_COLUMNS else line.replace("; ", ";\r\n ", 1)


def _quoted(value: str) -> str:
    """Return a quoted string (RFC 5322 3.2.4)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unstructured(name: str, value: str) -> str:
    line = f"{name}: {value}\r\n" if value else f"{name}:\r\n"
    has_long_word = max(map(len, value.split(" "))) > MAX_COLUMNS - len(name) - 2
    if has_long_word or not _is_plain(value):
        return f"{name}: {_encoded_words(name, value)}\r\n"
    return _folded(line)


def _is_plain(value: str) -> bool:
    """Tell whether a value means itself: ASCII, no run of spaces or edge of one, and nothing like an encoded word."""
    return value.isascii() and "=?" not in value and "  " not in value and value.strip(" ") == value


def _folded(line: str) -> str:
    """Break a line of plain words before its spaces, none of them so long that its own line cannot hold it."""
    lines: list[str] = []
    while len(line) - 2 > MAX_COLUMNS:
        at = line.rfind(" ", 1, MAX_COLUMNS + 1)
        lines.append(line[:at])
        line = line[at:]
    return "\r\n".join([*lines, line])


def _encoded_words(name: str, value: str) -> str:
    """Return a value as encoded words of at most 75 characters, folded, each of whole characters (RFC 2047 2)."""
    from email.header import Header

    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n", maxlinelen=ENCODED_COLUMNS)
