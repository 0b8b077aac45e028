"""Write the job as a line of a crontab, for machines whose service manager nobody can reach.

Source: crontab(5).
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.service.job import Job

__all__ = ["crontab_line"]


def crontab_line(job: Job) -> str:
    """Return the line; a `%` outside a backslash would end the command there."""
    command = shlex.join([job.interpreter, *job.arguments()])
    line = f"MAILER_HOME={shlex.quote(job.home)} {command}"
    return "*/5 * * * * " + line.replace("%", "\\%")
