"""A fault of mailer is apologized for on a page, and written to a file; the terminal stays clean."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.parts.web.conftest import NOTE
from tests.visitor import ask, ask_raw, multipart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.web import Server
    from tests.visitor import Visitor


@pytest.fixture
def clean_terminal(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Hold that nothing was printed."""
    yield
    assert capfd.readouterr() == ("", "")


def logs(home: Path) -> list[Path]:
    return sorted(home.glob("mailer-bug-*.log"))


@pytest.mark.usefixtures("clean_terminal")
def test_a_fault_gives_an_apology_and_a_file(
    visitor: Visitor, home: Path, interviews: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of the test")

    monkeypatch.setattr("mailer.app.overview.overview", broken)

    answer = visitor.get("/")

    (log,) = logs(home)
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Sorry: this is a fault of mailer, not yours." in answer.text
    assert log.name in answer.text
    assert not any(word in answer.text for word in ("Traceback", "ZeroDivisionError", "overview.py"))
    assert "ZeroDivisionError: of the test" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    assert answer.header("content-security-policy").startswith("default-src 'none'")


@pytest.mark.usefixtures("clean_terminal")
def test_a_fault_outside_of_any_page_gives_an_apology_too(
    visitor: Visitor, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> bool:
        raise ZeroDivisionError("of the test")

    monkeypatch.setattr("mailer.web.session.Session.vouches", broken)

    answer = visitor.post("/capture", {"company": "Acme"})

    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Sorry: this is a fault of mailer, not yours." in answer.text
    assert len(logs(home)) == 1
    assert answer.header("content-security-policy").startswith("default-src 'none'")


@pytest.mark.usefixtures("clean_terminal")
def test_a_fault_leaves_the_desk_running(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr("mailer.app.overview.overview", None)
        assert visitor.get("/").status == HTTPStatus.INTERNAL_SERVER_ERROR

    assert visitor.get("/").status == HTTPStatus.OK


@pytest.mark.usefixtures("clean_terminal")
@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\n X: y\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    ],
    ids=range(13),
)
def test_what_is_no_http_leaves_no_word_in_the_terminal(shared: Server, request_: bytes):
    with closing(socket.create_connection(("127.0.0.1", shared.port), timeout=30)) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 403 "))
    assert b"Traceback" not in answer
    assert ask(shared.port, "/desk.css").status == HTTPStatus.OK


@pytest.mark.usefixtures("clean_terminal")
@pytest.mark.parametrize("path", ["/capture", f"{NOTE}/file"])
def test_a_browser_that_goes_away_while_it_sends_is_no_fault(visitor: Visitor, home: Path, path: str):
    kind, body = multipart({"token": visitor.token}, "plan.pdf", bytes(3_000_000))
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{visitor.port}\r\nCookie: {visitor.cookie}\r\n"
    head += f"Origin: {visitor.origin}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"

    with closing(socket.create_connection(("127.0.0.1", visitor.port), timeout=30)) as connection:
        connection.sendall(head.encode() + body[:1_500_000])
    answers = [visitor.get("/").status for _ in range(3)]

    assert answers == [HTTPStatus.OK] * 3
    assert logs(home) == []


@pytest.mark.usefixtures("clean_terminal")
def test_settings_that_do_not_read_are_named_on_the_page(visitor: Visitor, home: Path):
    (home / "config.env").write_text("MAILER_TIMEZONE=Atlantis/Capital\n")

    answers = [visitor.get(url) for url in ("/", "/settings", "/doctor", NOTE)]

    assert {answer.status for answer in answers} == {HTTPStatus.SERVICE_UNAVAILABLE}
    assert all("MAILER_TIMEZONE" in answer.text for answer in answers)


@pytest.mark.usefixtures("clean_terminal")
def test_many_at_once_are_all_answered(visitor: Visitor):
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(visitor.get(NOTE).status)) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [HTTPStatus.OK] * 16


def test_a_request_after_the_answer_is_none(guest: Visitor):
    answer = ask_raw(guest.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n")

    assert answer.count(b"HTTP/1.1 ") == 1
