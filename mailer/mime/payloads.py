"""Read attached files in chunks, never whole but the small ones: their hash, their size, their bytes on the wire.

Takes an attachment, gives a `Payload`; whoever hashes the mail is fed the encoded bytes on the way.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from mailer.attachments import MAX_FILE_BYTES
from mailer.errors import SealError
from mailer.mime.bodies import LINE_BYTES, base64_lines, encode_base64
from mailer.model import Payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import stat_result
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["encoded", "measure", "read_from_disk"]

#: A multiple of a base64 line, so that every chunk but the last encodes without padding.
CHUNK_BYTES = LINE_BYTES * 1024

#: A file up to this size is kept in memory, encoded, so that many mails with the same file encode it once.
SMALL_BYTES = 1024 * 1024

#: So many small files are kept for the wire.
MAX_ENCODED = 4


def measure(path: Path, feed: Callable[[bytes], object]) -> Payload:
    """Return the payload of the file as it is now, after giving all its base64 lines to `feed` in order.

    Raises SealError when the file is gone, unreadable, too large, or changes meanwhile.
    """
    status = _status(path)
    if status.st_size > MAX_FILE_BYTES:
        raise SealError(f"“{path}” has {status.st_size:,} bytes, more than the {MAX_FILE_BYTES:,} that may be attached")
    if status.st_size <= SMALL_BYTES:
        sha256, encoded = _small(path, status.st_mtime_ns, status.st_size)
        feed(encoded)
        return Payload(sha256, status.st_size, path)
    digest = hashlib.sha256()
    for chunk in _chunks(path, status.st_size):
        digest.update(chunk)
        feed(base64_lines(chunk))
    return Payload(digest.hexdigest(), status.st_size, path)


def read_from_disk(payload: Payload) -> Iterator[bytes]:
    """Yield the raw bytes of the payload's file in chunks.

    Raises SealError when the file is gone or is no longer the one that was sealed; a file that changed in its bytes
    alone is found out before its last chunk is given.
    """
    if payload.path is None:
        raise SealError("an attachment has no file to be read from; seal the note again")
    digest = hashlib.sha256()
    held = b""
    for chunk in _chunks(payload.path, payload.size_bytes):
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if digest.hexdigest() != payload.sha256:
        raise _changed(payload.path)
    if held:
        yield held


def encoded(payload: Payload, read_payload: Callable[[Payload], Iterator[bytes]]) -> Iterator[bytes]:
    """Yield a payload as base64 lines; a small one is read and encoded once for all the mails that carry it.

    It is known by its hash, so what is given is always what was sealed. Raises what `read_payload` raises.
    """
    if payload.size_bytes > SMALL_BYTES:
        yield from encode_base64(read_payload(payload))
        return
    lines = _encoded.get(payload.sha256)
    if lines is None:
        lines = b"".join(encode_base64(read_payload(payload)))
        while len(_encoded) >= MAX_ENCODED:
            del _encoded[next(iter(_encoded))]
        _encoded[payload.sha256] = lines
    yield lines


_encoded: dict[str, bytes] = {}


@lru_cache(maxsize=8)
def _small(path: Path, mtime_ns: int, size_bytes: int) -> tuple[str, bytes]:  # noqa: ARG001  # part of the key
    """Return the hash and the base64 lines of a small file; the time of change makes a changed file another key."""
    raw = b"".join(_chunks(path, size_bytes))
    return hashlib.sha256(raw).hexdigest(), base64_lines(raw)


def _status(path: Path) -> stat_result:
    try:
        return path.stat()
    except OSError as exc:
        raise _unreadable(path, exc) from exc


def _chunks(path: Path, size_bytes: int) -> Iterator[bytes]:
    """Yield a file that must have `size_bytes` bytes, in chunks that are a multiple of a base64 line."""
    seen = 0
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := _filled(file, min(CHUNK_BYTES, size_bytes + 1 - seen)):
                seen += len(chunk)
                if seen > size_bytes:
                    break
                yield chunk
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    if seen != size_bytes:
        raise _changed(path)


def _filled(file: BinaryIO, size_bytes: int) -> bytes:
    """Read until `size_bytes` or the end: a raw read may stop short, and a short chunk would pad in mid-stream."""
    pieces: list[bytes] = []
    while size_bytes > 0 and (piece := file.read(size_bytes)):
        pieces.append(piece)
        size_bytes -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _unreadable(path: Path, exc: OSError) -> SealError:
    return SealError(
        f"the attached file “{path}” cannot be read ({exc.strerror or exc}); put it back, or mend the note"
    )


def _changed(path: Path) -> SealError:
    return SealError(f"the attached file “{path}” changed since the note was sealed; look at the note again")
