"""Kill workers at random moments while a server misbehaves at random; nothing may be lost, nothing sent twice."""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING

import pytest

from tests.crashes.harness import CONFIGURATIONS, crash
from tests.postgresql import needs_postgresql, server

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9")

KILLS = 60

#: A worker of a cluster takes a second to start.
KILLS_OF_CLUSTER = 50


@pytest.fixture
def seed() -> int:
    """Return what every moment and misdeed is drawn from; CRASH_SEED draws those of an earlier run again."""
    return int(os.environ.get("CRASH_SEED") or secrets.randbelow(2**32))


@pytest.mark.parametrize("name", ["one worker", "two workers", "four connections"])
def test_kills_at_random_moments_lose_nothing_and_send_nothing_twice(tmp_path: Path, seed: int, name: str):
    report = crash(CONFIGURATIONS[name], tmp_path, notes=500, kills=KILLS, seed=seed)

    assert report.violations == (), f"CRASH_SEED={seed}"
    assert report.kills == KILLS
    assert report.in_flight_at_kills > KILLS // 2


@needs_postgresql
def test_kills_of_workers_that_share_a_postgresql_lose_nothing_and_send_nothing_twice(tmp_path: Path, seed: int):
    url = server().url(server().empty_database())
    report = crash(CONFIGURATIONS["cluster"], tmp_path, notes=500, kills=KILLS_OF_CLUSTER, seed=seed, url=url)

    assert report.violations == (), f"CRASH_SEED={seed}"
    assert report.kills == KILLS_OF_CLUSTER
    assert report.in_flight_at_kills > KILLS_OF_CLUSTER // 2
