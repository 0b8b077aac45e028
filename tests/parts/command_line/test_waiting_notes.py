"""What keeps every due note waiting is said once, named wherever one looks, and written into no note."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.outbox import Outbox
from tests.parts.command_line.test_commands_that_stay import ended, first_line, staying
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and shell scripts")


def locked(desk: Desk) -> Path:
    """Have the password come from a program that fails until the file that is returned is there."""
    key = desk.folder / "key"
    program = desk.folder / "password"
    program.write_text(f"#!/bin/sh\ntest -e {key} && echo right\n")
    program.chmod(0o700)
    desk.environment["MAILER_PASSWORD_CMD"] = str(program)
    desk.environment["MAILER_AUTH"] = "password"
    desk.environment["MAILER_SMTP_USERNAME"] = "ada"
    return key


def events(desk: Desk) -> int:
    with Database(desk.home) as database:
        return len(database.rows("SELECT 1 FROM event"))


def outbox_at_a_terminal(desk: Desk) -> str:
    with desk.on_terminal("outbox") as terminal:
        assert terminal.finish() == 0
        return terminal.screen


def queue(desk: Desk) -> None:
    queued = desk.run("queue", "harborline.md", "--at", "now", "--yes")
    assert queued.status == 0, queued.err


def test_without_a_password_nothing_is_claimed_however_often_a_worker_looks(desk: Desk, server: SmtpServer) -> None:
    locked(desk)
    queue(desk)
    before = events(desk)

    worked = [desk.run("worker", "--once") for _ in range(2)]

    assert [w.status for w in worked] == [3, 3]
    assert all("1 due note waits: MAILER_PASSWORD_CMD: " in w.out for w in worked), worked[0].out
    assert events(desk) == before
    assert server.connections == 0


def test_scripts_are_told_what_due_notes_wait_for(desk: Desk, server: SmtpServer) -> None:
    locked(desk)
    queue(desk)

    told = desk.run("worker", "--once", "--json").json

    assert told["entries"] == []
    assert (told["trouble"]["kind"], told["trouble"]["waiting"]) == ("password", 1)
    assert "ended with exit code 1" in told["trouble"]["message"]


def test_the_outbox_and_doctor_name_what_due_notes_wait_for(desk: Desk, server: SmtpServer) -> None:
    locked(desk)
    queue(desk)
    desk.run("worker", "--once")

    examined = desk.run("doctor", "--offline")

    assert "1 due note waits, since " in outbox_at_a_terminal(desk)
    assert "MAILER_PASSWORD_CMD:" in outbox_at_a_terminal(desk)
    assert "what is due waits since " in examined.out


def test_what_is_over_is_named_no_more(desk: Desk) -> None:
    with SmtpServer(users={"ada": "right"}, auth_in_clear=True) as server:
        desk.uses(server)
        key = locked(desk)
        queue(desk)
        desk.run("worker", "--once")
        key.touch()
        worked = desk.run("worker", "--once")

    assert worked.status == 0, worked.out
    assert "What kept the notes waiting is over." in worked.out
    assert "due note" not in outbox_at_a_terminal(desk)


def test_a_refused_login_names_itself_and_is_written_into_no_note(desk: Desk) -> None:
    with SmtpServer(users={"ada": "other"}, auth_in_clear=True) as server:
        desk.uses(server)
        locked(desk).touch()
        queue(desk)
        before = events(desk)
        worked = desk.run("worker", "--once", "--json")

    assert (worked.status, worked.json["trouble"]["kind"]) == (3, "login")
    assert events(desk) == before


def test_an_absent_server_is_not_now(desk: Desk) -> None:
    queue(desk)

    worked = desk.run("worker", "--once", "--json")

    assert (worked.status, worked.json["trouble"]["kind"]) == (5, "connection")


def test_a_worker_that_stays_says_it_once_and_goes_on_after_the_machine_slept(desk: Desk) -> None:
    """The clock of the worker jumps as after a sleep, when it is told to, so that it tries again at once."""
    jump = desk.folder / "jump"
    (desk.folder / "sitecustomize.py").write_text(
        "import pathlib, mailer.app, mailer.app.shift\n"
        "from datetime import timedelta\n"
        f"jump = pathlib.Path({str(jump)!r})\n"
        "plain = mailer.app.utc_now\n"
        "def clock():\n"
        "    return plain() + timedelta(seconds=len(jump.read_text()) if jump.exists() else 0)\n"
        "start = mailer.app.start\n"
        "def started(**options):\n"
        "    app = start(**options)\n"
        "    app.clock = clock\n"
        "    return app\n"
        "mailer.app.start = started\n"
        "mailer.app.shift.POLL_S = 0.05\n"
    )
    with SmtpServer(users={"ada": "right"}, auth_in_clear=True) as server:
        desk.uses(server)
        key = locked(desk)
        queue(desk)
        desk.environment["PYTHONPATH"] = str(desk.folder)
        with staying(desk, "worker") as worker:
            first_line(worker)
            waiting = first_line(worker)
            for length in (100, 200):
                jump.write_text("x" * length)
                asked = len(server.commands)
            key.touch()
            jump.write_text("x" * 300)
            server.wait_until(lambda s: len(s.messages) == 1)
            lines = [first_line(worker), first_line(worker)]
            status, more, err = ended(worker)

    assert asked == 0
    assert waiting.startswith("waiting    1 due note waits: MAILER_PASSWORD_CMD: ")
    assert lines[0].startswith("sent ")
    assert lines[1] == "going on   What kept the notes waiting is over.\n"
    assert (status, more, err) == (0, "", "")


# --- the rate ---------------------------------------------------------------------------------------------------------


def test_a_rate_beyond_patience_leaves_the_rest_queued_and_says_until_when(desk: Desk, server: SmtpServer) -> None:
    desk.environment["MAILER_RATE"] = "1/day"
    queue(desk)
    assert desk.run("worker", "--once").status == 0
    other = desk.file.read_text().replace("start: 2026-06-11 10:00", "start: 2026-06-11 10:05")
    desk.file.write_text(other.replace("w.vanderberg@", "second@"))

    sent = desk.run("send", "harborline.md", "--yes", "--despite", "already-sent", "--despite", "notes-near-identical")
    worked = desk.run("worker", "--once", "--json")

    assert sent.status == 5, sent.out + sent.err
    assert "1 a day is the limit of your account (MAILER_RATE); what is due waits until " in sent.out
    assert (worked.status, worked.json["held"]["limit"]) == (5, "1 a day")
    assert len(server.messages) == 1


def test_a_short_wait_for_the_rate_is_waited_for_in_place(desk: Desk, server: SmtpServer) -> None:
    from tests.parts.command_line.test_crashes import queue_many

    desk.environment["MAILER_RATE"] = "2/second"
    queue_many(desk, 5)

    worked = desk.run("worker", "--once")

    assert worked.status == 0, worked.out
    assert worked.out.count("2 a second is the limit of your account; the next goes in 1 s") == 1
    assert (len(server.messages), server.connections) == (5, 1)


def test_several_connections_deliver_each_note_once(desk: Desk, server: SmtpServer) -> None:
    from tests.parts.command_line.test_crashes import queue_many

    desk.environment["MAILER_RATE"] = "none"
    queue_many(desk, 20)

    worked = desk.run("worker", "--once", "--connections", "4")

    assert worked.status == 0, worked.out
    assert len({m.rcpt_to for m in server.messages}) == len(server.messages) == 20
    assert server.connections == 4
    assert "In all: 20 sent." in worked.out
    with Database(desk.home) as database:
        assert {entry.state for entry in Outbox(database).list()} == {"sent"}
