"""Run the programs by which a service manager is told and asked, without a shell and within a time limit."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailer.service.job import Command

__all__ = ["run", "starts"]

#: Each answers within a second on an idle machine; one that waits for a person is stopped.
LIMIT_S = 30.0

#: Between two tries of a command that needs another's end.
PAUSE_S = 1.0


def run(command: Command) -> str:
    """Run one command and return its standard output, "" when it failed and that does not matter.

    Instants are printed in UTC. Raises ServiceError when it is not there, too slow, or failed and has a remedy.
    """
    status, output, said = _try(command.argv)
    for _ in range(command.tries - 1):
        if status == 0:
            break
        time.sleep(PAUSE_S)
        status, output, said = _try(command.argv)
    if status and command.remedy:
        raise ServiceError(f"`{' '.join(command.argv)}` failed: {said or f'exit status {status}'}. {command.remedy}")
    return output if status == 0 else ""


def starts(argv: Sequence[str]) -> str:
    """Run a program as the system would, with a bare environment, at the root; return "" or why it does not start."""
    kept = ("HOME", "PATH", "SYSTEMROOT", "LOCALAPPDATA", "APPDATA", "USERPROFILE")
    status, _, said = _try(
        argv, environ={n: os.environ[n] for n in kept if n in os.environ}, folder=Path(os.sep).resolve()
    )
    return (said or f"exit status {status}") if status else ""


def _try(
    argv: Sequence[str], *, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[int, str, str]:
    """Run a program once: its exit status, its standard output, and the last line that it said beside it."""
    try:
        done = subprocess.run(  # noqa: S603  # an argument list of our own
            list(argv),
            env=environ or {**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ServiceError(f"`{' '.join(argv)}` did not answer within {LIMIT_S:.0f} s; try again later") from None
    except OSError as exc:
        raise ServiceError(f"{argv[0]} cannot be started: {exc.strerror}; see whether it is on your PATH") from exc
    output = done.stdout.decode("utf-8", errors="replace")
    return done.returncode, output, _last_line(done.stderr.decode("utf-8", errors="replace"))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join(c for c in lines[-1] if c.isprintable())[:200] if lines else ""
