"""What is echoed is when it is sent: the worker's claim finds a note at the instant that its echo names, not before."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import schedule
from mailer.database import Database
from mailer.errors import UsageError
from mailer.outbox import Outbox
from mailer.schedule.naming import MONTHS
from tests.factories import make_sealed
from tests.parts.outbox.ledger import from_disk

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 12, 7, 0, tzinfo=UTC)
ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
WORDS = st.one_of(
    st.datetimes(datetime(2026, 6, 14), datetime(2060, 1, 1)).map(lambda wall: f"{wall:%Y-%m-%d %H:%M}"),
    st.times().map(lambda hour: f"tomorrow {hour:%H:%M}"),
    st.times().map(lambda hour: f"next business day at {hour:%H:%M}"),
    st.integers(1, 9999).map(lambda amount: f"in {amount}h"),
    st.sampled_from(["now", "Monday 8:30am", "Dec 1 noon", "Oct 25 2:30", "Nov 1 1:30"]),
)


def test_a_note_is_due_at_the_instant_that_its_echo_names_and_not_before(home: Path) -> None:
    outbox = Outbox(Database(home))

    @settings(max_examples=60, deadline=None)
    @given(words=WORDS, zone=st.sampled_from(ZONES), second=st.booleans())
    def holds(words: str, zone: str, *, second: bool) -> None:
        def which(twice: schedule.ComesTwice) -> schedule.Due:
            return twice.second if second else twice.first

        try:
            due = schedule.parse(words, now=NOW, zone=zone, which=which)
        except UsageError:
            return
        entry = outbox.enqueue(
            make_sealed(),
            due=due.instant,
            due_local=due.wall,
            timezone=due.timezone,
            now=NOW,
            read_payload=from_disk,
        )
        stored = schedule.Due(entry.due, entry.due_local, entry.timezone)
        instant = read_back(schedule.describe(stored, sender_zone="UTC", now=NOW), zone)

        assert outbox.claim(now=instant - timedelta(microseconds=1), owner="w:1") is None
        claimed = outbox.claim(now=instant, owner="w:1")
        assert claimed is not None
        assert claimed.id == entry.id
        outbox.cancel(outbox.release(claimed, now=NOW, reason="the next example").id, now=NOW)

    holds()


def read_back(echo: str, zone: str) -> datetime:
    """Return the instant that a person reads out of the sentence; every hour here is of whole minutes."""
    found = re.match(
        r"\w{3} (\d+) (\w{3}) (\d{4}), (\d\d):(\d\d) in [^,(]+(?:, the \w+ of two \((.\d\d):(\d\d)\))?", echo
    )
    assert found is not None
    month = [name[:3] for name in MONTHS].index(found[2]) + 1
    wall = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]))
    if found[6] is None:
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    sign = -1 if found[6][0] == "-" else 1
    ahead = sign * timedelta(hours=abs(int(found[6])), minutes=int(found[7]))
    return wall.replace(tzinfo=UTC) - ahead
