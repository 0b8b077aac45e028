"""Accounts that have a name: set up like the main one, named by doctor, chosen by MAILER_ACCOUNT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from tests.command import Finished
    from tests.parts.command_line.conftest import Desk

ADDRESS = "ada@work.example"


def set_up(desk: Desk, server: SmtpServer, name: str = "work") -> Finished:
    where = ("--host", server.host, "--port", str(server.port), "--security", "none")
    who = ("--name", "Ada Example", "--password-cmd", "echo secret")
    return desk.run("setup", ADDRESS, "--account", name, *where, *who)


def work_server() -> SmtpServer:
    return SmtpServer(users={ADDRESS: "secret"}, auth_in_clear=True)


def test_an_account_with_a_name_is_proved_and_kept_beside_the_main_one(desk: Desk):
    with work_server() as server:
        done = set_up(desk, server)

    assert done.status == 0, done.err
    assert f"MAILER_SMTP_PORT={server.port}" in (desk.home / "accounts" / "work.env").read_text()
    assert not (desk.home / "config.env").exists()


def test_nothing_is_kept_of_an_account_whose_login_fails(desk: Desk):
    with SmtpServer(users={ADDRESS: "another"}, auth_in_clear=True) as server:
        done = set_up(desk, server)

    assert done.status == 3
    assert not desk.home.exists()


def test_a_name_that_no_account_can_have_is_refused(desk: Desk):
    with work_server() as server:
        done = set_up(desk, server, "../work")

    assert done.status == 2
    assert "--account “../work” is no name of an account" in done.err


def test_doctor_looks_at_each_account(desk: Desk):
    with work_server() as server:
        set_up(desk, server)
        examined = desk.run("doctor", "--json").json["parts"]

    found = {part["name"]: part for part in examined}
    assert found["server"]["health"] == "fail"
    assert found["login (work)"]["health"] == "ok"
    assert ADDRESS in found["account (work)"]["meaning"]


def test_doctor_names_the_line_of_an_account_that_cannot_be_used(desk: Desk):
    (desk.home / "accounts").mkdir(parents=True)
    (desk.home / "accounts" / "work.env").write_text("MAILER_SMTP_HOST=smtp.work.example\nMAILER_MAX_LATE=1h\n")

    examined = desk.run("doctor", "--offline", "--json").json["parts"]

    found = {part["name"]: part for part in examined}["account (work)"]
    assert "work.env:2" in found["meaning"]


def test_a_note_goes_through_the_account_that_is_named_and_says_so_to_scripts(desk: Desk):
    with work_server() as server:
        set_up(desk, server)
        desk.environment["MAILER_ACCOUNT"] = "work"
        sent = desk.send("--json")

    assert sent.status == 0, sent.err
    assert [login[1] for login in server.logins] == [ADDRESS, ADDRESS]
    assert sent.json["entries"][0]["account"] == "work"
