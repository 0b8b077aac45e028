"""Run `mailer` as a user or a script does: a process of its own, settings from the environment, nothing inherited."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Finished", "clean_environment", "run_mailer", "unmeasured"]

TIMEOUT_S = 120


@dataclass(frozen=True)
class Finished:
    """What a command left: its exit status, and both streams as they came."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """Return standard output as text."""
        return self.stdout.decode()

    @property
    def err(self) -> str:
        """Return standard error as text."""
        return self.stderr.decode()

    @property
    def json(self) -> Any:
        """Return the one JSON object on standard output."""
        return json.loads(self.stdout)


def clean_environment(folder: Path) -> dict[str, str]:
    """Return an environment whose HOME and MAILER_HOME lie in `folder`, without a MAILER_* setting or a keyring."""
    (folder / "user-home").mkdir(parents=True, exist_ok=True)
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("MAILER_", "XDG_"))}
    return kept | {
        "HOME": str(folder / "user-home"),
        "MAILER_HOME": str(folder / "mailer-home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "MAILER_NOTIFY": "no",
        "NO_COLOR": "1",
    }


def unmeasured(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which a process leaves no coverage, for one that is killed or runs none of our code.

    To measure takes such a process longer than its work.
    """
    return {name: value for name, value in environment.items() if not name.startswith("COVERAGE_")}


def run_mailer(
    *arguments: str | Path,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    prefix: Sequence[str] = (),
) -> Finished:
    """Run one command to its end, by way of the command `prefix`; `environment` is whole, by default the test's."""
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "mailer", *map(str, arguments)],
        env=environment,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)
