"""Each step that a person may take with a queued note does what it says, and no more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.parts.command_line.conftest import INTERVIEW, READER
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

FAR = "2098-12-01 09:00"


def queue(desk: Desk, at: str = FAR) -> str:
    """Queue the desk's note and return its id."""
    queued = desk.run("queue", "harborline.md", "--at", at, "--yes", "--json")
    return str(queued.json["entries"][0]["id"])


def queue_two(desk: Desk) -> list[str]:
    """Queue the desk's note and that of another interview; return the ids of both."""
    other = INTERVIEW.replace("start: 2026-06-11 10:00", "start: 2026-06-11 10:05").replace(READER, "second@x.example")
    (desk.folder / "second.md").write_text(other, encoding="utf-8")
    despite = ("--despite", "notes-near-identical", "--despite", "already-sent")
    queued = desk.run("queue", "harborline.md", "second.md", "--at", FAR, "--yes", "--json", *despite)
    return [entry["id"] for entry in queued.json["entries"]]


def entries(desk: Desk, *options: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = desk.run("outbox", *options, "--json").json["entries"]
    return listed


def state(desk: Desk) -> str:
    (entry,) = entries(desk)
    return str(entry["state"])


# --- cancel and restore ------------------------------------------------------------------------------------------------


def test_a_cancelled_note_is_not_sent(desk: Desk, server: SmtpServer) -> None:
    entry = queue(desk, "now")

    cancelled = desk.run("outbox", "cancel", entry)
    desk.run("worker", "--once")

    assert (cancelled.status, cancelled.out.split()[:3]) == (0, ["cancelled", entry, READER])
    assert server.messages == []


def test_a_restored_note_is_sent(desk: Desk, server: SmtpServer) -> None:
    entry = queue(desk)
    desk.run("outbox", "cancel", entry)

    restored = desk.run("outbox", "restore", entry, "--at", "now")
    desk.run("worker", "--once")

    assert (restored.status, restored.out.split()[:2]) == (0, ["scheduled", entry])
    assert len(server.messages) == 1


def test_a_sent_note_cannot_be_cancelled(desk: Desk, server: SmtpServer) -> None:
    desk.send()

    cancelled = desk.run("outbox", "cancel", "vanderberg")

    assert (cancelled.status, "sent" in cancelled.err) == (1, True)
    assert state(desk) == "sent"


def test_several_notes_are_cancelled_at_once(desk: Desk) -> None:
    both = queue_two(desk)

    cancelled = desk.run("outbox", "cancel", *both, "--json")

    assert [(e["id"], e["state"]) for e in cancelled.json["entries"]] == [(e, "cancelled") for e in both]


def test_when_one_of_several_cannot_take_a_step_none_does(desk: Desk) -> None:
    first, second = queue_two(desk)
    desk.run("outbox", "cancel", second)

    cancelled = desk.run("outbox", "cancel", first, second)

    assert cancelled.status == 1
    assert {e["id"]: e["state"] for e in entries(desk)} == {first: "scheduled", second: "cancelled"}


def test_an_entry_named_twice_takes_the_step_once(desk: Desk) -> None:
    entry = queue(desk)

    cancelled = desk.run("outbox", "cancel", entry, "vanderberg")

    assert (cancelled.status, cancelled.out.count("cancelled")) == (0, 1), cancelled.err


# --- retry -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("refusal", "status"), [("550 5.1.1 No such user", 4), ("451 4.3.0 Try later", 5)])
def test_a_note_that_was_not_taken_is_tried_again_at_once(refusal: str, status: int, desk: Desk) -> None:
    with SmtpServer({"rcpt": [refusal]}) as server:
        desk.uses(server)
        assert desk.send().status == status

        retried = desk.run("outbox", "retry", "vanderberg")
        worked = desk.run("worker", "--once")

    assert (retried.status, worked.status) == (0, 0), retried.err + worked.out
    assert len(server.messages) == 1


# --- another hour ------------------------------------------------------------------------------------------------------


def test_another_hour_is_read_in_the_entrys_own_zone(desk: Desk) -> None:
    entry = queue(desk)

    moved = desk.run("outbox", "reschedule", entry, "--at", "2098-12-02 07:15", "--json").json["entries"][0]

    assert (moved["due_local"], moved["timezone"]) == ("2098-12-02T07:15:00", "America/Detroit")
    assert datetime.fromisoformat(moved["due_utc"]).hour == 12


def test_another_hour_may_be_given_in_another_zone(desk: Desk) -> None:
    entry = queue(desk)

    moved = desk.run("outbox", "reschedule", entry, "--at", "2098-12-02 07:15", "--zone", "Europe/Berlin", "--json")

    assert datetime.fromisoformat(moved.json["entries"][0]["due_utc"]).hour == 6


def test_an_hour_that_has_passed_changes_nothing(desk: Desk) -> None:
    entry = queue(desk)

    moved = desk.run("outbox", "reschedule", entry, "--at", "2020-01-01 09:00")

    assert (moved.status, "has passed" in moved.err) == (2, True)
    assert entries(desk)[0]["due_local"] == "2098-12-01T09:00:00"


def test_a_note_brought_forward_to_now_goes_out(desk: Desk, server: SmtpServer) -> None:
    entry = queue(desk)

    desk.run("outbox", "reschedule", entry, "--at", "now")
    worked = desk.run("worker", "--once")

    assert (worked.status, len(server.messages)) == (0, 1), worked.out


# --- settle ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def uncertain(desk: Desk, server: SmtpServer) -> SmtpServer:
    """Leave the desk with a note whose reply was lost, and a server that works again."""
    with SmtpServer({"dot": [Cut()]}) as losing:
        desk.uses(losing)
        assert desk.send().status == 6
    desk.uses(server)
    return server


def test_a_note_that_a_person_found_sent_is_not_sent_again(desk: Desk, uncertain: SmtpServer) -> None:
    settled = desk.run("outbox", "settle", "vanderberg", "sent")
    desk.run("worker", "--once")

    assert (settled.status, state(desk)) == (0, "sent")
    assert uncertain.messages == []


def test_a_note_that_a_person_found_unsent_goes_out(desk: Desk, uncertain: SmtpServer) -> None:
    settled = desk.run("outbox", "settle", "vanderberg", "unsent")
    desk.run("worker", "--once")

    assert (settled.status, state(desk)) == (0, "sent")
    assert len(uncertain.messages) == 1


def test_nothing_but_an_uncertain_note_can_be_settled(desk: Desk) -> None:
    queue(desk)

    settled = desk.run("outbox", "settle", "vanderberg", "sent", "--json")

    assert (settled.status, settled.json["error"]["kind"]) == (1, "IllegalTransition")


# --- show --------------------------------------------------------------------------------------------------------------


def test_the_story_of_a_sent_note_ends_with_the_servers_words(desk: Desk, server: SmtpServer) -> None:
    desk.send()

    shown = desk.run("outbox", "show", "vanderberg")

    heading, subject, hour, *story = shown.out.splitlines()
    assert heading.endswith("sent  Willem van der Berg <w.vanderberg@harborline-castings.example>")
    assert (subject.strip(), hour.split()[0]) == ("Thank you for the tour of line 3", "due")
    assert "Accepted as 1" in story[-1]


def test_a_story_is_a_list_of_events_for_scripts(desk: Desk) -> None:
    entry = queue(desk)
    desk.run("outbox", "cancel", entry)

    shown = desk.run("outbox", "show", entry, "--json").json

    assert (shown["id"], [event["state"] for event in shown["events"]]) == (entry, ["scheduled", "cancelled"])


def test_json_may_stand_before_the_step_too(desk: Desk) -> None:
    entry = queue(desk)

    assert desk.run("outbox", "--json", "show", entry).json["id"] == entry


def test_the_stored_mail_is_the_one_that_was_sent_but_for_its_date(desk: Desk, server: SmtpServer) -> None:
    desk.send()

    shown = desk.run("outbox", "show", "vanderberg", "--eml")

    def undated(mail: bytes) -> list[bytes]:
        return [line for line in mail.split(b"\r\n") if not line.startswith(b"Date: ")]

    assert undated(shown.stdout) == undated(server.messages[0].content)


@pytest.mark.parametrize("letters", [3, 8])
def test_the_beginning_of_an_id_is_enough(letters: int, desk: Desk) -> None:
    entry = queue(desk)

    assert desk.run("outbox", "show", entry[:letters], "--json").json["id"] == entry


def test_an_id_that_nobody_has_is_an_object_for_scripts_too(desk: Desk) -> None:
    queue(desk)

    shown = desk.run("outbox", "show", "nobody", "--json")

    assert (shown.status, shown.json["error"]["kind"]) == (2, "EntryNotFound")


# --- the list ----------------------------------------------------------------------------------------------------------


def test_an_empty_outbox_says_how_a_note_gets_in(desk: Desk) -> None:
    listed = desk.run("outbox")

    assert listed.out == "The outbox is empty. `mailer send FILE` or `mailer queue FILE` puts a note in.\n"


def test_the_list_is_newest_first_and_as_long_as_asked(desk: Desk) -> None:
    first, second = queue_two(desk)

    assert [e["id"] for e in entries(desk)] == [second, first]
    assert [e["id"] for e in entries(desk, "--limit", "1")] == [second]


def test_the_list_may_be_of_some_states_only(desk: Desk) -> None:
    first, second = queue_two(desk)
    desk.run("outbox", "cancel", first)

    assert [e["id"] for e in entries(desk, "--state", "cancelled")] == [first]
    assert [e["id"] for e in entries(desk, "--state", "cancelled", "--state", "scheduled")] == [second, first]


def test_a_pipe_gets_one_line_an_entry_in_columns(desk: Desk) -> None:
    queue_two(desk)

    lines = desk.run("outbox", "--all").out.splitlines()

    assert len(lines) == 2
    assert len({line.index("Thank you for the tour") for line in lines}) == 1
