"""Run contestants as whole processes, in alternation, and hold the ratio of their medians against a bound."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Measure = Callable[["Place", int], Iterable["Row"]]

__all__ = [
    "BIN", "CHECKOUT", "Place", "Row", "alternate", "at_least", "at_most", "compile_everything", "in_turn", "report",
    "run", "sink", "timed",
]  # fmt: skip

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).resolve().parent.parent


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
            "MAILER_RATE": "none",
        }


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a command to its end and return its output; a failing contestant ends the whole run."""
    done = subprocess.run([str(c) for c in command], env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
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


def in_turn(rounds: int, *contestants: Callable[[], float]) -> tuple[float, ...]:
    """Run the contestants in turn, once for warming up and then `rounds` times; return their medians."""
    figures = [[contestant() for contestant in contestants] for _ in range(rounds + 1)][1:]
    return tuple(map(median, zip(*figures, strict=True)))


def alternate(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Run two contestants in turn; return both medians."""
    our_median, their_median = in_turn(rounds, ours, theirs)
    return our_median, their_median


def at_most(name: str, unit: str, bound: float, figures: tuple[float, float]) -> Row:
    """Make the row of a comparison where less is better."""
    ours, theirs = figures
    return Row(name, ours, theirs, unit, ours / theirs, f"<= {bound}", ours / theirs <= bound)


def at_least(name: str, unit: str, bound: float, figures: tuple[float, float]) -> Row:
    """Make the row of a comparison where more is better."""
    ours, theirs = figures
    return Row(name, ours, theirs, unit, ours / theirs, f">= {bound}", ours / theirs >= bound)


def compile_everything() -> None:
    """Write the bytecode of everything that is compared, as installing from a wheel does."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run(sys.executable, "-m", "compileall", "-q", CHECKOUT / "mailer", CHECKOUT / "bench")


def report(measures: Iterable[Measure], rounds: int) -> int:
    """Print one line a comparison as it is measured; return 1 when a bound is missed, else 0."""
    rows = []
    compile_everything()
    print(f"{'comparison':<52}{'mailer':>10}{'peer':>10} {'unit':<8}{'ratio':>7}  bound")
    with tempfile.TemporaryDirectory() as name, sink() as port:
        for measure in measures:
            for row in measure(Place(Path(name), port), rounds):
                met = "" if row.is_met else "  missed"
                figures = f"{row.ours:>10.1f}{row.theirs:>10.1f} {row.unit:<8}{row.ratio:>7.2f}"
                print(f"{row.name:<52}{figures}  {row.bound}{met}", flush=True)
                rows.append(row)
    return 0 if all(row.is_met for row in rows) else 1
