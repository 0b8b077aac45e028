"""Run every comparison in alternation and print medians, ratios and targets: `python -m bench [ROUNDS]`."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.notes import write_interviews, write_mailmerge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).resolve().parent.parent

#: Runs the command line in this process and prints the peak of resident memory in KiB; VmHWM, because ru_maxrss
#: inherits the parent's peak over fork and exec.
PEAK = """
import sys
from mailer.cli import run
status = run(sys.argv[1:])
print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])
sys.exit(status)
"""


@dataclass(frozen=True)
class Row:
    """One comparison: our figure over the peer's (or the reverse for rates), and the bound that it has to keep."""

    name: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    bound: str
    is_met: bool


@dataclass(frozen=True)
class Place:
    """What a comparison works with: a folder of its own and the port of the sink."""

    folder: Path
    port: int

    def environment(self, home: str) -> dict[str, str]:
        """Return the environment of one mailer command with the MAILER_HOME of that name."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith("MAILER_")}
        return keep | {
            "MAILER_HOME": str(self.folder / home),
            "MAILER_FROM": "Ada Example <ada@example.com>",
            "MAILER_SMTP_HOST": "127.0.0.1",
            "MAILER_SMTP_PORT": str(self.port),
            "MAILER_SMTP_SECURITY": "none",
            "MAILER_AUTH": "none",
        }


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a command to its end and return its output; a failing contestant ends the whole run."""
    done = subprocess.run([str(c) for c in command], env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def timed(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> float:
    """Return the wall time of a whole process in milliseconds."""
    begin = time.perf_counter()
    run(*command, env=env, cwd=cwd)
    return (time.perf_counter() - begin) * 1000


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Start the sink in a process of its own and give its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sink"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def alternate(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Run two contestants in turn, once for warming up and then `rounds` times; return both medians."""
    pairs = [(ours(), theirs()) for _ in range(rounds + 1)][1:]
    return median(o for o, _ in pairs), median(t for _, t in pairs)


def at_most(name: str, unit: str, bound: float, figures: tuple[float, float]) -> Row:
    """Make the row of a comparison where less is better."""
    ours, theirs = figures
    return Row(name, ours, theirs, unit, ours / theirs, f"<= {bound}", ours / theirs <= bound)


def at_least(name: str, unit: str, bound: float, figures: tuple[float, float]) -> Row:
    """Make the row of a comparison where more is better."""
    ours, theirs = figures
    return Row(name, ours, theirs, unit, ours / theirs, f">= {bound}", ours / theirs >= bound)


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


def compile_everything() -> None:
    """Write the bytecode of everything that is compared, as installing from a wheel does."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run(sys.executable, "-m", "compileall", "-q", CHECKOUT / "mailer", CHECKOUT / "bench")


def main() -> int:
    """Print one line a comparison as it is measured; the status is 1 when a bound is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rows = []
    compile_everything()
    print(f"{'comparison':<52}{'mailer':>10}{'peer':>10} {'unit':<8}{'ratio':>7}  bound")
    with tempfile.TemporaryDirectory() as name, sink() as port:
        for measure in (cold, composing, delivering, memory, listing):
            for row in measure(Place(Path(name), port), rounds):
                met = "" if row.is_met else "  missed"
                figures = f"{row.ours:>10.1f}{row.theirs:>10.1f} {row.unit:<8}{row.ratio:>7.2f}"
                print(f"{row.name:<52}{figures}  {row.bound}{met}", flush=True)
                rows.append(row)
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
