"""Find a port for a server that cannot be told to take any free one."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

__all__ = ["free_port"]

#: Below those that systems hand out by themselves (Linux begins at 32768): none of the tests that run beside is given
#: one of these between now and the server's start.
PORTS = range(16384, 32768)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    for port in random.sample(PORTS, 100):
        with suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return port
    raise AssertionError("none of a hundred ports is free")
