"""Deliver what the engine gives this process, each note in a thread of the engine's, over connections that are kept.

Takes a way to open the database and one to connect to an account's server, gives each Outcome.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from mailer.cluster.claims import Claims
from mailer.cluster.log import LOGGER
from mailer.deliver import Delivery, trouble_of
from mailer.errors import IllegalTransition, MailerError, StorageError
from mailer.model import State
from mailer.outbox import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.cluster.pace import Pace
    from mailer.database import Store
    from mailer.deliver import Outcome
    from mailer.sender import Connection

__all__ = ["Hands"]

#: Servers wait five minutes for the next command (RFC 5321 4.5.3.2.7); many are less patient.
IDLE_S = 20.0

#: After a failure that every note of an account would meet (no password, a refused login), so as not to knock at once.
PAUSE_S = 60.0

#: A settlement that could not be written is tried again every second, for as long as the process lives.
PATIENCE_S = (1.0,) * 100_000

#: So long at most after the wish to end.
LAST_TRIES_S = 15.0


class Hands:
    """The deliveries of one worker; `deliver` is called by several threads, each other method by one.

    `connect` takes the name of an account.
    """

    def __init__(
        self, open_store: Callable[[], Store], worker: Worker, connect: Callable[[str], Connection], pace: Pace
    ) -> None:
        self._open_store = open_store
        self._worker = worker
        self._connect = connect
        self._pace = pace
        self._idle: list[_Hand] = []
        self._changing = threading.Lock()
        self._paused: dict[str, float] = {}
        self._gives_up_at: float | None = None
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        #: The entries that this process works on, and the executions in whose names it does.
        self.entries: set[str] = set()
        self.executions: set[str] = set()

    def deliver(self, entry_id: str, attempt: int) -> None:
        """Deliver one entry if the engine's try is the one to be made; otherwise leave it, or put it back."""
        hand = self._taken()
        self.entries.add(entry_id)
        try:
            for outcome in hand.deliver(entry_id, attempt):
                if outcome.ends_run:
                    self._paused[outcome.entry.account] = time.monotonic() + PAUSE_S
                self._outcomes.put(outcome)
        except IllegalTransition as exc:
            logging.getLogger(LOGGER).info("%s", exc)
        except MailerError as exc:
            logging.getLogger(LOGGER).warning("%s was not delivered now: %s", entry_id, exc)
        finally:
            self.entries.discard(entry_id)
            self.executions -= hand.executions()
            with self._changing:
                self._idle.append(hand)

    def outcomes(self) -> Iterator[Outcome]:
        """Give what deliveries have come to since the last time."""
        with suppress(Empty):
            while True:
                yield self._outcomes.get_nowait()

    def is_paused(self, account: str) -> bool:
        """Tell whether the account's notes would meet the failure that the last one met."""
        return time.monotonic() < self._paused.get(account, 0.0)

    def hang_up_idle(self) -> None:
        """End the connections that nobody used lately."""
        before = time.monotonic() - IDLE_S
        with self._changing:
            stale = [hand for hand in self._idle if hand.used_at < before]
            self._idle = [hand for hand in self._idle if hand.used_at >= before]
        for hand in stale:
            hand.close()

    def hurry(self) -> None:
        """Give up soon what cannot be written, because the worker ends."""
        self._gives_up_at = time.monotonic() + LAST_TRIES_S

    def close(self) -> None:
        """End every connection; nothing is in hand any more."""
        with self._changing:
            idle, self._idle = self._idle, []
        for hand in idle:
            hand.close()

    def _taken(self) -> _Hand:
        """Return the hand that was used last: the others' connections may become idle."""
        with self._changing:
            if self._idle:
                return self._idle.pop()
        return _Hand(
            Claims(self._open_store()), _Executing(self._worker.id, self.executions), self._new_delivery, self._pace
        )

    def _new_delivery(self, claims: Claims, worker: Worker, account: str) -> Delivery:
        """Return what delivers to an account's server, over a connection that stays open after its first note."""
        return Delivery(
            claims,
            worker,
            lambda: self._connect(account),
            clock=self._pace.clock,
            first_delay_s=self._pace.retry_first.total_seconds(),
            pause=self._pause,
            patience_s=PATIENCE_S,
            stays_connected=True,
            claims_first=True,
        )

    def _pause(self, seconds: float) -> None:
        """Wait before a settlement is written again; raises StorageError when there is no time left for that."""
        if self._gives_up_at is not None and time.monotonic() > self._gives_up_at:
            raise StorageError("the worker ends, and what became of a note cannot be written")
        time.sleep(seconds)


class _Executing(Worker):
    """Notes under which names one hand works; `known` are those of all hands."""

    def __init__(self, worker_id: str, known: set[str]) -> None:
        super().__init__(worker_id)
        self._known = known
        self.mine: set[str] = set()

    def execution(self) -> str:
        """Return a fresh owner's name, known before anything is claimed in it."""
        fresh = super().execution()
        self.mine.add(fresh)
        self._known.add(fresh)
        return fresh


class _Hand:
    """What one thread needs to deliver: a connection to the database, and one to the server of each account."""

    def __init__(
        self,
        claims: Claims,
        worker: _Executing,
        new_delivery: Callable[[Claims, Worker, str], Delivery],
        pace: Pace,
    ) -> None:
        self._claims = claims
        self._worker = worker
        self._new_delivery = new_delivery
        self._pace = pace
        self._deliveries: dict[str, Delivery] = {}
        self.used_at = time.monotonic()

    def executions(self) -> set[str]:
        """Return the names in which this hand has worked, and forget them."""
        mine, self._worker.mine = self._worker.mine, set()
        return mine

    def deliver(self, entry_id: str, attempt: int) -> Iterator[Outcome]:
        """Deliver one entry; raises IllegalTransition when it is no longer what the engine was given.

        One that is too late goes back to the ledger, where the next relay parks it as missed.
        """
        self._claims.expect(attempt)
        entry = self._claims.get(entry_id)
        if self._claims.is_expected(entry) and self._pace.is_too_late(entry):
            self._claims.take_from_engine(entry, now=self._pace.clock())
            return
        for outcome in self._delivery(entry.account).chosen([entry_id]):
            if isinstance(outcome.error, IllegalTransition):  # what became of the note is another worker's to tell
                logging.getLogger(LOGGER).warning("shut out at the gate: %s", outcome.error)
            else:
                self._keep_trouble(outcome)
                yield outcome
        self.used_at = time.monotonic()

    def _delivery(self, account: str) -> Delivery:
        if account not in self._deliveries:
            self._deliveries[account] = self._new_delivery(self._claims, self._worker, account)
        return self._deliveries[account]

    def _keep_trouble(self, outcome: Outcome) -> None:
        """Keep why the account's notes wait where `mailer outbox` finds it, and forget it once one was sent."""
        account = outcome.entry.account
        if outcome.ends_run and outcome.error:
            self._claims.record_trouble(trouble_of(outcome.error, now=self._pace.clock(), account=account))
        elif outcome.entry.state is State.SENT:
            self._claims.clear_trouble(account)

    def close(self) -> None:
        """End every connection."""
        for delivery in self._deliveries.values():
            delivery.hang_up()
        self._claims.close()
