"""Ask in vain for a due note, as a worker does at each look: `python -m bench.poll HOME` prints microseconds."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from mailer.database import Database
from mailer.outbox import Outbox

LOOKS = 500


def main() -> None:
    """Time what finds out that nothing is due: the claim and the count, each on its own reading of the clock."""
    outbox = Outbox(Database(Path(sys.argv[1])))
    times_us = []
    for _ in range(LOOKS):
        begin = time.perf_counter()
        assert outbox.due(datetime.now(UTC), limit=1) == 0
        assert outbox.claim(now=datetime.now(UTC), owner="bench:poll") is None
        times_us.append((time.perf_counter() - begin) * 1e6)
    print(median(times_us))


if __name__ == "__main__":
    main()
