"""Say what a worker is to the others: alive while it is surely so, dead only by proof.

`LockFiles` proves it on one machine, by the operating system's locks; `Heartbeats` among many, by the clock of the
database that they share.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

__all__ = ["Liveness", "Worker"]


class Worker:
    """A process that delivers; it is alive, for every other process, until `close` or its end."""

    def __init__(self, worker_id: str) -> None:
        self.id = worker_id

    def __enter__(self) -> Self:
        """Give the worker itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def execution(self) -> str:
        """Return a fresh owner's name for one delivery of one note; the same process may meet a note twice."""
        return f"{self.id}:{os.urandom(6).hex()}"

    def close(self) -> None:
        """Be dead from now on: what it still owns may be swept."""
        raise NotImplementedError


class Liveness(Protocol):
    """The way in which the workers of one outbox know of each other. Raises StorageError."""

    def worker(self) -> Worker:
        """Return a new worker, alive from now on."""

    def proof_of_death(self, owner: str) -> AbstractContextManager[bool]:
        """Tell whether the worker of `owner` is dead; while inside, no other process sweeps it.

        `owner` is what `execution` gave. False also when another process is about to sweep it.
        """

    def forget_the_dead(self) -> None:
        """Remove what dead workers left behind."""
