"""Be at work: look what is due, deliver it, tidy up now and then, and know what keeps the notes waiting.

Takes the application, gives an `Outcome` for each note it tried. A look when nothing is due reads one index and writes
nothing.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from mailer import deliver
from mailer.app import delivery
from mailer.app.pace import Pace
from mailer.deliver import trouble_of
from mailer.errors import CredentialError, MailerError, OutboxBusy, SettingsError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from types import TracebackType

    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.errors import RateReached
    from mailer.model import Entry, Trouble
    from mailer.outbox import Worker

__all__ = ["Shift"]

#: The wall clock is looked at so often, so that a laptop that wakes catches up at once.
POLL_S = 2.0

#: Between two times of tidying up.
SWEEP_S = 60.0

#: When the wall clock and the monotonic one part by so much between two looks, this machine slept, or a clock was set.
JUMP_S = 5.0

#: A rate is waited for in place up to so long; a worker that stays looks elsewhere meanwhile.
PATIENCE_S = 90.0
PATIENCE_OF_STAYING_S = 10.0


def say_nothing(reached: RateReached, left_s: float) -> None:
    """Leave it unsaid that the rate is waited for."""


class Shift:
    """One worker's time at work; alive, for every other process, from the first look to the end.

    After a look, `trouble` is what keeps all due notes waiting, and `is_news` tells whether that just began or changed;
    `over` is the trouble that just ended; `missed` are the notes that were just parked; `held` is the rate that ended
    the look. With `stays` false, trouble with the outbox's own storage is raised.
    """

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        app: App,
        *,
        stays: bool,
        connections: int = 1,
        stop: Callable[[], bool] = lambda: False,
        wait: Callable[[float], object] = time.sleep,
        tell_rate: Callable[[RateReached, float], object] = say_nothing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._account = app.settings.account_name
        self._stays = stays
        self._connections = connections
        self._stop = stop
        self._monotonic = monotonic
        patience_s = PATIENCE_OF_STAYING_S if stays else PATIENCE_S
        self._pace = Pace(app.clock, wait=wait, tell=tell_rate, patience_s=patience_s, stop=stop)
        self._worker: Worker | None = None
        self._clocks: tuple[datetime, float] | None = None
        self._swept_at: float | None = None
        self._try_again: datetime | None = None
        self.trouble: Trouble | None = None
        self.is_news = False
        self.over: Trouble | None = None
        self.missed: tuple[Entry, ...] = ()
        self.held: RateReached | None = None

    def __enter__(self) -> Self:
        """Give the shift itself; leaving ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Be dead, for every other process, from now on."""
        self._leave()

    @property
    def pause_s(self) -> float:
        """Return how long to wait until the next look: for the rate just so long, otherwise for the wall clock."""
        if self.held is None:
            return POLL_S
        return min(max((self.held.until - self._app.clock()).total_seconds(), 0.0), POLL_S)

    def look(self) -> Iterator[Outcome]:
        """Sweep if it is time, then deliver what is due until nothing is, trouble is met or the rate is reached."""
        self.is_news, self.over, self.missed = False, None, ()
        if not self._app.outbox_exists:
            return
        try:
            now = self._app.clock()
            if self._has_jumped(now):
                self._swept_at = self._try_again = self.held = None
            self._sweep_now_and_then(now)
            if self._may_try(now) and self._app.outbox.due(now, limit=1, account=self._account):
                yield from self._deliver_due()
        except (StorageError, OutboxBusy) as error:
            if not self._stays:
                raise
            self._leave()  # so that the next sweep takes back what this left in hand
            self._meet(error)

    # --- now and then -----------------------------------------------------------------------------------------

    def _has_jumped(self, now: datetime) -> bool:
        """Tell whether the machine slept, or somebody set its clock, since the last look."""
        before, self._clocks = self._clocks, (now, self._monotonic())
        if before is None:
            return False
        passed_s = self._clocks[1] - before[1]
        return abs((now - before[0]).total_seconds() - passed_s) > JUMP_S

    def _sweep_now_and_then(self, now: datetime) -> None:
        at = self._monotonic()
        if self._swept_at is not None and at - self._swept_at < SWEEP_S:
            return
        app, outbox = self._app, self._app.outbox
        first_delay_s = app.settings.retry_first.total_seconds()
        deliver.sweep(outbox, app.liveness, now=now, first_delay_s=first_delay_s)
        outbox.follow_clocks(now=now)
        self.missed = tuple(outbox.miss_overdue(now - app.settings.max_late, now=now))
        outbox.forget_starts(app.settings.rate, now=now)
        self._swept_at = at

    def _may_try(self, now: datetime) -> bool:
        waits_for_rate = self.held is not None and now < self.held.until
        return not waits_for_rate and (self._try_again is None or now >= self._try_again)

    # --- delivering -------------------------------------------------------------------------------------------

    def _deliver_due(self) -> Iterator[Outcome]:
        """Deliver with the password fetched before anything is claimed."""
        self.held = None
        try:
            connect = delivery.connector(self._app, may_prompt=False)
        except (SettingsError, CredentialError) as error:
            self._meet(error)
            return
        run = delivery.run_of(
            self._app, self._at_work(), connect, connections=self._connections, stop=self._stop, hold=self._pace
        )
        yield from run.due()
        self.held = run.held
        if run.trouble:
            self._meet(run.trouble)
        else:
            self._overcome()

    def _at_work(self) -> Worker:
        if self._worker is None:
            self._worker = self._app.liveness.worker()
        return self._worker

    def _leave(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        self._swept_at = None

    # --- trouble ----------------------------------------------------------------------------------------------

    def _meet(self, error: MailerError) -> None:
        """Know the trouble, keep it for whoever looks, and try again after a while."""
        now = self._app.clock()
        advice = delivery.advice(self._app, error)
        before, trouble = self.trouble, trouble_of(error, now=now, account=self._account)
        trouble = trouble._replace(sentence=f"{trouble.sentence} {advice}".rstrip())
        if trouble.kind != "storage":
            trouble = self._app.outbox.record_trouble(trouble)
        self.is_news = before is None or _what(before) != _what(trouble)
        self.trouble = trouble
        self._try_again = now + timedelta(seconds=deliver.pause_s(trouble, now=now))

    def _overcome(self) -> None:
        """Forget the trouble, met here or by another process, because a connection works."""
        self.over = self._app.outbox.clear_trouble(self._account) or self.trouble
        self.trouble = self._try_again = None


def _what(trouble: Trouble) -> str:
    """Return what makes a trouble another one; servers put changing words into their refusals, a disk does not."""
    return trouble.sentence if trouble.kind == "storage" else trouble.kind
