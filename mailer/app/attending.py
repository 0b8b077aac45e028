"""Deliver what is due while the desk is open, in a thread of its own.

Takes a way to wire an application, gives an `Attendant` that pages wake and ask why notes wait. It is a worker like any
other: several may run beside it, and what it has in hand when it dies is put back by the ledger's rules.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from mailer.app import notices, service, utc_now
from mailer.app.shift import POLL_S, Shift
from mailer.deliver import trouble_of
from mailer.errors import MailerError
from mailer.model import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from mailer.app import App

__all__ = ["Attendant"]

#: What a settings file is known by: it is replaced whole when it is written.
_Stamp = tuple[int, int, int] | None


class Attendant:
    """Delivers from `start` to `stop`, or inside a `with`; `wire` gives a fresh application, as its settings now say.

    `wire` is called in the thread, which alone uses what it gives; again whenever the settings file has changed.
    `clock` gives aware UTC. Nothing is made on disk before there is an outbox.
    """

    def __init__(self, wire: Callable[[], App], *, clock: Callable[[], datetime] = utc_now) -> None:
        self._wire = wire
        self._clock = clock
        self._is_stopping = threading.Event()
        self._is_nudged = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="attendant", daemon=True)
        self._trouble: Trouble | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, after the note in hand."""
        self.stop()

    def start(self) -> None:
        """Begin to deliver; once."""
        self._thread.start()

    def nudge(self) -> None:
        """Look at once, because something was queued or changed."""
        self._is_nudged.set()

    def stop(self, timeout_s: float | None = None) -> bool:
        """End after the note in hand, and tell whether it has ended; idle it ends at once."""
        self._is_stopping.set()
        self._is_nudged.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def trouble(self) -> Trouble | None:
        """Return what keeps all due notes waiting; None while nothing is known to."""
        if self._thread.ident is not None and not self._thread.is_alive() and not self._is_stopping.is_set():
            return Trouble(
                "stopped", "What sends while the desk is open has ended. Open the desk again.", self._clock()
            )
        return self._trouble

    # --- in the thread ----------------------------------------------------------------------------------------

    def _attend(self) -> None:
        """Be at work under one set of settings after another."""
        config_path: Path | None = None
        while not self._is_stopping.is_set():
            self._is_nudged.clear()
            try:
                config_path = config_path or self._wire().settings.config_path
                read = _stamp(config_path)  # before the settings are: a change in between is seen
                with closing(self._wire()) as app:
                    self._be_at_work(app, read)
            except MailerError as error:
                self._trouble = trouble_of(error, now=self._clock())
                self._rest(POLL_S)

    def _be_at_work(self, app: App, read: _Stamp) -> None:
        """Look again and again until the settings change or the end is wished."""
        shift = Shift(app, stays=True, stop=self._is_stopping.is_set, wait=self._is_stopping.wait)
        with ExitStack() as known, shift:
            is_known = False
            while not self._is_stopping.is_set() and _stamp(app.settings.config_path) == read:
                if not is_known and app.outbox_exists:
                    known.enter_context(service.staying(app))
                    is_known = True
                self._look(app, shift)
                self._rest(_pause_s(app, shift))

    def _look(self, app: App, shift: Shift) -> None:
        self._is_nudged.clear()  # before the look: what is queued during it is worth another
        outcomes = list(shift.look())
        self._trouble = shift.trouble
        notices.tell(app, outcomes, shift.missed, shift.trouble if shift.is_news else None)

    def _rest(self, pause_s: float) -> None:
        if not self._is_stopping.is_set():  # whose nudge may be cleared already
            self._is_nudged.wait(pause_s)


def _pause_s(app: App, shift: Shift) -> float:
    """Return how long to rest: until the next note is due, and never longer than a worker does."""
    if not app.outbox_exists or (shift.trouble and shift.trouble.kind == "storage"):
        return shift.pause_s
    now = app.clock()
    following = app.outbox.next_hour(now, account=app.settings.account_name)
    left_s = (following - now).total_seconds() if following else shift.pause_s
    return min(left_s, shift.pause_s)


def _stamp(path: Path) -> _Stamp:
    """Return what tells one writing of the settings file from the next, None while there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
