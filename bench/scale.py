"""Compare an outbox of a million sleeping notes with one of a thousand: `python -m bench.scale [ROUNDS]`."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measuring import BIN, CHECKOUT, Place, Row, alternate, at_most, report, run, timed
from bench.notes import write_interviews
from bench.outbox import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["remembering", "sleeping"]

MANY, FEW = 1_000_000, 1_000
SLEEPER_BYTES = 1500

EARLY, LATE = 1_000, 20_000


def sleeping(place: Place, rounds: int) -> Iterator[Row]:
    """Time whole commands among a million notes that wait, and among a thousand; and the look for what is due."""
    for home, count in (("million", MANY), ("thousand", FEW)):
        hours = {"due_in": timedelta(days=1), "apart": timedelta(seconds=20)}
        fill(place.folder / home, count, size_bytes=SLEEPER_BYTES, **hours)
    (note,) = write_interviews(place.folder, 1)

    def command(home: str, *arguments: str | Path) -> Callable[[], float]:
        return lambda: timed(BIN / "mailer", *arguments, env=place.environment(home))

    def compared(name: str, *arguments: str | Path) -> Row:
        figures = alternate(rounds, command("million", *arguments), command("thousand", *arguments))
        return at_most(f"{name}, 1,000,000 / 1,000 asleep", "ms", 1.3, figures)

    def cancelling(home: str) -> Callable[[], float]:
        """Cancel notes that nobody has looked at for long, spread over the whole outbox."""
        ids = iter(_spread_ids(place.folder / home / "mailer.db", rounds + 1))

        def cancel_next() -> float:
            return command(home, "outbox", "cancel", next(ids))()

        return cancel_next

    def queueing(home: str) -> Callable[[], float]:
        def queue_one() -> float:
            taken_ms = command(home, "queue", note, "--at", "in 2h", "--yes", "--json")()
            newest = run(BIN / "mailer", "outbox", "--limit", "1", "--json", env=place.environment(home))
            entry = json.loads(newest)["entries"][0]["id"]
            run(BIN / "mailer", "outbox", "cancel", entry, env=place.environment(home))
            return taken_ms

        return queue_one

    yield compared("mailer outbox", "outbox")
    queued = alternate(rounds, queueing("million"), queueing("thousand"))
    yield at_most("mailer queue, 1,000,000 / 1,000 asleep", "ms", 1.3, queued)
    cancelled = alternate(rounds, cancelling("million"), cancelling("thousand"))
    yield at_most("mailer outbox cancel, 1,000,000 / 1,000 asleep", "ms", 1.3, cancelled)
    yield compared("mailer outbox show ADDRESS", "outbox", "show", "p77@tidewater-libraries.example")
    yield compared("mailer worker --once", "worker", "--once")
    poll_us = float(run(sys.executable, "-m", "bench.poll", str(place.folder / "million"), cwd=CHECKOUT))
    yield at_most("look for a due note, 1,000,000 asleep / 1 ms", "us", 1.0, (poll_us, 1000.0))


def _spread_ids(database: Path, number: int) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
        places = [last * (n + 1) // (number + 1) for n in range(number)]
        return [connection.execute("SELECT id FROM entry WHERE seq = ?", (n,)).fetchone()[0] for n in places]


def remembering(place: Place, _: int) -> Iterator[Row]:
    """Read the memory of a worker that stays after its first thousand notes and after twenty thousand."""
    home = place.folder / "long-run"
    fill(home, LATE + 1000, due_in=timedelta(minutes=-5))
    worker = subprocess.Popen(
        [BIN / "mailer", "worker"], env=place.environment("long-run"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        early, late = (_resident_mib(worker, home, sent) for sent in (EARLY, LATE))
    finally:
        worker.send_signal(signal.SIGINT)
        worker.communicate()
    yield at_most("worker's memory after 20,000 notes / after 1,000", "MiB", 1.05, (late, early))


def _resident_mib(worker: subprocess.Popen[bytes], home: Path, sent: int) -> float:
    """Return what the worker has in memory once so many notes are sent."""
    with closing(sqlite3.connect(f"file:{home}/mailer.db?mode=ro", uri=True)) as connection:
        while connection.execute("SELECT count(*) FROM entry WHERE state = 'sent'").fetchone()[0] < sent:
            if worker.poll() is not None:
                sys.exit(f"the worker ended: {worker.communicate()[1].decode()[-2000:]}")
            time.sleep(0.05)
    status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


if __name__ == "__main__":
    sys.exit(report((sleeping, remembering), int(sys.argv[1]) if len(sys.argv) > 1 else 5))
