"""Join the ledger and the engine: hand out what is due soon, take back what the engine lost.

Takes an Engine and the ledger, changes both in one transaction. Any number of workers may do it at the same time.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.cluster.engine import driver_of
from mailer.database.postgresql import PostgresDatabase
from mailer.errors import IllegalTransition
from mailer.model import State
from mailer.outbox import Outbox, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    import sqlalchemy as sa

    from mailer.cluster.engine import Engine, Job
    from mailer.cluster.pace import Pace
    from mailer.database import Store
    from mailer.model import Entry

__all__ = ["Dispatch"]

#: A note is handed to the engine so long before its hour, which the engine waits for.
AHEAD = timedelta(seconds=60)

#: So many notes of an account are with the engine at most; the others sleep on in the ledger.
MOST_QUEUED = 500

#: So many are handed out in one transaction.
BATCH = 100

#: A job that this process took and does not run, after so long, was lost between the two.
LOST = timedelta(seconds=60)

#: What an account's relay takes, without waiting for what another relay has in hand.
DUE_SOON = """
    SELECT * FROM entry WHERE state = 'scheduled' AND account = :account AND not_before <= :horizon
    ORDER BY not_before, seq LIMIT :limit FOR UPDATE SKIP LOCKED
"""

COUNT_QUEUED = "SELECT count(*) AS number FROM entry WHERE state = 'queued' AND account = :account"


class Dispatch:
    """What every worker does for the others too; for one thread.

    Each method raises StorageError or OutboxBusy.
    """

    def __init__(self, engine: Engine, ledger: Outbox, pace: Pace) -> None:
        self._engine = engine
        self._ledger = ledger
        self._pace = pace

    def hand_out(self, account: str) -> int:
        """Give the engine what is due within a minute, and return how many; what is too late is parked as missed."""
        handed_out = 0
        with self._engine.transaction() as connection:
            store = PostgresDatabase.joined(driver_of(connection))
            ledger = Outbox(store)
            now = self._pace.clock()
            limit = self._room(store, account, now)
            values = {"account": account, "horizon": rows.stored(now + AHEAD), "limit": limit}
            for entry in map(rows.entry_from, store.rows(DUE_SOON, values)):
                if self._pace.is_too_late(entry):
                    ledger.miss(entry, now=now)
                else:
                    self._hand_out(connection, ledger, entry, now)
                    handed_out += 1
        return handed_out

    def _room(self, store: Store, account: str, now: datetime) -> int:
        """Return how many may be handed out: the engine keeps the quickest rate, the others are kept here."""
        slower = self._pace.slower(account)
        if slower:
            store.lock("start")  # so that two relays do not fill the same room
        queued: int = store.rows(COUNT_QUEUED, {"account": account})[0]["number"]
        room = MOST_QUEUED - queued
        for rate in slower:
            begun = self._engine.begun(account, since=now - timedelta(seconds=rate.period_s))
            room = min(room, rate.count - begun - queued)
        return max(0, min(room, BATCH))

    def _hand_out(self, connection: sa.Connection, ledger: Outbox, entry: Entry, now: datetime) -> None:
        """Hand out one entry, under a number that no job of it had before."""
        delay_s = (entry.not_before - now).total_seconds()
        attempt = entry.attempts
        while not self._engine.enqueue(connection, entry.id, attempt, account=entry.account, delay_s=delay_s):
            attempt += 1
        ledger.hand_out(entry, attempts=attempt, now=now)

    def reconcile(self, *, is_dead: Callable[[str], bool], worker: str, in_hand: Collection[str]) -> tuple[Entry, ...]:
        """Put back every queued entry whose job is over, lost, or with a dead worker, and return it.

        `worker` is this one, `in_hand` the entries that it works on. Of a job that runs all the same the gate is shut.
        """
        queued = self._ledger.list([State.QUEUED], limit=None)
        jobs = self._engine.jobs([(entry.id, entry.attempts) for entry in queued])
        now = self._pace.clock()

        def is_lost(entry: Entry, job: Job | None) -> bool:
            if job is None or job.is_over:
                return True
            if job.worker == worker:
                return entry.id not in in_hand and job.begun is not None and job.begun < now - LOST
            return bool(job.worker) and is_dead(job.worker)

        lost = [entry for entry in queued if is_lost(entry, jobs.get((entry.id, entry.attempts)))]
        return tuple(taken for entry in lost for taken in self._taken_back(entry, now))

    def _taken_back(self, entry: Entry, now: datetime) -> tuple[Entry, ...]:
        with suppress(IllegalTransition):  # it went on meanwhile
            return (self._ledger.take_from_engine(entry, now=now),)
        return ()
