"""Who has to do something about a note in the outbox: the user, or time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailer.app.standing import asks_somebody, is_on_its_way
from mailer.model import State
from tests.unit.app.test_notices import make_entry

DUE = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
BEFORE, AFTER = DUE - timedelta(hours=1), DUE + timedelta(hours=1)


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.MISSED, State.FAILED])
def test_what_is_uncertain_missed_or_refused_asks_somebody(state: State):
    entry = make_entry(state, due=DUE)

    assert asks_somebody(entry, now=BEFORE)
    assert not is_on_its_way(entry, now=BEFORE)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.QUEUED, State.CLAIMED, State.TRANSMITTING])
def test_what_is_queued_or_in_hand_is_on_its_way(state: State):
    entry = make_entry(state, due=DUE)

    assert is_on_its_way(entry, now=AFTER)
    assert not asks_somebody(entry, now=AFTER)


def test_what_a_server_keeps_is_on_its_way_until_its_hour_and_asks_somebody_after_it():
    entry = make_entry(State.HELD, due=DUE)

    assert [is_on_its_way(entry, now=now) for now in (BEFORE, AFTER)] == [True, False]
    assert [asks_somebody(entry, now=now) for now in (BEFORE, AFTER)] == [False, True]


@pytest.mark.parametrize("state", [State.SENT, State.CANCELLED])
def test_what_is_over_is_neither(state: State):
    entry = make_entry(state, due=DUE)

    assert not asks_somebody(entry, now=AFTER)
    assert not is_on_its_way(entry, now=AFTER)
