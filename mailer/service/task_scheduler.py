"""Render the job as a task of Windows' Task Scheduler, and talk to schtasks.

Source: Task Scheduler Schema 1.2 (MS-TSCH 2.5), schtasks.
"""

from __future__ import annotations

import subprocess
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mailer.service.job import Command, File, Plan, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.service.job import Job

__all__ = ["ask", "install", "read", "remove", "task", "task_path"]

TASK = "mailer"
REMEDY = "See whether your organisation allows tasks of your own, and run the command again"

#: The task has no environment of its own, so MAILER_HOME comes as an option. InteractiveToken: only the user's own
#: session can open the credential store.
TEXT = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Send the notes of mailer that are due. Written by “mailer service install”.</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT5M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT5M</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def task(job: Job) -> str:
    """Render the task; `pythonw` opens no window."""
    return TEXT.format(
        command=escape(_without_window(job.interpreter)),
        arguments=escape(subprocess.list2cmdline(job.arguments(names_home=True))),
    )


def _without_window(interpreter: str) -> str:
    path = PureWindowsPath(interpreter)
    name = path.name.lower()
    return str(path.with_name(name.replace("python", "pythonw", 1))) if "pythonw" not in name else interpreter


def task_path(home: str) -> Path:
    """Return where the task's file is kept: schtasks reads it there, and it shows later what was installed."""
    return Path(home) / "service-task.xml"


def install(job: Job) -> Plan:
    """Plan the task's file, as schtasks wants it (UTF-16 with its mark), and the task, in the place of an older one."""
    path = task_path(job.home)
    return Plan(
        files=(File(path, task(job).replace("\n", "\r\n").encode("utf-16"), mode=0o600, encoding="utf-16"),),
        after=(Command(("schtasks", "/Create", "/TN", TASK, "/XML", str(path), "/F"), REMEDY),),
    )


def remove(job: Job) -> Plan:
    """Plan that the task and its file go."""
    return Plan(
        before=(Command(("schtasks", "/Delete", "/TN", TASK, "/F")),),
        removals=(task_path(job.home),),
    )


def ask() -> tuple[Command, ...]:
    """Return what tells how the task stands; headings would come in the language of Windows."""
    return (Command(("schtasks", "/Query", "/TN", TASK, "/FO", "CSV", "/V", "/NH")),)


def read(outputs: Sequence[str]) -> Standing:
    """Read the line of the task: host, name, next run, status, logon, last run, last result; hours as Windows says."""
    import csv

    row = next((row for row in csv.reader(outputs[0].splitlines()) if len(row) > 6), None)
    if row is None:
        return Standing(is_active=False)
    return Standing(is_active=True, last_result=f"at {row[5]}: exit status {row[6]}")
