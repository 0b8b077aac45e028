"""The commands work in surroundings that no terminal of today has: other encodings, closed streams, an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command import run_mailer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer

ELSEWHERE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "shift_jis"])
def test_a_console_that_lacks_a_letter_keeps_no_mail_back(encoding: str, desk: Desk, server: SmtpServer) -> None:
    desk.environment.update(ELSEWHERE | {"PYTHONIOENCODING": encoding})
    desk.edit("name: Willem van der Berg", "name: Nguyễn 佐藤 Wöjcik")

    sent = desk.send("--despite", "wrong-name")

    assert sent.status == 0, (sent.stdout, sent.stderr)
    assert len(server.messages) == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_json_is_json_in_every_encoding(encoding: str, desk: Desk) -> None:
    desk.environment.update(ELSEWHERE | {"PYTHONIOENCODING": encoding})
    desk.edit("subject: Thank you for the tour of line 3", "subject: Grüße 🎺 佐藤")

    shown = desk.run("show", "harborline.md", "--json")

    assert shown.stdout.isascii()
    assert shown.json["notes"][0]["subject"] == "Grüße 🎺 佐藤"


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes the streams")
def test_a_process_without_any_stream_sends_all_the_same(desk: Desk, server: SmtpServer) -> None:
    closed = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', sys.executable, "-m", "mailer"]

    ended = subprocess.run(
        [*closed, "send", "harborline.md", "--yes"], env=desk.environment, cwd=desk.folder, timeout=60, check=False
    )

    assert ended.returncode == 0
    assert len(server.messages) == 1


def test_an_empty_environment_is_enough_to_look_around(desk: Desk) -> None:
    kept = {name: value for name, value in desk.environment.items() if name in {"HOME", "SYSTEMROOT"}}

    listed = run_mailer("outbox", "--json", environment=kept)

    assert (listed.status, listed.json) == (0, {"entries": []})


def test_a_file_with_windows_line_ends_and_a_mark_at_its_start_is_the_same_note(desk: Desk) -> None:
    plain = desk.run("show", "harborline.md", "--fingerprint")
    desk.file.write_bytes(b"\xef\xbb\xbf" + desk.file.read_bytes().replace(b"\n", b"\r\n"))

    marked = desk.run("show", "harborline.md", "--fingerprint")

    assert (plain.status, plain.out) == (marked.status, marked.out)


# --- output that nothing takes -----------------------------------------------------------------------------------------


def printed_on(stdout: Path, desk: Desk, *arguments: str) -> tuple[int, str]:
    """Run a command that prints there; return its status and what it says on standard error."""
    command = [sys.executable, "-m", "mailer", *arguments]
    with stdout.open("wb") as out:
        ended = subprocess.run(
            command, env=desk.environment, cwd=desk.folder, stdout=out, stderr=subprocess.PIPE, timeout=60, check=False
        )
    return ended.returncode, ended.stderr.decode()


full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
LOST = "mailer: the output cannot be written: No space left on device; what was done stays done\n"


@full_device
@pytest.mark.parametrize(
    "arguments",
    ["--help", "outbox", "outbox --json", "show harborline.md", "show harborline.md --json", "check harborline.md"],
)
def test_a_full_output_is_one_sentence(arguments: str, desk: Desk) -> None:
    assert printed_on(Path("/dev/full"), desk, *arguments.split()) == (3, LOST)


@full_device
def test_a_fault_keeps_its_own_status_when_its_output_is_full(desk: Desk) -> None:
    assert printed_on(Path("/dev/full"), desk, "show", "absent.md", "--json") == (1, LOST)


@full_device
def test_a_full_output_keeps_no_mail_back(desk: Desk, server: SmtpServer) -> None:
    shutil.copy(desk.file, desk.folder / "second.md")
    desk.edit("w.vanderberg@", "second@")
    desk.edit("10:00", "10:01")

    ended = printed_on(
        Path("/dev/full"), desk, "send", "harborline.md", "second.md", "--yes", "--despite", "notes-near-identical"
    )

    assert ended == (3, LOST)
    assert len(server.messages) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that breaks")
@pytest.mark.parametrize("arguments", ["--help", "show harborline.md", "show harborline.md --eml", "outbox --json"])
def test_a_reader_who_has_read_enough_is_no_error(arguments: str, desk: Desk) -> None:
    command = [sys.executable, "-m", "mailer", *arguments.split()]
    reading, writing = os.pipe()
    os.close(reading)

    try:
        ended = subprocess.run(
            command, env=desk.environment, cwd=desk.folder, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, b"")
