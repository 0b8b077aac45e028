"""Say which note comes next: the one due longest, or the next of those that a person chose.

Each claims inside the caller's transaction, which may be undone and done again; `taken` says that it stands.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from mailer.errors import RateReached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta

    from mailer.model import Entry, Rate
    from mailer.outbox import Outbox, Worker

__all__ = ["Chosen", "DueNotes", "Notes"]


class Notes(Protocol):
    """Where the connections of a run get their notes from; `held` is the rate that ended it for now."""

    held: RateReached | None

    def waiting(self, *, limit: int) -> int:
        """Begin a round: count what could be claimed, up to `limit`; writes nothing."""

    def claim(self) -> Entry | None:
        """Claim the next note, inside a transaction; None when there is none or the rate is reached."""

    def taken(self) -> None:
        """Know that the last claim is durable."""


class DueNotes:
    """The notes that are due, the longest due first, at most `left` (-1: all), for several connections at once.

    One that is later than `max_late` is left: a sweep parks it.
    """

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        outbox: Outbox,
        worker: Worker,
        *,
        clock: Callable[[], datetime],
        rate: Sequence[Rate],
        account: str = "",
        max_late: timedelta | None = None,
        left: int = -1,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._outbox = outbox
        self._worker = worker
        self._clock = clock
        self._rate = rate
        self._account = account
        self._max_late = max_late
        self._left = left
        self._is_stopping = is_stopping
        self.held: RateReached | None = None

    def waiting(self, *, limit: int) -> int:
        """Count what is due, up to `limit`; none while the rate lets none begin."""
        self.held = None
        now = self._clock()
        due = (
            0
            if self._is_stopping()
            else self._outbox.due(now, limit=limit, account=self._account, max_late=self._max_late)
        )
        try:
            if due:
                self._outbox.refuse_too_early(self._rate, now=now, account=self._account)
        except RateReached as reached:
            self.held = reached
            return 0
        return due

    def claim(self) -> Entry | None:
        """Claim what is due longest."""
        if self._left == 0 or self._is_stopping():
            return None
        try:
            owner = self._worker.execution()
            return self._outbox.claim(
                now=self._clock(), owner=owner, account=self._account, rate=self._rate, max_late=self._max_late
            )
        except RateReached as reached:
            self.held = reached
            return None

    def taken(self) -> None:
        """Count down."""
        self._left -= 1


class Chosen:
    """Notes that a person chose, in this order, whatever their hour; for one connection."""

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        outbox: Outbox,
        worker: Worker,
        entry_ids: Iterable[str],
        *,
        clock: Callable[[], datetime],
        rate: Sequence[Rate],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._outbox = outbox
        self._worker = worker
        self._entry_ids = deque(entry_ids)
        self._clock = clock
        self._rate = rate
        self._is_stopping = is_stopping
        self.held: RateReached | None = None

    def waiting(self, *, limit: int) -> int:
        """Count those that are left, up to `limit`."""
        self.held = None
        return min(limit, len(self._entry_ids))

    def claim(self) -> Entry | None:
        """Claim the first that is left; raises IllegalTransition when it is not scheduled."""
        if not self._entry_ids or self._is_stopping():
            return None
        limit = {"rate": self._rate} if self._rate else {}
        try:
            return self._outbox.claim_one(
                self._entry_ids[0], now=self._clock(), owner=self._worker.execution(), **limit
            )
        except RateReached as reached:
            self.held = reached
            return None

    def taken(self) -> None:
        """Go on to the next."""
        self._entry_ids.popleft()
