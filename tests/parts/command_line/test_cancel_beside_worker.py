"""Cancel notes while a worker delivers them: each is cancelled and never sent, or sent once and not cancelled."""

from __future__ import annotations

import random
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.model import State
from mailer.outbox import Outbox
from tests.factories import make_sealed
from tests.parts.command_line.test_commands_that_stay import TIMEOUT_S, ended, first_line, staying
from tests.parts.outbox.ledger import from_disk
from tests.smtp_server import Behaviour, SmtpServer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

NOTES = 36


class Paced(SmtpServer):
    """A server that accepts as many mails as `permits` were released."""

    def __init__(self) -> None:
        super().__init__()
        self.permits = threading.Semaphore(0)

    def behaviour(self, stage: str) -> Behaviour | None:
        if stage == "dot":
            self.permits.acquire(timeout=TIMEOUT_S)
        return super().behaviour(stage)


def queue_due_notes(desk: Desk) -> list[tuple[str, str]]:
    """Queue notes that are due; return the id of each and its Message-ID."""
    now = datetime.now(tz=UTC)
    entries = []
    with Database(desk.home) as database:
        for n in range(NOTES):
            due = now - timedelta(minutes=5) + timedelta(seconds=n)
            entries.append(
                Outbox(database).enqueue(
                    make_sealed(people=(f"person{n}",)),
                    due=due,
                    due_local=due.replace(tzinfo=None),
                    timezone="UTC",
                    now=now,
                    read_payload=from_disk,
                )
            )
    return [(entry.id, entry.message_id) for entry in entries]


def test_a_cancel_beside_a_worker_means_never_sent_or_too_late(desk: Desk) -> None:
    notes = queue_due_notes(desk)
    with Paced() as server:
        desk.uses(server)
        with staying(desk, "worker") as worker:
            first_line(worker)
            cancelled = {}
            for entry_id, message_id in random.sample(notes, NOTES):
                server.permits.release()
                cancelled[message_id] = desk.run("outbox", "cancel", entry_id).status
            server.permits.release(NOTES)
            refused = list(cancelled.values()).count(1)
            server.wait_until(lambda s: len(s.messages) >= refused)
            status, _, err = ended(worker)

    assert (status, err) == (0, "")
    arrived = [m.content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode() for m in server.messages]
    assert sorted(arrived) == sorted(message_id for message_id, state in cancelled.items() if state == 1)
    assert set(cancelled.values()) == {0, 1}
    with Database(desk.home) as database:
        assert set(Outbox(database).counts()) == {State.SENT, State.CANCELLED}
