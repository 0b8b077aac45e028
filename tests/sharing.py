"""Share a run out to the processes of pytest-xdist: which tests stay together, and which begin first.

A file of unit, system or browser tests goes to one process as a whole, which starts once what its tests share; no two of
its tests run at the same time. The tests of parts are dealt out one by one, but for the files in `WHOLE`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    import pytest

__all__ = ["ByKind", "turn"]

#: In this order tests begin: the quickest to fail; then whole files; last the many that leave no process idle.
KINDS = ("unit", "system", "browser", "parts")

#: These take longest, and wait more than they work: they begin before the rest of their kind, or they would end alone.
LONGEST = {
    *("test_random_kills.py", "test_cancel_race.py", "test_delivery.py", "test_cluster.py"),
    *("test_accessibility.py", "test_whole_job.py"),
}

#: Files of parts whose tests share a server that takes longer to start than they do.
WHOLE = {"tests/parts/command_line/test_postgresql.py"}


class ByKind(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Deal out files or single tests, by the folder they are in."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.startswith("tests/parts/") and file not in WHOLE else file


def turn(item: pytest.Item) -> tuple[int, bool]:
    """Return what to order tests by."""
    file = PurePosixPath(item.nodeid.partition("::")[0])
    kind = file.parts[1] if len(file.parts) > 2 else ""
    return KINDS.index(kind) if kind in KINDS else len(KINDS), file.name not in LONGEST
