"""Render the job as a launchd agent, and talk to launchctl.

Source: launchd.plist(5), launchctl(1).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailer.service.job import Command, File, Plan, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailer.service.job import Job
    from mailer.service.machine import Machine

__all__ = ["agent", "agent_path", "ask", "install", "read", "remove", "serves"]

LABEL = "mailer.worker"
MARK = f"<string>{LABEL}</string>"
REMEDY = "Log in at the Mac's own screen rather than over ssh, and run the command again"


def agent(job: Job) -> bytes:
    """Render the property list; missed minutes are made up for in one run when the Mac wakes."""
    import plistlib

    log = os.path.join(job.home, "service.log")  # noqa: PTH118  # a path of the machine that runs it
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": [job.interpreter, *job.arguments()],
            "EnvironmentVariables": {"MAILER_HOME": job.home},
            "StartCalendarInterval": [{"Minute": minute} for minute in range(0, 60, 5)],
            "RunAtLoad": True,
            "StandardOutPath": log,
            "StandardErrorPath": log,
        },
        sort_keys=False,
    )


def agent_path(machine: Machine) -> Path:
    """Return where the agent's file lies."""
    return machine.agents / f"{LABEL}.plist"


def serves(content: str, home: str) -> bool:
    """Tell whether this agent is for that MAILER_HOME."""
    words = home.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    _, _, after = content.partition("<key>MAILER_HOME</key>")
    return after.lstrip().startswith(f"<string>{words}</string>")


def _domain(machine: Machine) -> str:
    return f"gui/{machine.uid}"


def install(job: Job, machine: Machine) -> Plan:
    """Plan the agent's file and that it is loaded; `bootstrap` may come before an earlier `bootout` has ended."""
    path = agent_path(machine)
    target = f"{_domain(machine)}/{LABEL}"
    return Plan(
        files=(File(path, agent(job), mark=MARK.encode()),),
        after=(
            Command(("launchctl", "bootout", target)),
            Command(("launchctl", "enable", target), REMEDY),
            Command(("launchctl", "bootstrap", _domain(machine), str(path)), REMEDY, tries=3),
        ),
    )


def remove(machine: Machine) -> Plan:
    """Plan that the agent is unloaded and its file goes."""
    target = f"{_domain(machine)}/{LABEL}"
    return Plan(before=(Command(("launchctl", "bootout", target)),), removals=(agent_path(machine),))


def ask(machine: Machine) -> tuple[Command, ...]:
    """Return what tells how the agent stands."""
    return (Command(("launchctl", "print", f"{_domain(machine)}/{LABEL}")),)


def read(outputs: Sequence[str]) -> Standing:
    """Read what `launchctl print` printed; nothing when the agent is not loaded. It tells no hours."""
    told = dict(map(_fact, outputs[0].splitlines()))
    exit_code = told.get("last exit code", "")
    return Standing(
        is_active="state" in told,
        last_result=f"exit status {exit_code}" if exit_code.isdigit() else "",
    )


def _fact(line: str) -> tuple[str, str]:
    name, _, value = line.strip().partition(" = ")
    return name, value
