"""What pages ask of the outbox: an interview's notes at once, what was done lately, the next hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.model import NoteKind, State
from tests.parts.outbox.ledger import LATER, NOW, RECEIPT, put

if TYPE_CHECKING:
    from mailer.model import Entry
    from mailer.outbox import Outbox

KEY, NAME = "2026-06-11T10:00/America/Detroit", "harborline"
SECOND = timedelta(seconds=1)


def sent(outbox: Outbox, entry: Entry, after: timedelta) -> Entry:
    claimed = outbox.claim_one(entry.id, now=NOW, owner="w:1")
    return outbox.mark_sent(outbox.begin_transmission(claimed, now=NOW), RECEIPT, now=NOW + after)


def test_the_notes_of_an_interview_come_with_the_moment_of_their_last_step(outbox: Outbox):
    waiting = put(outbox, "nunez")
    gone = sent(outbox, put(outbox, "vanderberg"), 5 * SECOND)
    put(outbox, "other", interview="tidewater", interview_key="2026-06-10T09:00/UTC")

    found = outbox.of_interview(KEY, NAME)

    assert [(entry.id, changed) for entry, changed in found] == [(waiting.id, NOW), (gone.id, NOW + 5 * SECOND)]


def test_a_note_of_a_renamed_file_is_found_by_the_interview_and_a_cancelled_one_by_the_name(outbox: Outbox):
    queued = put(outbox, "nunez")
    cancelled = outbox.cancel(put(outbox, "vanderberg").id, now=NOW)

    assert [entry.id for entry, _ in outbox.of_interview(KEY, "renamed")] == [queued.id]
    assert [entry.id for entry, _ in outbox.of_interview("another key", NAME)] == [queued.id, cancelled.id]


def test_a_joint_note_is_found_once(outbox: Outbox):
    put(outbox, people=("nunez", "vanderberg"))
    put(outbox, "nunez", kind=NoteKind.FOLLOW_UP)

    assert len(outbox.of_interview(KEY, NAME)) == 2


def test_what_was_done_lately_comes_with_its_moment(outbox: Outbox):
    for n in range(3):
        sent(outbox, put(outbox, f"p{n}"), n * SECOND)

    found = outbox.lately(State.SENT, limit=2)

    assert [changed for _, changed in found] == [NOW + 2 * SECOND, NOW + SECOND]


def test_the_next_hour_is_that_of_the_account_and_lies_ahead(outbox: Outbox):
    put(outbox, "due", due=NOW)
    put(outbox, "later", due=LATER)
    put(outbox, "theirs", due=NOW + SECOND, account="work")

    assert outbox.next_hour(NOW) == LATER
    assert outbox.next_hour(NOW, account="work") == NOW + SECOND
    assert outbox.next_hour(LATER) is None
