"""`mailer setup` says what it lacks where nobody is there to ask, and a refused login once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["setup"], "ADDRESS"),
        (["setup", "ada@example.com"], "--name"),
        (["new", "--company", "Acme"], "--role"),
        (["new", "--company", "Acme", "--role", "Engineer"], "--start"),
    ],
)
def test_what_nobody_can_be_asked_is_named_by_its_option(arguments: list[str], missing: str, desk: Desk) -> None:
    ended = desk.run(*arguments)

    asked = f"mailer: {missing} is missing, and nobody is here to ask for it (mailer {arguments[0]} --help)\n"
    assert (ended.status, ended.err) == (2, asked)


def test_a_refused_login_is_advised_on_once(desk: Desk) -> None:
    desk.environment.update(MAILER_AUTH="password", MAILER_PASSWORD="correct horse")
    with SmtpServer({"auth": "535 5.7.8 Bad credentials"}, users={"ada": "x"}, auth_in_clear=True) as server:
        host = ("--host", server.host, "--port", str(server.port), "--security", "none")
        ended = desk.run("setup", "ada@example.com", "--name", "Ada Example", *host)

    assert ended.status == 3
    assert ended.err.lower().count("password") == 2, ended.err  # to be checked, and perhaps to be an app password


def test_a_password_command_with_an_open_quote_is_named(desk: Desk) -> None:
    ended = desk.run("setup", "ada@x.example", "--name", "Ada", "--host", "x.example", "--password-cmd", "pass 'x")

    assert ended.status == 2
    assert ended.err.startswith("mailer: --password-cmd cannot be parted into words (No closing quotation)")
