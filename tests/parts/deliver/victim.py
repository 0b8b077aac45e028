"""Run the real line in a process of its own and be killed at one named step of it.

    python -m tests.parts.deliver.victim HOME PORT STEP

Queues three notes unless some are queued, then sweeps and delivers what is due to the server on PORT.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailer import deliver, sender
from mailer.database import Database
from mailer.model import Account, Auth, Payload, Security
from mailer.outbox import LockFiles, Outbox
from mailer.schedule import Due
from tests.factories import make_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mailer.model import Envelope, Receipt, Sealed

__all__ = ["STEPS", "account", "notes"]

#: In order; each comes after what it names, "" never.
STEPS = ("", "queueing", "queued", "claimed", "connected", "body", "gate", "passed", "reply", "settled")

FILE = b"a chart of seventy minutes " * 40_000


class Victim:
    """A connection that is killed on the way."""

    def __init__(self, connection: sender.Connection, step: str) -> None:
        self._connection = connection
        self._step = step

    @property
    def is_usable(self) -> bool:
        return self._connection.is_usable

    def close(self) -> None:
        self._connection.close()

    def transmit(
        self,
        envelope: Envelope,
        content: Iterable[bytes],
        gate: Callable[[], None],
        *,
        hold_until: datetime | None = None,
    ) -> Receipt:
        def fatal_gate() -> None:
            self.die_at("gate")
            gate()
            self.die_at("passed")

        self.die_at("connected")
        receipt = self._connection.transmit(envelope, self.fatal(content), fatal_gate, hold_until=hold_until)
        self.die_at("reply")
        return receipt

    def fatal(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for number, chunk in enumerate(content):
            if number == 2:
                self.die_at("body")
            yield chunk

    def die_at(self, step: str) -> None:
        die_at(step, self._step)


def die_at(step: str, chosen: str) -> None:
    if step == chosen:
        os.kill(os.getpid(), signal.SIGKILL)


def account(port: int) -> Account:
    """Return the account of a server on loopback."""
    return Account("127.0.0.1", port, Security.NONE, Auth.NONE)


def notes() -> list[Sealed]:
    """Return three sealed mails with a file each, their Message-IDs by number."""
    payload = Payload(hashlib.sha256(FILE).hexdigest(), len(FILE))
    return [
        make_sealed(
            people=(f"p{n}",),
            message_id=f"<{n}@example.com>",
            parts=(f"Message-ID: <{n}@example.com>\r\n\r\n".encode(), payload),
        )
        for n in range(3)
    ]


def main(home: Path, port: int, step: str) -> None:
    outbox = Outbox(Database(home))
    if not outbox.list(limit=1):
        queue(outbox, step)

    def connect() -> Victim:
        die_at("claimed", step)
        return Victim(sender.connect(account(port), None), step)

    liveness = LockFiles(home)
    with liveness.worker() as worker:
        deliver.sweep(outbox, liveness, now=datetime.now(UTC))
        delivery = deliver.Delivery(outbox, worker, connect, clock=lambda: datetime.now(UTC), first_delay_s=0.0)  # type: ignore[arg-type]
        for _ in delivery.due():
            die_at("settled", step)


def queue(outbox: Outbox, step: str) -> None:
    def read_payload(_: Payload) -> Iterator[bytes]:
        yield FILE[: len(FILE) // 2]
        die_at("queueing", step)
        yield FILE[len(FILE) // 2 :]

    now = datetime.now(UTC)
    for sealed in notes():
        deliver.submit(outbox, sealed, Due(now, now.replace(tzinfo=None), "UTC"), now=now, read_payload=read_payload)
    die_at("queued", step)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
