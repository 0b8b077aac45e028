"""Hold the deliveries of an account to its rate: count those begun lately, and say when the next may begin.

Takes a database, an account's name and its rates; each delivery begun is one row, counted in a sliding window.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.errors import RateReached
from mailer.outbox import rows, statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.database import Store
    from mailer.model import Rate

__all__ = ["begin", "forget", "refuse_too_early"]


def begin(database: Store, account: str, rates: Sequence[Rate], now: datetime) -> None:
    """Count a delivery that begins now; inside the transaction that claims its note. Raises RateReached."""
    if rates:
        database.lock("start")
        refuse_too_early(database, account, rates, now)
        database.rows(statements.INSERT_START, {"account": account, "at": rows.stored(now)})


def refuse_too_early(database: Store, account: str, rates: Sequence[Rate], now: datetime) -> None:
    """Raise RateReached, with the moment and the rate that hold longest, while no delivery may begin."""
    held = [(at, rate) for rate in rates if (at := _free_at(database, account, rate, now)) > now]
    if held:
        until, rate = max(held)
        raise RateReached(until, rate)


def _free_at(database: Store, account: str, rate: Rate, now: datetime) -> datetime:
    """Return when the window lets the next one in: a period after the one that was `rate.count` deliveries ago.

    What a clock that was since set back says of the far future does not count.
    """
    period = timedelta(seconds=rate.period_s)
    window = {"after": rows.stored(now - period), "before": rows.stored(now + period)}
    values = {"account": account, "skipped": rate.count - 1} | window
    found = database.rows(statements.START_BEFORE, values)
    return rows.instant_from(found[0]["at"]) + period if found else now


def forget(database: Store, rates: Sequence[Rate], now: datetime) -> None:
    """Forget the deliveries that no window reaches back to, and those of a clock that was wrong."""
    longest = timedelta(seconds=max((rate.period_s for rate in rates), default=0))
    database.rows(statements.DROP_STARTS, {"before": rows.stored(now - longest), "after": rows.stored(now + longest)})
