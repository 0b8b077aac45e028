"""Deliver thousands of notes in spite of hundreds of kills: `python -m bench.crash [NOTES] [KILLS] [CONFIGURATION]`.

The tests do the same with fewer (tests/crashes); here is room for rarer moments. The status is 1 when a note was lost,
doubled, or uncertain without a reason.
"""

from __future__ import annotations

import atexit
import secrets
import sys
import tempfile
from pathlib import Path

from tests.crashes.harness import CONFIGURATIONS, crash
from tests.postgresql import Server

HEADINGS = ("notes", "kills", "in flight", "sent", "uncertain", "lost", "doubled", "seconds")


def main() -> int:
    """Run one configuration or all of them, and print a line for each."""
    given = dict(enumerate(sys.argv))
    notes, kills = int(given.get(1, 5000)), int(given.get(2, 300))
    chosen = sys.argv[3:] or list(CONFIGURATIONS)
    print(f"{'configuration':<28}" + "".join(f"{heading:>10}" for heading in HEADINGS))
    is_well = True
    for name in chosen:
        seed = secrets.randbelow(2**32)
        with tempfile.TemporaryDirectory() as folder:
            report = crash(CONFIGURATIONS[name], Path(folder), notes=notes, kills=kills, seed=seed, url=_url(name))
        states = report.states
        figures = (report.notes, report.kills, report.in_flight_at_kills, states.get("sent", 0))
        figures += (states.get("uncertain", 0), report.lost, report.doubled, round(report.seconds))
        print(f"{name:<28}" + "".join(f"{figure:>10,}" for figure in figures), flush=True)
        for violation in report.violations:
            print(f"  {violation} (seed {seed})")
        is_well &= not report.violations
    return 0 if is_well else 1


def _url(name: str) -> str:
    """Start a PostgreSQL, durable as a real one, for workers that share one; it is gone when this process ends."""
    if not CONFIGURATIONS[name].is_cluster:
        return ""
    server = Server(is_durable=True)
    atexit.register(server.remove)
    return server.url(server.empty_database())


if __name__ == "__main__":
    sys.exit(main())
