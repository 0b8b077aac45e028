"""Render the job as a systemd user service and its timer, and talk to systemctl.

Source: systemd.syntax(7), systemd.service(5), systemd.timer(5), systemd.unit(5).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailer.service.job import Command, File, Plan, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailer.service.job import Job
    from mailer.service.machine import Machine

__all__ = ["ask", "enabling_link", "install", "read", "remove", "serves", "service_unit", "timer_unit"]

SERVICE = "mailer.service"
TIMER = "mailer.timer"
MARK = "# Written by `mailer service install`; `mailer service remove` takes it away."

TIMER_TEXT = f"""{MARK}
[Unit]
Description=Look every five minutes whether a note of mailer is due

[Timer]
OnCalendar=*:0/5
Persistent=true
AccuracySec=30s

[Install]
WantedBy=timers.target
"""

#: 4, 5 and 6 are what became of a note; the service did its work.
SERVICE_TEXT = """{mark}
[Unit]
Description=Send the notes of mailer that are due

[Service]
Type=oneshot
Environment={environment}
ExecStart={command}
SuccessExitStatus=4 5 6
TimeoutStartSec=5min
"""

REMEDY = "See `systemctl --user status`; once it works, run the command again"


def service_unit(job: Job) -> str:
    """Render mailer.service."""
    return SERVICE_TEXT.format(mark=MARK, environment=_home_assignment(job.home), command=_command_line(job))


def timer_unit() -> str:
    """Render mailer.timer."""
    return TIMER_TEXT


def _home_assignment(home: str) -> str:
    return _quoted(f"MAILER_HOME={home}")


def _command_line(job: Job) -> str:
    """Return the value of ExecStart.

    With “:” in front nothing is taken for a variable; it needs systemd 244, so it is there only where a `$` is. The
    program's own path may hold no quote, backslash or control character: then a shell starts it, which is told the
    path as an argument.
    """
    words = [job.interpreter, *job.arguments()]
    colon = ":" if any("$" in word for word in words) else ""
    if any(c in "\"'\\\x7f" or c < " " for c in job.interpreter):
        words = ["/bin/sh", "-c", 'exec "$0" "$@"', *words]
        colon = ":"
    return colon + " ".join([_quoted(words[0]), *map(_quoted_if_needed, words[1:])])


def _quoted_if_needed(word: str) -> str:
    is_plain = word.isascii() and word.replace("-", "").replace("/", "").replace(".", "").isalnum()
    return word if is_plain else _quoted(word)


def _quoted(word: str) -> str:
    """Quote one word: backslash and quote escaped, control characters by number, `%` doubled (no specifier)."""
    escaped = "".join(f"\\x{ord(c):02x}" if c < " " or c == "\x7f" else c for c in _escaped_marks(word))
    return f'"{escaped}"'


def _escaped_marks(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def enabling_link(machine: Machine) -> Path:
    """Return the link by which systemd starts the timer with the session."""
    return machine.units / "timers.target.wants" / TIMER


def serves(content: str, home: str) -> bool:
    """Tell whether this mailer.service is for that MAILER_HOME."""
    return f"Environment={_home_assignment(home)}\n" in content


def install(job: Job, machine: Machine) -> Plan:
    """Plan the two units, and that the timer runs now and with each session."""
    mark = MARK.encode()
    return Plan(
        files=(
            File(machine.units / SERVICE, service_unit(job).encode(), mark=mark),
            File(machine.units / TIMER, timer_unit().encode(), mark=mark),
        ),
        after=(
            Command(("systemctl", "--user", "daemon-reload"), REMEDY),
            Command(("systemctl", "--user", "enable", "--now", TIMER), REMEDY),
        ),
    )


def remove(machine: Machine) -> Plan:
    """Plan that the timer stops and both units go, with the link and the stamp that systemd made of them."""
    stamp = machine.stamps / f"stamp-{TIMER}"
    return Plan(
        before=(Command(("systemctl", "--user", "disable", "--now", TIMER)),),
        removals=(machine.units / SERVICE, machine.units / TIMER, enabling_link(machine), stamp),
        after=(
            Command(("systemctl", "--user", "daemon-reload"), REMEDY),
            Command(("systemctl", "--user", "reset-failed", SERVICE)),
        ),
    )


def ask() -> tuple[Command, ...]:
    """Return what tells how the timer and its last run stand."""
    timer = "--property=ActiveState,NextElapseUSecRealtime,LastTriggerUSec"
    return (
        Command(("systemctl", "--user", "show", TIMER, timer), REMEDY),
        Command(("systemctl", "--user", "show", SERVICE, "--property=Result,ExecMainStatus"), REMEDY),
    )


def read(outputs: Sequence[str]) -> Standing:
    """Read what `ask` printed; systemctl was told that the zone is UTC."""
    told = dict(line.partition("=")[::2] for output in outputs for line in output.splitlines())
    last_run = _instant(told.get("LastTriggerUSec", ""))
    return Standing(
        is_active=told.get("ActiveState") == "active",
        next_run=_instant(told.get("NextElapseUSecRealtime", "")),
        last_run=last_run,
        last_result=_result(told) if last_run else "",
    )


def _result(told: dict[str, str]) -> str:
    result, status = told.get("Result", ""), told.get("ExecMainStatus", "")
    return f"exit status {status}" if result in {"success", "exit-code"} else result


def _instant(text: str) -> datetime | None:
    """Read `Mon 2026-11-23 04:35:00 UTC`; None for nothing or `n/a`."""
    words = text.split()
    if len(words) != 4 or words[3] != "UTC":
        return None
    return datetime.fromisoformat(f"{words[1]}T{words[2]}").replace(tzinfo=UTC)
