"""`mailer preview` and `mailer desk` give one link, answer it, and end in good order."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.parts.command_line.conftest import INTERVIEW
from tests.parts.command_line.test_commands_that_stay import ended, first_line, staying

if TYPE_CHECKING:
    import subprocess

    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def told(process: subprocess.Popen[str]) -> dict[str, object]:
    """Return the one object that the command prints before it stays."""
    lines = [first_line(process)]
    while lines[-1] not in {"}\n", ""}:
        lines.append(first_line(process))
    found: dict[str, object] = json.loads("".join(lines))
    return found


def visited(link: str) -> tuple[str, str]:
    """Follow a link as a browser does; return the path of the page it ends on, and the page."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    path = answer.headers["Location"] or ""
    connection.request("GET", path, headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    connection.close()
    return path, page


def test_preview_shows_the_first_note_of_the_file(desk: Desk):
    with staying(desk, "preview", str(desk.file), "--no-browser", "--json") as process:
        path, page = visited(str(told(process)["link"]))
        status, _, err = ended(process)

    assert path.startswith(f"/interviews/{desk.file.stem}/")
    assert "<iframe sandbox" in page
    assert (status, err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_ends_in_good_order_whatever_signal_ends_it(desk: Desk, number: int):
    with staying(desk, "desk", "--no-browser") as process:
        link = first_line(process).split()[-1]
        visited(link)
        status, out, err = ended(process, number)

    assert status == 0
    assert out == "The link works once. Enter gives a fresh one; Ctrl-C ends it.\n"
    assert err == ""


def test_a_file_that_does_not_read_has_a_page_that_says_why(desk: Desk):
    desk.file.write_text(INTERVIEW.replace("company:", "compny:"), encoding="utf-8")

    with staying(desk, "preview", str(desk.file), "--no-browser", "--json") as process:
        path, page = visited(str(told(process)["link"]))

    assert path == f"/interviews/{desk.file.stem}"
    assert "compny" in page


def test_a_port_in_use_is_named_with_the_way_out(desk: Desk):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = desk.run("desk", "--no-browser", "--port", str(port))

    assert done.status == 3
    assert f"port {port} cannot be used" in done.err
    assert "--port" in done.err


def test_a_file_that_is_not_there_is_an_error_of_the_command(desk: Desk):
    done = desk.run("preview", "nowhere.md", "--no-browser")

    assert done.status == 1
    assert "nowhere.md: there is no such file" in done.err


def test_a_person_who_was_not_there_is_an_error_of_the_command(desk: Desk):
    done = desk.run("preview", str(desk.file), "--to", "nobody", "--no-browser")

    assert done.status == 2
    assert "nobody here is called “nobody”" in done.err


def test_settings_that_do_not_read_are_an_error_of_the_command(desk: Desk):
    desk.environment["MAILER_RATE"] = "often"

    done = desk.run("desk", "--no-browser")

    assert done.status == 3
    assert "MAILER_RATE" in done.err


def test_looking_at_a_desk_without_an_outbox_makes_none(desk: Desk):
    with staying(desk, "desk", "--no-browser") as process:
        visited(first_line(process).split()[-1])
        ended(process)

    assert not list(desk.folder.glob("**/mailer.db"))
