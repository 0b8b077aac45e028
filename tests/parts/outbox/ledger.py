"""Make what the tests of the outbox share: an hour, a reader of payloads, a queued note."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailer.database import Database
from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.model import Payload, Receipt, Reply
from tests.factories import make_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.database import Store
    from mailer.model import Entry
    from mailer.outbox import Outbox

__all__ = ["BUSY", "LATER", "LOST", "NOW", "RECEIPT", "REFUSED", "from_disk", "opened", "put", "race"]

NOW = datetime(2026, 6, 12, 12, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

RECEIPT = Receipt(Reply(250, "2.0.0", "Ok: queued as 4711", "dot"))
BUSY = Temporary("the server is busy", stage=Stage.RCPT, code=451, enhanced="4.3.0", text="Try later")
REFUSED = Permanent("no such user", stage=Stage.RCPT, code=550, enhanced="5.1.1", text="No such user")
LOST = OutcomeUnknown("no reply came after the final dot", stage=Stage.DOT)


def opened(address: str) -> Store:
    """Return a store of its own for the same database: at a home's path, or at a URL."""
    if "://" not in address:
        return Database(Path(address))
    from mailer.database.postgresql import PostgresDatabase

    return PostgresDatabase(address)


def from_disk(payload: Payload) -> Iterator[bytes]:
    """Give the bytes of a payload's file in pieces of an odd size."""
    assert payload.path is not None
    with payload.path.open("rb") as file:
        while piece := file.read(100_003):
            yield piece


def put(outbox: Outbox, person: str = "vanderberg", *, due: datetime = NOW, account: str = "", **changes: Any) -> Entry:
    """Queue a small note to `person`."""
    sealed = make_sealed(**{"people": (person,)} | changes)
    return outbox.enqueue(
        sealed,
        due=due,
        due_local=due.replace(tzinfo=None) - timedelta(hours=4),
        timezone="America/Detroit",
        now=NOW,
        read_payload=from_disk,
        account=account,
    )


def race(code: str, *arguments: tuple[object, ...]) -> list[str]:
    """Run a program once for each set of arguments, let all go on at the same moment, and return what each printed.

    The program prints `ready` and reads a line before the race begins.
    """
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, each)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for each in arguments
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return [racer.communicate()[0] for racer in racers]
