"""A worker delivers what is due, and needs for nothing else what a delivery needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

ACCOUNT = ("MAILER_SMTP_HOST", "MAILER_SMTP_PORT", "MAILER_SMTP_SECURITY", "MAILER_AUTH")


def without_account(desk: Desk) -> None:
    for name in ACCOUNT:
        del desk.environment[name]


def test_nothing_due_is_said_in_a_sentence(desk: Desk) -> None:
    worked = desk.run("worker", "--once")

    assert (worked.status, worked.out.count("\n")) == (0, 1)
    assert worked.out.startswith("Nothing is due.")
    assert not desk.home.exists()


def test_nothing_due_is_an_empty_list_for_scripts(desk: Desk) -> None:
    assert desk.run("worker", "--once", "--json").json == {"entries": []}


def test_nothing_due_needs_no_account(desk: Desk) -> None:
    desk.run("queue", "harborline.md", "--at", "+2h", "--yes")
    without_account(desk)

    worked = desk.run("worker", "--once")

    assert (worked.status, worked.out.startswith("Nothing is due.")) == (0, True), worked.err


@pytest.mark.parametrize("options", [["--once"], []])
def test_a_due_note_without_an_account_stays_queued_and_the_worker_ends(options: list[str], desk: Desk) -> None:
    desk.run("queue", "harborline.md", "--at", "now", "--yes")
    without_account(desk)

    worked = desk.run("worker", *options)

    assert worked.status == 3, worked.err
    assert "MAILER_SMTP_HOST is not set" in worked.out
    assert desk.run("outbox", "--json").json["entries"][0]["state"] == "scheduled"


def test_a_note_of_another_account_is_left_to_the_worker_that_has_it(desk: Desk) -> None:
    with SmtpServer() as server:
        desk.uses(server)
        desk.environment["MAILER_ACCOUNT"] = "work"
        desk.run("queue", "harborline.md", "--at", "now", "--yes")
        del desk.environment["MAILER_ACCOUNT"]

        worked = desk.run("worker", "--once")

    assert (worked.status, worked.out.startswith("Nothing is due.")) == (0, True), worked.err
    assert server.messages == []


def test_what_keeps_the_notes_of_an_account_waiting_is_said_with_its_name(desk: Desk) -> None:
    desk.environment["MAILER_ACCOUNT"] = "work"
    desk.run("queue", "harborline.md", "--at", "now", "--yes")
    (desk.home / "accounts").mkdir()
    (desk.home / "accounts" / "work.env").write_text("MAILER_SMTP_HOST=127.0.0.1\nMAILER_SMTP_PORT=1\n")

    assert desk.run("worker", "--once").status == 3
    del desk.environment["MAILER_ACCOUNT"]

    assert "1 due note waits for the account work, since" in desk.run("outbox").err
