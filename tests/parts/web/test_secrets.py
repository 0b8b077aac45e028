"""No password, ticket or cookie is on any page, in any error, in any file that the desk writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mailer.web.note import TABS
from mailer.web.routes import PAGES
from tests.desk import running_desk, settings_file
from tests.parts.web.conftest import NOTE
from tests.smtp_server import SmtpServer
from tests.visitor import Visitor, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.web import Server

PASSWORD = "Sesame-open-7731"
ERRORS = ["/no/such/page", "/interviews/nobody", f"{NOTE}/attached/7", "/outbox/x", "/enter", "/enter?ticket=x"]


def everything(visitor: Visitor) -> dict[str, str]:
    """Return every answer of the desk, headers and all, by its URL."""
    given = {"slug": "harborline", "person": "vanderberg", "index": "0", "id": "0"}
    shown = [url.format(**given) for url, show, _ in PAGES if show]
    taken = [url.format(**given) for url, _, act in PAGES if act]
    urls = [*shown, *(f"{NOTE}?tab={tab}" for tab in TABS), *ERRORS]
    answers = {url: visitor.get(url) for url in urls}
    answers |= {f"POST {url}": visitor.post(url, {"verb": "x", "step": "x"}) for url in taken}
    answers |= {f"wrong {url}": visitor.post(url, {"token": "x"}) for url in taken}
    return {url: f"{a.status} {a.headers}\n{a.body.decode('utf-8', 'replace')}" for url, a in answers.items()}


def tells(visitor: Visitor, *secrets: str) -> list[str]:
    return [url for url, answer in everything(visitor).items() if any(secret in answer for secret in secrets)]


def add_to_settings(home: Path, *lines: str) -> None:
    path = home / "config.env"
    path.write_text(path.read_text() + "\n".join(lines) + "\n")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """Run a server that takes no password."""
    with SmtpServer(users={"ada@example.com": "another"}, auth_in_clear=True) as running:
        yield running


@pytest.fixture
def configured(home: Path, interviews: Path, server: SmtpServer) -> Path:
    """Write settings of an account at that server, without a password."""
    settings_file(home, interviews=interviews)
    add_to_settings(home, "MAILER_SMTP_HOST=127.0.0.1", f"MAILER_SMTP_PORT={server.port}", "MAILER_SMTP_SECURITY=none")
    add_to_settings(home, "MAILER_SMTP_USERNAME=ada@example.com")
    return home


def test_a_password_of_the_environment_is_on_no_page(configured: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAILER_PASSWORD", PASSWORD)

    with running_desk(delivers=False) as desk:
        visitor = Visitor(desk)

        assert "MAILER_PASSWORD" in visitor.get("/settings").text
        assert tells(visitor, PASSWORD) == []


def test_a_password_of_the_settings_file_is_on_no_page(configured: Path):
    with running_desk(delivers=False) as desk:
        visitor = Visitor(desk)
        add_to_settings(configured, f"MAILER_PASSWORD={PASSWORD}")

        assert "MAILER_PASSWORD" in visitor.get("/settings").text
        assert tells(visitor, PASSWORD) == []


def test_a_command_that_prints_the_password_is_on_no_page(configured: Path):
    add_to_settings(configured, f'MAILER_PASSWORD_CMD="printf {PASSWORD}"')

    with running_desk(delivers=False) as desk:
        assert tells(Visitor(desk), PASSWORD) == []


def test_a_command_that_fails_over_the_password_tells_it_on_no_page(configured: Path):
    add_to_settings(configured, f'MAILER_PASSWORD_CMD="printf {PASSWORD} >&2; false"')

    with running_desk(delivers=False) as desk:
        assert tells(Visitor(desk), PASSWORD) == []


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ada:{PASSWORD}@127.0.0.1:1/notes",
        f"postgresql://ada@127.0.0.1:1/notes?password={PASSWORD}",
        f"postgresql://ada:{PASSWORD}@127.0.0.1:port/notes",
    ],
)
def test_the_password_of_a_database_is_on_no_page(configured: Path, monkeypatch: pytest.MonkeyPatch, url: str):
    monkeypatch.setenv("MAILER_OUTBOX", url)

    with running_desk(delivers=False) as desk:
        given = desk.link().partition(str(desk.port))[2]
        cookie = ask(desk.port, given).header("set-cookie").partition(";")[0]
        urls = ["/", "/outbox", "/outbox/x", "/settings", "/doctor", "/interviews", NOTE, f"{NOTE}/send", "/capture"]

        pages = [ask(desk.port, url, headers={"Cookie": cookie}).text for url in urls]

    assert not any(PASSWORD in page for page in pages)


def test_a_refused_password_is_not_given_back(visitor: Visitor, home: Path, server: SmtpServer):
    fields = {
        "address": "ada@example.com",
        "host": "127.0.0.1",
        "port": str(server.port),
        "security": "none",
        "username": "ada@example.com",
        "password": PASSWORD,
    }

    answer = visitor.post("/settings/account", fields)

    assert [login[2] for login in server.logins] == [PASSWORD]
    assert 'role="alert"' in answer.text
    assert "ada@example.com" in answer.text
    assert PASSWORD not in answer.text
    assert not any(PASSWORD in path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file())


def test_a_password_command_that_does_not_work_is_not_given_back(visitor: Visitor, server: SmtpServer):
    fields = {
        "address": "ada@example.com",
        "host": "127.0.0.1",
        "port": str(server.port),
        "security": "none",
        "password_command": f"printf {PASSWORD} >&2; false",
    }

    answer = visitor.post("/settings/account", fields)

    assert 'role="alert"' in answer.text
    assert PASSWORD not in answer.text


def test_a_password_typed_beside_a_command_is_not_given_back(visitor: Visitor):
    fields = {"address": "ada@example.com", "host": "mail.example.com", "password": PASSWORD, "password_command": "x"}

    answer = visitor.post("/settings/account", fields)

    assert 'role="alert"' in answer.text
    assert PASSWORD not in answer.text


def test_ticket_and_cookie_are_on_no_page_and_in_no_file(desk: Server, visitor: Visitor, tmp_path: Path):
    ticket = desk.link().partition("ticket=")[2].partition("&")[0]
    cookie = visitor.cookie.partition("=")[2]

    assert tells(visitor, ticket, cookie) == []
    assert not any(
        secret in path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
        for secret in (ticket.encode(), cookie.encode())
    )


def test_the_token_of_forms_is_in_no_address(visitor: Visitor):
    pages = everything(visitor)

    assert not any(re.search(rf"(?:href|src|action|location)[^>]*{visitor.token}", page) for page in pages.values())
