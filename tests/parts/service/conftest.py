"""Give each test programs by the names of the service managers', which keep what they were called with."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from mailer.service.job import Job, job_here
from mailer.service.machine import Machine, System

if TYPE_CHECKING:
    from pathlib import Path

#: Keeps its name and arguments (each ended by U+001F), then prints and ends as the files beside it say. `systemctl` has
#: its verb after --user.
PROGRAM = """\
#!/bin/sh
here={folder}
name=${{0##*/}}
{{ printf '%s\\037' "$name" "$@"; printf '\\n'; }} >>"$here/calls"
verb=$1
[ "$name" = systemctl ] && verb=$2
key=$here/$name-${{verb#/}}
[ -e "$key" ] || exit 0
cat "$key.out"
cat "$key.err" >&2
exit "$(cat "$key")"
"""


class Programs:
    """The programs of a service manager on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for name in ("systemctl", "launchctl", "schtasks"):
            (self.bin / name).write_text(PROGRAM.format(folder=shlex.quote(str(folder))))
            (self.bin / name).chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """Return what was called, in order."""
        kept = self.folder / "calls"
        lines = kept.read_text().split("\n")[:-1] if kept.exists() else []
        return [line.split("\x1f")[:-1] for line in lines]

    def forget(self) -> None:
        """Forget the calls so far."""
        (self.folder / "calls").unlink(missing_ok=True)

    def answer(self, key: str, *, out: str = "", err: str = "", status: int = 0) -> None:
        """Let a verb of a program (`systemctl-show`, `schtasks-Query`) print this and end so."""
        (self.folder / key).write_text(str(status))
        (self.folder / f"{key}.out").write_text(out)
        (self.folder / f"{key}.err").write_text(err)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Put fake service managers in front of the real ones."""
    made = Programs(tmp_path / "programs")
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with systemd whose folders are the test's."""
    return Machine(
        System.SYSTEMD, tmp_path / "units", tmp_path / "stamps", tmp_path / "agents", uid=501, has_systemd=True
    )


@pytest.fixture
def job(home: Path) -> Job:
    """Return the job of this very interpreter."""
    return job_here(home)
