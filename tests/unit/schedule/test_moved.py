"""A wall time keeps its meaning when the rules of its zone change: its instant is found anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import schedule
from tests.zone_files import write_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailer.schedule import Due

BERLIN = "Europe/Berlin"
ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC))


@pytest.fixture
def zone_of(tmp_path: Path) -> Callable[[str], ZoneInfo]:
    """Return a maker of zones from POSIX rules."""

    def make(rules: str) -> ZoneInfo:
        write_zone(tmp_path, "Made/Up", rules)
        with (tmp_path / "Made/Up").open("rb") as file:
            return ZoneInfo.from_file(file, key="Made/Up")

    return make


def due(instant: str, wall: str) -> Due:
    return schedule.hours.Due(datetime.fromisoformat(instant).replace(tzinfo=UTC), datetime.fromisoformat(wall), BERLIN)


@given(instant=INSTANTS, zone=st.sampled_from(ZONES))
def test_an_hour_stays_while_the_rules_do(instant: datetime, zone: str) -> None:
    hour = schedule.exactly(instant, zone)

    assert schedule.moved(hour, ZoneInfo(zone)) is hour


@given(instant=INSTANTS, zone=st.sampled_from(ZONES), other=st.sampled_from(ZONES))
def test_a_moved_hour_shows_the_wall_time_by_the_new_rules_or_the_first_after_a_gap(
    instant: datetime, zone: str, other: str
) -> None:
    rules = ZoneInfo(other)
    hour = schedule.exactly(instant, zone)

    moved = schedule.moved(hour, rules)

    assert moved.instant.astimezone(rules).replace(tzinfo=None) == moved.wall
    assert moved.timezone == zone
    assert moved.wall == hour.wall or (moved.skipped == hour.wall < moved.wall)
    assert schedule.moved(moved, rules) == moved


@given(instant=INSTANTS, zone=st.sampled_from(ZONES), minutes=st.integers(-720, 720))
def test_an_hour_moves_by_what_the_offset_did(instant: datetime, zone: str, minutes: int) -> None:
    hour = schedule.exactly(instant, zone)
    offset = hour.wall.replace(tzinfo=UTC) - hour.instant
    if abs(offset + timedelta(minutes=minutes)) >= timedelta(hours=24):
        return

    moved = schedule.moved(hour, timezone(offset + timedelta(minutes=minutes)))

    assert (moved.instant, moved.wall) == (hour.instant - timedelta(minutes=minutes), hour.wall)


def test_of_two_readings_the_nearer_is_taken(zone_of: Callable[[str], ZoneInfo]) -> None:
    rules = zone_of("CET-1CEST,M3.5.0,M10.5.0/3")
    wall = "2026-10-25 02:30"

    early, late = (schedule.moved(due(f"2026-10-{instant}", wall), rules) for instant in ("24 23:30", "25 02:30"))

    assert (early.instant, late.instant) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


def test_a_wall_time_that_is_now_skipped_is_the_first_after_the_gap(zone_of: Callable[[str], ZoneInfo]) -> None:
    rules = zone_of("CET-1CEST,M3.5.0,M10.5.0/3")

    moved = schedule.moved(due("2026-03-29 01:30", "2026-03-29 02:30"), rules)

    assert (moved.instant, moved.wall, moved.skipped) == (
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 3, 0),
        datetime(2026, 3, 29, 2, 30),
    )
