"""Wait in place for an account's rate when that is short, and say so once.

Takes the moment when the next delivery may begin, tells whether it has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailer.errors import RateReached

__all__ = ["Pace"]

#: The wall clock is looked at so often, in seconds: a laptop that wakes has waited enough.
LOOK_S = 2.0


class Pace:
    """How a run waits for its account's rate: up to `patience_s`, in `wait`s, unless `stop` says so or Ctrl-C comes.

    `tell` is called with the reason and the seconds to wait, the first time. `was_interrupted` tells of a Ctrl-C.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        wait: Callable[[float], object],
        tell: Callable[[RateReached, float], object],
        patience_s: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._wait = wait
        self._tell = tell
        self._patience_s = patience_s
        self._stop = stop
        self._was_told = False
        self.was_interrupted = False

    def __call__(self, reached: RateReached) -> bool:
        """Wait until the next delivery may begin; false when that is too long, or waiting was broken off."""
        left_s = (reached.until - self._clock()).total_seconds()
        if left_s > self._patience_s:
            return False
        if not self._was_told:
            self._was_told = True
            self._tell(reached, left_s)
        try:
            while left_s > 0 and not self._stop():
                self._wait(min(left_s, LOOK_S))
                left_s = (reached.until - self._clock()).total_seconds()
        except KeyboardInterrupt:
            self.was_interrupted = True
        return not self.was_interrupted and not self._stop()
