"""Say when a note is too late, and how soon a refused one is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from mailer.model import Entry, Rate

__all__ = ["Pace"]


class Pace(NamedTuple):
    """The clock (aware UTC), MAILER_MAX_LATE, MAILER_RETRY_FIRST, and MAILER_RATE of each account known here."""

    clock: Callable[[], datetime]
    max_late: timedelta
    retry_first: timedelta
    rates: Mapping[str, Sequence[Rate]]

    def is_too_late(self, entry: Entry) -> bool:
        """Tell whether a person must be asked about an entry, because its hour has long passed."""
        return entry.not_before < self.clock() - self.max_late

    def quickest(self, account: str) -> Rate | None:
        """Return the rate of the shortest period, which the engine keeps; None without any."""
        return min(self.rates[account], key=lambda rate: rate.period_s, default=None)

    def slower(self, account: str) -> tuple[Rate, ...]:
        """Return the other rates."""
        quickest = self.quickest(account)
        return tuple(rate for rate in self.rates[account] if rate is not quickest)
