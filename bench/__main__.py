"""Run every comparison in alternation and print medians, ratios and targets: `python -m bench [ROUNDS]`."""

from __future__ import annotations

import os
import shutil
import sys
from statistics import median
from typing import TYPE_CHECKING

from bench.desk import answering, many_notes, painting, repainting
from bench.drain import draining
from bench.measuring import BIN, CHECKOUT, Place, Row, alternate, at_least, at_most, report, run, timed
from bench.notes import write_interviews, write_mailmerge
from bench.scale import remembering, sleeping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Runs the command line in this process and prints the peak of resident memory in KiB; VmHWM, because ru_maxrss
#: inherits the parent's peak over fork and exec.
PEAK = """
import sys
from mailer.cli import run
status = run(sys.argv[1:])
print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])
sys.exit(status)
"""


def cold(place: Place, rounds: int) -> Iterator[Row]:
    """Time a whole process that composes, checks, stores and sends one note."""
    (note,) = write_interviews(place.folder, 1)
    project = write_mailmerge(place.folder / "mailmerge", 1, place.port)
    send = (BIN / "mailer", "send", note, "--yes")

    def mailmerge() -> float:
        return timed(BIN / "mailmerge", "--no-dry-run", "--limit", "1", cwd=project)

    def first_time() -> float:
        shutil.rmtree(place.folder / "home", ignore_errors=True)
        return timed(*send, env=place.environment("home"))

    def checked_before() -> float:
        shutil.rmtree(place.folder / "home", ignore_errors=True)
        run(BIN / "mailer", "check", note, env=place.environment("home"))
        return timed(*send, env=place.environment("home"))

    yield at_most("cold send, first time / mailmerge", "ms", 1.0, alternate(rounds, first_time, mailmerge))
    yield at_most("cold send, checked before / mailmerge", "ms", 0.75, alternate(rounds, checked_before, mailmerge))


def composing(_: Place, rounds: int) -> Iterator[Row]:
    """Count notes composed to bytes in a second, one process each."""

    def rate(contestant: str, count: int, *file: str) -> Callable[[], float]:
        return lambda: float(run(sys.executable, "-m", "bench.compose", contestant, str(count), *file, cwd=CHECKOUT))

    ours = rate("mailer", 1000)
    yield at_least("compose / mailmerge", "notes/s", 2, alternate(rounds, ours, rate("mailmerge", 300)))
    yield at_least("compose / python-emails", "notes/s", 25, alternate(rounds, ours, rate("emails", 60)))
    with_file = alternate(rounds, rate("mailer", 1000, "file"), rate("mailmerge", 200, "file"))
    yield at_least("compose with 100 KB / mailmerge", "notes/s", 5, with_file)


def delivering(place: Place, rounds: int) -> Iterator[Row]:
    """Deliver 1,000 queued notes with the worker; mailmerge composes and sends as many."""
    count = 1000
    interviews = write_interviews(place.folder / "many", count)
    project = write_mailmerge(place.folder / "mailmerge-many", count, place.port)
    env = place.environment("home-many")

    def worker() -> float:
        shutil.rmtree(place.folder / "home-many", ignore_errors=True)
        run(BIN / "mailer", "queue", *interviews, "--at", "now", "--yes", "--despite", "notes-near-identical", env=env)
        return count / timed(BIN / "mailer", "worker", "--once", env=env) * 1000

    def mailmerge() -> float:
        return count / timed(BIN / "mailmerge", "--no-dry-run", "--no-limit", cwd=project) * 1000

    yield at_least(
        "deliver 1,000 queued / mailmerge compose and send", "notes/s", 3, alternate(rounds, worker, mailmerge)
    )


def memory(place: Place, rounds: int) -> Iterator[Row]:
    """Read the peak memory of a send with a file of 20 MB and of one with a file of a kilobyte."""
    peaks: dict[str, list[float]] = {"large": [], "small": []}
    for _ in range(rounds):
        for name, size in (("large", 20_000_000), ("small", 1000)):
            folder = place.folder / name
            (note,) = write_interviews(folder, 1, file="chart.pdf")
            (folder / "chart.pdf").write_bytes(b"%PDF-1.4\n" + os.urandom(size))
            shutil.rmtree(folder / "home", ignore_errors=True)
            output = run(sys.executable, "-c", PEAK, "send", note, "--yes", env=place.environment(f"{name}/home"))
            peaks[name].append(int(output.split()[-1]) / 1024)
    large, small = median(peaks["large"]), median(peaks["small"])
    yield Row(
        "peak memory with 20 MB attached, over base", large, small, "MiB", large - small, "<= 8 MiB", large - small <= 8
    )


def listing(place: Place, rounds: int) -> Iterator[Row]:
    """Time `mailer outbox` with twenty entries against an interpreter that does nothing."""
    (notes,) = write_interviews(place.folder / "twenty", 20)
    env = place.environment("home-twenty")
    run(BIN / "mailer", "queue", notes, "--at", "+2h", "--yes", "--despite", "notes-near-identical", env=env)
    figures = alternate(
        rounds, lambda: timed(BIN / "mailer", "outbox", env=env), lambda: timed(sys.executable, "-c", "pass")
    )
    yield at_most("mailer outbox, 20 entries / python -c pass", "ms", 6, figures)


def main() -> int:
    """Compare; the status is 1 when a bound is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    desk = answering, painting, repainting, many_notes
    return report((cold, composing, delivering, memory, listing, *desk, draining, sleeping, remembering), rounds)


if __name__ == "__main__":
    sys.exit(main())
