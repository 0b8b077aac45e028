"""Killed at any moment, run twice at once, or without room on the disk: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.command import run_mailer
from tests.confinement import small_disk
from tests.parts.command_line.conftest import INTERVIEW
from tests.smtp_server import Cut, Silence, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import Behaviour

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9, mounts and POSIX resource limits")


def states(desk: Desk) -> list[str]:
    return [entry["state"] for entry in desk.run("outbox", "--json").json["entries"]]


# --- killed ------------------------------------------------------------------------------------------------------------

REACHED: dict[str, Callable[[SmtpServer], bool]] = {
    "greeting": lambda s: s.connections > 0,
    "ehlo": lambda s: any(c.startswith("ehlo") for c in s.commands),
    "mail": lambda s: any(c.startswith("MAIL") for c in s.commands),
    "rcpt": lambda s: any(c.startswith("RCPT") for c in s.commands),
    "data": lambda s: "DATA" in s.commands,
}


def killed(desk: Desk, reached: Callable[[SmtpServer], bool], server: SmtpServer) -> None:
    """Start `send`, kill it with SIGKILL when the server has seen what `reached` asks for."""
    command = [sys.executable, "-m", "mailer", "send", "harborline.md", "--yes"]
    with subprocess.Popen(
        command, env=desk.environment, cwd=desk.folder, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        server.wait_until(reached)
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("stage", REACHED)
def test_a_note_whose_sender_was_killed_before_the_dot_goes_out_once(stage: str, desk: Desk) -> None:
    with SmtpServer({stage: [Silence()]}) as server:
        desk.uses(server)
        killed(desk, REACHED[stage], server)
        worker = desk.run("worker", "--once")

    assert worker.status == 0, worker.out + worker.err
    assert len(server.messages) == 1
    assert states(desk) == ["sent"]


def test_a_note_whose_sender_was_killed_after_the_dot_is_uncertain_and_stays_so(desk: Desk) -> None:
    with SmtpServer({"dot": [Silence(accept=True)]}) as server:
        desk.uses(server)
        killed(desk, lambda s: bool(s.messages), server)
        desk.run("worker", "--once")
        desk.run("worker", "--once")

    assert len(server.messages) == 1
    assert states(desk) == ["uncertain"]


def test_a_send_that_is_interrupted_says_so_and_loses_nothing(desk: Desk) -> None:
    command = [sys.executable, "-m", "mailer", "send", "harborline.md", "--yes"]
    with SmtpServer({"rcpt": [Silence()]}) as server:
        desk.uses(server)
        with subprocess.Popen(
            command, env=desk.environment, cwd=desk.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            server.wait_until(REACHED["rcpt"])
            process.send_signal(signal.SIGINT)
            _, told = process.communicate()
        worker = desk.run("worker", "--once")

    assert (process.returncode, b"Traceback" in told) == (1, False)
    assert worker.status == 0, worker.out + worker.err
    assert len(server.messages) == 1


# --- at once -----------------------------------------------------------------------------------------------------------


def queue_many(desk: Desk, count: int) -> None:
    """Queue the notes of so many interviews, each at another hour."""
    for number in range(count):
        file = desk.folder / f"interview-{number}.md"
        text = INTERVIEW.replace("start: 2026-06-11 10:00", f"start: 2026-06-11 10:{number:02}")
        file.write_text(text.replace("w.vanderberg@", f"reader-{number}@"))
    files = [f"interview-{number}.md" for number in range(count)]
    despite = ("--despite", "notes-near-identical", "--despite", "already-sent")
    queued = desk.run("queue", *files, "--at", "now", "--yes", *despite)
    assert queued.status == 0, queued.out + queued.err


def test_two_workers_at_once_deliver_each_note_once(desk: Desk, server: SmtpServer) -> None:
    queue_many(desk, 12)

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: desk.run("worker", "--once"), range(2)))

    assert [e.status for e in ended] == [0, 0], "".join(e.out + e.err for e in ended)
    assert sorted(m.rcpt_to[0] for m in server.messages) == sorted(
        f"reader-{n}@harborline-castings.example" for n in range(12)
    )
    assert set(states(desk)) == {"sent"}


def test_two_sends_of_one_note_at_once_deliver_it_once(desk: Desk, server: SmtpServer) -> None:
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: desk.send(), range(2)))

    assert sorted(e.status for e in ended) == [0, 1], "".join(e.out + e.err for e in ended)
    assert len(server.messages) == 1


def test_a_worker_goes_on_after_a_note_that_is_refused(desk: Desk) -> None:
    with SmtpServer({"rcpt": ["550 5.1.1 No such user"]}) as server:
        desk.uses(server)
        queue_many(desk, 3)
        worker = desk.run("worker", "--once")

    assert worker.status == 4, worker.out + worker.err
    assert len(server.messages) == 2
    assert sorted(states(desk)) == ["failed", "sent", "sent"]


def test_a_connection_that_died_between_two_notes_is_made_anew(desk: Desk) -> None:
    with SmtpServer({"mail": [None, Cut()]}) as server:
        desk.uses(server)
        queue_many(desk, 3)
        worker = desk.run("worker", "--once")

    assert worker.status == 0, worker.out + worker.err
    assert (len(server.messages), server.connections) == (3, 2)


# --- the disk ----------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_named_and_nothing_is_sent(desk: Desk, server: SmtpServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        desk.environment["MAILER_HOME"] = str(disk.folder / "home")
        disk.fill()
        sent = desk.run("send", "harborline.md", "--yes", prefix=disk.prefix)

    assert sent.status == 3, sent.out + sent.err
    assert str(disk.folder) in sent.err
    assert any(words in sent.err for words in ("disk is full", "No space")), sent.err
    assert "Traceback" not in sent.err
    assert server.messages == []


@pytest.mark.parametrize("size_kb", range(16, 257, 48))
def test_a_disk_that_fills_up_on_the_way_never_sends_a_note_twice(
    size_kb: int, desk: Desk, server: SmtpServer, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", size_kb) as disk:
        desk.environment["MAILER_HOME"] = str(disk.folder / "home")
        sent = desk.run("send", "harborline.md", "--yes", prefix=disk.prefix)
        disk.grow()
        worker = desk.run("worker", "--once")
        left = states(desk)

    assert sent.status in {0, 3, 5, 6}, sent.out + sent.err
    assert worker.status in {0, 6}, worker.out + worker.err
    assert len(server.messages) <= 1
    assert left in (["sent"] if server.messages else [], ["uncertain"])


def test_a_disk_that_is_full_for_a_while_in_the_middle_of_a_batch_delays_it_and_no_more(
    desk: Desk, tmp_path: Path
) -> None:
    """What was accepted is recorded when there is room again; a note whose gate met no room waits; none is uncertain."""
    desk.environment["MAILER_RATE"] = "none"
    with small_disk(tmp_path / "disk", 2048) as disk:
        if not disk.is_mounted:
            pytest.skip("filling a disk needs one of its own")
        desk.environment["MAILER_HOME"] = str(disk.folder / "home")
        queue_many(desk, 30)
        filled: list[str] = []

        def free() -> None:
            (disk.folder / "ballast").unlink()
            filled.append("freed")

        class Filling(SmtpServer):
            def behaviour(self, stage: str) -> Behaviour | None:
                if stage == "dot" and len(self.messages) == 10 and not filled:
                    disk.fill()
                    filled.append("filled")
                    threading.Timer(1.0, free).start()
                return super().behaviour(stage)

        with Filling() as server:
            desk.uses(server)
            worked = desk.run("worker", "--once")
            found = states(desk)

    assert worked.status in {0, 5}, worked.out + worked.err
    assert filled == ["filled", "freed"]
    assert set(found) <= {"sent", "scheduled"}
    assert found.count("scheduled") <= 1
    assert len({m.rcpt_to for m in server.messages}) == len(server.messages) == found.count("sent")


def test_a_read_only_home_is_named_and_nothing_is_sent(desk: Desk, server: SmtpServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8192) as disk:
        desk.environment["MAILER_HOME"] = str(disk.folder)
        disk.protect()
        sent = desk.run("send", "harborline.md", "--yes", prefix=disk.prefix)

    assert sent.status == 3, sent.out + sent.err
    assert str(disk.folder) in sent.err
    assert "Traceback" not in sent.err
    assert server.connections == 0


def test_a_note_can_be_looked_at_where_nothing_can_be_stored(desk: Desk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8192) as disk:
        desk.environment["MAILER_HOME"] = str(disk.folder)
        disk.protect()
        shown, checked = (desk.run(verb, "harborline.md", prefix=disk.prefix) for verb in ("show", "check"))

    assert (shown.status, checked.status) == (0, 0), shown.err + checked.err


def test_a_home_that_is_a_file_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.home.write_text("not a folder")

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert str(desk.home) in sent.err
    assert server.connections == 0


def test_an_outbox_that_is_no_database_is_named_and_kept(desk: Desk, server: SmtpServer) -> None:
    desk.home.mkdir()
    (desk.home / "mailer.db").write_bytes(b"this is no database " * 100)

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "mailer.db" in sent.err
    assert server.connections == 0
    assert (desk.home / "mailer.db").read_bytes().startswith(b"this is no database")


def test_nothing_in_the_home_is_open_to_others(desk: Desk, server: SmtpServer) -> None:
    desk.send()

    modes = {p.relative_to(desk.folder): p.stat().st_mode & 0o777 for p in [desk.home, *desk.home.rglob("*")]}

    assert server.messages
    assert {p: oct(m) for p, m in modes.items() if m & 0o077} == {}


def test_a_bug_ends_in_an_apology_and_a_log(desk: Desk) -> None:
    desk.environment["PYTHONPATH"] = str(desk.folder)
    (desk.folder / "sitecustomize.py").write_text("import mailer.app\nmailer.app.start = lambda **_: 1 / 0\n")

    ended = run_mailer("outbox", environment=desk.environment)

    assert ended.status == 70
    assert "Traceback" not in ended.err
    log = ended.err.split(" in ")[-1].strip().rstrip(".")
    with open(log, encoding="utf-8") as told:  # noqa: PTH123  # the name as it was printed
        assert "ZeroDivisionError" in told.read()
    os.unlink(log)  # noqa: PTH108
