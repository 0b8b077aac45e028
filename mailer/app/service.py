"""Have the system deliver what is due, and tell whether anything will.

Takes the application, gives what was done, how it stands, and what the user should know of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from mailer.model import Auth, Secret
from mailer.service import wakers
from mailer.service.machine import System, machine_here
from mailer.service.wakers import Waker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mailer.app import App
    from mailer.service.installing import Status
    from mailer.service.job import Job, Plan
    from mailer.service.machine import Machine

__all__ = ["Installed", "Prospect", "install", "note_run", "notes", "plan", "prospect", "remove", "status", "staying"]

#: Where the system looks for programs when nobody is there (systemd's and launchd's own PATH, without the user's).
BARE_PATH = os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"])


def job(app: App) -> Job:
    """Return what the system is to run: this interpreter, this MAILER_HOME, and the file of --config where one is."""
    from mailer.service.job import job_here
    from mailer.settings import CONFIG_NAME

    settings = app.settings
    is_own = settings.config_path == settings.home / CONFIG_NAME
    return job_here(settings.home, None if is_own else settings.config_path)


class Installed(NamedTuple):
    """The files that an install changed, and the line of an earlier install that it took the place of, "" for none."""

    changed: tuple[Path, ...]
    replaced: str


def install(app: App, machine: Machine | None = None) -> Installed:
    """Install the service. Raises what `installing.install` raises."""
    from mailer.service import installing

    machine, own = machine or machine_here(), job(app)
    before = installing.compared(own, machine) if machine.system is not System.NONE else None
    changed = installing.install(own, machine)
    return Installed(changed, before.difference[0] if before and before.difference else "")


def remove(app: App, machine: Machine | None = None) -> tuple[Path, ...]:
    """Remove the service; return what went. Raises what `installing.remove` raises."""
    from mailer.service import installing

    removed = installing.remove(job(app), machine or machine_here())
    wakers.forget_runs(app.settings.home)
    return removed


def status(app: App, machine: Machine | None = None) -> Status:
    """Return how the service stands. Raises what `installing.status` raises."""
    from mailer.service import installing

    return installing.status(job(app), machine or machine_here())


def plan(app: App, verb: str, machine: Machine | None = None) -> Plan:
    """Return what `install`, `status` or `remove` would write and run; nothing is touched. Raises ServiceError."""
    from mailer.service import installing

    plans = {
        "install": installing.plan_of_install,
        "status": installing.plan_of_question,
        "remove": installing.plan_of_removal,
    }
    return plans[verb](job(app), machine or machine_here())


# --- what the user should know -----------------------------------------------------------------------------------


def notes(app: App, machine: Machine | None = None) -> Iterator[str]:
    """Yield what the service will not see or have, each with its remedy; names of settings, never their values."""
    system = (machine or machine_here()).system
    settings = app.settings
    own = sorted(n for n, source in settings.sources.items() if source == "environment" and n != "MAILER_HOME")
    movable = [name for name in own if name != "MAILER_PASSWORD"]
    if movable:
        them = "it" if len(movable) == 1 else "them"
        yield (
            f"{', '.join(movable)}: only your terminal's environment has {them}, so the service does not see {them}."
            f" Write {them} into {settings.config_path}."
        )
    if "MAILER_PASSWORD" in own:
        yield (
            "MAILER_PASSWORD: the service does not see it, and a password belongs in no file. Run mailer setup to keep"
            " it in the keyring, or set MAILER_PASSWORD_CMD to a command that prints it."
        )
    if settings.password_cmd and system in {System.SYSTEMD, System.LAUNCHD}:
        yield from _out_of_reach(settings.password_cmd[0])
    elif settings.auth is Auth.PASSWORD and system is System.SYSTEMD:
        yield (
            "Without a login at the desktop the keyring may stay locked: notes then wait until you log in. If this"
            " machine is to send without you, set MAILER_PASSWORD_CMD to a command that prints the password, and run"
            " loginctl enable-linger."
        )
    if system in {System.LAUNCHD, System.TASK_SCHEDULER}:
        yield "Notes go out while you are logged in; what fell due before goes out then, or is asked about."


def _out_of_reach(program: str) -> Iterator[str]:
    import shutil

    if not shutil.which(program, path=BARE_PATH):
        yield (
            f"MAILER_PASSWORD_CMD: the service may not find {program}, as its PATH is short; write the program's whole"
            " path."
        )


class Prospect(NamedTuple):
    """Whether anything will send what is queued, and the sentence that says so."""

    waker: Waker
    sentence: str

    @property
    def is_there(self) -> bool:
        """Tell whether something will."""
        return self.waker is not Waker.NONE


def prospect(app: App) -> Prospect:
    """Tell what will send the queued notes; looks at a few files, starts nothing."""
    found = wakers.waker(app.settings.home, machine_here(), now=app.clock())
    if found is Waker.NONE and isinstance(app.settings.outbox, Secret):
        return Prospect(found, wakers.ON_OTHER_MACHINES)
    return Prospect(found, wakers.SENTENCES[found])


def note_run(app: App) -> None:
    """Leave a stamp that the system, or cron, has run a worker."""
    wakers.note_run(app.settings.home)


def staying(app: App) -> AbstractContextManager[None]:
    """Let `prospect` know, while inside, that a worker stays."""
    return wakers.staying(app.settings.home)
