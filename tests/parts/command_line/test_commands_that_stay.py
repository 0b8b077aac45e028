"""The worker and the practice server stay until somebody ends them, and end in good order."""

from __future__ import annotations

import json
import signal
import smtplib
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.parts.command_line.conftest import INTERVIEW
from tests.smtp_server import Gate, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

TIMEOUT_S = 60


@contextmanager
def staying(desk: Desk, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command that stays; it is killed if it is still there at the end, or after a minute."""
    with subprocess.Popen(
        [sys.executable, "-m", "mailer", *arguments],
        env=desk.environment | {"PYTHONUNBUFFERED": "1"},
        cwd=desk.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = threading.Timer(TIMEOUT_S, process.kill)
        deadline.start()
        try:
            yield process
        finally:
            deadline.cancel()
            process.kill()


def ended(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str, str]:
    """Send a signal and wait for the end; return the status, and what was still to be read on both streams."""
    process.send_signal(number)
    return rest(process)


def rest(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()  # `communicate` would miss what `readline` has read ahead
    return process.wait(TIMEOUT_S), out, err


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def queue_two(desk: Desk) -> None:
    other = INTERVIEW.replace("start: 2026-06-11 10:00", "start: 2026-06-11 10:05").replace("w.vanderberg@", "second@")
    (desk.folder / "second.md").write_text(other, encoding="utf-8")
    despite = ("--despite", "notes-near-identical", "--despite", "already-sent")
    queued = desk.run("queue", "harborline.md", "second.md", "--at", "now", "--yes", *despite)
    assert queued.status == 0, queued.out + queued.err


# --- the worker --------------------------------------------------------------------------------------------------------


def test_a_worker_that_stays_delivers_what_is_queued_while_it_runs(desk: Desk, server: SmtpServer) -> None:
    with staying(desk, "worker") as worker:
        assert first_line(worker) == "Delivering what is due; Ctrl-C ends it.\n"
        desk.run("queue", "harborline.md", "--at", "now", "--yes")
        server.wait_until(lambda s: len(s.messages) == 1)
        told = first_line(worker)
        status, more, err = ended(worker)

    assert told.startswith("sent ")
    assert (status, more, err) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_after_the_note_in_hand(number: int, desk: Desk) -> None:
    with Gate() as server:
        desk.uses(server)
        queue_two(desk)
        with staying(desk, "worker") as worker:
            first_line(worker)
            assert server.reached.wait(TIMEOUT_S)
            worker.send_signal(number)
            server.open.set()
            status, out, err = rest(worker)

    states = [entry["state"] for entry in desk.run("outbox", "--json").json["entries"]]
    assert (status, out.count("sent "), err) == (0, 1, "")
    assert sorted(states) == ["scheduled", "sent"]
    assert len(server.messages) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_on_several_connections_finishes_every_note_in_hand_however_often_it_is_told(
    number: int, desk: Desk
) -> None:
    from tests.parts.command_line.test_crashes import queue_many

    with Gate() as server:
        desk.uses(server, MAILER_RATE="none")
        queue_many(desk, 8)
        with staying(desk, "worker", "--once", "--connections", "2") as worker:
            server.wait_until(lambda s: s.commands.count("DATA") >= 2)
            assert server.reached.wait(TIMEOUT_S)
            for _ in range(2):
                worker.send_signal(number)
            server.open.set()
            status, out, err = rest(worker)

    states = sorted(entry["state"] for entry in desk.run("outbox", "--json").json["entries"])
    assert (status, err) == (0, "")
    assert out.count("sent  ") == len(server.messages) == 2
    assert states == ["scheduled"] * 6 + ["sent"] * 2


def test_a_worker_that_was_stopped_over_an_hour_that_came_sends_when_it_goes_on(desk: Desk, server: SmtpServer) -> None:
    with staying(desk, "worker") as worker:
        first_line(worker)
        worker.send_signal(signal.SIGSTOP)
        desk.run("queue", "harborline.md", "--at", "now", "--yes")
        assert server.messages == []
        worker.send_signal(signal.SIGCONT)
        server.wait_until(lambda s: len(s.messages) == 1)
        told = first_line(worker)
        status, _, err = ended(worker)

    assert told.startswith("sent ")
    assert (status, err) == (0, "")


def test_an_idle_worker_ends_at_once_with_an_object_for_scripts(desk: Desk, server: SmtpServer) -> None:
    desk.run("queue", "harborline.md", "--at", "now", "--yes")

    with staying(desk, "worker", "--json") as worker:
        server.wait_until(lambda s: len(s.messages) == 1)
        server.wait_until_idle()
        status, out, err = ended(worker)

    (entry,) = json.loads(out)["entries"]
    assert (status, err, entry["state"]) == (0, "", "sent")


# --- the practice server -----------------------------------------------------------------------------------------------


def practice(desk: Desk) -> tuple[str, ...]:
    return ("sandbox", "--smtp-port", "0", "--http-port", "0", "--folder", str(desk.folder / "inbox"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_practice_server_ends_in_good_order(number: int, desk: Desk) -> None:
    with staying(desk, *practice(desk)) as sandbox:
        assert first_line(sandbox).startswith("Practice server on 127.0.0.1:")
        status, out, err = ended(sandbox, number)

    assert (status, err) == (0, "")
    assert out.startswith("Inbox: http://127.0.0.1:")


def test_the_practice_server_ends_while_a_client_is_connected(desk: Desk) -> None:
    with staying(desk, *practice(desk)) as sandbox:
        port = int(first_line(sandbox).partition("127.0.0.1:")[2].partition(";")[0])
        with smtplib.SMTP("127.0.0.1", port, local_hostname="[127.0.0.1]", timeout=10) as client:
            client.ehlo()
            status, _, err = ended(sandbox)
            client.close()

    assert (status, err) == (0, "")


def test_a_note_sent_to_the_practice_server_lies_in_its_folder(desk: Desk) -> None:
    with staying(desk, *practice(desk)) as sandbox:
        port = first_line(sandbox).partition("127.0.0.1:")[2].partition(";")[0]
        desk.environment["MAILER_SMTP_PORT"] = port
        sent = desk.send()
        ended(sandbox)

    assert sent.status == 0, sent.out + sent.err
    assert len(list((desk.folder / "inbox").rglob("*.eml"))) == 1


def test_a_port_that_is_taken_is_named(desk: Desk, server: SmtpServer) -> None:
    started = desk.run("sandbox", "--smtp-port", str(server.port), "--http-port", "0")

    assert (started.status, str(server.port) in started.err) == (3, True), started.err
