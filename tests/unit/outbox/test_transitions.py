"""Show which steps an entry may take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.errors import IllegalTransition
from mailer.model import Entry, Mailbox, NoteKind, State
from mailer.outbox.transitions import HOLDING, OPEN, TRANSITIONS, Step, target

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)

#: Written out a second time, by state, as a reader of the diagram would.
LEGAL = {
    State.SCHEDULED: {
        Step.CLAIM: State.CLAIMED,
        Step.CANCEL: State.CANCELLED,
        Step.MISS: State.MISSED,
        Step.RESCHEDULE: State.SCHEDULED,
        Step.RETRY: State.SCHEDULED,
        Step.HAND_OUT: State.QUEUED,
    },
    State.QUEUED: {
        Step.CLAIM: State.CLAIMED,
        Step.TAKE_BACK: State.SCHEDULED,
        Step.CANCEL: State.CANCELLED,
        Step.RESCHEDULE: State.SCHEDULED,
    },
    State.CLAIMED: {
        Step.GATE: State.TRANSMITTING,
        Step.RELEASE: State.SCHEDULED,
        Step.POSTPONE: State.SCHEDULED,
        Step.REFUSE: State.FAILED,
    },
    State.TRANSMITTING: {
        Step.ACCEPT: State.SENT,
        Step.REFUSE: State.FAILED,
        Step.POSTPONE: State.SCHEDULED,
        Step.LOSE: State.UNCERTAIN,
        Step.HOLD: State.HELD,
    },
    State.HELD: {Step.SETTLE_SENT: State.SENT, Step.SETTLE_UNSENT: State.SCHEDULED},
    State.SENT: {},
    State.FAILED: {Step.RETRY: State.SCHEDULED},
    State.UNCERTAIN: {
        Step.ACCEPT: State.SENT,
        Step.HOLD: State.HELD,
        Step.SETTLE_SENT: State.SENT,
        Step.SETTLE_UNSENT: State.SCHEDULED,
    },
    State.CANCELLED: {Step.RESTORE: State.SCHEDULED},
    State.MISSED: {Step.CANCEL: State.CANCELLED, Step.RESCHEDULE: State.SCHEDULED},
}


def entry(state: State) -> Entry:
    return Entry(
        id="ab12cd34",
        state=state,
        kind=NoteKind.THANK_YOU,
        interview="harborline",
        people=("vanderberg",),
        to=Mailbox("Reader", "reader@example.com"),
        subject="Thank you",
        message_id="<1@example.com>",
        fingerprint="0" * 64,
        due=NOW,
        due_local=NOW.replace(tzinfo=None),
        timezone="UTC",
        not_before=NOW,
        attempts=0,
        created=NOW,
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_the_diagram_says_or_is_refused(step: Step, state: State) -> None:
    wanted = LEGAL[state].get(step)

    if wanted is None:
        with pytest.raises(IllegalTransition):
            target(step, entry(state))
    else:
        assert target(step, entry(state)) is wanted


def test_every_step_has_its_place_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Step)


@pytest.mark.parametrize("state", State)
def test_a_refused_step_names_the_entry_its_state_and_the_way_out(state: State) -> None:
    step = next(s for s in Step if s not in LEGAL[state])

    with pytest.raises(IllegalTransition, match=rf"ab12cd34 is {state}, .*; .+"):
        target(step, entry(state))


def test_no_machine_leads_an_uncertain_entry_anywhere_but_where_the_late_reply_says() -> None:
    by_persons = {Step.SETTLE_SENT, Step.SETTLE_UNSENT}

    assert {LEGAL[State.UNCERTAIN][step] for step in LEGAL[State.UNCERTAIN] if step not in by_persons} == {
        State.SENT,
        State.HELD,
    }


def test_a_second_note_is_forbidden_until_the_first_is_cancelled_or_has_failed() -> None:
    assert set(State) - HOLDING == {State.CANCELLED, State.FAILED}


def test_open_means_that_something_is_still_to_happen() -> None:
    assert set(State) - OPEN == {State.SENT, State.FAILED, State.CANCELLED}
