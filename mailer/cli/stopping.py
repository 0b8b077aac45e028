"""Take Ctrl-C and SIGTERM as a wish to end, for the commands that stay."""

from __future__ import annotations

import signal
from queue import Empty, SimpleQueue

__all__ = ["Wish"]


class Wish:
    """A wish to end that a signal brings; from now on none interrupts what is in hand.

    A queue holds it, as no `threading.Event` could: the handler may run while this very thread holds the event's lock,
    and would wait for it for ever. `SimpleQueue.put` may be called at any moment.
    """

    def __init__(self) -> None:
        self._signals: SimpleQueue[int] = SimpleQueue()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, _: self._signals.put(received))

    def is_there(self) -> bool:
        """Tell whether somebody wishes the command to end."""
        return not self._signals.empty()

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when the wish comes, or after so long a time; without one only when it comes."""
        try:
            self._signals.put(self._signals.get(timeout=timeout_s))
        except Empty:
            return
