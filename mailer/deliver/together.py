"""Run several connections at once, each in a thread of its own, and give what they give as it comes."""

from __future__ import annotations

import sys
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mailer.deliver.outcome import Outcome

__all__ = ["together"]

#: A thread whose answer has come waits at most so long, in seconds, for another one to let go of the interpreter;
#: Python's own 5 ms are six whole notes.
SWITCH_S = 0.0005

#: How long the caller rests, in seconds, so that outcomes gather: each waking takes the interpreter from the lines.
GATHER_S = 0.005


def together(streams: Sequence[Iterator[Outcome]], halt: Callable[[], None]) -> Iterator[Outcome]:
    """Give the outcomes of all streams in the order in which they come, until every one has ended.

    `halt` makes each end after the note in hand: it is called when one raises, and when the caller stops asking. The
    first error is raised when all have ended.
    """
    given: SimpleQueue[Outcome | BaseException | None] = SimpleQueue()
    threads = [threading.Thread(target=_drain, args=(stream, given), daemon=True) for stream in streams]
    for thread in threads:
        thread.start()
    running, error = len(threads), None
    switched_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        while running:
            item = given.get()
            if item is None:
                running -= 1
            elif isinstance(item, BaseException):
                error = error or item
                halt()
            else:
                yield item
            if given.empty():
                time.sleep(GATHER_S)
    finally:
        halt()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(switched_s)
    if error:
        raise error


def _drain(stream: Iterator[Outcome], given: SimpleQueue[Outcome | BaseException | None]) -> None:
    try:
        for outcome in stream:
            given.put(outcome)
    except BaseException as exc:  # noqa: BLE001  # raised by the thread that asked
        given.put(exc)
    given.put(None)
