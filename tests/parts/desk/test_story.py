"""An entry's story in plain words, what becomes of it, and the steps that are possible now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailer.app import ledger, story
from mailer.model import State
from mailer.outbox.transitions import Step
from tests.parts.outbox.ledger import BUSY, LOST, NOW, RECEIPT, REFUSED, put

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.model import Entry
    from tests.parts.desk.conftest import Desk

HOUR = timedelta(hours=1)


@pytest.fixture
def entry(app: App) -> Entry:
    return put(app.outbox, due=NOW + HOUR)


def claimed(app: App, entry: Entry) -> Entry:
    return app.outbox.claim_one(entry.id, now=app.clock(), owner="worker:1")


def past_the_gate(app: App, entry: Entry) -> Entry:
    return app.outbox.begin_transmission(claimed(app, entry), now=app.clock())


def sentences(app: App, entry: Entry) -> list[str]:
    return [moment.sentence for moment in story.timeline(app, entry)]


def steps(app: App, entry: Entry) -> list[Step]:
    found = ledger.find(app, entry.id)
    return [possible.step for possible in story.possible(found, now=app.clock())]


def test_a_note_that_went_out_tells_its_way_and_quotes_the_server(app: App, entry: Entry):
    app.outbox.mark_sent(past_the_gate(app, entry), RECEIPT, now=app.clock())

    assert sentences(app, entry) == [
        "You queued it for Fri 12 Jun, 09:30 in Detroit.",
        "mailer began to send it.",
        "The whole note was with the server; only its word was missing.",
        "The server took it.",
    ]
    assert [moment.reply for moment in story.timeline(app, entry)] == ["", "", "", "250 Ok: queued as 4711"]
    assert steps(app, entry) == []


def test_a_story_is_told_by_the_clocks_of_the_user(app: App, entry: Entry):
    (first,) = story.timeline(app, entry)

    assert (first.at, f"{first.at:%H:%M}") == (NOW, "14:30")


def test_a_note_that_is_tried_again_says_what_the_server_said(app: App, entry: Entry):
    app.outbox.postpone(claimed(app, entry), BUSY, not_before=NOW + 2 * HOUR, now=app.clock())

    last = story.timeline(app, entry)[-1]

    assert last.sentence == "It could not be handed over yet and is tried again later."
    assert last.reply == "451 Try later"


def test_words_that_no_server_said_are_not_quoted_as_its_own(app: App, entry: Entry):
    app.outbox.mark_uncertain(past_the_gate(app, entry), LOST, now=app.clock())

    last = story.timeline(app, entry)[-1]

    assert (last.state, last.reply) == (State.UNCERTAIN, "")
    assert last.why == "no reply came after the final dot"


def test_a_refusal_for_good_is_quoted(app: App, entry: Entry):
    app.outbox.mark_failed(past_the_gate(app, entry), REFUSED, now=app.clock(), reason="the server refused it for good")

    last = story.timeline(app, entry)[-1]

    assert (last.sentence, last.reply) == ("The server refused it for good.", "550 No such user")
    assert steps(app, entry) == [Step.RETRY]


def test_what_a_person_did_is_told_to_them(app: App, entry: Entry):
    ledger.reschedule(app, [entry.id], "2026-06-15 09:00")
    ledger.cancel(app, [entry.id])
    ledger.restore(app, [entry.id])

    assert sentences(app, entry)[1:] == [
        "You gave it another hour: Mon 15 Jun, 09:00 in Detroit.",
        "You cancelled it.",
        "You undid the cancel.",
    ]


def test_a_waiting_note_can_be_cancelled_or_get_another_hour(app: App, entry: Entry):
    assert steps(app, entry) == [Step.RESCHEDULE, Step.CANCEL]
    assert story.outlook(app, entry).sentence == (
        "Your note to Reader goes out Fri 12 Jun, 09:30 in Detroit (15:30 for you)."
    )


def test_a_postponed_note_can_be_tried_at_once(app: App, desk: Desk, entry: Entry):
    app.outbox.postpone(claimed(app, entry), BUSY, not_before=NOW + 3 * HOUR, now=app.clock())
    desk.ahead += 2 * HOUR

    assert steps(app, entry) == [Step.RETRY, Step.RESCHEDULE, Step.CANCEL]
    assert story.outlook(app, ledger.find(app, entry.id)).sentence == (
        "Your note to Reader could not go yet; it is tried again at 17:30."
    )


def test_a_cancelled_note_comes_back_at_its_hour_and_after_it_at_another(app: App, desk: Desk, entry: Entry):
    ledger.cancel(app, [entry.id])
    cancelled = ledger.find(app, entry.id)

    before = story.possible(cancelled, now=app.clock())
    after = story.possible(cancelled, now=entry.due)

    assert [(p.step, p.needs_hour) for p in before] == [(Step.RESTORE, False)]
    assert [(p.step, p.needs_hour) for p in after] == [(Step.RESTORE, True)]


def test_an_uncertain_note_can_be_settled_and_nothing_else(app: App, entry: Entry):
    app.outbox.mark_uncertain(past_the_gate(app, entry), LOST, now=app.clock())

    assert steps(app, entry) == [Step.SETTLE_SENT, Step.SETTLE_UNSENT]


def test_a_note_that_the_server_keeps_is_settled_only_after_its_hour(app: App, entry: Entry):
    held = app.outbox.mark_held(past_the_gate(app, entry), RECEIPT, now=app.clock())

    assert story.possible(held, now=app.clock()) == ()
    assert [p.step for p in story.possible(held, now=entry.due)] == [Step.SETTLE_SENT, Step.SETTLE_UNSENT]


@pytest.mark.parametrize("state", State)
def test_every_state_has_an_outlook(app: App, entry: Entry, state: State):
    found = story.outlook(app, entry._replace(state=state))

    assert found.sentence.startswith(("Your note", "The server", "Nobody", "You"))
