"""Make hosts of their own on this machine: network namespaces on a bridge, whose cables can be pulled.

    with Hosts() as hosts:
        subprocess.run([*hosts.on(1), "mailer", "worker", "--cluster"])
        hosts.cut_off(1)

What listens on `ADDRESS` is reached from each of them, and nothing else is. Needs root and iproute2, on Linux.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Self

import pytest

from tests.needs import needs

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ADDRESS", "Hosts", "needs_hosts"]

#: This machine as the hosts see it; from the block for benchmarks of such networks (RFC 2544), which nobody routes.
ADDRESS = "198.18.77.1"


#: The marks of a test that makes hosts.
needs_hosts = [
    needs("ip"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes hosts"),
]


class Hosts:
    """Two hosts, numbered from 1, each with one cable to this machine."""

    def __init__(self, count: int = 2) -> None:
        self._mark = f"{os.getpid() % 100_000}"
        self._bridge = f"mlb{self._mark}"
        self._numbers = range(1, count + 1)

    def __enter__(self) -> Self:
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("address", "add", f"{ADDRESS}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        for number in self._numbers:
            self._add(number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self._numbers:
            _ip("netns", "delete", self._name(number))
        _ip("link", "delete", self._bridge)

    def on(self, number: int) -> list[str]:
        """Return what a command begins with to run on a host."""
        return ["ip", "netns", "exec", self._name(number)]

    def cut_off(self, number: int) -> None:
        """Pull a host's cable: nothing reaches it, and it is told nothing."""
        _ip("link", "set", self._cable(number), "nomaster")

    def reconnect(self, number: int) -> None:
        """Put it back."""
        _ip("link", "set", self._cable(number), "master", self._bridge)

    def _add(self, number: int) -> None:
        name, cable = self._name(number), self._cable(number)
        _ip("netns", "add", name)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", cable, "master", self._bridge)
        _ip("link", "set", cable, "up")
        _ip("-n", name, "address", "add", f"198.18.77.{10 + number}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "link", "set", "lo", "up")

    def _name(self, number: int) -> str:
        return f"mailer-{self._mark}-{number}"

    def _cable(self, number: int) -> str:
        return f"mlc{self._mark}-{number}"


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr.decode()}"
