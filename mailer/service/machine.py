"""Say what runs things on a machine: its service manager, and where that keeps its files.

Takes the platform and the environment of a process, gives a `Machine`; looks at a few files and starts nothing.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Machine", "System", "machine_here"]

#: There exactly when systemd is process 1. Source: sd_booted(3).
BOOTED = Path("/run/systemd/system")
KERNEL = Path("/proc/sys/kernel/osrelease")


class System(StrEnum):
    """What the user's own services are run by; `none` where nothing is."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    TASK_SCHEDULER = "task-scheduler"
    NONE = "none"


class Machine(NamedTuple):
    """The service manager of one user: where its files are kept, and `why_none` where there is none.

    `units` is the folder of systemd's user units, `stamps` that of its timers' last runs, `agents` that of launchd's
    agents. `has_systemd` also holds where this session does not reach the user's manager.
    """

    system: System
    units: Path
    stamps: Path
    agents: Path
    uid: int = 0
    why_none: str = ""
    has_systemd: bool = False


def machine_here(
    environ: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
    booted: Path = BOOTED,
    kernel: Path = KERNEL,
) -> Machine:
    """Look at the machine of this process; `platform` is as in `sys.platform`."""
    home = Path(environ.get("HOME") or Path.home())
    agents = home / "Library" / "LaunchAgents"
    uid = os.getuid() if hasattr(os, "getuid") else 0
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    machine = Machine(System.NONE, config / "systemd" / "user", data / "systemd" / "timers", agents, uid)
    if platform == "darwin":
        return machine._replace(system=System.LAUNCHD)
    if platform == "win32":
        return machine._replace(system=System.TASK_SCHEDULER)
    if _manager_socket(environ, uid).exists():
        return machine._replace(system=System.SYSTEMD, has_systemd=True)
    if booted.exists():
        why = (
            "systemd runs this machine, but your own systemd is not within reach of this session: log in as yourself,"
            " rather than through su or sudo, and try again"
        )
        return machine._replace(why_none=why, has_systemd=True)
    return machine._replace(why_none=_why_none(kernel))


def _manager_socket(environ: Mapping[str, str], uid: int) -> Path:
    """Return where the user's systemd listens for systemctl. Source: systemd's src/shared/bus-util.c."""
    return Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}") / "systemd" / "private"


def _why_none(kernel: Path) -> str:
    try:
        is_wsl = "microsoft" in kernel.read_text("utf-8", errors="replace").lower()
    except OSError:
        is_wsl = False
    if is_wsl:
        return (
            "systemd does not run in this WSL: write systemd=true under [boot] in /etc/wsl.conf, run wsl --shutdown in"
            " Windows and try again"
        )
    return "no systemd runs here (a container, or a system that starts without it)"
