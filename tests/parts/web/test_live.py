"""What tells open pages of changes is guarded like any page, ends with the desk and forgets who went away."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from tests.command import clean_environment
from tests.desk import running_desk
from tests.visitor import Visitor, ask, ask_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from pathlib import Path

    from mailer.web import Server

WAIT_S = 30


@contextmanager
def listening(visitor: Visitor, **headers: str) -> Iterator[HTTPResponse]:
    """Listen as an open page does, until the end of the block."""
    with closing(HTTPConnection("127.0.0.1", visitor.port, timeout=WAIT_S)) as connection:
        connection.request("GET", "/events", headers={"Cookie": visitor.cookie} | headers)
        yield connection.getresponse()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def test_a_page_that_listens_hears_of_a_change(visitor: Visitor, interviews: Path):
    with listening(visitor) as stream:
        assert stream.readline() == b"retry: 1000\n"
        (interviews / "harborline.md").touch()
        wait_until(lambda: stream.readline() == b"event: changed\n")

        assert stream.readline() == b"data:\n"


def test_the_stream_is_sealed_and_no_other_origin_may_read_it(guest: Visitor):
    with listening(guest, Origin="http://evil.example") as stream:
        headers = {name.lower(): value for name, value in stream.getheaders()}

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, HTTPStatus.FORBIDDEN),
        ({"Cookie": "mailer-1=x"}, HTTPStatus.FORBIDDEN),
        ({"Host": "evil.example"}, HTTPStatus.BAD_REQUEST),
        ({"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "eA=="}, HTTPStatus.FORBIDDEN),
    ],
)
def test_a_stranger_hears_nothing(shared: Server, headers: dict[str, str], status: HTTPStatus):
    assert ask(shared.port, "/events", headers=headers).status == status


def test_there_is_no_websocket(guest: Visitor):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}

    answer = guest.get("/", **upgrade, **{"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})

    assert answer.status == HTTPStatus.OK


def test_a_page_that_goes_away_is_forgotten(desk: Server, visitor: Visitor):
    with listening(visitor) as stream, listening(visitor) as other:
        assert [stream.readline(), other.readline()] == [b"retry: 1000\n"] * 2
        assert len(desk._hub._listeners) == 2

    wait_until(lambda: not desk._hub._listeners)


def test_the_stream_ends_with_the_desk(home: Path, interviews: Path):
    with running_desk(delivers=False) as server:
        visitor = Visitor(server)
        with listening(visitor) as stream:
            assert stream.readline() == b"retry: 1000\n"
            server.end()

            assert stream.read().count(b"retry:") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_command_while_a_page_listens(tmp_path: Path, number: signal.Signals):
    command = [sys.executable, "-m", "mailer", "desk", "--no-browser"]
    environment = clean_environment(tmp_path)

    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        link = process.stdout.readline().split()[-1]
        port = int(link.partition("127.0.0.1:")[2].partition("/")[0])
        cookie = ask(port, link.partition(str(port))[2]).header("set-cookie").partition(";")[0]
        with closing(HTTPConnection("127.0.0.1", port, timeout=WAIT_S)) as connection:
            connection.request("GET", "/events", headers={"Cookie": cookie})
            stream = connection.getresponse()
            assert stream.readline() == b"retry: 1000\n"
            assert ask_raw(port, b"no http at all\r\n\r\n").startswith(b"HTTP/1.1 400 ")
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
            stream.read()

    assert errors == ""
    assert process.returncode == 0
