"""Keep attachments in the database in pieces, once for all mails that carry them.

Takes a payload and its bytes in pieces of any size, gives them back in pieces; one piece is in memory at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import AttachmentFault
from mailer.outbox import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailer.database import Store
    from mailer.model import Payload

__all__ = ["CHUNK_BYTES", "read_payload", "store_payload"]

#: A multiple of 57, so that each piece becomes whole lines of base64; SQLite holds about three copies of one.
CHUNK_BYTES = 57 * 4600


def store_payload(database: Store, payload: Payload, content: Iterable[bytes]) -> None:
    """Store the payload's bytes unless they are there; inside the caller's transaction.

    Raises AttachmentFault when they are not what the payload says (the file changed), or cannot be read.
    """
    if database.rows(statements.PAYLOAD_EXISTS, {"sha256": payload.sha256}):
        return
    from hashlib import sha256

    digest = sha256()
    size_bytes = 0
    try:
        for position, chunk in enumerate(_pieces(content)):
            digest.update(chunk)
            size_bytes += len(chunk)
            values = {"sha256": payload.sha256, "position": position, "content": chunk}
            database.rows(statements.INSERT_CHUNK, values)
    except OSError as exc:
        raise AttachmentFault(f"{_name(payload)} cannot be read: {exc.strerror}; nothing was queued") from exc
    if (digest.hexdigest(), size_bytes) != (payload.sha256, payload.size_bytes):
        raise AttachmentFault(
            f"{_name(payload)} changed while it was being queued; nothing was queued, look at the note again"
        )


def read_payload(database: Store, payload: Payload) -> Iterator[bytes]:
    """Give the stored bytes in pieces of CHUNK_BYTES, the last one shorter; no reading stays open between two of them.

    Raises AttachmentFault, before the first piece, when they are not there (dropped after the mail was sent).
    """
    position = 0
    while chunk := database.rows(statements.CHUNK, {"sha256": payload.sha256, "position": position}):
        yield chunk[0]["content"]
        position += 1
    if position == 0:
        raise AttachmentFault(f"an attachment of {payload.size_bytes:,} bytes is no longer kept; queue the note again")


def _name(payload: Payload) -> str:
    return f"“{payload.path}”" if payload.path else "an attachment"


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """Give the same bytes in pieces of CHUNK_BYTES; an empty payload is one empty piece."""
    pending = bytearray()
    given = False
    for chunk in content:
        pending += chunk
        while len(pending) >= CHUNK_BYTES:
            yield bytes(pending[:CHUNK_BYTES])
            del pending[:CHUNK_BYTES]
            given = True
    if pending or not given:
        yield bytes(pending)
