"""Steps say what they did and what can be done next, take many notes at once, and leave alone what they must."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from mailer.database import Database
from mailer.model import NoteKind, Payload, State
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import BUSY, LOST, RECEIPT, REFUSED, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.model import Entry
    from tests.parts.command_line.conftest import Desk

WIDTHS = pytest.mark.parametrize("columns", [100, 60])


def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.fixture
def outbox(desk: Desk) -> Iterator[Outbox]:
    """Open the outbox that the desk's commands will find."""
    with Database(desk.home) as database:
        yield Outbox(database)


def later(outbox: Outbox, person: str = "vanderberg", **changes: Any) -> Entry:
    return put(outbox, person, due=now() + timedelta(hours=40), **changes)


def missed(outbox: Outbox, person: str = "okafor") -> Entry:
    put(outbox, person, due=now() - timedelta(hours=30))
    (entry,) = outbox.miss_overdue(now() - timedelta(hours=12), now=now())
    return entry


def claimed(outbox: Outbox, person: str = "li") -> Entry:
    return outbox.claim_one(put(outbox, person).id, now=now(), owner="w:1")


def uncertain(outbox: Outbox, person: str = "li") -> Entry:
    refused = outbox.postpone(claimed(outbox, person), BUSY, not_before=now(), now=now())
    again = outbox.claim_one(refused.id, now=now(), owner="w:2")
    return outbox.mark_uncertain(outbox.begin_transmission(again, now=now()), LOST, now=now())


def held(outbox: Outbox, person: str = "nunez", *, hours: float) -> Entry:
    handed_in = now() - timedelta(hours=3)
    entry = put(outbox, person, due=now() + timedelta(hours=hours))
    claim = outbox.claim_one(entry.id, now=handed_in, owner="w:3")
    return outbox.mark_held(outbox.begin_transmission(claim, now=handed_in), RECEIPT, now=handed_in)


# --- what a step says ----------------------------------------------------------------------------------------------


def test_a_cancel_says_what_it_stopped_and_until_when_it_can_be_undone(desk: Desk, outbox: Outbox) -> None:
    entry = later(outbox)

    cancelled = desk.run("outbox", "cancel", entry.id)

    heading, was, undo = cancelled.out.splitlines()
    assert heading.startswith(f"cancelled  {entry.id}  reader@example.com")
    assert was.startswith("  was scheduled, due ")
    assert f"{entry.due_local:%H:%M} in Detroit" in was
    assert undo == f"  mailer outbox restore {entry.id} undoes it until {entry.due_local:%a %d %b %H:%M} there"


def test_a_cancel_past_the_hour_says_that_it_needs_another_one_to_be_undone(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    cancelled = desk.run("outbox", "cancel", entry.id)

    assert f"mailer outbox restore {entry.id} --at WHEN brings it back; its own hour has passed" in cancelled.out


def test_another_hour_is_said_beside_the_old_one(desk: Desk, outbox: Outbox) -> None:
    entry = later(outbox)
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"

    moved = desk.run("outbox", "reschedule", entry.id, "--at", "2098-12-02 07:15")

    _, was, goes, stop, _ = moved.out.splitlines()
    assert was.startswith("  was scheduled, due ")
    assert "07:15 in Detroit (13:15 " in goes
    assert stop == f"  to stop it: mailer outbox cancel {entry.id}"


def test_a_retry_says_that_a_worker_is_needed(desk: Desk, outbox: Outbox) -> None:
    claim = claimed(outbox)
    outbox.mark_failed(claim, REFUSED, now=now(), reason="refused")

    retried = desk.run("outbox", "retry", claim.id)

    assert "  was failed\n  goes out as soon as a worker runs: mailer worker --once\n" in retried.out


def test_a_script_reads_the_state_and_the_hour_before(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    (moved,) = desk.run("outbox", "reschedule", entry.id, "--at", "2098-12-02 07:15", "--json").json["entries"]

    assert (moved["state"], moved["previous_state"]) == ("scheduled", "missed")
    assert datetime.fromisoformat(moved["previous_due_utc"]) == entry.due


# --- several at once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["cancel", "retry", "reschedule"])
def test_a_step_takes_ids_beginnings_names_and_interviews_each_note_once(step: str, desk: Desk, outbox: Outbox) -> None:
    first, second, third = (later(outbox, person, interview=person) for person in ("adams", "baker", "clark"))
    when = ("--at", "2098-12-02 07:15") if step == "reschedule" else ()

    done = desk.run("outbox", step, first.id, second.id[:6], "clark", first.id[:5], "adams", *when, "--json")

    assert [entry["id"] for entry in done.json["entries"]] == [first.id, second.id, third.id]


def test_several_notes_are_settled_at_once(desk: Desk, outbox: Outbox) -> None:
    first, second = uncertain(outbox, "li"), held(outbox, hours=-1)

    settled = desk.run("outbox", "settle", first.id, second.id, "sent")

    assert settled.status == 0, settled.err
    assert [outbox.get(e.id).state for e in (first, second)] == [State.SENT, State.SENT]


def test_when_one_cannot_be_settled_none_is(desk: Desk, outbox: Outbox) -> None:
    first, second = uncertain(outbox), later(outbox)

    settled = desk.run("outbox", "settle", first.id, second.id, "sent")

    assert (settled.status, f"{second.id} is scheduled" in settled.err) == (1, True)
    assert outbox.get(first.id).state is State.UNCERTAIN


def test_when_one_cannot_get_another_hour_none_does(desk: Desk, outbox: Outbox) -> None:
    first, second = later(outbox), claimed(outbox)

    moved = desk.run("outbox", "reschedule", first.id, second.id, "--at", "2098-12-02 07:15")

    assert (moved.status, "its delivery is under way" in moved.err) == (1, True)
    assert outbox.get(first.id).due == first.due


def test_a_name_of_several_open_notes_is_answered_with_what_tells_them_apart(desk: Desk, outbox: Outbox) -> None:
    first, second = later(outbox), later(outbox, kind=NoteKind.FOLLOW_UP)

    cancelled = desk.run("outbox", "cancel", "vanderberg")

    assert cancelled.status == 2
    assert f"{first.id} (thank-you to vanderberg for harborline, scheduled)" in cancelled.err
    assert f"{second.id} (follow-up to vanderberg for harborline, scheduled)" in cancelled.err


def test_all_takes_every_note_of_a_name_that_can_take_the_step_and_names_the_others(desk: Desk, outbox: Outbox) -> None:
    open_ones = [later(outbox, "adams").id, later(outbox, "baker").id, missed(outbox, "clark").id]
    under_way = claimed(outbox)
    outbox.mark_failed(claimed(outbox, "odd"), REFUSED, now=now(), reason="refused")

    cancelled = desk.run("outbox", "cancel", "harborline", "--all")

    assert cancelled.status == 0, cancelled.err
    assert {outbox.get(i).state for i in open_ones} == {State.CANCELLED}
    assert cancelled.out.count("left as it is") == 1
    assert f"left as it is: {under_way.id}  reader@example.com, claimed" in cancelled.out


def test_all_undoes_what_all_did(desk: Desk, outbox: Outbox) -> None:
    ids = [later(outbox, person).id for person in ("adams", "baker")]
    desk.run("outbox", "cancel", "harborline", "--all")

    restored = desk.run("outbox", "restore", "harborline", "--all", "--json").json

    assert [(e["id"], e["state"]) for e in restored["entries"]] == [(i, "scheduled") for i in ids]
    assert restored["left"] == []


def test_all_of_a_name_retries_what_was_refused_and_nothing_that_only_waits(desk: Desk, outbox: Outbox) -> None:
    later(outbox)
    failed = outbox.mark_failed(claimed(outbox, "odd"), REFUSED, now=now(), reason="refused")
    postponed = outbox.postpone(claimed(outbox), BUSY, not_before=now() + timedelta(hours=1), now=now())

    retried = desk.run("outbox", "retry", "harborline", "--all", "--json").json["entries"]

    assert {e["id"] for e in retried} == {failed.id, postponed.id}


def test_all_of_a_name_that_has_nothing_for_the_step_says_what_there_is(desk: Desk, outbox: Outbox) -> None:
    uncertain(outbox)

    cancelled = desk.run("outbox", "cancel", "harborline", "--all")

    assert (cancelled.status, "no note of harborline" in cancelled.err) == (2, True)
    assert "uncertain" in cancelled.err


# --- undo ----------------------------------------------------------------------------------------------------------


def test_a_cancel_cannot_be_undone_once_its_hour_has_passed(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.cancel(put(outbox, due=now() - timedelta(minutes=5)).id, now=now())

    restored = desk.run("outbox", "restore", entry.id)

    assert restored.status == 1
    assert "its hour has passed" in restored.err
    assert f"mailer outbox restore {entry.id} --at WHEN" in restored.err
    assert "queue the note again" in restored.err
    assert outbox.get(entry.id).state is State.CANCELLED


def test_a_cancel_can_be_undone_at_another_hour(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.cancel(put(outbox, due=now() - timedelta(minutes=5)).id, now=now())

    restored = desk.run("outbox", "restore", entry.id, "--at", "2098-12-02 07:15", "--zone", "Europe/Berlin")

    assert restored.status == 0, restored.err
    assert "Tue 2 Dec 2098, 01:15 in Detroit" in restored.out
    assert outbox.get(entry.id).state is State.SCHEDULED


def test_a_restored_note_needs_the_files_that_were_dropped_after_its_hour(desk: Desk, outbox: Outbox) -> None:
    file = desk.folder / "audit.pdf"
    file.write_bytes(b"report")
    payload = Payload(sha256(b"report").hexdigest(), 6, file)
    entry = put(outbox, due=now() - timedelta(minutes=5), parts=(b"Subject: x\r\n\r\n", payload))
    outbox.cancel(entry.id, now=now())
    outbox.drop_unneeded_payloads(now=now())

    restored = desk.run("outbox", "restore", entry.id, "--at", "2098-12-02 07:15")

    assert (restored.status, "no longer kept; queue the note again" in restored.err) == (1, True)
    assert outbox.get(entry.id).state is State.CANCELLED


def test_a_cancel_cannot_be_undone_while_another_note_has_taken_its_place(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.cancel(later(outbox).id, now=now())
    second = later(outbox)

    restored = desk.run("outbox", "restore", entry.id)

    assert (restored.status, second.id in restored.err) == (1, True)


# --- another hour, from every state -----------------------------------------------------------------------------------


def test_a_missed_note_gets_another_hour(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    moved = desk.run("outbox", "reschedule", "okafor", "--at", "2098-12-02 07:15")

    assert (moved.status, outbox.get(entry.id).state) == (0, State.SCHEDULED), moved.err


def test_a_missed_note_is_cancelled(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    assert desk.run("outbox", "cancel", "okafor").status == 0
    assert outbox.get(entry.id).state is State.CANCELLED


def refused_hour(desk: Desk, entry: Entry) -> str:
    moved = desk.run("outbox", "reschedule", entry.id, "--at", "2098-12-02 07:15")
    assert moved.status == 1, moved.out
    return moved.err


def test_a_note_under_way_gets_no_other_hour(desk: Desk, outbox: Outbox) -> None:
    entry = claimed(outbox)

    assert f"{entry.id} is claimed, so it cannot get another hour; its delivery is under way" in refused_hour(
        desk, entry
    )


def test_a_sent_note_gets_no_other_hour(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.mark_sent(outbox.begin_transmission(claimed(outbox), now=now()), RECEIPT, now=now())

    assert "what is sent cannot be called back" in refused_hour(desk, entry)


def test_a_failed_note_is_tried_again_rather_than_moved(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.mark_failed(claimed(outbox), REFUSED, now=now(), reason="refused")

    assert f"`mailer outbox retry {entry.id}` tries it again" in refused_hour(desk, entry)


def test_a_note_that_the_server_keeps_gets_no_other_hour(desk: Desk, outbox: Outbox) -> None:
    assert "nobody can change it or call it back" in refused_hour(desk, held(outbox, hours=1))


def test_an_uncertain_note_is_settled_first(desk: Desk, outbox: Outbox) -> None:
    entry = uncertain(outbox)

    assert f"`mailer outbox settle {entry.id}`" in refused_hour(desk, entry)


def test_a_cancelled_note_is_restored_first(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.cancel(later(outbox).id, now=now())

    assert f"`mailer outbox restore {entry.id}`" in refused_hour(desk, entry)


# --- settling ------------------------------------------------------------------------------------------------------


def test_settle_without_an_outcome_shows_what_is_known_and_changes_nothing(desk: Desk, outbox: Outbox) -> None:
    entry = uncertain(outbox)

    shown = desk.run("outbox", "settle", entry.id)

    assert shown.status == 0, shown.err
    for known in (entry.message_id, "Tries       2", "Stage       dot", "Final dot   let go", "451 Try later (rcpt)"):
        assert known in shown.out
    assert f"rfc822msgid:{entry.message_id.strip('<>')}" in shown.out
    assert f"Then say: mailer outbox settle {entry.id} sent   (or: unsent)" in shown.out
    assert outbox.get(entry.id).state is State.UNCERTAIN


def test_the_evidence_is_an_object_for_scripts(desk: Desk, outbox: Outbox) -> None:
    entry = uncertain(outbox)

    (shown,) = desk.run("outbox", "settle", entry.id, "--json").json["entries"]

    known = shown["evidence"]
    assert (shown["state"], known["stage"], known["account"]) == ("uncertain", "dot", "127.0.0.1")
    assert [s["state"] for s in known["said"]] == ["scheduled", "uncertain"]
    assert datetime.fromisoformat(known["final_dot_utc"]).tzinfo
    assert any("rfc822msgid:" in place for place in known["look"])


def test_settle_by_a_name_means_the_uncertain_one(desk: Desk, outbox: Outbox) -> None:
    entry = uncertain(outbox, "vanderberg")
    later(outbox, kind=NoteKind.FOLLOW_UP)

    assert desk.run("outbox", "settle", "vanderberg", "--json").json["entries"][0]["id"] == entry.id


def test_there_is_nothing_to_settle_of_a_note_that_waits(desk: Desk, outbox: Outbox) -> None:
    entry = later(outbox)

    shown = desk.run("outbox", "settle", entry.id)

    assert (shown.status, "only what is held or uncertain can" in shown.err) == (1, True)


def test_an_outcome_without_a_note_is_a_question_back(desk: Desk) -> None:
    settled = desk.run("outbox", "settle", "sent")

    assert (settled.status, "Which note was sent?" in settled.err) == (2, True)


def test_all_of_a_name_are_settled_with_an_outcome_only(desk: Desk, outbox: Outbox) -> None:
    first, second = uncertain(outbox, "li"), uncertain(outbox, "nunez")

    asked = desk.run("outbox", "settle", "harborline", "--all")
    settled = desk.run("outbox", "settle", "harborline", "--all", "sent")

    assert (asked.status, settled.status) == (2, 0), asked.out + settled.err
    assert [outbox.get(e.id).state for e in (first, second)] == [State.SENT, State.SENT]


def test_an_account_that_is_gone_is_named_as_such(desk: Desk, outbox: Outbox) -> None:
    entry = uncertain(outbox)
    del desk.environment["MAILER_SMTP_HOST"]

    assert "none is set up any more" in desk.run("outbox", "settle", entry.id).out


def test_before_its_hour_nothing_can_be_seen_of_a_note_that_the_server_keeps(desk: Desk, outbox: Outbox) -> None:
    shown = desk.run("outbox", "settle", held(outbox, hours=5).id)

    assert "Not before its hour, " in shown.out


def test_after_its_hour_there_is_something_to_see(desk: Desk, outbox: Outbox) -> None:
    assert "Not before its hour" not in desk.run("outbox", "settle", held(outbox, hours=-1).id).out


def test_a_kept_note_that_never_came_waits_for_its_hour_here(desk: Desk, outbox: Outbox) -> None:
    entry = held(outbox, hours=5)

    settled = desk.run("outbox", "settle", entry.id, "unsent")

    assert "goes out " in settled.out
    assert "as soon as" not in settled.out


@WIDTHS
@pytest.mark.parametrize(
    ("answer", "state"), [("sent", State.SENT), ("unsent", State.SCHEDULED), ("leave", State.UNCERTAIN)]
)
def test_at_a_terminal_settle_asks_what_became_of_it(
    answer: str, state: State, columns: int, desk: Desk, outbox: Outbox
) -> None:
    entry = uncertain(outbox)

    with desk.on_terminal("outbox", "settle", "li", columns=columns) as terminal:
        terminal.read_until("What to look at:")
        terminal.answer("What became of it? (sent, unsent, leave) [leave]: ", answer)
        status = terminal.finish()

    assert (status, outbox.get(entry.id).state) == (0, state), terminal.screen
    assert max(map(len, terminal.screen.splitlines())) <= columns


# --- the story of one ---------------------------------------------------------------------------------------------


def last_lines(desk: Desk, entry: Entry) -> str:
    shown = desk.run("outbox", "show", entry.id)
    assert shown.status == 0, shown.err
    return shown.out


def test_the_story_of_a_kept_note_ends_with_its_hour(desk: Desk, outbox: Outbox) -> None:
    assert "the server keeps it; it goes out " in last_lines(desk, held(outbox, hours=2))


def test_a_kept_note_whose_hour_has_passed_should_have_arrived(desk: Desk, outbox: Outbox) -> None:
    entry = held(outbox, hours=-2)

    shown = last_lines(desk, entry)

    assert "its hour has passed; it should have arrived" in shown
    assert f"if not: mailer outbox settle {entry.id}" in shown


def test_the_story_of_a_missed_note_ends_with_both_ways_on(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    shown = last_lines(desk, entry)

    assert f"another hour: mailer outbox reschedule {entry.id} --at WHEN" in shown
    assert f"or: mailer outbox cancel {entry.id}" in shown


def test_a_postponed_note_says_when_it_is_tried_again(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.postpone(claimed(outbox), BUSY, not_before=now() + timedelta(hours=1), now=now())

    assert f"is tried again at {entry.not_before.astimezone(ZoneInfo('America/Detroit')):%H:%M} here" in last_lines(
        desk, entry
    )


def test_a_failed_note_can_be_tried_again_once_it_is_mended(desk: Desk, outbox: Outbox) -> None:
    entry = outbox.mark_failed(claimed(outbox), REFUSED, now=now(), reason="refused")

    assert f"mailer outbox retry {entry.id}" in last_lines(desk, entry)


# --- what waits for a person -------------------------------------------------------------------------------------------


def lines_under_the_list(desk: Desk) -> list[str]:
    with desk.on_terminal("outbox", columns=240) as terminal:
        assert terminal.finish() == 0
    return [line.rstrip() for line in terminal.screen.splitlines() if "mailer outbox" in line]


def test_a_missed_note_is_asked_about_under_the_list(desk: Desk, outbox: Outbox) -> None:
    entry = missed(outbox)

    assert lines_under_the_list(desk) == [
        f"missed ({entry.id} to okafor): mailer outbox reschedule {entry.id} --at WHEN, or cancel {entry.id}"
    ]


def test_many_uncertain_notes_are_asked_about_in_one_line(desk: Desk, outbox: Outbox) -> None:
    for number in range(5):
        uncertain(outbox, f"person{number}")

    (line,) = lines_under_the_list(desk)

    assert line.endswith(" to person2 and 2 more): mailer outbox settle ID")


def test_a_kept_note_should_have_arrived_after_its_hour(desk: Desk, outbox: Outbox) -> None:
    entry = held(outbox, hours=-1)
    held(outbox, "adams", hours=1)

    assert lines_under_the_list(desk) == [
        f"held, its hour has passed, it should have arrived ({entry.id} to nunez): mailer outbox settle {entry.id}"
    ]


def test_nothing_is_asked_where_nobody_reads(desk: Desk, outbox: Outbox) -> None:
    missed(outbox)

    assert len(desk.run("outbox").out.splitlines()) == 1


@WIDTHS
def test_a_step_fits_the_terminal(columns: int, desk: Desk, outbox: Outbox) -> None:
    entry = later(outbox)

    with desk.on_terminal("outbox", "cancel", entry.id, columns=columns) as terminal:
        terminal.read_until(f"mailer outbox restore {entry.id}")
        assert terminal.finish() == 0

    assert max(map(len, terminal.screen.splitlines())) <= columns
