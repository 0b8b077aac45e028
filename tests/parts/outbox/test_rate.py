"""An account's rate: exact in every window, over all processes, whatever its clock does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import RateReached
from mailer.model import Rate, State
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import LATER, put, race

if TYPE_CHECKING:
    from mailer.database import Store

TWO_A_MINUTE = (Rate(2, 60),)


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def claim(outbox: Outbox, seconds: float, rate: tuple[Rate, ...] = TWO_A_MINUTE) -> bool:
    """Claim what is due so long after LATER; tell whether the rate let it."""
    try:
        outbox.claim(now=LATER + after(seconds), owner="w:1", rate=rate)
    except RateReached:
        return False
    return True


def test_the_delivery_beyond_the_rate_waits_until_the_window_has_moved_on(outbox: Outbox):
    for n in range(3):
        put(outbox, f"p{n}")
    assert claim(outbox, 0)
    assert claim(outbox, 10)

    with pytest.raises(RateReached, match="2 a minute is the limit of your account") as reached:
        outbox.claim(now=LATER + after(59.9), owner="w:1", rate=TWO_A_MINUTE)

    assert reached.value.until == LATER + after(60)
    assert outbox.counts() == {State.CLAIMED: 2, State.SCHEDULED: 1}
    assert claim(outbox, 60)


def test_of_two_rates_the_one_that_holds_longer_counts(outbox: Outbox):
    for n in range(3):
        put(outbox, f"p{n}")
    rates = (Rate(1, 60), Rate(2, 86400))
    outbox.claim(now=LATER, owner="w:1", rate=rates)
    outbox.claim(now=LATER + after(60), owner="w:1", rate=rates)

    with pytest.raises(RateReached, match="2 a day") as reached:
        outbox.claim(now=LATER + after(120), owner="w:1", rate=rates)

    assert reached.value.until == LATER + timedelta(days=1)


def test_a_chosen_note_is_held_to_the_rate_too(outbox: Outbox):
    first, second, third = (put(outbox, f"p{n}") for n in range(3))
    outbox.claim_one(first.id, now=LATER, owner="w:1", rate=TWO_A_MINUTE)
    outbox.claim_one(second.id, now=LATER, owner="w:2", rate=TWO_A_MINUTE)

    with pytest.raises(RateReached):
        outbox.claim_one(third.id, now=LATER, owner="w:3", rate=TWO_A_MINUTE)

    assert outbox.get(third.id).state is State.SCHEDULED


def test_nothing_due_begins_nothing(outbox: Outbox, database: Store):
    outbox.claim(now=LATER, owner="w:1", rate=TWO_A_MINUTE)

    assert database.rows("SELECT * FROM start") == []


def test_looking_whether_one_may_begin_counts_nothing(outbox: Outbox, database: Store):
    outbox.refuse_too_early(TWO_A_MINUTE, now=LATER)

    assert database.rows("SELECT * FROM start") == []


def test_a_clock_set_back_by_hours_holds_nothing_for_hours(outbox: Outbox):
    for n in range(4):
        put(outbox, f"p{n}")
    assert claim(outbox, 3 * 3600)
    assert claim(outbox, 3 * 3600)

    assert claim(outbox, 0)


def test_starts_that_no_window_reaches_are_forgotten(outbox: Outbox, database: Store):
    for n in range(3):
        put(outbox, f"p{n}")
    for seconds in (0, 100, 9000):
        assert claim(outbox, seconds)

    outbox.forget_starts(TWO_A_MINUTE, now=LATER + after(130))

    assert len(database.rows("SELECT * FROM start")) == 1


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 4),
    gaps=st.lists(st.floats(0, 25, allow_nan=False).map(lambda s: round(s, 3)), min_size=5, max_size=40),
)
def test_no_window_ever_holds_more_than_the_rate(tmp_path_factory, count: int, gaps: list[float]):
    from mailer.database import Database

    with Database(tmp_path_factory.mktemp("home")) as database:
        outbox = Outbox(database)
        with outbox.transaction():
            for n in range(len(gaps)):
                put(outbox, f"p{n}")
        at, begun = 0.0, []
        for gap in gaps:
            at += gap
            if claim(outbox, at, (Rate(count, 20),)):
                begun.append(at)

    assert all(later - earlier >= 20 - 1e-3 for earlier, later in zip(begun, begun[count:], strict=False))


RACER = """
import sys
from datetime import UTC, datetime
from mailer.errors import RateReached
from mailer.model import Rate
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import opened
outbox = Outbox(opened(sys.argv[1]))
outbox.counts()
print("ready", flush=True)
sys.stdin.readline()
claimed = 0
for _ in range(20):
    try:
        claimed += outbox.claim(now=datetime.now(UTC), owner="w:1", rate=(Rate(7, 3600),)) is not None
    except RateReached:
        pass
print(claimed)
"""


def test_processes_at_once_share_one_rate(outbox: Outbox, address: str):
    for n in range(20):
        put(outbox, f"p{n}")

    claimed = race(RACER, *[(address,)] * 3)

    assert sum(map(int, claimed)) == 7
