"""Deliver ten thousand due notes with full durability, beside a bare smtplib loop: `python -m bench.drain [ROUNDS]`."""

from __future__ import annotations

import shutil
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.measuring import BIN, CHECKOUT, Place, Row, at_least, in_turn, report, run, timed
from bench.outbox import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["draining"]

COUNT = 10_000
SIZE_BYTES = 5000


def draining(place: Place, rounds: int) -> Iterator[Row]:
    """Compare rates of whole processes: one connection with the peer's one, four with our one."""
    full = place.folder / "full"
    fill(full, COUNT, due_in=timedelta(minutes=-5), size_bytes=SIZE_BYTES)

    def worker(*options: str) -> Callable[[], float]:
        def rate() -> float:
            shutil.rmtree(place.folder / "drain", ignore_errors=True)
            shutil.copytree(full, place.folder / "drain")
            return COUNT / timed(BIN / "mailer", "worker", "--once", *options, env=place.environment("drain")) * 1000

        return rate

    def bare() -> float:
        loop = (sys.executable, "-m", "bench.smtplib_loop", str(place.port), str(COUNT), str(SIZE_BYTES))
        return COUNT / timed(*loop, cwd=CHECKOUT) * 1000

    has_connections = "--connections" in run(BIN / "mailer", "worker", "--help")
    four = worker("--connections", "4") if has_connections else worker()
    one_rate, bare_rate, four_rate = in_turn(min(rounds, 3), worker(), bare, four)
    yield at_least("drain 10,000 due, 1 connection / bare smtplib", "notes/s", 0.5, (one_rate, bare_rate))
    yield at_least("drain 10,000 due, 4 connections / our 1", "notes/s", 1.3, (four_rate, one_rate))


if __name__ == "__main__":
    sys.exit(report((draining,), int(sys.argv[1]) if len(sys.argv) > 1 else 3))
