"""Tell the live workers of many machines from the dead by their heartbeats, on the clock of the database they share.

Takes the ledger's PostgreSQL, gives a `Worker` that says every few seconds that it is alive. A clock proves less than a
lock: who is taken for dead may only have been cut off. So nothing hangs on it but the time that a note waits. One who
comes back finds the gate shut, and what was past the gate is uncertain until the reply that it still reads.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from mailer.errors import OutboxBusy, StorageError
from mailer.outbox.liveness import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.database import Store

__all__ = ["Heartbeats"]

BEAT_S = 20.0

#: Six beats; a database that fails over is back in less.
DEAD_AFTER_S = 120.0

#: After a beat that failed.
AGAIN_AFTER_S = 2.0

#: A beat may hang as long as it takes to find out that no connection comes about; whoever closes does not wait for it.
CLOSING_S = 2.0

#: Also enters a worker anew that was taken for dead and forgotten; waits while it is being swept.
_BEAT = """
    INSERT INTO worker (owner, host, pid, started, last_seen)
    VALUES (:owner, :host, :pid, clock_timestamp(), clock_timestamp())
    ON CONFLICT (owner) DO UPDATE SET last_seen = clock_timestamp()
"""

_END = "DELETE FROM worker WHERE owner = :owner"

#: One sweeper for each owner, until the transaction ends.
_TAKE = "SELECT pg_try_advisory_xact_lock(:sweeping, hashtext(:owner)) AS is_mine"

#: While the database was down nobody could beat, so its own start counts as a beat.
_SILENT = """
    greatest(last_seen, pg_postmaster_start_time()) < clock_timestamp() - make_interval(secs => :dead_after_s)
"""

_IS_SILENT = f"SELECT {_SILENT} AS is_silent FROM worker WHERE owner = :owner FOR UPDATE"  # noqa: S608  # a constant

_FORGET = f"""
    DELETE FROM worker WHERE owner IN (SELECT owner FROM worker WHERE {_SILENT} FOR UPDATE SKIP LOCKED)
"""  # noqa: S608  # a constant

#: Parts the advisory locks of sweepers from any others.
_SWEEPING = 0x6D61696C


class Heartbeats:
    """The heartbeats of the workers of one PostgreSQL; `store` is the connection that the sweep's steps are taken on.

    Dead is who has no row, or was silent for `dead_after_s`. Raises StorageError and OutboxBusy.
    """

    def __init__(self, store: Store, *, beat_s: float = BEAT_S, dead_after_s: float = DEAD_AFTER_S) -> None:
        self._store = store
        self._beat_s = beat_s
        self._dead_after_s = dead_after_s

    def worker(self) -> Worker:
        """Return a worker that is alive until its `close`, the end of this process, or too long a silence."""
        return _Beating(self._store.another(), self._beat_s)

    @contextmanager
    def proof_of_death(self, owner: str) -> Iterator[bool]:
        """Tell whether the worker of `owner` is dead; what is done inside is one transaction, by one sweeper."""
        worker_id = owner.partition(":")[0]
        with self._store.transaction():
            yield self._is_mine(worker_id) and self._is_silent(worker_id)

    def forget_the_dead(self) -> None:
        """Remove the rows of the dead, but for one that is being swept."""
        self._store.rows(_FORGET, {"dead_after_s": self._dead_after_s})

    def _is_mine(self, worker_id: str) -> bool:
        return bool(self._store.rows(_TAKE, {"sweeping": _SWEEPING, "owner": worker_id})[0]["is_mine"])

    def _is_silent(self, worker_id: str) -> bool:
        found = self._store.rows(_IS_SILENT, {"owner": worker_id, "dead_after_s": self._dead_after_s})
        return not found or bool(found[0]["is_silent"])


class _Beating(Worker):
    """A worker whose thread beats on a connection of its own; while the database is down it tries again and again."""

    def __init__(self, store: Store, beat_s: float) -> None:
        from socket import gethostname

        super().__init__(os.urandom(6).hex())
        self._store = store
        self._beat_s = beat_s
        self._row = {"owner": self.id, "host": gethostname(), "pid": os.getpid()}
        self._end = Event()
        self._store.rows(_BEAT, self._row)
        self._thread = Thread(target=self._beat, name=f"heartbeat {self.id}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop beating and remove the row; without a database the others notice by the silence."""
        if self._end.is_set():
            return
        self._end.set()
        self._thread.join(CLOSING_S)
        if not self._thread.is_alive():
            with suppress(StorageError, OutboxBusy):
                self._store.rows(_END, {"owner": self.id})
            self._store.close()

    def _beat(self) -> None:
        wait_s = self._beat_s
        while not self._end.wait(wait_s):
            try:
                self._store.rows(_BEAT, self._row)
                wait_s = self._beat_s
            except (StorageError, OutboxBusy):
                wait_s = min(AGAIN_AFTER_S, self._beat_s)
