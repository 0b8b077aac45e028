"""The engine keeps the quickest rate of an account; the others are kept by the relay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailer.cluster.pace import Pace
from mailer.model import Rate

NOW = datetime(2026, 6, 12, 12, 30, tzinfo=UTC)
MINUTE, DAY = Rate(20, 60), Rate(400, 86400)


def pace(*rates: Rate) -> Pace:
    return Pace(lambda: NOW, timedelta(hours=12), timedelta(seconds=60), {"": rates})


def test_of_several_rates_the_one_of_the_shortest_time_is_the_engines():
    assert pace(DAY, MINUTE).quickest("") == MINUTE
    assert pace(DAY, MINUTE).slower("") == (DAY,)


def test_without_a_rate_there_is_nothing_to_keep():
    assert pace().quickest("") is None
    assert pace().slower("") == ()
