"""Install, look at and remove the job: plan first, then carry the plan out.

Takes a Job and a Machine. `planned` gives files and commands without touching anything; the verbs carry them out.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailer.database import make_private_folder
from mailer.errors import ServiceError, StorageError
from mailer.service import launchd, programs, systemd, task_scheduler
from mailer.service.cron import crontab_line
from mailer.service.job import Plan, Standing
from mailer.service.machine import System

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailer.service.job import Command, File, Job
    from mailer.service.machine import Machine

__all__ = [
    "Status",
    "compared",
    "install",
    "plan_of_install",
    "plan_of_question",
    "plan_of_removal",
    "remove",
    "status",
]


class Status(NamedTuple):
    """How the job stands on this machine.

    `files` names each file with `same`, `differs` or `absent`; `difference` is the first line that install would
    change, as (there now, written anew). `standing` is None where the system was not asked.
    """

    system: System
    is_installed: bool
    files: tuple[tuple[Path, str], ...] = ()
    difference: tuple[str, str] | None = None
    standing: Standing | None = None
    why_none: str = ""

    @property
    def is_current(self) -> bool:
        """Tell whether installing again would change nothing."""
        is_active = self.standing is not None and self.standing.is_active
        return is_active and all(state == "same" for _, state in self.files)


def plan_of_install(job: Job, machine: Machine) -> Plan:
    """Plan what `install` does; raises ServiceError, with the way out, where nothing runs a user's services."""
    match machine.system:
        case System.SYSTEMD:
            return systemd.install(job, machine)
        case System.LAUNCHD:
            return launchd.install(job, machine)
        case System.TASK_SCHEDULER:
            return task_scheduler.install(job)
        case System.NONE:
            raise ServiceError(
                f"nothing was installed: {machine.why_none}. Where cron runs, add this line with `crontab -e`:\n"
                f"{crontab_line(job)}\nElse keep `mailer worker` running."
            )


def plan_of_removal(job: Job, machine: Machine) -> Plan:
    """Plan what `remove` does; without a service manager only files of an earlier install go."""
    match machine.system:
        case System.LAUNCHD:
            return launchd.remove(machine)
        case System.TASK_SCHEDULER:
            return task_scheduler.remove(job)
        case System.SYSTEMD:
            return systemd.remove(machine)
        case System.NONE:
            return Plan(removals=systemd.remove(machine).removals)


def plan_of_question(job: Job, machine: Machine) -> Plan:
    """Plan what `status` compares and asks."""
    if machine.system is System.NONE:
        return Plan(files=systemd.install(job, machine).files)
    questions: dict[System, Callable[[], tuple[Command, ...]]] = {
        System.SYSTEMD: systemd.ask,
        System.LAUNCHD: lambda: launchd.ask(machine),
        System.TASK_SCHEDULER: task_scheduler.ask,
    }
    return Plan(files=plan_of_install(job, machine).files, after=questions[machine.system]())


def status(job: Job, machine: Machine) -> Status:
    """Compare the files that are there with those that `install` would write, and ask the system; changes nothing.

    Raises ServiceError when the system does not answer, StorageError when a file cannot be read.
    """
    return compared(job, machine)._replace(standing=_standing(machine.system, plan_of_question(job, machine).after))


def compared(job: Job, machine: Machine) -> Status:
    """Compare the files alone; starts nothing. Raises StorageError when one cannot be read."""
    there = [(file, _content(file.path)) for file in plan_of_question(job, machine).files]
    files = tuple((file.path, _state(file, content)) for file, content in there)
    differences = (_first_difference(content, file) for file, content in there if content not in {None, file.content})
    return Status(
        machine.system,
        is_installed=all(content is not None for _, content in there),
        files=files,
        difference=next((found for found in differences if found), None),
        why_none=machine.why_none,
    )


def _standing(system: System, questions: Sequence[Command]) -> Standing | None:
    readers = {
        System.SYSTEMD: systemd.read,
        System.LAUNCHD: launchd.read,
        System.TASK_SCHEDULER: task_scheduler.read,
    }
    return readers[system]([programs.run(question) for question in questions]) if questions else None


def install(job: Job, machine: Machine) -> tuple[Path, ...]:
    """Write the files and have the system take them up; return those that changed. What stands as it should is left.

    Raises ServiceError when the job's interpreter does not find mailer, when a file is another's, or when the system
    refuses; StorageError when a file cannot be written.
    """
    plan = plan_of_install(job, machine)
    _prove(job)
    for file in plan.files:
        _refuse_anothers(file)
    make_private_folder(Path(job.home))  # launchd opens the log there before mailer runs
    if status(job, machine).is_current:
        return ()
    changed = tuple(file.path for file in plan.files if _write(file))
    for command in plan.after:
        programs.run(command)
    return changed


def remove(job: Job, machine: Machine) -> tuple[Path, ...]:
    """Stop the job and remove what `install` made; return what went. Raises as `install` does."""
    plan = plan_of_removal(job, machine)
    for file in plan_of_question(job, machine).files:
        _refuse_anothers(file)
    there = [path for path in plan.removals if os.path.lexists(path)]
    if not there:
        return ()
    for command in plan.before:
        programs.run(command)
    for path in there:
        _unlink(path)
    for command in plan.after:
        programs.run(command)
    return tuple(there)


def _prove(job: Job) -> None:
    """Start mailer as the system will, without today's folder and environment."""
    why = programs.starts([job.interpreter, *job.arguments()[:3], "--version"])
    if why:
        raise ServiceError(
            f"{job.interpreter} does not find mailer when the system starts it ({why}); install mailer into that Python"
            " (pip, pipx or uv tool install) and run this from there"
        )


def _refuse_anothers(file: File) -> None:
    content = _content(file.path)
    if content is not None and file.mark not in content:
        raise ServiceError(f"{file.path} was not written by mailer and is left alone; rename it and try again")


def _content(path: Path) -> bytes | None:
    """Read a file whole; None when there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise StorageError(f"{path} cannot be read: {exc.strerror}; mend its permissions") from exc


def _state(file: File, content: bytes | None) -> str:
    return "absent" if content is None else "same" if content == file.content else "differs"


def _first_difference(content: bytes | None, file: File) -> tuple[str, str] | None:
    now = (content or b"").decode(file.encoding, errors="replace").splitlines()
    anew = file.content.decode(file.encoding).splitlines()
    longest = max(len(now), len(anew))
    pairs = zip(now + [""] * (longest - len(now)), anew + [""] * (longest - len(anew)), strict=True)
    return next(((a.strip(), b.strip()) for a, b in pairs if a != b), None)


def _write(file: File) -> bool:
    """Replace a file whole or not at all, durably; tell whether it changed."""
    if _content(file.path) == file.content:
        return False
    fresh = file.path.with_name(f".{file.path.name}.{os.getpid()}")
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, file.mode)
        with os.fdopen(descriptor, "wb") as stream:
            fresh.chmod(file.mode)
            stream.write(file.content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file.path)
    except OSError as exc:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise StorageError(f"{file.path} cannot be written: {exc.strerror}; make its folder writable") from exc
    return True


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise StorageError(f"{path} cannot be removed: {exc.strerror}; make its folder writable") from exc
