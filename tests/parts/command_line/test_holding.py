"""`queue --hold-on-server` hands notes to a server that keeps them, after a yes that knows the terms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from mailer.database import Database
from mailer.outbox import Outbox
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.command import Finished
    from tests.parts.command_line.conftest import Desk

MONTH_S = 30 * 86400


def hour(**ahead: float) -> str:
    """Return an hour that lies so far ahead, as one types it."""
    return f"{datetime.now(tz=UTC) + timedelta(**ahead):%Y-%m-%d %H:%M}+00:00"


@pytest.fixture
def holding(desk: Desk) -> Iterator[SmtpServer]:
    """Run a server that keeps mails for 30 days, and have the desk use it."""
    with SmtpServer(holds_s=MONTH_S) as server:
        desk.uses(server)
        yield server


def hold(desk: Desk, *options: str, at: str = "") -> Finished:
    return desk.run("queue", "harborline.md", "--at", at or hour(days=3), "--hold-on-server", "--yes", *options)


def entries(desk: Desk) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = desk.run("outbox", "--json").json["entries"]
    return listed


def test_the_server_has_the_note_with_its_hour_and_its_date(desk: Desk, holding: SmtpServer) -> None:
    held = hold(desk)

    assert held.status == 0, held.out + held.err
    (message,), (entry,) = holding.messages, entries(desk)
    due = datetime.fromisoformat(entry["due_utc"])
    assert entry["state"] == "held"
    assert message.options[-1] == f"HOLDUNTIL={due:%Y-%m-%dT%H:%M:%SZ}"
    assert parsedate_to_datetime(message.content.split(b"\r\n")[0].decode().removeprefix("Date: ")) == due


def test_what_happened_is_said_with_the_servers_words_and_the_hour(desk: Desk, holding: SmtpServer) -> None:
    held = hold(desk)

    assert "held       " in held.out
    assert "The server said: 250 Accepted as 1" in held.out
    assert "  goes out " in held.out


def test_a_script_gets_the_entries(desk: Desk, holding: SmtpServer) -> None:
    assert [entry["state"] for entry in hold(desk, "--json").json["entries"]] == ["held"]


def test_nothing_more_is_sent_by_a_worker(desk: Desk, holding: SmtpServer) -> None:
    hold(desk)
    desk.run("worker", "--once")

    assert len(holding.messages) == 1


def test_a_held_note_forbids_a_second_one(desk: Desk, holding: SmtpServer) -> None:
    hold(desk)
    again = hold(desk)

    assert again.status == 1
    assert len(holding.messages) == 1


@pytest.mark.parametrize("columns", [100, 60])
def test_the_terms_are_said_before_the_yes(columns: int, desk: Desk, holding: SmtpServer) -> None:
    command = ("queue", "harborline.md", "--at", "2098-12-01 09:00", "--hold-on-server")
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"
    with SmtpServer(extensions=("FUTURERELEASE",)) as boundless:
        desk.uses(boundless)
        with desk.on_terminal(*command, columns=columns) as terminal:
            terminal.answer("Hand 1 note to 127.0.0.1 now? [y/N]: ", "n")
            status = terminal.finish()

    said = " ".join(terminal.screen.split())
    assert "keeps each until its hour; your computer may be off." in said
    assert "they can then not be listed, changed or called back." in said
    assert "How long it keeps a mail it does not say." in said
    assert "Nothing was sent or queued." in said
    assert max(map(len, terminal.screen.splitlines())) <= columns
    assert (status, boundless.messages, entries(desk)) == (1, [], [])


def test_the_limits_are_said_in_both_zones(desk: Desk, holding: SmtpServer) -> None:
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"

    held = hold(desk)

    limit = next(line for line in held.out.splitlines() if line.startswith("It keeps a mail"))
    assert limit.startswith("It keeps a mail for at most 30 days, now until ")
    assert "in Berlin, your time)" in limit


def test_without_a_yes_nothing_is_handed_over(desk: Desk, holding: SmtpServer) -> None:
    asked = desk.run("queue", "harborline.md", "--at", "next business day 10:00", "--hold-on-server")

    assert (asked.status, "--yes" in asked.err) == (1, True)
    assert (holding.messages, entries(desk)) == ([], [])


# --- refused before anything is sent ---------------------------------------------------------------------------------


def test_a_server_that_keeps_nothing_is_named_with_the_way_out(desk: Desk, server: SmtpServer) -> None:
    held = hold(desk)

    assert held.status == 2
    assert "does not keep mails until their hour" in held.err
    assert "leave --hold-on-server out" in held.err
    assert not any(command.startswith("MAIL") for command in server.commands)
    assert entries(desk) == []


def test_an_hour_beyond_the_limits_is_refused_with_the_latest(desk: Desk, holding: SmtpServer) -> None:
    held = hold(desk, at=hour(days=31))

    assert held.status == 2
    assert "is later than 127.0.0.1 takes. It keeps a mail for at most 30 days, now until " in held.err
    assert (holding.messages, entries(desk)) == ([], [])


@pytest.mark.parametrize(
    ("offered_s", "said"), [(3600, "at most 60 min"), (7200, "at most 2 h"), (2 * 86400, "at most 2 days")]
)
def test_a_limit_is_said_in_its_own_measure(offered_s: int, said: str, desk: Desk) -> None:
    with SmtpServer(holds_s=offered_s) as server:
        desk.uses(server)

        assert said in hold(desk).err


def test_a_last_moment_without_a_length_counts_too(desk: Desk) -> None:
    with SmtpServer(extensions=(f"FUTURERELEASE ? {datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}",)) as server:
        desk.uses(server)
        held = hold(desk)

    assert (held.status, "It keeps a mail until " in held.err) == (2, True)


def test_there_is_nothing_to_keep_until_now(desk: Desk, holding: SmtpServer) -> None:
    held = hold(desk, at="now")

    assert (held.status, "there is nothing to keep until" in held.err) == (2, True)
    assert (holding.messages, entries(desk)) == ([], [])


def test_a_server_that_is_away_leaves_nothing_queued(desk: Desk) -> None:
    held = hold(desk)

    assert held.status == 5
    assert entries(desk) == []


# --- refused or lost on the way --------------------------------------------------------------------------------------


def test_what_the_server_does_not_take_now_stays_here_for_its_hour(desk: Desk) -> None:
    with SmtpServer({"rcpt": "452 4.3.1 Too many mails wait here"}, holds_s=MONTH_S) as server:
        desk.uses(server)
        held = hold(desk)
        desk.run("worker", "--once")

    (entry,) = entries(desk)
    assert held.status == 5
    assert f"not held   {entry['id']}" in held.out
    assert "Too many mails wait here" in held.out
    assert "It stays queued here; it goes out " in held.out
    assert (entry["state"], entry["attempts"], server.messages) == ("scheduled", 0, [])


def test_a_refusal_for_good_is_said(desk: Desk) -> None:
    with SmtpServer({"mail": "501 5.5.4 Not that far ahead"}, holds_s=MONTH_S) as server:
        desk.uses(server)
        held = hold(desk)

    assert (held.status, "Not that far ahead" in held.out) == (4, True)
    assert entries(desk)[0]["state"] == "failed"


def test_a_lost_reply_is_uncertain_and_says_when_there_will_be_something_to_see(desk: Desk) -> None:
    with SmtpServer({"dot": Cut(accept=True)}, holds_s=MONTH_S) as server:
        desk.uses(server)
        held = hold(desk)

    assert (held.status, entries(desk)[0]["state"]) == (6, "uncertain")
    assert "Not before its hour, " in desk.run("outbox", "settle", "vanderberg").out


def test_a_connection_that_ended_while_a_person_thought_is_made_anew(desk: Desk) -> None:
    with SmtpServer({"mail": ["421 4.4.2 You thought for too long"]}, holds_s=MONTH_S) as server:
        desk.uses(server)
        held = hold(desk)

    assert (held.status, len(server.messages), server.connections) == (0, 1, 2)


# --- afterwards ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["cancel", "retry", "reschedule"])
def test_no_step_calls_a_held_note_back(step: str, desk: Desk, holding: SmtpServer) -> None:
    hold(desk)

    done = desk.run("outbox", step, "vanderberg", *(("--at", hour(days=4)) if step == "reschedule" else ()))

    assert (done.status, "nobody can change it or call it back" in done.err) == (1, True)


@pytest.mark.parametrize(("outcome", "state"), [("sent", "sent"), ("unsent", "scheduled")])
def test_a_held_note_is_settled_by_a_person(outcome: str, state: str, desk: Desk, holding: SmtpServer) -> None:
    hold(desk)

    assert desk.run("outbox", "settle", "vanderberg", outcome).status == 0
    assert entries(desk)[0]["state"] == state


def test_the_story_names_the_hold(desk: Desk, holding: SmtpServer) -> None:
    hold(desk)

    with Database(desk.home) as database:
        outbox = Outbox(database)
        (entry,) = outbox.list()
        assert outbox.events(entry.id)[-1].detail.startswith("the server keeps it: 250 Accepted as 1")
