"""Be one of the workers of a cluster: relay, deliver, and look after what others left, until somebody wishes an end.

Takes the address of the PostgreSQL and the parts that deliver, gives each Outcome as it becomes known.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.cluster.dispatch import Dispatch
from mailer.cluster.engine import Engine, Lane, executor_id
from mailer.cluster.hands import Hands
from mailer.deliver import sweep
from mailer.errors import IllegalTransition, OutboxBusy, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.cluster.pace import Pace
    from mailer.database import Store
    from mailer.deliver import Outcome
    from mailer.outbox import Liveness, Outbox, Worker
    from mailer.sender import Connection

__all__ = ["Member"]

#: How often the ledger is looked through for what is due soon.
RELAY_S = 1.0

#: How often what others left is looked for.
CARE_S = 3.0

#: How often the hours are compared with the rules of their zones.
CLOCKS_S = 60.0

#: How often the engine's old jobs are forgotten, and how old they are then: no rate counts longer than a day.
PRUNE_S = 3600.0
KEPT = timedelta(days=2)

#: After PostgreSQL was away every worker's sign of life is old: each has so long to give another.
GRACE_S = 30.0

#: How often it is tried again meanwhile.
AGAIN_S = 1.0


class Member:
    """One worker of a cluster, in this process; `run` it once.

    `say` is told when it is ready, when PostgreSQL is away, and when it is back.
    """

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        url: str,
        outbox: Outbox,
        liveness: Liveness,
        pace: Pace,
        *,
        open_store: Callable[[], Store],
        connect: Callable[[str], Connection],
        connections: int,
        say: Callable[[str], None],
    ) -> None:
        self._url = url
        self._outbox = outbox
        self._liveness = liveness
        self._pace = pace
        self._open_store = open_store
        self._connect = connect
        self._connections = connections
        self._say = say
        self._is_away = False
        self._sweeps_from = 0.0
        self._next: dict[str, float] = {}

    def run(self, *, stop: Callable[[], bool], wait: Callable[[float], None]) -> Iterator[Outcome]:
        """Work until `stop`, then let what is in hand end; give each outcome once it is durable.

        Raises StorageError when PostgreSQL cannot be used at the start; afterwards it is waited for.
        """
        self._outbox.counts()  # opens the ledger, and makes its tables the first time
        with self._liveness.worker() as worker:
            hands = Hands(self._open_store, worker, self._connect, self._pace)
            engine = Engine(
                self._url,
                executor=executor_id(socket.gethostname(), os.getpid(), worker.id),
                lanes=[Lane(account, self._pace.quickest(account)) for account in self._pace.rates],
                connections=self._connections,
                deliver=hands.deliver,
            )
            self._say(self._introduction(worker))
            try:
                while not stop():
                    self._look_after(Dispatch(engine, self._outbox, self._pace), engine, hands, worker)
                    yield from hands.outcomes()
                    wait(AGAIN_S if self._is_away else 0.2)
            finally:
                hands.hurry()
                engine.close(is_idle=lambda: not hands.entries)
                hands.close()
            yield from hands.outcomes()

    def _introduction(self, worker: Worker) -> str:
        accounts = ", ".join(name or "the main one" for name in self._pace.rates)
        return f"Worker {worker.id} delivers for {accounts}, over {self._connections} connections each."

    def _look_after(self, dispatch: Dispatch, engine: Engine, hands: Hands, worker: Worker) -> None:
        """Do each chore whose time has come; while PostgreSQL is away, wait for it."""
        try:
            if self._is_time("relay", RELAY_S):
                for account in self._pace.rates:
                    if not hands.is_paused(account):
                        dispatch.hand_out(account)
            if self._is_time("care", CARE_S):
                self._put_back(dispatch, hands, worker)
                hands.hang_up_idle()
            if self._is_time("clocks", CLOCKS_S):
                self._outbox.follow_clocks(now=self._pace.clock())
            if self._is_time("prune", PRUNE_S):
                engine.prune(before=self._pace.clock() - KEPT, is_dead=self._is_dead)
        except (StorageError, OutboxBusy) as exc:
            self._lost(exc)
        else:
            self._back()

    def _put_back(self, dispatch: Dispatch, hands: Hands, worker: Worker) -> None:
        """Put back what this worker, the dead and the engine left."""
        now = self._pace.clock()
        for entry in self._outbox.owned():
            is_mine = entry.owner.startswith(f"{worker.id}:")
            if is_mine and entry.owner not in hands.executions:
                with suppress(IllegalTransition):  # its end was written after this list was read
                    self._outbox.take_back(entry, now=now)
        if time.monotonic() >= self._sweeps_from:
            first_delay_s = self._pace.retry_first.total_seconds()
            sweep(self._outbox, self._liveness, now=now, first_delay_s=first_delay_s)
            dispatch.reconcile(is_dead=self._is_dead, worker=worker.id, in_hand=hands.entries)

    def _is_dead(self, worker_id: str) -> bool:
        with self._liveness.proof_of_death(f"{worker_id}:") as is_dead:
            return is_dead

    def _is_time(self, chore: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(chore, 0.0):
            return False
        self._next[chore] = now + every_s
        return True

    def _lost(self, error: StorageError | OutboxBusy) -> None:
        if isinstance(error, OutboxBusy):
            return
        self._sweeps_from = time.monotonic() + GRACE_S
        self._next.clear()  # so that the next look asks PostgreSQL again
        if not self._is_away:
            self._is_away = True
            self._say(f"{error}. Waiting for it; what is in hand goes on.")

    def _back(self) -> None:
        if self._is_away:
            self._is_away = False
            self._say("PostgreSQL is back.")
