"""Keep every queued note and what happened to it: one compare-and-set and one event for each step, in one transaction.

Takes a Sealed and its hour, gives an Entry; each step takes an Entry and gives the next one. What a step returns from
is durable (SQLite: WAL, synchronous=FULL; PostgreSQL: synchronous_commit). Every method that takes a reference by a
person takes what `find` takes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING

from mailer.errors import AlreadyQueued, IllegalTransition, SealError
from mailer.model import Payload, Reply, State
from mailer.outbox import clocks, pacing, payloads, rows, statements, troubles
from mailer.outbox.search import find, find_all
from mailer.outbox.transitions import HOLDING, OWNED, Step, target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta

    from mailer.database import Row, Store
    from mailer.errors import DeliveryError
    from mailer.model import Entry, Event, Rate, Receipt, Sealed, Trouble
    from mailer.schedule import Due

__all__ = ["Outbox"]

#: Crockford's base 32 in lower case: no i, l, o, u to misread.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

#: More than any outbox holds, and a limit that every database takes.
_EVERY = 2**31 - 1


#: The event of a note whose process is proved dead.
_DIED = "its process died before the final dot"


class Outbox:
    """The outbox in one database; for one thread, as the database is.

    Any method raises StorageError or OutboxBusy, besides what it names itself.
    """

    def __init__(self, database: Store) -> None:
        self._database = database
        self._last_claimed: Row | None = None  # what `load` reads of it never changes
        self._clocks_followed: datetime | None = None

    def transaction(self) -> AbstractContextManager[None]:
        """Join the steps taken inside into one durable commit; all or none of them happen."""
        return self._database.transaction()

    # --- queueing ---------------------------------------------------------------------------------------------

    def enqueue(  # noqa: PLR0913  # the hour is three facts
        self,
        sealed: Sealed,
        *,
        due: datetime,
        due_local: datetime,
        timezone: str,
        now: datetime,
        read_payload: Callable[[Payload], Iterator[bytes]],
        account: str = "",
    ) -> Entry:
        """Queue a mail for `due` (aware UTC), which is `due_local` on the wall in `timezone`; `account` delivers it.

        Raises AlreadyQueued when a note of the kind to one of its people for this interview is queued or sent;
        SealError when it has no recipient; AttachmentFault when an attachment is not what was sealed.
        """
        if sealed.recipient is None or sealed.envelope is None:
            raise SealError(f"the note to {sealed.people[0]} has no address to go to; add `email` or `via` to the file")
        columns = rows.sealed_columns(sealed, to=sealed.recipient, envelope=sealed.envelope)
        hour = {"due": rows.stored(due), "due_local": due_local.isoformat(), "timezone": timezone}
        with self._database.transaction():
            self._refuse_second(sealed.interview_key, sealed.people, sealed.kind)
            entry_id = self._fresh_id()
            created = {"id": entry_id, "created": rows.stored(now), "account": account}
            seq: int = self._database.rows(statements.INSERT_ENTRY, columns | hour | created)[0]["seq"]
            self._take_hold(entry_id, sealed.interview_key, sealed.people, sealed.kind)
            self._store_parts(seq, sealed, read_payload)
            self._record(entry_id, None, State.SCHEDULED, now, f"queued for {due_local:%Y-%m-%d %H:%M} {timezone}")
            return self._entry(entry_id)

    def _refuse_second(self, interview_key: str, people: Collection[str], kind: str, *, but: str = "") -> None:
        for person in people:
            values = {"interview_key": interview_key, "person": person, "kind": kind}
            for row in self._database.rows(statements.HOLDER, values):
                if row["id"] != but:
                    raise AlreadyQueued(_already(rows.entry_from(row), person), entry_id=row["id"])

    def _take_hold(self, entry_id: str, interview_key: str, people: Collection[str], kind: str) -> None:
        """Forbid a second note of the kind to these people; another that is being queued at this moment goes first.

        In an order that all keep, so that no two wait for each other.
        """
        values = {"id": entry_id, "interview_key": interview_key, "kind": kind}
        for person in sorted(set(people)):
            while not self._database.rows(statements.HOLD, values | {"person": person}):
                self._refuse_second(interview_key, [person], kind)

    def _fresh_id(self) -> str:
        while True:
            number = int.from_bytes(os.urandom(5))
            fresh = "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
            if not self._database.rows(statements.ENTRY, {"id": fresh}):
                return fresh

    def _store_parts(self, seq: int, sealed: Sealed, read_payload: Callable[[Payload], Iterator[bytes]]) -> None:
        if any(isinstance(part, Payload) for part in sealed.parts):
            self._database.lock("payload_chunk")  # else one might be dropped that is found there now
        for position, part in enumerate(sealed.parts):
            if isinstance(part, Payload):
                payloads.store_payload(self._database, part, read_payload(part))
            self._database.rows(statements.INSERT_PART, {"seq": seq, "position": position} | rows.part_columns(part))

    # --- the steps of a delivery, by the process that claimed -------------------------------------------------

    def claim(
        self,
        *,
        now: datetime,
        owner: str,
        account: str = "",
        rate: Sequence[Rate] = (),
        max_late: timedelta | None = None,
    ) -> Entry | None:
        """Make the entry of an account that is due longest this owner's, before any network; None when none is due.

        What is later than `max_late` is left to `miss_overdue`: the machine may have slept since that last looked.
        Counts it as begun in the same transaction. Raises RateReached when the account has to wait.
        """
        with self._database.transaction():
            found = self._database.rows(statements.DUE_LONGEST, _window(account, now, max_late))
            if not found:
                return None
            before = rows.entry_from(found[0])
            pacing.begin(self._database, before.account, rate, now)
            self._last_claimed = found[0]
            self._database.change(statements.CLAIM, {"seq": found[0]["seq"], "owner": owner})
            attempts = before.attempts + 1
            self._record(before.id, State.SCHEDULED, State.CLAIMED, now, _try(attempts, owner))
            return before._replace(state=State.CLAIMED, owner=owner, attempts=attempts)

    def claim_one(self, entry_id: str, *, now: datetime, owner: str, rate: Sequence[Rate] = ()) -> Entry:
        """Make one entry this owner's, whatever its hour.

        Raises IllegalTransition when it is not scheduled, and RateReached as `claim` does.
        """
        with self._database.transaction():
            before = self._entry(entry_id)
            target(Step.CLAIM, before)
            pacing.begin(self._database, before.account, rate, now)
            attempts = before.attempts + 1
            return self._swap(Step.CLAIM, before, now, _try(attempts, owner), owner=owner, attempts=attempts)

    def refuse_too_early(self, rate: Sequence[Rate], *, now: datetime, account: str = "") -> None:
        """Raise RateReached while the account may begin no delivery; looks, and counts nothing."""
        pacing.refuse_too_early(self._database, account, rate, now)

    def load(self, entry: Entry) -> Sealed:
        """Return the sealed mail as it was queued; `read_payload` reads its attachments."""
        row = self._last_claimed
        if row is None or row["id"] != entry.id:
            row = self._database.rows(statements.ENTRY, {"id": entry.id})[0]
        parts = self._database.rows(statements.PARTS, {"seq": row["seq"]})
        return rows.sealed_from(row, tuple(map(rows.part_from, parts)))

    def read_payload(self, payload: Payload) -> Iterator[bytes]:
        """Give an attachment's bytes in pieces; raises AttachmentFault when they are no longer kept."""
        return payloads.read_payload(self._database, payload)

    def begin_transmission(self, entry: Entry, *, now: datetime) -> Entry:
        """Pass the gate: durable when it returns, and only then may the final dot go out.

        Raises IllegalTransition when the entry is no longer this owner's: then the dot must not go out.
        """
        return self._by_owner(Step.GATE, entry, now, "the final dot may go out")

    def mark_sent(self, entry: Entry, receipt: Receipt, *, now: datetime) -> Entry:
        """Record the positive reply, also of an entry that was meanwhile swept as uncertain."""
        return self._by_owner(Step.ACCEPT, entry, now, _said(receipt.reply), last_reply=receipt.reply)

    def mark_held(self, entry: Entry, receipt: Receipt, *, now: datetime) -> Entry:
        """Record that the server took the mail and keeps it until its hour (RFC 4865)."""
        return self._by_owner(
            Step.HOLD, entry, now, f"the server keeps it: {_said(receipt.reply)}", last_reply=receipt.reply
        )

    def mark_failed(self, entry: Entry, error: DeliveryError, *, now: datetime, reason: str) -> Entry:
        """Record that no program will try again, and why."""
        reply = _reply_of(error)
        return self._by_owner(Step.REFUSE, entry, now, f"{reason}: {_said(reply)}", last_reply=reply)

    def mark_uncertain(self, entry: Entry, error: DeliveryError | None = None, *, now: datetime) -> Entry:
        """Record that the dot went out and no reply was read; the owner's late reply may still be recorded."""
        reply = _reply_of(error) if error else entry.last_reply
        detail = _said(reply) if error and reply else "the delivery was cut off after the final dot may have gone out"
        return self._by_owner(Step.LOSE, entry, now, detail, last_reply=reply)

    def postpone(self, entry: Entry, error: DeliveryError, *, not_before: datetime, now: datetime) -> Entry:
        """Put back what was surely not sent, to be tried again at `not_before` (aware UTC)."""
        reply = _reply_of(error)
        changes = {"not_before": not_before, "first_tried": entry.first_tried or now, "last_reply": reply}
        return self._by_owner(Step.POSTPONE, entry, now, f"tried again later: {_said(reply)}", owner="", **changes)

    def mark_not_held(self, entry: Entry, error: DeliveryError, *, now: datetime) -> Entry:
        """Put back what the server would not keep for now: from here it goes out at its hour, and not before.

        That was no try of the delivery itself, so neither its lateness nor its two days begin with it.
        """
        reply = _reply_of(error)
        changes = {"not_before": max(entry.due, now), "attempts": max(entry.attempts - 1, 0), "last_reply": reply}
        return self._by_owner(Step.POSTPONE, entry, now, f"not held: {_said(reply)}", owner="", **changes)

    def release(self, entry: Entry, *, now: datetime, reason: str) -> Entry:
        """Put back what was claimed and never tried; the try does not count."""
        return self._by_owner(Step.RELEASE, entry, now, reason, owner="", attempts=max(entry.attempts - 1, 0))

    def _by_owner(self, step: Step, entry: Entry, now: datetime, detail: str, **changes: object) -> Entry:
        """Take a step of the owner, first from the entry as the owner knows it, which saves a reading."""
        with self._database.transaction():
            with suppress(IllegalTransition):
                return self._swap(step, entry, now, detail, **changes)
            before = self._entry(entry.id)
            if before.owner != entry.owner:
                raise IllegalTransition(f"{entry.id} is no longer this process's; another one took it over")
            return self._swap(step, before, now, detail, **changes)

    # --- what a person does -----------------------------------------------------------------------------------

    def cancel(self, entry_id: str, *, now: datetime) -> Entry:
        """Make sure that the entry is not sent; raises IllegalTransition when that is too late."""
        return self._by_person(Step.CANCEL, entry_id, now, "cancelled")

    def restore(self, entry_id: str, *, now: datetime) -> Entry:
        """Undo a cancel; raises AlreadyQueued when another note has taken its place."""
        return self._by_person(Step.RESTORE, entry_id, now, "the cancel was undone")

    def reschedule(self, entry_id: str, *, due: datetime, due_local: datetime, timezone: str, now: datetime) -> Entry:
        """Give the entry another hour."""
        detail = f"rescheduled to {due_local:%Y-%m-%d %H:%M} {timezone}"
        hour = {"due": due, "due_local": due_local, "timezone": timezone, "not_before": due}
        return self._by_person(Step.RESCHEDULE, entry_id, now, detail, **hour)

    def retry(self, entry_id: str, *, now: datetime) -> Entry:
        """Have a failed or postponed entry tried again as soon as it is due, its two days beginning anew."""
        with self._database.transaction():
            due = self._entry(entry_id).due
            return self._by_person(
                Step.RETRY, entry_id, now, "to be tried again", not_before=max(due, now), first_tried=None
            )

    def settle(self, entry_id: str, *, was_sent: bool, now: datetime) -> Entry:
        """Record what a person found out about an uncertain or held entry; an unsent one is due at once or at its hour.

        Its hour lies ahead when a server was to keep it until then.
        """
        if was_sent:
            return self._by_person(Step.SETTLE_SENT, entry_id, now, "a person found it sent")
        with self._database.transaction():
            changes = {"not_before": max(self._entry(entry_id).due, now), "first_tried": None}
            return self._by_person(Step.SETTLE_UNSENT, entry_id, now, "a person found it unsent", **changes)

    def _by_person(self, step: Step, entry_id: str, now: datetime, detail: str, **changes: object) -> Entry:
        with self._database.transaction():
            return self._swap(step, self._entry(entry_id), now, detail, owner="", **changes)

    # --- what the relay of a cluster does ---------------------------------------------------------------------

    def hand_out(self, entry: Entry, *, now: datetime, attempts: int | None = None) -> Entry:
        """Record that the engine has the entry's next try; raises IllegalTransition when it changed meanwhile.

        `attempts` is the number under which the engine has it, when it was not free for the entry's own.
        """
        number = entry.attempts if attempts is None else attempts
        return self._take(Step.HAND_OUT, entry, now, "handed to the workers", attempts=number)

    def take_from_engine(self, entry: Entry, *, now: datetime) -> Entry:
        """Put back a handed out entry that the engine has lost.

        It counts as tried, because the engine never runs a second job of the same name.
        Raises IllegalTransition when it changed meanwhile.
        """
        return self._take(Step.TAKE_BACK, entry, now, "the engine lost it", attempts=entry.attempts + 1)

    # --- what the sweeper does --------------------------------------------------------------------------------

    def owned(self) -> list[Entry]:
        """List what processes work on, or did when they died."""
        return [rows.entry_from(row) for row in self._database.rows(statements.OWNED)]

    def take_back(self, entry: Entry, *, now: datetime, not_before: datetime | None = None) -> Entry:
        """Put an entry of a process proved dead where it belongs: unsent is scheduled, in the balance is uncertain.

        An unsent one waits until `not_before`. Raises IllegalTransition when that process had gone a step further after
        `entry` was read.
        """
        if entry.state is State.TRANSMITTING:
            return self.mark_uncertain(entry, now=now)
        later = not_before or entry.not_before
        return self._by_owner(Step.RELEASE, entry, now, _DIED, owner="", not_before=later)

    def deaths(self, entry_id: str) -> int:
        """Count how many times on end, up to now, a process died with the entry before its final dot."""
        died = 0
        for event in reversed(self.events(entry_id)):
            if event.detail == _DIED:
                died += 1
            elif event.to_state is not State.CLAIMED:
                break
        return died

    def follow_clocks(self, *, now: datetime) -> list[Entry]:
        """Move the scheduled entries whose wall time is another instant since the rules of its zone changed.

        Looks at those that are due within a day or were, every ten minutes at most, and returns what it moved.
        """
        last = self._clocks_followed
        if last is not None and abs(now - last) < clocks.EVERY:
            return []
        self._clocks_followed = now
        moved = [self._follow(*move, now) for move in clocks.moves(self._database, now)]
        return [entry for entry in moved if entry]

    def _follow(self, entry_id: str, before: Due, after: Due, now: datetime) -> Entry | None:
        """Give an entry its new hour, unless it has another one than `before` by now; a try that waits keeps its."""
        with self._database.transaction():
            entry = self._entry(entry_id)
            if entry.state is not State.SCHEDULED or (entry.due, entry.due_local) != (before.instant, before.wall):
                return None
            not_before = after.instant if entry.not_before == entry.due else entry.not_before
            hour = {"due": after.instant, "due_local": after.wall, "not_before": not_before}
            return self._swap(Step.RESCHEDULE, entry, now, clocks.explained(before, after), owner="", **hour)

    def miss_overdue(self, before: datetime, *, now: datetime) -> list[Entry]:
        """Park every entry that should have been tried before `before`, so that a person is asked about it."""
        with self._database.transaction():
            overdue = self._database.rows(statements.OVERDUE, {"limit": rows.stored(before)})
            return [self._by_person(Step.MISS, row["id"], now, "its hour has long passed") for row in overdue]

    def miss(self, entry: Entry, *, now: datetime) -> Entry:
        """Park one entry as `miss_overdue` does; raises IllegalTransition when it changed meanwhile."""
        return self._take(Step.MISS, entry, now, "its hour has long passed")

    def forget_starts(self, rate: Sequence[Rate], *, now: datetime) -> None:
        """Forget the deliveries begun so long ago that no rate counts them."""
        pacing.forget(self._database, rate, now)

    def drop_unneeded_payloads(self, *, now: datetime) -> None:
        """Forget the attachments that no entry may still send; the rest of a sent mail is kept."""
        with self._database.transaction():
            self._database.lock("payload_chunk")
            self._database.rows(statements.DROP_PAYLOADS, {"now": rows.stored(now)})

    # --- what keeps all of them waiting -----------------------------------------------------------------------

    def record_trouble(self, trouble: Trouble) -> Trouble:
        """Keep why an account's due notes wait; return it with the moment since when it is of this kind."""
        return troubles.record(self._database, trouble)

    def clear_trouble(self, account: str = "") -> Trouble | None:
        """Forget an account's trouble, because a delivery works again; return what it was."""
        return troubles.clear(self._database, account)

    def trouble(self, account: str = "") -> Trouble | None:
        """Return what keeps an account's due notes waiting, None when nothing is known to."""
        return troubles.current(self._database, account)

    def troubles(self) -> tuple[Trouble, ...]:
        """Return what keeps due notes waiting, one of each account that has any."""
        return troubles.every(self._database)

    # --- reading ----------------------------------------------------------------------------------------------

    def get(self, reference: str, *, able: Collection[State] = ()) -> Entry:
        """Return the entry of an id, the beginning of one, a person's id, or a reader's name, address or interview.

        Of several of a name, the one in a state of `able`, else the one still open.
        Raises EntryNotFound, naming what comes near, when there is none or more than one.
        """
        return find(self._database, reference, able=able)

    def all_of(self, reference: str) -> tuple[Entry, ...]:
        """Return every entry that a reference as in `get` means, newest first; raises EntryNotFound for none."""
        return tuple(find_all(self._database, reference))

    def list(self, states: Collection[State] | None = None, *, limit: int | None = 1000) -> list[Entry]:
        """List the newest entries first, those of `states` or all; `limit` None gives every one."""
        at_most = _EVERY if limit is None else limit
        if states is None:
            return [rows.entry_from(row) for row in self._database.rows(statements.NEWEST, {"limit": at_most})]
        found = [
            row
            for state in states
            for row in self._database.rows(_newest(state), {"state": state.value, "limit": at_most})
        ]
        found.sort(key=itemgetter("seq"), reverse=True)
        return [rows.entry_from(row) for row in found[:limit]]

    def due(self, now: datetime, *, limit: int, account: str = "", max_late: timedelta | None = None) -> int:
        """Count the entries of an account that are due, and no later than `max_late`, up to `limit`.

        Reads the index once when there is none.
        """
        return len(self._database.rows(statements.DUE, _window(account, now, max_late) | {"limit": limit}))

    def next_hour(self, now: datetime, *, account: str = "") -> datetime | None:
        """Return the next hour (aware UTC), after `now`, at which the account has something to try; None for none."""
        found = self._database.rows(statements.NEXT_HOUR, {"account": account, "now": rows.stored(now)})
        return rows.instant_from(found[0]["not_before"]) if found else None

    def events(self, entry_id: str) -> tuple[Event, ...]:
        """Return what happened to an entry, in order."""
        return tuple(map(rows.event_from, self._database.rows(statements.EVENTS, {"id": entry_id})))

    def counts(self) -> dict[State, int]:
        """Count the entries of each state that has any."""
        return {State(row["state"]): row["number"] for row in self._database.rows(statements.COUNTS)}

    def sent_notes(self, interview_key: str, people: Collection[str]) -> tuple[Entry, ...]:
        """Return what may not be sent a second time: the entries of an interview, and those to these people for any.

        Cancelled and failed ones do not count. An interview whose start was corrected has another key, and its people
        tell that it is the same one.
        """
        found = [*self._database.rows(statements.HOLDING_OF_INTERVIEW, {"interview_key": interview_key})]
        for person in dict.fromkeys(people):
            found += self._database.rows(statements.HOLDING_OF_PERSON, {"person": person})
        return tuple({row["id"]: rows.entry_from(row) for row in found}.values())

    def of_interview(self, interview_key: str, interview: str) -> tuple[tuple[Entry, datetime], ...]:
        """Return what an interview has here, the oldest first, each with the moment (aware UTC) of its last step.

        One query, however many people. Found by its key what may not be sent a second time, and by its name
        (`interview`) what was cancelled or failed, or was queued before its start was corrected.
        """
        values = {"interview_key": interview_key, "interview": interview}
        return tuple(map(_with_last_step, self._database.rows(statements.OF_INTERVIEW, values)))

    def lately(self, state: State, *, limit: int) -> tuple[tuple[Entry, datetime], ...]:
        """Return the newest entries of a state that nobody works on, each with the moment (aware UTC) it came there."""
        found = self._database.rows(statements.LATELY, {"state": state.value, "limit": limit})
        return tuple(map(_with_last_step, found))

    # --- the one way to change an entry -----------------------------------------------------------------------

    def _entry(self, entry_id: str) -> Entry:
        """Read an entry that is about to take a step; nobody else takes one with it until the transaction ends."""
        found = self._database.rows(statements.ENTRY_TO_CHANGE, {"id": entry_id})
        return rows.entry_from(found[0]) if found else find(self._database, entry_id)

    def _take(self, step: Step, before: Entry, now: datetime, detail: str, **changes: object) -> Entry:
        with self._database.transaction():
            return self._swap(step, before, now, detail, **changes)

    def _swap(self, step: Step, before: Entry, now: datetime, detail: str, **changes: object) -> Entry:
        """Take a step if the entry still is `before`, and record it; inside a transaction, all or nothing written."""
        after = before._replace(state=target(step, before), **changes)  # type: ignore[arg-type]
        old = {"id": before.id, "old_state": before.state, "old_owner": before.owner, "old_attempts": before.attempts}
        if changes.keys() <= {"last_reply"}:
            changed = self._database.change(statements.SWAP_STATE, rows.state_columns(after) | old)
        else:
            changed = self._database.change(statements.SWAP, rows.mutable_columns(after) | old)
        if not changed:
            raise IllegalTransition(f"{before.id} changed at this moment; look at it, then try again")
        self._hold(before, after)
        self._record(before.id, before.state, after.state, now, detail)
        return after

    def _hold(self, before: Entry, after: Entry) -> None:
        """Let go of an entry's people when it can no longer be sent, take hold of them when it can again."""
        holds = after.state in HOLDING
        if holds == (before.state in HOLDING):
            return
        if holds:
            self._refuse_second(after.interview_key, after.people, after.kind, but=after.id)
            self._database.rows(statements.FORGET_READERS, {"id": after.id})
            self._take_hold(after.id, after.interview_key, after.people, after.kind)
        else:
            self._database.rows(statements.LET_GO, {"id": after.id})

    def _record(self, entry_id: str, from_state: State | None, to_state: State, now: datetime, detail: str) -> None:
        values = {
            "id": entry_id,
            "at": rows.stored(now),
            "from_state": from_state,
            "to_state": to_state,
            "detail": detail,
        }
        self._database.rows(statements.INSERT_EVENT, values)


def _newest(state: State) -> str:
    if state is State.SCHEDULED:
        return statements.NEWEST_SCHEDULED
    return statements.NEWEST_OWNED if state in OWNED else statements.NEWEST_DONE


def _window(account: str, now: datetime, max_late: timedelta | None) -> dict[str, object]:
    """Return from when to when an entry's hour lies that is due, and not too late."""
    earliest = rows.stored(now - max_late) if max_late else 0
    return {"account": account, "now": rows.stored(now), "earliest": earliest}


def _with_last_step(row: Row) -> tuple[Entry, datetime]:
    return rows.entry_from(row), rows.instant_from(row["changed"])


def _already(entry: Entry, person: str) -> str:
    said = "was sent" if entry.state is State.SENT else f"is {entry.state} in the outbox"
    return (
        f"a {entry.kind} note to {person} for {entry.interview} {said} ({entry.id});"
        f" `mailer outbox show {entry.id}` tells more"
    )


def _try(number: int, owner: str) -> str:
    return f"try {number}, by {owner}"


def _reply_of(error: DeliveryError) -> Reply:
    return Reply(error.code, error.enhanced, error.text or str(error), error.stage)


def _said(reply: Reply) -> str:
    code = f"{reply.code} " if reply.code else ""
    return f"{code}{reply.text} ({reply.stage})"
