"""Run a program where it can write little or nothing: on a disk of its own where this machine lets us mount one, else
under limits of its process, which no machine forbids.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Disk", "small_disk", "without_override", "writing_at_most"]

#: argv: the size, then the command. Python ignores SIGXFSZ, so that a write beyond the limit fails with EFBIG.
_WITH_LIMIT = """
import os, resource, sys
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
os.execv(sys.argv[2], sys.argv[2:])
"""

#: argv: the command. Root may write what nobody may, by CAP_DAC_OVERRIDE (1), and opens by CAP_DAC_READ_SEARCH (2).
#: Source: capabilities(7); prctl(2), PR_CAPBSET_DROP is 24.
_WITHOUT_OVERRIDE = """
import ctypes, os, sys
for capability in (1, 2):
    if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this root cannot lay down its rights")
os.execv(sys.argv[1], sys.argv[1:])
"""


def writing_at_most(size_bytes: int) -> list[str]:
    """Return what to put before a command so that it makes no file larger than this."""
    return [sys.executable, "-S", "-c", _WITH_LIMIT, str(size_bytes)]


def without_override() -> list[str]:
    """Return what to put before a command so that permission bits hold for it, root or not."""
    return [sys.executable, "-S", "-c", _WITHOUT_OVERRIDE] if os.geteuid() == 0 else []


class Disk:
    """A folder where `prefix` goes before each command that is to find little room; nothing when it is a mount."""

    def __init__(self, folder: Path, size_kb: int) -> None:
        self.folder = folder
        self.prefix: list[str] = []
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)]
        self.is_mounted = sys.platform == "linux" and os.geteuid() == 0 and _succeeds(mount)
        if not self.is_mounted:
            self.prefix = writing_at_most(size_kb * 1024)

    def fill(self) -> None:
        """Leave no room at all."""
        if not self.is_mounted:
            self.prefix = writing_at_most(0)
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 1024):
                    pass
            except OSError:
                return

    def grow(self) -> None:
        """Leave room for anything."""
        self.prefix = []
        if self.is_mounted:
            subprocess.run(["mount", "-o", "remount,size=8m", str(self.folder)], check=True)

    def protect(self) -> None:
        """Let nothing be written here."""
        if self.is_mounted:
            subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)
            return
        self.prefix = without_override()
        for path in (*self.folder.rglob("*"), self.folder):
            path.chmod(0o500 if path.is_dir() else 0o400)

    def remove(self) -> None:
        """Unmount it, or give its rights back so that it can be deleted."""
        if self.is_mounted:
            subprocess.run(["umount", str(self.folder)], check=True)
        else:
            self.folder.chmod(0o700)


@contextmanager
def small_disk(folder: Path, size_kb: int) -> Iterator[Disk]:
    """Make a disk of this size in the folder; without a right to mount, one where no file gets larger than that."""
    disk = Disk(folder, size_kb)
    try:
        yield disk
    finally:
        disk.remove()


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
