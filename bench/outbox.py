"""Fill an outbox as fast as SQLite can: one note goes through the Outbox, its rows are then copied with SQL."""

from __future__ import annotations

import sqlite3
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mailer.database import Database
from mailer.model import Envelope, Mailbox, NoteKind, Sealed
from mailer.outbox import Outbox

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["fill", "mail"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

#: What differs from note to note, as SQL over its number `n` and its `fresh_id`.
OF_EACH = {
    "seq": "model.seq + n",
    "id": "fresh_id",
    "interview": "'bench-' || (n / 4)",
    "interview_key": "'bench-' || (n / 4) || '@2026-10-14T09:00/America/Halifax'",
    "people": "'p' || n",
    "to_name": "'Reader ' || n",
    "to_address": "'p' || n || '@tidewater-libraries.example'",
    "rcpt_to": "'p' || n || '@tidewater-libraries.example'",
    "message_id": "'<' || n || model.message_id",
    "fingerprint": "substr(model.fingerprint, 1, 56) || printf('%08x', n)",
}


def mail(size_bytes: int) -> bytes:
    """Return a mail of this size with CRLF line ends and no line above 80 octets."""
    head = b"From: Ada Example <ada@example.com>\r\nTo: p1@tidewater-libraries.example\r\nSubject: Thank you\r\n\r\n"
    line = b"Thank you for opening the branch early yesterday, and for the lost umbrellas.\r\n"
    lines = line * (size_bytes // len(line) + 1)
    return (head + lines)[: size_bytes - 2] + b"\r\n"


def fill(home: Path, count: int, *, due_in: timedelta, apart: timedelta = timedelta(0), size_bytes: int = 5000) -> None:
    """Put `count` notes into the outbox of `home`, the first due in `due_in`, each next one `apart` later."""
    _queue_one(home, datetime.now(UTC).replace(microsecond=0) + due_in, mail(size_bytes))
    connection = sqlite3.connect(home / "mailer.db", isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''").fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    _copy_all(connection, count, step_us=apart // timedelta(microseconds=1))
    for _, definition in indexes:
        connection.execute(definition)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.close()


def _copy_all(connection: sqlite3.Connection, count: int, *, step_us: int) -> None:
    connection.execute("CREATE TEMP TABLE number (n INTEGER PRIMARY KEY, fresh_id TEXT)")
    connection.executemany("INSERT INTO number VALUES (?, ?)", ((n, _id(n)) for n in range(1, count)))
    hour = {
        "due": f"model.due + n * {step_us}",
        "not_before": f"model.not_before + n * {step_us}",
        # In UTC: a wall time that is another instant would be mended by the first worker.
        "due_local": f"strftime('%Y-%m-%dT%H:%M:%S', (model.due + n * {step_us}) / 1000000, 'unixepoch')",
    }
    _copy(connection, "entry", OF_EACH | hour)
    of_entry = {"entry": "model.entry + n"}
    keys = {"interview_key": OF_EACH["interview_key"], "person": OF_EACH["people"]}
    for table, changes in (("reader", of_entry | keys), ("part", of_entry), ("event", of_entry)):
        _copy(connection, table, changes)


def _id(number: int) -> str:
    """Return an id of eight letters, spread over all there are as real ones; a factor that is odd repeats none."""
    spread = number * 0x9E3779B97F & 0xFFFFFFFFFF
    return "".join(ALPHABET[spread >> shift & 31] for shift in range(35, -1, -5))


def _queue_one(home: Path, due: datetime, content: bytes) -> None:
    sealed = Sealed(
        interview="bench-0",
        interview_key="bench-0@2026-10-14T09:00/America/Halifax",
        people=("p0",),
        kind=NoteKind.THANK_YOU,
        sender=Mailbox("Ada Example", "ada@example.com"),
        recipient=Mailbox("Reader 0", "p0@tidewater-libraries.example"),
        subject="Thank you, and a way to count evening visitors",
        message_id=f"<{uuid.uuid4().hex}@example.com>",
        fingerprint=uuid.uuid4().hex * 2,
        envelope=Envelope("ada@example.com", "p0@tidewater-libraries.example", len(content)),
        parts=(content,),
    )
    with Database(home) as database:
        Outbox(database).enqueue(
            sealed,
            due=due,
            due_local=due.replace(tzinfo=None),
            timezone="UTC",
            now=datetime.now(UTC),
            read_payload=lambda _: iter(()),
        )


def _copy(connection: sqlite3.Connection, table: str, changes: dict[str, str]) -> None:
    """Copy the one row of a table for every number, with `changes`; the other columns stay as they are."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join(changes.get(column, f"model.{column}") for column in columns)
    connection.execute(f"INSERT INTO {table} SELECT {chosen} FROM number, {table} AS model ORDER BY n")
