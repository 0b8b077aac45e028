"""The program that shows a notification is started without a shell, waited for a moment only, and never a trouble."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mailer import notifications
from mailer.notifications import Happening, Notice, notify

if TYPE_CHECKING:
    from pathlib import Path

ON_A_DESKTOP = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
SENT = [Notice(Happening.SENT, 'Bo"; touch pwned; $(touch pwned) `touch pwned`')]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that comes first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return folder


def place(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)


@pytest.mark.parametrize(
    ("platform", "program"), [("linux", "notify-send"), ("darwin", "osascript"), ("win32", "powershell.exe")]
)
def test_the_words_reach_the_program_and_no_shell(platform: str, program: str, programs: Path, tmp_path: Path) -> None:
    place(programs, program, f'printf "%s\\0" "$@" "$MAILER_NOTICE_BODY" >"{tmp_path}/called"')

    notify(SENT, platform=platform, environ=ON_A_DESKTOP)

    called = (tmp_path / "called").read_bytes().decode().split("\0")
    assert f"Your note to {SENT[0].person} was sent." in called
    assert not (tmp_path / "pwned").exists()


def test_a_program_that_is_not_there_is_no_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    notify(SENT, platform="linux", environ=ON_A_DESKTOP)


def test_a_program_that_fails_is_no_trouble(programs: Path) -> None:
    place(programs, "notify-send", "exit 1")

    notify(SENT, platform="linux", environ=ON_A_DESKTOP)


def test_a_program_that_hangs_is_stopped(programs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(notifications, "LIMIT_S", 0.5)
    place(programs, "notify-send", f'echo $$ >"{tmp_path}/pid"; exec sleep 600')

    notify(SENT, platform="linux", environ=ON_A_DESKTOP)

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_where_there_is_no_desktop_nothing_is_started(programs: Path, tmp_path: Path) -> None:
    place(programs, "notify-send", f'touch "{tmp_path}/called"')

    notify(SENT, platform="linux", environ={"XDG_RUNTIME_DIR": str(tmp_path / "none")})

    assert not (tmp_path / "called").exists()
