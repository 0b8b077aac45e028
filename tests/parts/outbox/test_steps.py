"""Show what each step does to an entry, and that only its owner or a person in time may take it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from mailer.errors import EntryNotFound, IllegalTransition
from mailer.model import Mailbox, Reply, State
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import BUSY, LATER, LOST, NOW, RECEIPT, REFUSED, opened, put, race

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailer.database import Store
    from mailer.model import Entry


def due(outbox: Outbox, owner: str = "w:1", now: datetime = LATER) -> Entry | None:
    return outbox.claim(now=now, owner=owner)


def claimed(outbox: Outbox, owner: str = "w:1", now: datetime = LATER) -> Entry:
    entry = due(outbox, owner, now)
    assert entry is not None
    return entry


def transmitting(outbox: Outbox, owner: str = "w:1") -> Entry:
    return outbox.begin_transmission(claimed(outbox, owner), now=LATER)


def uncertain(outbox: Outbox) -> Entry:
    return outbox.mark_uncertain(transmitting(outbox), LOST, now=LATER)


def states(outbox: Outbox, entry: Entry) -> list[State]:
    return [event.to_state for event in outbox.events(entry.id)]


# --- claiming ---


def test_nothing_is_claimed_before_its_hour(outbox: Outbox) -> None:
    put(outbox, due=LATER)

    assert due(outbox, now=LATER - timedelta(microseconds=1)) is None
    assert claimed(outbox, now=LATER).attempts == 1


def test_the_longest_due_is_claimed_first(outbox: Outbox) -> None:
    for person, minutes in (("b", 2), ("a", 1), ("c", 3)):
        put(outbox, person, due=NOW + timedelta(minutes=minutes))

    assert [claimed(outbox).person for _ in range(3)] == ["a", "b", "c"]
    assert due(outbox) is None


def test_a_claimed_entry_cannot_be_claimed_again(outbox: Outbox) -> None:
    entry = put(outbox)
    claimed(outbox)

    with pytest.raises(IllegalTransition, match=f"{entry.id} is claimed, .*its delivery is under way"):
        outbox.claim_one(entry.id, now=LATER, owner="w:2")


def test_one_entry_can_be_claimed_before_its_hour(outbox: Outbox) -> None:
    put(outbox, "a")
    later = put(outbox, "b", due=LATER)

    assert outbox.claim_one(later.id, now=NOW, owner="w:1").state is State.CLAIMED


CLAIM_ALL = """
import sys
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import LATER, opened
outbox = Outbox(opened(sys.argv[1]))
outbox.counts()
print("ready", flush=True)
sys.stdin.readline()
while entry := outbox.claim(now=LATER, owner=sys.argv[2]):
    print(entry.id)
"""


def test_two_processes_claim_five_hundred_entries_without_a_double(address: str) -> None:
    with closing(opened(address)) as database:
        outbox = Outbox(database)
        with outbox.transaction():
            queued = {put(outbox, f"p{n}").id for n in range(500)}
    taken = [said.split() for said in race(CLAIM_ALL, (address, "w1:1"), (address, "w2:1"))]

    assert len(taken[0] + taken[1]) == 500
    assert set(taken[0] + taken[1]) == queued


# --- the delivery's own steps ---


def test_a_sent_note_has_the_servers_words_and_its_history(outbox: Outbox) -> None:
    entry = put(outbox)

    sent = outbox.mark_sent(transmitting(outbox), RECEIPT, now=LATER)

    assert (sent.state, sent.last_reply, sent.attempts) == (State.SENT, RECEIPT.reply, 1)
    assert states(outbox, entry) == [State.SCHEDULED, State.CLAIMED, State.TRANSMITTING, State.SENT]
    assert outbox.get(entry.id) == sent
    assert "queued as 4711" in outbox.events(entry.id)[-1].detail


def test_each_step_also_starts_from_the_entry_as_it_was_claimed(outbox: Outbox) -> None:
    put(outbox)
    entry = claimed(outbox)
    outbox.begin_transmission(entry, now=LATER)

    assert outbox.mark_sent(entry, RECEIPT, now=LATER).state is State.SENT


def test_the_gate_is_shut_for_everybody_but_the_owner(outbox: Outbox) -> None:
    put(outbox)
    entry = claimed(outbox, owner="w:1")
    outbox.release(entry, now=LATER, reason="swept")
    claimed(outbox, owner="w:2")

    with pytest.raises(IllegalTransition, match="no longer this process's"):
        outbox.begin_transmission(entry, now=LATER)

    assert outbox.get(entry.id).owner == "w:2"


def test_the_gate_opens_once(outbox: Outbox) -> None:
    put(outbox)
    entry = claimed(outbox)
    outbox.begin_transmission(entry, now=LATER)

    with pytest.raises(IllegalTransition):
        outbox.begin_transmission(entry, now=LATER)


def test_the_gate_is_shut_after_a_release_even_for_the_same_owner(outbox: Outbox) -> None:
    put(outbox)
    entry = claimed(outbox)
    outbox.release(entry, now=LATER, reason="swept")

    with pytest.raises(IllegalTransition):
        outbox.begin_transmission(entry, now=LATER)


@pytest.mark.parametrize("step", [claimed, transmitting])
def test_a_temporary_refusal_puts_the_note_back_for_later(outbox: Outbox, step: Callable[[Outbox], Entry]) -> None:
    put(outbox)
    retry_at = LATER + timedelta(minutes=1)

    entry = outbox.postpone(step(outbox), BUSY, not_before=retry_at, now=LATER)

    assert (entry.state, entry.not_before, entry.due, entry.attempts) == (State.SCHEDULED, retry_at, NOW, 1)
    assert (entry.first_tried, entry.owner) == (LATER, "")
    assert entry.last_reply == Reply(451, "4.3.0", "Try later", "rcpt")
    assert due(outbox, now=retry_at - timedelta(seconds=1)) is None
    assert claimed(outbox, now=retry_at).attempts == 2


def test_the_first_try_is_remembered_over_later_ones(outbox: Outbox) -> None:
    put(outbox)
    outbox.postpone(claimed(outbox), BUSY, not_before=LATER, now=LATER)

    again = outbox.postpone(claimed(outbox), BUSY, not_before=LATER, now=LATER + timedelta(days=1))

    assert again.first_tried == LATER


@pytest.mark.parametrize("step", [claimed, transmitting])
def test_a_permanent_refusal_fails_the_note_with_the_servers_words(
    outbox: Outbox, step: Callable[[Outbox], Entry]
) -> None:
    put(outbox)

    entry = outbox.mark_failed(step(outbox), REFUSED, now=LATER, reason="refused for good")

    assert entry.state is State.FAILED
    assert entry.last_reply == Reply(550, "5.1.1", "No such user", "rcpt")
    assert outbox.events(entry.id)[-1].detail == "refused for good: 550 No such user (rcpt)"


def test_a_released_note_counts_no_try(outbox: Outbox) -> None:
    put(outbox)

    entry = outbox.release(claimed(outbox), now=LATER, reason="no password")

    assert (entry.state, entry.attempts, entry.not_before) == (State.SCHEDULED, 0, NOW)


def test_an_uncertain_note_is_never_claimed_again(outbox: Outbox) -> None:
    put(outbox)
    uncertain(outbox)

    assert due(outbox, now=LATER + timedelta(days=365)) is None


def test_the_owners_late_reply_settles_what_was_swept_as_uncertain(outbox: Outbox) -> None:
    put(outbox)
    entry = transmitting(outbox)
    outbox.take_back(entry, now=LATER)

    assert outbox.mark_sent(entry, RECEIPT, now=LATER).state is State.SENT


def test_another_owners_reply_settles_nothing(outbox: Outbox) -> None:
    put(outbox)
    entry = transmitting(outbox, owner="w:1")
    stranger = outbox.get(entry.id)
    outbox.mark_uncertain(entry, LOST, now=LATER)
    outbox.settle(entry.id, was_sent=False, now=LATER)
    transmitting(outbox, owner="w:2")

    with pytest.raises(IllegalTransition):
        outbox.mark_sent(stranger, RECEIPT, now=LATER)


def test_settling_one_note_and_claiming_the_next_is_one_commit_or_none(outbox: Outbox) -> None:
    put(outbox, "a")
    put(outbox, "b")
    entry = transmitting(outbox)

    def broken_off() -> None:
        with outbox.transaction():
            outbox.mark_sent(entry, RECEIPT, now=LATER)
            claimed(outbox)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()

    assert outbox.counts() == {State.TRANSMITTING: 1, State.SCHEDULED: 1}


# --- a person's steps ---


def test_a_cancelled_note_is_not_sent_and_can_be_restored(outbox: Outbox) -> None:
    entry = put(outbox)

    outbox.cancel(entry.id, now=NOW)

    assert due(outbox) is None
    assert outbox.restore(entry.id, now=NOW).state is State.SCHEDULED
    assert claimed(outbox).id == entry.id


def test_a_cancel_that_comes_too_late_says_so(outbox: Outbox) -> None:
    put(outbox)
    sent = outbox.mark_sent(transmitting(outbox), RECEIPT, now=LATER)

    with pytest.raises(IllegalTransition, match=r"is sent, .*what is sent cannot be called back"):
        outbox.cancel(sent.id, now=LATER)


def test_a_rescheduled_note_goes_out_at_its_new_hour(outbox: Outbox) -> None:
    entry = put(outbox)
    wall = (LATER - timedelta(hours=4)).replace(tzinfo=None)

    moved = outbox.reschedule(entry.id, due=LATER, due_local=wall, timezone="America/Detroit", now=NOW)

    assert (moved.due, moved.due_local, moved.not_before) == (LATER, wall, LATER)
    assert due(outbox, now=NOW) is None
    assert claimed(outbox, now=LATER).id == entry.id


def test_a_failed_note_is_tried_again_at_once_when_a_person_says_so(outbox: Outbox) -> None:
    put(outbox)
    entry = outbox.mark_failed(claimed(outbox), REFUSED, now=LATER, reason="refused")

    assert outbox.retry(entry.id, now=LATER).first_tried is None
    assert claimed(outbox, now=LATER).id == entry.id


def test_a_retry_does_not_send_before_the_hour(outbox: Outbox) -> None:
    entry = put(outbox, due=LATER)

    assert outbox.retry(entry.id, now=NOW).not_before == LATER


def test_a_person_settles_an_uncertain_note_as_sent(outbox: Outbox) -> None:
    put(outbox)
    entry = uncertain(outbox)

    assert outbox.settle(entry.id, was_sent=True, now=LATER).state is State.SENT


def test_a_person_settles_an_uncertain_note_as_unsent_and_it_is_due(outbox: Outbox) -> None:
    put(outbox)
    entry = uncertain(outbox)

    outbox.settle(entry.id, was_sent=False, now=LATER)

    assert claimed(outbox, now=LATER).id == entry.id


def test_only_a_held_or_uncertain_note_can_be_settled(outbox: Outbox) -> None:
    entry = put(outbox)

    with pytest.raises(
        IllegalTransition, match="is scheduled, so it cannot be settled: only what is held or uncertain can"
    ):
        outbox.settle(entry.id, was_sent=True, now=LATER)


def test_a_held_note_that_was_found_unsent_waits_for_its_hour_here(outbox: Outbox) -> None:
    entry = put(outbox, due=LATER)
    claim = outbox.begin_transmission(outbox.claim_one(entry.id, now=NOW, owner="w:1"), now=NOW)
    outbox.mark_held(claim, RECEIPT, now=NOW)

    settled = outbox.settle(entry.id, was_sent=False, now=NOW)

    assert (settled.state, settled.not_before) == (State.SCHEDULED, LATER)


@pytest.mark.parametrize("passes_gate", [False, True])
def test_what_the_server_would_not_keep_waits_for_its_hour_here_as_if_never_tried(
    passes_gate: bool, outbox: Outbox
) -> None:
    entry = put(outbox, due=LATER)
    claim = outbox.claim_one(entry.id, now=NOW, owner="w:1")
    if passes_gate:
        claim = outbox.begin_transmission(claim, now=NOW)

    left = outbox.mark_not_held(claim, BUSY, now=NOW)

    assert (left.state, left.not_before, left.attempts, left.first_tried) == (State.SCHEDULED, LATER, 0, None)
    assert outbox.events(entry.id)[-1].detail == "not held: 451 Try later (rcpt)"


def test_a_note_whose_hour_has_long_passed_is_parked_and_asked_about(outbox: Outbox) -> None:
    missed = put(outbox, "a")
    put(outbox, "b", due=LATER)

    parked = outbox.miss_overdue(LATER, now=LATER + timedelta(hours=12))

    assert [(entry.id, entry.state) for entry in parked] == [(missed.id, State.MISSED)]


def test_a_note_whose_next_try_has_long_passed_is_parked_too(outbox: Outbox) -> None:
    """The machine was off when it should have been tried again; nobody wants it at three in the morning."""
    put(outbox)
    tried = outbox.postpone(claimed(outbox), BUSY, not_before=NOW + timedelta(minutes=1), now=NOW)

    parked = outbox.miss_overdue(LATER, now=LATER + timedelta(hours=12))

    assert [(entry.id, entry.state) for entry in parked] == [(tried.id, State.MISSED)]


def test_a_note_that_is_tried_again_soon_is_not_parked(outbox: Outbox) -> None:
    put(outbox)
    outbox.postpone(claimed(outbox), BUSY, not_before=LATER, now=NOW)

    assert outbox.miss_overdue(LATER, now=LATER) == []


# --- the race between a person and a worker ---


def test_of_a_cancel_and_a_claim_one_wins(address: str, outbox: Outbox) -> None:
    with closing(opened(address)) as second:
        other = Outbox(second)
        for n in range(100):
            entry = put(outbox, f"p{n}")
            cancel, claim = partial(outbox.cancel, now=LATER), partial(other.claim_one, now=LATER, owner="w:1")
            first, then = (cancel, claim) if n % 2 else (claim, cancel)
            first(entry.id)

            with pytest.raises(IllegalTransition):
                then(entry.id)


# --- finding and listing ---


def test_an_entry_is_found_by_id_prefix_person_name_and_address(outbox: Outbox) -> None:
    entry = put(outbox)
    put(outbox, "nunez", recipient=Mailbox("Sofía Núñez", "nunez@example.com"))

    for reference in (
        entry.id,
        entry.id.upper(),
        entry.id[:6],
        "vanderberg",
        "reader@example.com",
        "READER",
        " Reader ",
    ):
        assert outbox.get(reference).id == entry.id


@pytest.mark.parametrize("reference", ["", "  ", "zzzzzzzzz", "%", "_", "'; DROP TABLE entry; --"])
def test_what_means_no_entry_is_refused(outbox: Outbox, reference: str) -> None:
    put(outbox)

    with pytest.raises(EntryNotFound, match="mailer outbox"):
        outbox.get(reference)


def test_a_name_that_is_also_the_beginning_of_anothers_id_is_refused(outbox: Outbox, database: Store) -> None:
    put(outbox, "abe")
    outbox.mark_sent(transmitting(outbox), RECEIPT, now=LATER)
    database.rows("UPDATE entry SET id = 'abe12345' WHERE id = :id", {"id": put(outbox, "nunez").id})

    with pytest.raises(EntryNotFound, match=r"“abe” may mean abe12345 \(nunez, scheduled\), "):
        outbox.get("abe")


def test_a_misspelt_name_is_answered_with_what_comes_near(outbox: Outbox) -> None:
    entry = put(outbox)

    with pytest.raises(
        EntryNotFound, match=rf"no note “vandenberg”; did you mean {entry.id} \(vanderberg, scheduled\)\?"
    ):
        outbox.get("vandenberg")


def test_a_name_of_several_entries_means_the_open_one(outbox: Outbox) -> None:
    outbox.cancel(put(outbox).id, now=NOW)
    still_open = put(outbox)

    assert outbox.get("vanderberg").id == still_open.id


def test_a_name_of_several_open_entries_is_refused_with_their_ids(outbox: Outbox) -> None:
    first = put(outbox)
    second = put(outbox, interview_key="2026-07-01T10:00/Europe/Berlin")

    with pytest.raises(EntryNotFound) as refused:
        outbox.get("vanderberg")

    assert first.id in str(refused.value)
    assert second.id in str(refused.value)


def test_a_name_of_several_entries_means_the_one_that_can_take_the_step(outbox: Outbox) -> None:
    cancelled = outbox.cancel(put(outbox).id, now=NOW)
    put(outbox)

    assert outbox.get("vanderberg", able={State.CANCELLED}).id == cancelled.id


def test_everything_of_a_name_is_found_newest_first(outbox: Outbox) -> None:
    ids = [put(outbox, interview_key=f"2026-07-01T{n:02}:00/UTC").id for n in range(12)]
    put(outbox, "nunez", interview="another")

    assert [entry.id for entry in outbox.all_of("vanderberg")] == ids[::-1]
    assert [entry.id for entry in outbox.all_of(" harborline ")] == ids[::-1]
    assert [entry.id for entry in outbox.all_of(ids[3][:5])] == [ids[3]]


@pytest.mark.parametrize("reference", ["", "nobody"])
def test_everything_of_nobody_is_refused(reference: str, outbox: Outbox) -> None:
    put(outbox)

    with pytest.raises(EntryNotFound, match="mailer outbox"):
        outbox.all_of(reference)


def test_a_name_of_very_many_entries_is_refused_without_naming_all(outbox: Outbox) -> None:
    for n in range(9):
        put(outbox, interview_key=f"2026-07-0{n}T10:00/UTC")

    with pytest.raises(EntryNotFound, match=r", …; name it by its id"):
        outbox.get("vanderberg")


def test_the_list_has_the_newest_first_and_at_most_so_many(outbox: Outbox) -> None:
    for n in range(5):
        put(outbox, f"p{n}")

    assert [entry.person for entry in outbox.list(limit=3)] == ["p4", "p3", "p2"]
    assert len(outbox.list(limit=None)) == 5


def test_the_list_can_be_of_some_states(outbox: Outbox) -> None:
    for person in ("a", "b", "c", "d"):
        put(outbox, person)
    outbox.cancel("d", now=NOW)
    transmitting(outbox)
    claimed(outbox)

    assert [entry.person for entry in outbox.list({State.SCHEDULED, State.CANCELLED})] == ["d", "c"]
    assert [entry.person for entry in outbox.list({State.TRANSMITTING, State.CLAIMED})] == ["b", "a"]
    assert [entry.person for entry in outbox.list({State.SCHEDULED, State.CANCELLED}, limit=1)] == ["d"]
    assert outbox.list({State.SENT}) == []


def test_the_states_are_counted(outbox: Outbox) -> None:
    assert outbox.counts() == {}
    for person in ("a", "b", "c", "d"):
        put(outbox, person)
    outbox.cancel("d", now=NOW)
    claimed(outbox)

    assert outbox.counts() == {State.SCHEDULED: 2, State.CLAIMED: 1, State.CANCELLED: 1}


def test_what_may_not_be_sent_again_is_all_but_the_cancelled_and_the_failed(outbox: Outbox) -> None:
    for person in ("a", "b", "c", "d"):
        put(outbox, person)
    other = put(outbox, interview_key="2026-07-01T10:00/UTC")
    outbox.cancel("d", now=NOW)
    outbox.mark_failed(claimed(outbox), REFUSED, now=LATER, reason="refused")
    uncertain(outbox)

    of_the_first = outbox.sent_notes("2026-06-11T10:00/America/Detroit", [])
    assert [entry.person for entry in of_the_first] == ["b", "c"]
    assert [entry.id for entry in outbox.sent_notes(other.interview_key, [])] == [other.id]
    assert outbox.sent_notes("unknown", []) == ()


def test_what_was_sent_to_a_person_is_found_under_another_key_of_the_interview(outbox: Outbox) -> None:
    entry = put(outbox)
    put(outbox, "somebody")

    assert outbox.sent_notes("2026-06-11T10:30/America/Detroit", ["vanderberg"]) == (entry,)
