"""Tell cheaply what on this machine will send a queued note: a few looks at files, no program started.

Takes MAILER_HOME and a Machine, gives a `Waker`. A worker that stays holds a lock for it; a run of the system's leaves
a stamp, so that cron, whose tables only root can read, is known by its deeds.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from mailer.database import make_private_folder
from mailer.errors import StorageError
from mailer.service.machine import System

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from mailer.service.machine import Machine

__all__ = ["ON_OTHER_MACHINES", "SENTENCES", "Waker", "forget_runs", "last_run", "note_run", "staying", "waker"]

#: Two rounds of five minutes and one for a slow run: what ran lately and on a schedule has run within it.
RECENT_S = 11 * 60


class Waker(StrEnum):
    """What will send queued notes: the installed service, a worker that stays, another schedule such as cron's."""

    SERVICE = "service"
    WORKER = "worker"
    SCHEDULE = "schedule"
    NONE = "none"


#: What to tell a person of the notes that are queued.
SENTENCES = {
    Waker.SERVICE: "The system looks every five minutes.",
    Waker.WORKER: "A `mailer worker` or a desk is open on this machine and sends them while it is.",
    Waker.SCHEDULE: "Something on this machine runs `mailer worker --once` now and then, and will send them.",
    Waker.NONE: (
        "Nothing on this machine will wake up to send them: run `mailer service install`, or keep `mailer worker`"
        " running."
    ),
}


#: The same of an outbox that machines share.
ON_OTHER_MACHINES = (
    "Nothing on this machine will wake up to send them; they go out where `mailer worker --cluster` runs with this"
    " outbox."
)


def waker(home: Path, machine: Machine, *, now: datetime) -> Waker:
    """Tell what will send the notes of this MAILER_HOME; `now` is aware. A file that cannot be read counts for none."""
    if is_installed(home, machine):
        return Waker.SERVICE
    if _is_held(home / _STAYING):
        return Waker.WORKER
    last = last_run(home)
    return Waker.SCHEDULE if last is not None and 0 <= now.timestamp() - last < RECENT_S else Waker.NONE


def is_installed(home: Path, machine: Machine) -> bool:
    """Tell whether the service is installed and switched on for this MAILER_HOME."""
    if machine.system is System.TASK_SCHEDULER:
        from mailer.service.task_scheduler import task_path

        return task_path(str(home)).exists()
    if machine.system is System.LAUNCHD:
        from mailer.service import launchd

        return launchd.serves(_text(launchd.agent_path(machine)), str(home))
    if not machine.has_systemd:
        return False
    from mailer.service import systemd

    link = systemd.enabling_link(machine)
    return os.path.lexists(link) and systemd.serves(_text(machine.units / systemd.SERVICE), str(home))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


# --- the runs of a schedule --------------------------------------------------------------------------------------

_LAST_RUN = "last-run"


def note_run(home: Path) -> None:
    """Leave the stamp of a run that nobody watches, if there is a MAILER_HOME; it is never worth an error."""
    with suppress(OSError):
        os.close(os.open(home / _LAST_RUN, os.O_CREAT | os.O_WRONLY, 0o600))
        os.utime(home / _LAST_RUN)


def forget_runs(home: Path) -> None:
    """Take the stamp away, as nothing will run any more."""
    with suppress(OSError):
        (home / _LAST_RUN).unlink(missing_ok=True)


def last_run(home: Path) -> float | None:
    """Return when the last such run was, in seconds of the epoch; None when there was none."""
    try:
        return (home / _LAST_RUN).stat().st_mtime
    except OSError:
        return None


# --- the worker that stays ---------------------------------------------------------------------------------------

_STAYING = "worker-stays"


@contextmanager
def staying(home: Path) -> Iterator[None]:
    """Let other commands know, while inside, that a worker stays; several may. It is never worth an error."""
    file = -1
    with suppress(OSError, StorageError):
        make_private_folder(home)
        file = os.open(home / _STAYING, os.O_CREAT | os.O_RDWR, 0o600)
        _share(file)
    try:
        yield
    finally:
        if file >= 0:
            os.close(file)


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _is_free(file)
    finally:
        os.close(file)


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _share(file: int) -> None:
        """Take the lock if it is free; Windows shares none, so the first of several workers stands for all."""
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _is_free(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _share(file: int) -> None:
        """Hold the file together with other workers that stay; a look at it holds it for a moment only."""
        fcntl.flock(file, fcntl.LOCK_SH)

    def _is_free(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
