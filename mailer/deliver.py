"""Deliver what the outbox holds: claim, transmit up to the gate, pass it, settle; and sweep after the dead.

Takes an Outbox, a Worker and a way to connect, gives an `Outcome` for each note it tried. This is the only code that
joins the ledger with the network.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from mailer import retry
from mailer.errors import (
    AttachmentFault,
    CredentialError,
    DeliveryError,
    IllegalTransition,
    MailerError,
    OutboxBusy,
    Permanent,
    SealError,
    SettingsError,
    Stage,
    StorageError,
    Temporary,
)
from mailer.model import Payload, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from mailer.model import Entry, Receipt, Sealed
    from mailer.outbox import Liveness, Outbox, Worker
    from mailer.schedule import Due
    from mailer.sender import Connection

    Settlement = Callable[[], "Outcome"]

__all__ = ["Delivery", "Outcome", "submit", "sweep"]

#: A note that takes longer than this, in seconds, is settled before the next one is begun.
FAST_S = 0.05

#: A failure here is about the account or the line, not about the note: the other notes would meet it too.
_BEFORE_THE_NOTE = frozenset({Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.AUTH})


def submit(
    outbox: Outbox, sealed: Sealed, due: Due, *, now: datetime, read_payload: Callable[[Payload], Iterator[bytes]]
) -> Entry:
    """Queue a sealed mail for an hour; raises what `Outbox.enqueue` raises."""
    return outbox.enqueue(
        sealed,
        due=due.instant,
        due_local=due.wall,
        timezone=due.timezone,
        now=now,
        read_payload=read_payload,
    )


def sweep(outbox: Outbox, liveness: Liveness, *, now: datetime) -> tuple[Entry, ...]:
    """Put back what processes proved dead had in hand, and return it: scheduled if surely unsent, else uncertain.

    Also forgets attachments that nothing needs, and what the dead left behind.
    """
    taken: list[Entry] = []
    for owner in sorted({entry.owner for entry in outbox.owned()}):
        with liveness.proof_of_death(owner) as is_dead:
            for entry in outbox.owned() if is_dead else ():
                if entry.owner == owner:
                    with suppress(IllegalTransition):  # alive after all, and one step further
                        taken.append(outbox.take_back(entry, now=now))
    liveness.forget_the_dead()
    outbox.drop_unneeded_payloads(now=now)
    return tuple(taken)


class Outcome(NamedTuple):
    """What one try came to: the entry as it is now, and the error if it was not sent.

    With `ends_run` the error would have met every other note too (no connection, no password), so none was tried.
    """

    entry: Entry
    error: MailerError | None = None
    ends_run: bool = False


def random_fraction() -> float:
    """Return a number from 0 up to 1."""
    return int.from_bytes(os.urandom(4)) / 2**32


class Delivery:
    """Delivers notes one after the other over one connection, which is made when first needed.

    `connect` gives a connection that is ready for a mail, or raises DeliveryError, CredentialError or SettingsError.
    It ends with a run, unless `stays_connected`: then `hang_up` ends it.
    `clock` gives aware UTC; `jitter` a number from 0 up to 1.
    """

    def __init__(  # noqa: PLR0913  # each collaborator comes in by its name
        self,
        outbox: Outbox,
        worker: Worker,
        connect: Callable[[], Connection],
        *,
        clock: Callable[[], datetime],
        first_delay_s: float = 60.0,
        jitter: Callable[[], float] = random_fraction,
        stays_connected: bool = False,
    ) -> None:
        self._outbox = outbox
        self._worker = worker
        self._connect = connect
        self._clock = clock
        self._first_delay_s = first_delay_s
        self._jitter = jitter
        self._stays_connected = stays_connected
        self._connection: Connection | None = None
        self._claim: Callable[[], Entry | None]
        self._in_hand: Entry
        self._following: Entry | None = None
        self._unrecorded: Settlement | None = None
        self._recorded: list[Outcome] = []
        self._claims_ahead = False
        self._is_accepted = False

    def due(self, *, limit: int | None = None) -> Iterator[Outcome]:
        """Deliver what is due, the longest due first, at most `limit` notes; give each outcome as it is durable.

        On a fast line a note costs one durable commit: its gate, the settlement of the note before it and the next
        claim go together. Should the process die in between, the note before is uncertain; on a slow line, where that
        would be long, it is settled at once. Ends when nothing is due, or with an outcome that `ends_run`. Any error
        but a failed delivery puts the note back and is raised.
        """
        left = -1 if limit is None else limit

        def claim() -> Entry | None:
            nonlocal left
            if left == 0:
                return None
            left -= 1
            return self._outbox.claim(now=self._clock(), owner=self._worker.execution())

        yield from self._run(claim, joins_commits=True)

    def chosen(self, entry_ids: Iterable[str]) -> Iterator[Outcome]:
        """Deliver these scheduled entries in this order, whatever their hour; otherwise as `due` does.

        Raises IllegalTransition at one that is not scheduled.
        """
        waiting = iter(entry_ids)

        def claim() -> Entry | None:
            entry_id = next(waiting, None)
            if entry_id is None:
                return None
            return self._outbox.claim_one(entry_id, now=self._clock(), owner=self._worker.execution())

        yield from self._run(claim, joins_commits=False)

    def _run(self, claim: Callable[[], Entry | None], *, joins_commits: bool) -> Iterator[Outcome]:
        """Deliver until `claim` gives nothing; notes claimed ahead go back if the caller stops asking."""
        self._claim = claim
        entry = claim()
        carried_files = False
        try:
            while entry is not None:
                sealed = self._outbox.load(entry)
                has_files = any(isinstance(part, Payload) for part in sealed.parts)
                carried_files |= has_files
                if has_files:
                    self._record_waiting()
                self._in_hand, self._following, self._is_accepted = entry, None, False
                began_s = time.monotonic()
                settle = self._transmit(entry, sealed)
                self._claims_ahead = joins_commits and time.monotonic() - began_s < FAST_S
                entry, trouble = self._settled(settle)
                yield from self._newly_recorded()
                if trouble:
                    raise trouble
        finally:
            self._record_waiting()
            for left in (entry, self._following):
                if left is not None:
                    self._put_back(left)
            if not self._stays_connected:
                self.hang_up()
            if carried_files:
                self._outbox.drop_unneeded_payloads(now=self._clock())

    def _settled(self, settle: Settlement) -> tuple[Entry | None, BaseException | None]:
        """Let an acceptance wait for the next gate, or record it with the next claim; return the next, and trouble."""
        if self._claims_ahead and self._is_accepted and self._following is not None:
            self._unrecorded, following = settle, self._following
            self._following = None
            return following, None
        return self._record(settle)

    def _record(self, settle: Settlement) -> tuple[Entry | None, BaseException | None]:
        """Record what became of this note and of the one that waits, in one durable commit with the next claim."""
        ends = [end for end in (self._unrecorded, settle) if end]
        following, trouble = self._following, None
        try:
            with self._outbox.transaction():
                outcomes = [end() for end in ends]
                if following is None and not outcomes[-1].ends_run:
                    following = self._claim()
        except BaseException as exc:  # noqa: BLE001  # raised by the caller, after what became of these is kept
            outcomes = [end() for end in ends]
            outcomes[-1] = outcomes[-1]._replace(ends_run=True)
            trouble = exc
        self._unrecorded, self._following = None, None
        self._recorded += outcomes
        return following, trouble

    def _record_waiting(self) -> None:
        if self._unrecorded is not None:
            waiting, self._unrecorded = self._unrecorded, None
            self._recorded.append(waiting())

    def _newly_recorded(self) -> Iterator[Outcome]:
        """Give what has become durable since the last time."""
        while self._recorded:
            yield self._recorded.pop(0)

    def _transmit(self, entry: Entry, sealed: Sealed) -> Settlement:
        """Try one claimed note; return how to settle it. Any other error than those of a delivery passes through."""
        try:
            receipt = self._on_a_live_line(entry, sealed)
        except DeliveryError as error:
            return self._refused(self._in_hand, error)
        except (CredentialError, SettingsError) as error:
            return self._not_tried(entry, error)
        except (SealError, AttachmentFault) as error:
            return self._unfit(entry, error)
        except IllegalTransition as error:
            return self._lost(entry, error)
        self._is_accepted = True
        return self._accepted(self._in_hand, receipt)

    def _on_a_live_line(self, entry: Entry, sealed: Sealed) -> Receipt:
        """Transmit, connecting first if need be.

        Servers end a connection after so many mails or an idle minute. When an old one breaks at MAIL, where no note is
        under way yet, a new one is tried at once.
        """
        connection = self._connection
        if connection is not None and connection.is_usable:
            try:
                return self._transmitted(connection, entry, sealed)
            except Temporary as error:
                if error.stage is not Stage.MAIL or connection.is_usable:
                    raise
        self.hang_up()
        self._connection = self._connect()
        return self._transmitted(self._connection, entry, sealed)

    def _transmitted(self, connection: Connection, entry: Entry, sealed: Sealed) -> Receipt:
        from mailer import mime

        if sealed.envelope is None:
            raise SealError(f"{entry.id} has no address to go to; queue the note again")
        content = mime.wire(sealed, date=self._clock(), read_payload=self._outbox.read_payload)

        def gate() -> None:
            with self._outbox.transaction():
                before = self._unrecorded() if self._unrecorded else None
                passed = self._outbox.begin_transmission(entry, now=self._clock())
                following = self._claim() if self._claims_ahead else None
            self._in_hand, self._following = passed, following
            if before:
                self._recorded.append(before)
                self._unrecorded = None

        return connection.transmit(sealed.envelope, content, gate)

    # --- how each end of a try is settled ---------------------------------------------------------------------

    def _accepted(self, entry: Entry, receipt: Receipt) -> Settlement:
        def settle() -> Outcome:
            try:
                return Outcome(self._outbox.mark_sent(entry, receipt, now=self._clock()))
            except (StorageError, OutboxBusy) as exc:
                raise StorageError(
                    f"the server accepted {entry.id} ({receipt.reply.code} {receipt.reply.text}), but that could not be"
                    f" recorded: {exc}. Then run `mailer outbox settle {entry.id} sent`"
                ) from exc

        return settle

    def _refused(self, entry: Entry, error: DeliveryError) -> Settlement:
        def settle() -> Outcome:
            return Outcome(self._after(entry, error), error, ends_run=error.stage in _BEFORE_THE_NOTE)

        return settle

    def _after(self, entry: Entry, error: DeliveryError) -> Entry:
        now = self._clock()
        match self._decided(entry, error, now):
            case retry.RetryAt(moment):
                return self._outbox.postpone(entry, error, not_before=moment, now=now)
            case retry.GiveUp(reason):
                return self._outbox.mark_failed(entry, error, now=now, reason=reason)
            case retry.AskPerson():
                return self._outbox.mark_uncertain(entry, error, now=now)

    def _decided(
        self, entry: Entry, error: DeliveryError, now: datetime
    ) -> retry.RetryAt | retry.GiveUp | retry.AskPerson:
        """Decide what follows; a refused login or certificate is not the note's fault, so it waits for the mending."""
        jitter = self._jitter()
        if isinstance(error, Permanent) and error.stage in _BEFORE_THE_NOTE:
            return retry.RetryAt(now + retry.delay(entry.attempts, first_delay_s=self._first_delay_s, jitter=jitter))
        return retry.decide(
            error,
            attempt=entry.attempts,
            first_tried=entry.first_tried or now,
            now=now,
            first_delay_s=self._first_delay_s,
            jitter=jitter,
        )

    def _not_tried(self, entry: Entry, error: MailerError) -> Settlement:
        def settle() -> Outcome:
            put_back = self._outbox.release(entry, now=self._clock(), reason=f"not tried: {error}")
            return Outcome(put_back, error, ends_run=True)

        return settle

    def _unfit(self, entry: Entry, error: MailerError) -> Settlement:
        """Settle a mail that cannot be built: the next try would find it the same, and hold up the others."""
        as_refusal = Permanent(str(error), stage=Stage.BODY)

        def settle() -> Outcome:
            reason = "it cannot be sent as it is"
            return Outcome(self._outbox.mark_failed(entry, as_refusal, now=self._clock(), reason=reason), error)

        return settle

    def _lost(self, entry: Entry, error: MailerError) -> Settlement:
        """Leave a note that another process has taken over at the gate."""
        return lambda: Outcome(self._outbox.get(entry.id), error)

    # --- the ends of a run ------------------------------------------------------------------------------------

    def _put_back(self, entry: Entry) -> None:
        """Put back a note on which the run broke off; should that fail, a sweep does it once this process is dead."""
        with suppress(StorageError, OutboxBusy, IllegalTransition):
            if self._outbox.get(entry.id).state is State.TRANSMITTING:
                self._outbox.mark_uncertain(entry, now=self._clock())
            else:
                self._outbox.release(entry, now=self._clock(), reason="the run was broken off before the final dot")

    def hang_up(self) -> None:
        """End the connection, if there is one; the next note makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
