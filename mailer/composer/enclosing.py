"""Gather what is attached to a note: the files of its gifts, and the address cards of its contacts."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mailer import attachments
from mailer.composer import vcard
from mailer.errors import AttachmentFault
from mailer.model import Attachment, GiftKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.model import Contact, Interview, Note

__all__ = ["content_type", "enclosed"]

#: First bytes by which a file says itself what it is.
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_ZIP = b"PK\x03\x04"
_SNIFFED = frozenset(kind for _, kind in _MAGIC)
_HEAD_BYTES = 4096
#: The common endings; mimetypes, which reads the tables of the system, is asked for the others.
_BY_ENDING = {
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".vcf": "text/vcard",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
_UNKNOWN = "application/octet-stream"


def enclosed(interview: Interview, note: Note) -> tuple[Attachment, ...]:
    """Return the note's attachments in the order of its gifts, each looked for on disk now.

    A file that cannot be attached is left out: the checks say so with its reason.
    """
    return tuple(_enclosures(interview.path.parent, note))


def _enclosures(folder: Path, note: Note) -> Iterator[Attachment]:
    for gift in note.gifts:
        if gift.kind is GiftKind.FILE and (file := _file(folder, gift.file)):
            yield file
        elif gift.kind is GiftKind.CONTACT and gift.vcard and gift.contact:
            yield _card(gift.contact)


def _file(folder: Path, name: str) -> Attachment | None:
    try:
        path, size_bytes = attachments.locate(folder, name)
        filename = PurePosixPath(name).name
        return Attachment(filename, content_type(path, filename), size_bytes, path=path)
    except (AttachmentFault, OSError):
        return None


def _card(contact: Contact) -> Attachment:
    content = vcard.write(contact)
    stem = (
        "".join("-" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in contact.name).strip(" .") or "contact"
    )
    return Attachment(f"{stem}.vcf", "text/vcard; charset=utf-8", len(content), content=content)


def content_type(path: Path, filename: str) -> str:
    """Return the media type of a file: by its first bytes, then by its name where they do not contradict.

    Text in UTF-8 says so in a charset parameter (RFC 2046 4.1.2). Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    named = _by_name(filename)
    if head.startswith(_ZIP):
        return named if named.startswith("application/") and named not in _SNIFFED | {_UNKNOWN} else "application/zip"
    if _is_text(head):
        return f"{named if named.startswith('text/') else 'text/plain'}; charset=utf-8"
    return _UNKNOWN if named in _SNIFFED or named.startswith("text/") else named


def _by_name(filename: str) -> str:
    ending = PurePosixPath(filename.lower()).suffix
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    import mimetypes

    return mimetypes.guess_type(f"x{ending}")[0] or _UNKNOWN


def _is_text(head: bytes) -> bool:
    """Tell whether these first bytes are UTF-8 without control characters; a character cut at the end is no fault."""
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            if len(head) < _HEAD_BYTES:
                return False
            continue
        return all(c in "\t\n\r\f" or c >= " " for c in text)
    return False
