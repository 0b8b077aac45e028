"""A note's wall time is what was promised: when the rules of its zone change, its instant moves with them."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailer import schedule
from mailer.model import State
from mailer.outbox.clocks import EVERY
from tests.factories import make_sealed
from tests.parts.outbox.ledger import BUSY, from_disk
from tests.zone_files import write_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.model import Entry
    from mailer.outbox import Outbox

BERLIN = "Europe/Berlin"
WITH_SUMMER = "CET-1CEST,M3.5.0,M10.5.0/3"
WITHOUT_SUMMER = "CET-1"
ALWAYS_SUMMER = "CEST-2"

#: 08:30 in Berlin, summer time.
HALF_PAST_EIGHT = datetime(2026, 6, 12, 6, 30, tzinfo=UTC)
EVENING_BEFORE = HALF_PAST_EIGHT - timedelta(hours=14)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """Give this process a zone database of its own in front of the machine's."""
    folder = tmp_path / "zones"
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(folder), *before])
    yield folder
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def change(tree: Path, rules: str, name: str = BERLIN) -> None:
    """Install other rules, as an upgrade of the system does; this process may know the old ones by heart."""
    write_zone(tree, name, rules)


def queued(outbox: Outbox, wall: str, *, offset: int, zone: str = BERLIN) -> Entry:
    """Queue a note for a wall time that is `offset` hours ahead of UTC by the rules of the day."""
    local = datetime.fromisoformat(wall)
    return outbox.enqueue(
        make_sealed(people=(wall,)),
        due=local.replace(tzinfo=UTC) - timedelta(hours=offset),
        due_local=local,
        timezone=zone,
        now=EVENING_BEFORE,
        read_payload=from_disk,
    )


def test_a_note_keeps_its_wall_time_when_summer_time_is_abolished(outbox: Outbox, tree: Path) -> None:
    entry = queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITHOUT_SUMMER)

    (moved,) = outbox.follow_clocks(now=EVENING_BEFORE)

    later = HALF_PAST_EIGHT + timedelta(hours=1)
    assert (moved.id, moved.due, moved.not_before, moved.due_local) == (entry.id, later, later, entry.due_local)
    assert outbox.claim(now=later - timedelta(microseconds=1), owner="w:1") is None
    assert outbox.claim(now=later, owner="w:1") is not None


def test_a_note_whose_hour_comes_earlier_is_due_earlier(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-01-12 08:30", offset=1)
    change(tree, ALWAYS_SUMMER)
    earlier = datetime(2026, 1, 12, 6, 30, tzinfo=UTC)

    outbox.follow_clocks(now=earlier)

    assert outbox.claim(now=earlier, owner="w:1") is not None


def test_the_story_of_the_note_says_why(outbox: Outbox, tree: Path) -> None:
    entry = queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITHOUT_SUMMER)

    outbox.follow_clocks(now=EVENING_BEFORE)

    event = outbox.events(entry.id)[-1]
    assert (event.from_state, event.to_state, event.at) == (State.SCHEDULED, State.SCHEDULED, EVENING_BEFORE)
    assert event.detail == (
        "the clocks of Europe/Berlin changed: 2026-06-12 08:30 there is now 2026-06-12 07:30 UTC,"
        " it was 2026-06-12 06:30"
    )


def test_a_note_stays_while_the_rules_do(outbox: Outbox, tree: Path) -> None:
    entry = queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITH_SUMMER)

    assert outbox.follow_clocks(now=EVENING_BEFORE) == []
    assert len(outbox.events(entry.id)) == 1


def test_the_second_of_two_stays_the_second(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-10-25 02:30", offset=1)
    change(tree, WITH_SUMMER)

    assert outbox.follow_clocks(now=datetime(2026, 10, 24, 12, tzinfo=UTC)) == []


def test_an_hour_that_is_now_skipped_goes_to_the_first_one_after(outbox: Outbox, tree: Path) -> None:
    entry = queued(outbox, "2026-03-29 02:30", offset=1)
    change(tree, WITH_SUMMER)

    (moved,) = outbox.follow_clocks(now=datetime(2026, 3, 28, 12, tzinfo=UTC))

    assert (moved.due_local, moved.due) == (datetime(2026, 3, 29, 3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    assert outbox.events(entry.id)[-1].detail == (
        "the clocks of Europe/Berlin changed: they skip 2026-03-29 02:30 now, so it goes at 03:00 there"
    )


def test_a_note_that_waits_for_another_try_keeps_that_hour(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-06-12 08:30", offset=2)
    claimed = outbox.claim(now=HALF_PAST_EIGHT, owner="w:1")
    assert claimed is not None
    again = HALF_PAST_EIGHT + timedelta(minutes=2)
    outbox.postpone(claimed, BUSY, not_before=again, now=HALF_PAST_EIGHT)
    change(tree, WITHOUT_SUMMER)

    (moved,) = outbox.follow_clocks(now=HALF_PAST_EIGHT)

    assert (moved.due, moved.not_before) == (HALF_PAST_EIGHT + timedelta(hours=1), again)


def test_an_overdue_note_whose_hour_has_moved_ahead_waits_for_it(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITHOUT_SUMMER)
    just_after = HALF_PAST_EIGHT + timedelta(minutes=1)

    outbox.follow_clocks(now=just_after)

    assert outbox.claim(now=just_after, owner="w:1") is None


def test_a_note_of_next_week_is_left_until_it_is_due_within_a_day(outbox: Outbox, tree: Path) -> None:
    entry = queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITHOUT_SUMMER)
    week_before, day_before = (HALF_PAST_EIGHT - timedelta(days=days) for days in (7, 1))

    assert outbox.follow_clocks(now=week_before) == []
    assert [moved.id for moved in outbox.follow_clocks(now=day_before)] == [entry.id]


def test_only_what_is_scheduled_is_moved(outbox: Outbox, tree: Path) -> None:
    outbox.cancel(queued(outbox, "2026-06-12 08:30", offset=2).id, now=EVENING_BEFORE)
    change(tree, WITHOUT_SUMMER)

    assert outbox.follow_clocks(now=EVENING_BEFORE) == []


def test_every_page_of_a_long_list_is_looked_at(outbox: Outbox, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.outbox.clocks._PAGE", 2)
    walls = [f"2026-06-12 08:3{minute}" for minute in (0, 0, 1, 2, 3)]
    entries = [
        outbox.enqueue(
            make_sealed(people=(f"reader-{number}",)),
            due=datetime.fromisoformat(wall).replace(tzinfo=UTC) - timedelta(hours=2),
            due_local=datetime.fromisoformat(wall),
            timezone=BERLIN,
            now=EVENING_BEFORE,
            read_payload=from_disk,
        )
        for number, wall in enumerate(walls)
    ]
    change(tree, WITHOUT_SUMMER)

    moved = outbox.follow_clocks(now=EVENING_BEFORE)

    assert [entry.id for entry in moved] == [entry.id for entry in entries]


def test_a_zone_that_the_machine_knows_no_more_moves_nothing(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-06-12 08:30", offset=2, zone="Europe/Atlantis")

    assert outbox.follow_clocks(now=EVENING_BEFORE) == []


def test_one_process_looks_again_after_some_minutes(outbox: Outbox, tree: Path) -> None:
    queued(outbox, "2026-06-12 08:30", offset=2)
    outbox.follow_clocks(now=EVENING_BEFORE)
    change(tree, WITHOUT_SUMMER)

    assert outbox.follow_clocks(now=EVENING_BEFORE + EVERY - timedelta(seconds=1)) == []
    assert len(outbox.follow_clocks(now=EVENING_BEFORE + EVERY)) == 1


def test_a_process_that_knows_old_rules_by_heart_reads_the_new_ones(outbox: Outbox, tree: Path) -> None:
    change(tree, WITH_SUMMER)
    due = schedule.at(datetime(2026, 6, 12, 8, 30), BERLIN)
    entry = queued(outbox, "2026-06-12 08:30", offset=2)
    change(tree, WITHOUT_SUMMER)

    (moved,) = outbox.follow_clocks(now=EVENING_BEFORE)

    assert (entry.due, moved.due) == (due.instant, due.instant + timedelta(hours=1))
