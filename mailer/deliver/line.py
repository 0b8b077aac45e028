"""Hand over notes one after the other over one connection, each settled as what became of it is known.

Takes the notes of a run, gives an `Outcome` for each as it becomes durable. The connection is made before the first
note is claimed: without one nothing is claimed and nothing written.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from mailer import retry
from mailer.deliver.outcome import Outcome
from mailer.deliver.trouble import is_about_the_account
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
from mailer.model import Payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from mailer.deliver.commits import Commits
    from mailer.deliver.notes import Notes
    from mailer.model import Entry, Envelope, Receipt, Sealed
    from mailer.outbox import Outbox
    from mailer.sender import Connection

__all__ = ["Line", "Means"]

#: A note that takes longer than this, in seconds, is settled before the next one is begun.
FAST_S = 0.05


class Means(NamedTuple):
    """What every line of a run works with; `outbox` is read and changed through `commits` alone.

    With `for_later` the server is to keep each mail until its hour.
    """

    outbox: Outbox
    commits: Commits
    connect: Callable[[], Connection]
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    claims_first: bool
    first_delay_s: float
    jitter: Callable[[], float]
    pause: Callable[[float], None]
    patience_s: tuple[float, ...]
    for_later: bool = False


class Claimed(NamedTuple):
    """A note in hand: the entry, and its mail."""

    entry: Entry
    sealed: Sealed

    @property
    def has_files(self) -> bool:
        """Tell whether attachments are read while it goes out."""
        return any(isinstance(part, Payload) for part in self.sealed.parts)


class Settlement(NamedTuple):
    """How a try of an entry is recorded, inside a transaction; `receipt` when the server took the mail."""

    entry: Entry
    record: Callable[[], Outcome]
    receipt: Receipt | None = None


class Line:
    """One connection, and the notes that go over it.

    `trouble` is what kept the last `deliver` from going on, the same for every note; `carried_files` tells whether a
    mail had attachments.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._outbox = means.outbox
        self._commit = means.commits
        self._connection: Connection | None = None
        self._notes: Notes
        self._in_hand: Entry
        self._following: Claimed | None = None
        self._unrecorded: Settlement | None = None
        self._recorded: list[Outcome] = []
        self._claims_ahead = False
        self._is_past_gate = False
        self.trouble: MailerError | None = None
        self.carried_files = False

    def deliver(self, notes: Notes, *, joins_commits: bool) -> Iterator[Outcome]:
        """Deliver until `notes` gives no more; what was claimed ahead goes back when the caller stops asking."""
        self._notes = notes
        self._following, self._claims_ahead, self.trouble = None, False, None
        if not (self._means.claims_first or self._is_ready()):
            return
        claimed = self._first()
        try:
            while claimed is not None and not self._means.is_stopping():
                if claimed.has_files:
                    self.carried_files = True
                    self._record_waiting()
                self._in_hand, self._following, self._is_past_gate = claimed.entry, None, False
                began_s = time.monotonic()
                settlement = self._transmit(claimed)
                self._claims_ahead = joins_commits and time.monotonic() - began_s < FAST_S
                claimed, error = self._settled(settlement)
                yield from self._newly_recorded()
                if error:
                    raise error
        finally:
            if self._unrecorded is not None:
                self._record_waiting()
            for left in (claimed, self._following):
                if left is not None:
                    self._put_back(left.entry)
        yield from self._newly_recorded()

    def hang_up(self) -> None:
        """End the connection, if there is one; the next note makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- the next note ----------------------------------------------------------------------------------------

    def _is_ready(self) -> bool:
        """Connect unless that was done; a failure is the trouble of every note, and none is claimed for it."""
        if self._connection is not None and self._connection.is_usable:
            return True
        try:
            self._reconnect()
        except (DeliveryError, CredentialError, SettingsError) as error:
            self.trouble = error
        return self.trouble is None

    def _reconnect(self) -> Connection:
        self.hang_up()
        self._connection = self._means.connect()
        return self._connection

    def _first(self) -> Claimed | None:
        claimed = self._commit(self._claim)
        if claimed:
            self._notes.taken()
        return claimed

    def _claim(self) -> Claimed | None:
        """Claim and read the next note; inside a transaction."""
        entry = self._notes.claim()
        return Claimed(entry, self._outbox.load(entry)) if entry else None

    # --- one try ----------------------------------------------------------------------------------------------

    def _transmit(self, claimed: Claimed) -> Settlement:
        """Try one claimed note; return how to settle it. Any other error than those of a delivery passes through."""
        entry = claimed.entry
        try:
            receipt = self._on_a_live_line(claimed)
        except (DeliveryError, CredentialError, SettingsError) as error:
            if is_about_the_account(error):
                return self._not_tried(entry, error)
            if isinstance(error, DeliveryError):
                return self._refused(self._in_hand, error)
            raise
        except (SealError, AttachmentFault) as error:
            return self._unfit(entry, error)
        except IllegalTransition as error:
            return self._lost(entry, error)
        except (StorageError, OutboxBusy) as error:
            return self._stuck_at_gate(entry, error)
        return self._accepted(self._in_hand, receipt)

    def _on_a_live_line(self, claimed: Claimed) -> Receipt:
        """Transmit, on a new connection if need be.

        Servers end a connection after so many mails or an idle minute. When an old one breaks at MAIL, where no note is
        under way yet, a new one is tried at once.
        """
        connection = self._connection
        if connection is not None and connection.is_usable:
            try:
                return self._transmitted(connection, claimed)
            except Temporary as error:
                if error.stage is not Stage.MAIL or connection.is_usable:
                    raise
        return self._transmitted(self._reconnect(), claimed)

    def _transmitted(self, connection: Connection, claimed: Claimed) -> Receipt:
        from mailer import mime

        entry, sealed = claimed
        if sealed.envelope is None:
            raise SealError(f"{entry.id} has no address to go to; queue the note again")
        hour = entry.due if self._means.for_later else None  # as its date too: lists of mail sort by it
        content = mime.wire(sealed, date=hour or self._means.clock(), read_payload=self._commit.read_payload)

        def passing() -> tuple[Entry, Claimed | None, Outcome | None]:
            before = self._unrecorded.record() if self._unrecorded else None
            passed = self._outbox.begin_transmission(entry, now=self._means.clock())
            return passed, self._claim() if self._claims_ahead else None, before

        def gate() -> Envelope | None:
            self._in_hand, self._following, before = self._commit(passing)
            self._is_past_gate = True
            if self._following:
                self._notes.taken()
            if before:
                self._recorded.append(before)
                self._unrecorded = None
            return self._following.sealed.envelope if self._following else None

        return connection.transmit(sealed.envelope, content, gate, hold_until=hour)

    # --- how each end of a try is settled ---------------------------------------------------------------------

    def _accepted(self, entry: Entry, receipt: Receipt) -> Settlement:
        def record() -> Outcome:
            mark = self._outbox.mark_held if self._means.for_later else self._outbox.mark_sent
            return Outcome(mark(entry, receipt, now=self._means.clock()))

        return Settlement(entry, record, receipt)

    def _refused(self, entry: Entry, error: DeliveryError) -> Settlement:
        return Settlement(entry, lambda: Outcome(self._after(entry, error), error))

    def _after(self, entry: Entry, error: DeliveryError) -> Entry:
        now = self._means.clock()
        decision = retry.decide(
            error,
            attempt=entry.attempts,
            first_tried=entry.first_tried or now,
            now=now,
            first_delay_s=self._means.first_delay_s,
            jitter=self._means.jitter(),
        )
        match decision:
            case retry.RetryAt() if self._means.for_later:
                return self._outbox.mark_not_held(entry, error, now=now)
            case retry.RetryAt(moment):
                return self._outbox.postpone(entry, error, not_before=moment, now=now)
            case retry.GiveUp(reason):
                return self._outbox.mark_failed(entry, error, now=now, reason=reason)
            case retry.AskPerson():
                return self._outbox.mark_uncertain(entry, error, now=now)

    def _not_tried(self, entry: Entry, error: MailerError) -> Settlement:
        """Put a note back for which there is no connection; one that was claimed for it waits before it is again."""
        self.trouble = error

        def record() -> Outcome:
            now = self._means.clock()
            put_back = self._outbox.release(entry, now=now, reason=f"not tried: {error}")
            return Outcome(put_back, error, ends_run=True)

        def record_later() -> Outcome:
            return Outcome(self._after(entry, as_delay), error, ends_run=True)

        if self._means.claims_first and isinstance(error, DeliveryError):
            as_delay = Temporary(
                str(error), stage=error.stage, code=error.code, enhanced=error.enhanced, text=error.text
            )
            return Settlement(entry, record_later)
        return Settlement(entry, record)

    def _unfit(self, entry: Entry, error: MailerError) -> Settlement:
        """Settle a mail that cannot be built: the next try would find it the same, and hold up the others."""
        as_refusal = Permanent(str(error), stage=Stage.BODY)

        def record() -> Outcome:
            reason = "it cannot be sent as it is"
            now = self._means.clock()
            return Outcome(self._outbox.mark_failed(entry, as_refusal, now=now, reason=reason), error)

        return Settlement(entry, record)

    def _lost(self, entry: Entry, error: MailerError) -> Settlement:
        """Leave a note that another process has taken over at the gate."""
        return Settlement(entry, lambda: Outcome(self._outbox.get(entry.id), error))

    def _stuck_at_gate(self, entry: Entry, error: MailerError) -> Settlement:
        """Put back what is surely unsent because the gate could not be passed, even if the ledger says it was.

        A commit that reports a failure may have been kept all the same; the dot was not sent, and that decides.
        """
        as_delay = Temporary(f"the outbox could not be written before the final dot: {error}", stage=Stage.BODY)
        return self._refused(entry, as_delay)

    # --- recording it -----------------------------------------------------------------------------------------

    def _settled(self, settlement: Settlement) -> tuple[Claimed | None, BaseException | None]:
        """Let an acceptance wait for the next gate, or record it with the next claim; return the next, and an error."""
        following, self._following = self._following, None
        if self._claims_ahead and settlement.receipt and following:
            self._unrecorded = settlement
            return following, None
        return self._record(settlement, following)

    def _record(self, last: Settlement, following: Claimed | None) -> tuple[Claimed | None, BaseException | None]:
        """Record what became of this note and of the one that waits, in one durable commit with the next claim."""
        ends = [end for end in (self._unrecorded, last) if end]
        self._unrecorded = None

        def work() -> tuple[list[Outcome], Claimed | None]:
            outcomes = [end.record() for end in ends]
            return outcomes, following if following or outcomes[-1].ends_run else self._claim()

        error: BaseException | None = None
        try:
            outcomes, claimed = self._commit(work)
        except (StorageError, OutboxBusy):
            outcomes = self._patiently(ends)
            claimed = following if following or outcomes[-1].ends_run else self._commit(self._claim)
        except BaseException as exc:  # noqa: BLE001  # raised by the caller, after what became of these is kept
            outcomes, claimed, error = self._patiently(ends), following, exc
            outcomes[-1] = outcomes[-1]._replace(ends_run=True)
        self._recorded += outcomes
        if claimed and claimed is not following:
            self._notes.taken()
        return claimed, error

    def _patiently(self, ends: Sequence[Settlement]) -> list[Outcome]:
        """Record until it works or patience ends: an accepted note that nobody records would be uncertain for good."""
        for pause_s in (*self._means.patience_s, None):
            try:
                return [self._recorded_alone(end) for end in ends]
            except (StorageError, OutboxBusy) as exc:
                if pause_s is None:
                    raise self._unrecordable(ends, exc) from exc
                self._means.pause(pause_s)
        raise AssertionError("the last try returns or raises")

    def _recorded_alone(self, end: Settlement) -> Outcome:
        try:
            return self._commit(end.record)
        except IllegalTransition:  # recorded by an earlier try whose commit seemed to fail, or taken over
            return Outcome(self._commit(lambda: self._outbox.get(end.entry.id)))

    def _unrecordable(self, ends: Sequence[Settlement], cause: MailerError) -> MailerError:
        accepted = [(end.entry.id, end.receipt.reply) for end in ends if end.receipt]
        if not accepted:
            return cause
        said = ", ".join(f"{entry_id} ({reply.code} {reply.text})" for entry_id, reply in accepted)
        advice = " and ".join(f"`mailer outbox settle {entry_id} sent`" for entry_id, _ in accepted)
        return StorageError(f"the server accepted {said}, but that could not be recorded: {cause}. Then run {advice}")

    def _record_waiting(self) -> None:
        """Record the acceptance that waits for the next gate, if there is one."""
        if self._unrecorded is not None:
            waiting, self._unrecorded = self._unrecorded, None
            self._recorded += self._patiently([waiting])

    def _newly_recorded(self) -> Iterator[Outcome]:
        """Give what has become durable since the last time."""
        while self._recorded:
            yield self._recorded.pop(0)

    def _put_back(self, entry: Entry) -> None:
        """Put back a note on which the run broke off; should that fail, a sweep does it once this process is dead."""
        with suppress(StorageError, OutboxBusy, IllegalTransition):
            if self._is_past_gate and entry.owner == self._in_hand.owner:
                self._commit(lambda: self._outbox.mark_uncertain(entry, now=self._means.clock()))
            else:
                self._commit(lambda: self._released(entry, "the run was broken off before the final dot"))

    def _released(self, entry: Entry, reason: str) -> Entry:
        """Put back what is surely unsent, also when the ledger has it past the gate that this line never passed."""
        now = self._means.clock()
        try:
            return self._outbox.release(entry, now=now, reason=reason)
        except IllegalTransition:
            not_before = max(entry.not_before, now)
            return self._outbox.postpone(entry, Temporary(reason, stage=Stage.BODY), not_before=not_before, now=now)
