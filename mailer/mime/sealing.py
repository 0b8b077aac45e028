"""Lay out the one MIME tree of a note, fix its bytes, and play them out for a server, a file or a preview.

Takes a composition and its interview, gives a `Sealed`; takes that, gives the bytes on the wire in chunks.

    multipart/mixed             only with files
      multipart/alternative
        text/plain              format=flowed
        text/html
      file …                    base64, streamed from disk
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mailer.attachments import MAX_TOTAL_BYTES
from mailer.errors import SealError
from mailer.mime import headers
from mailer.mime.addresses import ascii_domain, wire_address
from mailer.mime.bodies import base64_lines, encode_text
from mailer.mime.flowed import flow
from mailer.mime.payloads import encoded, measure
from mailer.model import Envelope, Payload, Sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from mailer.model import Attachment, Composition, Interview, Mailbox

__all__ = ["new_message_id", "seal", "size_bytes", "wire"]


def new_message_id(sender: Mailbox, token: str) -> str:
    """Return `<token@domain>` with the sender's own domain in A-labels: the machine's name stays on the machine.

    `token` is fresh random hex. Raises SealError when the sender's address has no valid domain.
    """
    return f"<{token}@{ascii_domain('sender', sender.address.rpartition('@')[2])}>"


def seal(composition: Composition, interview: Interview, *, message_id: str) -> Sealed:
    """Fix every byte of the note but its Date line.

    The same composition with the same files gives the same fingerprint, whatever its Message-ID. Reads the attached
    files once; those over 1 MiB are never held in memory.
    Raises SealError for anything that must not reach a header, an address that is none, and a file that is gone,
    changing or too large.
    """
    id_line = headers.message_id(message_id).encode()
    digest = hashlib.sha256()
    parts = _fixed(_laid_out(composition), digest.update)
    parts[0] = id_line + parts[0]  # type: ignore[operator]  # the tree begins with its header, never with a file
    return Sealed(
        interview=interview.id,
        interview_key=interview.key,
        people=tuple(person.id for person in composition.note.people),
        kind=composition.note.kind,
        sender=composition.sender,
        recipient=composition.to,
        subject=composition.subject,
        message_id=message_id,
        fingerprint=digest.hexdigest(),
        envelope=_envelope(composition, _measured(parts)),
        parts=tuple(parts),
    )


def wire(
    sealed: Sealed, *, date: datetime | None, read_payload: Callable[[Payload], Iterator[bytes]]
) -> Iterator[bytes]:
    """Yield the mail's bytes in chunks, the whole header within the first; without the final dot and unstuffed.

    `date` (aware) becomes the Date line in front, None leaves it out. `read_payload` gives the raw bytes of a file in
    chunks of any size, and what it raises passes through.
    """
    lead = headers.date(date).encode() if date else b""
    for part in sealed.parts:
        if isinstance(part, Payload):
            yield from encoded(part, read_payload)
        else:
            yield lead + part
            lead = b""


def size_bytes(sealed: Sealed) -> int:
    """Return the size on the wire in bytes, Date line included (what MAIL declares as SIZE, RFC 1870)."""
    return _measured(sealed.parts)


def _measured(parts: Sequence[bytes | Payload]) -> int:
    sizes = (part.wire_bytes if isinstance(part, Payload) else len(part) for part in parts)
    return headers.DATE_LINE_BYTES + sum(sizes)


def _envelope(composition: Composition, size: int) -> Envelope | None:
    """Return what MAIL and RCPT will say, None while nobody is known to receive the note."""
    if composition.to is None:
        return None
    mail_from = wire_address("sender", composition.sender.address)
    rcpt_to = wire_address("recipient", composition.to.address)
    return Envelope(mail_from, rcpt_to, size, needs_smtputf8=not (mail_from.isascii() and rcpt_to.isascii()))


# --- the tree --------------------------------------------------------------------------------------------------------


def _laid_out(composition: Composition) -> Iterator[bytes | Attachment]:
    """Yield the mail in order, but its Message-ID line; an attachment stands for the base64 lines of its file."""
    yield _header(composition)
    text = _text_part("text/plain; charset=utf-8; format=flowed", "text", flow(composition.text))
    html = _text_part("text/html; charset=utf-8", "html", composition.html)
    seed = _seed(text, html)
    alternative = _multipart("alternative", seed, [[text], [html]])
    if composition.attachments:
        yield from _multipart("mixed", seed, [alternative, *map(_file_part, composition.attachments)])
    else:
        yield from alternative


def _header(composition: Composition) -> bytes:
    """Return the header from From to Content-Language, in UTF-8 where an address needs it (RFC 6532)."""
    lines = (
        headers.mailbox("From", composition.sender),
        headers.mailbox("To", composition.to) if composition.to else "",
        headers.subject(composition.subject),
        "MIME-Version: 1.0\r\n",
        headers.language(composition.language),
    )
    return "".join(lines).encode()


def _seed(*parts: bytes) -> str:
    """Return the hash that boundaries are named after, so that the same note always has the same ones.

    No part can hold its own boundary: "=_" never occurs in quoted-printable or base64, and no text holds its own hash.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:%b" % (len(part), part))
    return digest.hexdigest()[:24]


def _multipart(subtype: str, seed: str, parts: Iterable[Iterable[bytes | Attachment]]) -> Iterator[bytes | Attachment]:
    """Yield a multipart of any parts, each a header and a body, from its own Content-Type on (RFC 2046 5.1)."""
    boundary = f"=_{subtype}_{seed}"
    yield f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'.encode()
    for part in parts:
        yield f"\r\n--{boundary}\r\n".encode()
        yield from part
    yield f"\r\n--{boundary}--\r\n".encode()


def _text_part(media_type: str, field: str, text: str) -> bytes:
    encoding, body = encode_text(field, text)
    return f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


def _file_part(attachment: Attachment) -> Iterator[bytes | Attachment]:
    """Yield a file's header and either its encoded content or the attachment itself, to be read from its path."""
    lines = (
        headers.content_type(attachment.content_type),
        "Content-Transfer-Encoding: base64\r\n",
        headers.disposition(attachment.filename),
        "\r\n",
    )
    yield "".join(lines).encode()
    yield attachment if attachment.content is None else base64_lines(attachment.content)


# --- its bytes -------------------------------------------------------------------------------------------------------


def _fixed(pieces: Iterator[bytes | Attachment], feed: Callable[[bytes], object]) -> list[bytes | Payload]:
    """Return the parts of the mail, neighbouring bytes joined, and give all of it to `feed` in order."""
    parts: list[bytes | Payload] = []
    pending: list[bytes] = []
    total_bytes = 0
    for piece in pieces:
        if isinstance(piece, bytes):
            feed(piece)
            pending.append(piece)
            continue
        parts.append(b"".join(pending))
        pending.clear()
        payload = _payload(piece, feed)
        total_bytes += payload.size_bytes
        if total_bytes > MAX_TOTAL_BYTES:
            raise SealError(f"the attached files have more than {MAX_TOTAL_BYTES:,} bytes in all; leave one out")
        parts.append(payload)
    return [*parts, b"".join(pending)]


def _payload(attachment: Attachment, feed: Callable[[bytes], object]) -> Payload:
    if attachment.path is None:
        raise SealError(f"the attachment “{attachment.filename}” has neither a file nor content")
    return measure(attachment.path, feed)
