"""Deliver notes over one connection or several, held to the account's rate.

Takes an Outbox, a Worker and a way to connect, gives an `Outcome` for each note it tried, as it becomes durable.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from mailer.deliver.commits import Commits
from mailer.deliver.line import Line, Means
from mailer.deliver.notes import Chosen, DueNotes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from mailer.deliver.notes import Notes
    from mailer.deliver.outcome import Outcome
    from mailer.errors import MailerError, RateReached
    from mailer.model import Rate
    from mailer.outbox import Outbox, Worker
    from mailer.sender import Connection

__all__ = ["PATIENCE_S", "Delivery"]

#: How long, in seconds, each new try to record what became of a note waits: a minute and a half in all.
PATIENCE_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 20.0, 30.0)

#: How long, in seconds, a durable commit waits for the pieces of other connections: about as long as it takes itself.
GATHER_S = 0.0002


def random_fraction() -> float:
    """Return a number from 0 up to 1."""
    return int.from_bytes(os.urandom(4)) / 2**32


class Delivery:
    """Delivers notes over `connections` connections, each made when there is something to deliver.

    `connect` gives a connection that is ready for a mail, or raises DeliveryError, CredentialError or SettingsError;
    with several it is called by their threads, which share `outbox`: nobody else uses it meanwhile. `clock` gives aware
    UTC; `jitter` a number from 0 up to 1. Due notes are those of `account`; what is later than `max_late` is not begun:
    a sweep parks it. `stop` is asked between two notes. `hold` is asked when the rate is reached: it waits until then
    and returns true, or returns false to end the run. `pause` waits so many seconds. The connections end with a run,
    unless `stays_connected`: then `hang_up` ends them.

    A connection is made before a note is claimed, so that trouble with it is written into no note; with `claims_first`
    after it, so that a note that was handed out to this process comes back whatever happens. With `for_later` the
    server is to keep each note until its hour (RFC 4865), which dates it too; what it refuses for now waits here.

    After a run `trouble` is what kept every note from being tried, and `held` the rate that ended it.
    """

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        outbox: Outbox,
        worker: Worker,
        connect: Callable[[], Connection],
        *,
        clock: Callable[[], datetime],
        first_delay_s: float = 60.0,
        jitter: Callable[[], float] = random_fraction,
        rate: Sequence[Rate] = (),
        account: str = "",
        max_late: timedelta | None = None,
        connections: int = 1,
        stop: Callable[[], bool] = lambda: False,
        hold: Callable[[RateReached], bool] = lambda _: False,
        pause: Callable[[float], None] = time.sleep,
        patience_s: Sequence[float] = PATIENCE_S,
        stays_connected: bool = False,
        claims_first: bool = False,
        for_later: bool = False,
    ) -> None:
        self._outbox = outbox
        self._worker = worker
        self._clock = clock
        self._rate = rate
        self._account = account
        self._max_late = max_late
        self._stop = stop
        self._hold = hold
        self._stays_connected = stays_connected
        self._is_halted = False
        self.trouble: MailerError | None = None
        self.held: RateReached | None = None
        means = Means(
            outbox,
            Commits(outbox, gather_s=GATHER_S if connections > 1 else 0.0),
            connect,
            clock,
            self._is_stopping,
            claims_first,
            first_delay_s,
            jitter,
            pause,
            tuple(patience_s),
            for_later,
        )
        self._lines = [Line(means) for _ in range(connections)]

    def due(self, *, limit: int | None = None) -> Iterator[Outcome]:
        """Deliver what is due, the longest due first, at most `limit` notes; give each outcome as it is durable.

        On a fast line a note costs one durable commit: its gate, the settlement of the note before it and the next
        claim go together. Should the process die in between, the note before is uncertain; on a slow line, where that
        would be long, it is settled at once. Several lines share their commits. Ends when nothing is due, when the
        rate is reached and `hold` does not wait, or with an outcome that `ends_run`. Any error but a failed delivery
        puts the notes in hand back and is raised.
        """
        left = -1 if limit is None else limit
        notes = DueNotes(
            self._outbox,
            self._worker,
            clock=self._clock,
            account=self._account,
            rate=self._rate,
            max_late=self._max_late,
            left=left,
            is_stopping=self._is_stopping,
        )
        return self._deliver(notes, joins_commits=True)

    def chosen(self, entry_ids: Iterable[str]) -> Iterator[Outcome]:
        """Deliver these scheduled entries in this order over one connection, whatever their hour, as `due` does else.

        Raises IllegalTransition at one that is not scheduled.
        """
        notes = Chosen(
            self._outbox, self._worker, entry_ids, clock=self._clock, rate=self._rate, is_stopping=self._is_stopping
        )
        return self._deliver(notes, joins_commits=False)

    def hang_up(self) -> None:
        """End the connections; the next run makes others."""
        for line in self._lines:
            line.hang_up()

    def _deliver(self, notes: Notes, *, joins_commits: bool) -> Iterator[Outcome]:
        """Deliver in rounds, between which the rate is waited for with the connections kept."""
        self.trouble = self.held = None
        try:
            while True:
                self.held = yield from self._round(notes, joins_commits=joins_commits)
                if self.trouble or self.held is None or not self._hold(self.held):
                    return
        finally:
            if not self._stays_connected:
                self.hang_up()
            if any(line.carried_files for line in self._lines):
                self._outbox.drop_unneeded_payloads(now=self._clock())

    def _round(self, notes: Notes, *, joins_commits: bool) -> Generator[Outcome, None, RateReached | None]:
        """Deliver until nothing is left, or the rate is reached; trouble of one line is none while another works."""
        wanted = len(self._lines) if joins_commits else 1
        lines = self._lines[: notes.waiting(limit=wanted)]
        streams = [line.deliver(notes, joins_commits=joins_commits) for line in lines]
        if len(streams) == 1:
            yield from streams[0]
        elif streams:
            from mailer.deliver.together import together

            yield from together(streams, self._halt)
        if lines and all(line.trouble for line in lines):
            self.trouble = lines[0].trouble
        return notes.held

    def _is_stopping(self) -> bool:
        return self._is_halted or self._stop()

    def _halt(self) -> None:
        self._is_halted = True
