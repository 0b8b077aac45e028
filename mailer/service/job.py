"""Hold what the system is to run, and the files and commands by which it learns of it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import ServiceError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["Command", "File", "Job", "Plan", "Standing", "job_here"]


class Job(NamedTuple):
    """Deliver what is due: an absolute interpreter, MAILER_HOME, and the file of --config ("" without one).

    Paths are text, as the machine that runs the job writes them.
    """

    interpreter: str
    home: str
    config: str = ""

    def arguments(self, *, names_home: bool = False) -> tuple[str, ...]:
        """Return what follows the interpreter; with `names_home` MAILER_HOME is an option, for want of an environment.

        -P keeps a `mailer` that lies in the current folder from standing in for us.
        """
        home = ("--home", self.home) if names_home else ()
        config = ("--config", self.config) if self.config else ()
        return ("-P", "-m", "mailer", *home, *config, "worker", "--once", "--quiet")


def job_here(home: Path, config: Path | None = None) -> Job:
    """Return the job of this process's interpreter, its link kept: by it a virtual environment is found.

    Raises ServiceError for a path that no service manager can be told of.
    """
    interpreter = os.path.abspath(sys.executable)  # noqa: PTH100  # resolve() would follow the link
    if not interpreter.isprintable():
        raise ServiceError(
            f"the path of this Python, {interpreter!a}, has characters that no service can name; move it"
        )
    return Job(interpreter, str(home), str(config) if config else "")


class File(NamedTuple):
    """A file of the service, whole. `mark` stands in every one that we wrote; b"" where the folder is ours anyway."""

    path: Path
    content: bytes
    mode: int = 0o644
    mark: bytes = b""
    encoding: str = "utf-8"


class Command(NamedTuple):
    """A program to run, with what to do when it fails ("" when that does not matter), tried at most `tries` times."""

    argv: tuple[str, ...]
    remedy: str = ""
    tries: int = 1


class Plan(NamedTuple):
    """All that one verb would do, in order: run `before`, write or remove the files, run `after`."""

    files: tuple[File, ...] = ()
    removals: tuple[Path, ...] = ()
    before: tuple[Command, ...] = ()
    after: tuple[Command, ...] = ()


class Standing(NamedTuple):
    """What the system says of the job; instants are aware UTC, None when it does not tell."""

    is_active: bool
    next_run: datetime | None = None
    last_run: datetime | None = None
    last_result: str = ""
