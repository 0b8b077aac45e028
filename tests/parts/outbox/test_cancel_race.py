"""Race a person's cancel with a worker's claim, thousands of times: each time exactly one of them wins."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.errors import IllegalTransition
from mailer.model import State
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import NOW, opened, put

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier

ROUNDS = 2000
MINUTE = timedelta(minutes=1)

#: Each racer waits up to so many seconds before its step, so that either may come first.
HEAD_START_S = 0.0004


def hour(number: int) -> datetime:
    """Return when the note of a round is due: those of the rounds before are taken by then."""
    return NOW + number * MINUTE


def race_through(
    address: str, ids: Sequence[str], start: Barrier, results: Connection, take: Callable[[Outbox, int, str], bool]
) -> None:
    """Take one's step with each note at the moment at which the other racer does; send which of them were won."""
    won = []
    with closing(opened(address)) as store:
        outbox = Outbox(store)
        outbox.counts()
        for number, entry_id in enumerate(ids):
            start.wait()
            until_s = time.perf_counter() + random.random() * HEAD_START_S  # noqa: S311  # no secret
            while time.perf_counter() < until_s:
                pass
            won.append(take(outbox, number, entry_id))
    results.send(won)


def claim(outbox: Outbox, number: int, entry_id: str) -> bool:
    """Take what is due, as a worker does."""
    entry = outbox.claim(now=hour(number), owner=f"w:{number}")
    assert entry is None or entry.id == entry_id
    return entry is not None


def cancel(outbox: Outbox, number: int, entry_id: str) -> bool:
    """Cancel, as a person does."""
    try:
        outbox.cancel(entry_id, now=hour(number))
    except IllegalTransition:
        return False
    return True


def test_a_cancel_and_a_worker_have_one_winner_thousands_of_times(address: str) -> None:
    with closing(opened(address)) as store:
        outbox = Outbox(store)
        with outbox.transaction():
            ids = [put(outbox, f"person{n}", due=hour(n)).id for n in range(ROUNDS)]
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2, timeout=60)
    pipes = [context.Pipe(duplex=False) for _ in range(2)]
    racers = [
        context.Process(target=race_through, args=(address, ids, start, pipe[1], take))
        for pipe, take in zip(pipes, (claim, cancel), strict=True)
    ]

    for racer in racers:
        racer.start()
    claimed, cancelled = (pipe[0].recv() for pipe in pipes)
    for racer in racers:
        racer.join()

    assert [mine != yours for mine, yours in zip(claimed, cancelled, strict=True)] == [True] * ROUNDS
    with closing(opened(address)) as store:
        outbox = Outbox(store)
        states = [outbox.get(entry_id).state for entry_id in ids]
        histories = [[event.to_state for event in outbox.events(entry_id)] for entry_id in ids]
    assert states == [State.CLAIMED if won else State.CANCELLED for won in claimed]
    assert histories == [[State.SCHEDULED, state] for state in states]
    assert len(Counter(states)) == 2, Counter(states)
