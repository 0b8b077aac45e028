"""Keep each accepted mail as a file, byte for byte, and remember what its envelope said.

Takes the bytes that a client handed in, gives an `Arrived`.
"""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.errors import StorageError
from mailer.sandbox import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Arrived", "Inbox"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """One accepted mail; `path` holds exactly the bytes that came, `received` is aware UTC.

    `sender` and `to` are the decoded From and To headers, `envelope_to` every recipient of the envelope, joined by
    ", ". All but `id`, `size_bytes` and `received` is the client's word.
    """

    id: str
    envelope_from: str
    envelope_to: str
    sender: str
    to: str
    subject: str
    size_bytes: int
    path: Path
    received: datetime


class Inbox:
    """The mails of one run, in the order of their arrival; safe to use from several threads."""

    def __init__(self, folder: Path | None) -> None:
        """Open `folder`, made if it is not there; a fresh temporary one for None.

        Raises StorageError when it cannot be made.
        """
        self._lock = threading.Lock()
        self._arrived: list[Arrived] = []
        try:
            self.folder = folder or Path(tempfile.mkdtemp(prefix="mailer-inbox-"))
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise StorageError(f"{folder} cannot hold mail ({exc.strerror}); choose another folder") from exc

    def keep(self, raw: bytes, *, envelope_from: str, envelope_to: Sequence[str]) -> Arrived:
        """Write a mail to a file of its own and remember it; raises OSError when the file cannot be written."""
        received = datetime.now(tz=UTC)
        message = reading.headers_of(raw)
        with self._lock:
            number = len(self._arrived) + 1
            arrived = Arrived(
                id=str(number),
                envelope_from=envelope_from,
                envelope_to=", ".join(envelope_to),
                sender=reading.header(message, "From"),
                to=reading.header(message, "To"),
                subject=reading.header(message, "Subject"),
                size_bytes=len(raw),
                path=self.folder / f"{received:%Y-%m-%d-%H%M%S-%f}-{number}.eml",
                received=received,
            )
            _write_new(arrived.path, raw)
            self._arrived.append(arrived)
        return arrived

    def all(self) -> tuple[Arrived, ...]:
        """Return every mail of this run, the first to arrive first."""
        with self._lock:
            return tuple(self._arrived)

    def find(self, mail_id: str) -> Arrived | None:
        """Return the mail of that id, None when there is none."""
        return next((arrived for arrived in self.all() if arrived.id == mail_id), None)


def _write_new(path: Path, raw: bytes) -> None:
    """Write a file that only the user can read and that did not exist before."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(raw)
