"""Be the ledger of one delivery in a cluster, which may claim only the very try that the engine gave out.

Takes the database, gives an Outbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import IllegalTransition
from mailer.model import State
from mailer.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.database import Store
    from mailer.model import Entry, Rate

__all__ = ["Claims"]


class Claims(Outbox):
    """The outbox in one database, for one delivery at a time."""

    def __init__(self, database: Store) -> None:
        super().__init__(database)
        self._attempt = 0

    def expect(self, attempt: int) -> None:
        """Name the attempt that `claim_one` may claim next."""
        self._attempt = attempt

    def claim_one(self, entry_id: str, *, now: datetime, owner: str, rate: Sequence[Rate] = ()) -> Entry:
        """Make an entry this owner's if the engine has its expected try; raises IllegalTransition if not.

        What was cancelled or given another hour meanwhile is no longer queued, and what was handed out again has
        another number.
        """
        with self._database.transaction():
            before = self._entry(entry_id)  # nobody else changes it until the end of this transaction
            if not self.is_expected(before):
                raise IllegalTransition(f"{entry_id} changed after it was handed to this worker; it is left alone")
            return super().claim_one(entry_id, now=now, owner=owner, rate=rate)

    def is_expected(self, entry: Entry) -> bool:
        """Tell whether the engine has the entry's next try, and under the expected number."""
        return entry.state is State.QUEUED and entry.attempts == self._attempt

    def close(self) -> None:
        """Close the database."""
        self._database.close()
