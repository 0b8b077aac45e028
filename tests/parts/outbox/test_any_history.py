"""Take any steps in any order, legal or not, on a real ledger, and hold it to a model that knows only the diagram."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mailer.database import Database
from mailer.errors import AlreadyQueued, IllegalTransition
from mailer.model import NoteKind, State
from mailer.outbox import Outbox
from mailer.outbox.transitions import HOLDING, TRANSITIONS, Step
from tests.parts.outbox.ledger import BUSY, LATER, LOST, NOW, RECEIPT, REFUSED, opened, put
from tests.postgresql import needs_postgresql, server

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.database import Store
    from mailer.model import Entry, Event

PEOPLE = ("ada", "bo", "cy")
BY_OWNER = {Step.RELEASE, Step.POSTPONE, Step.GATE, Step.ACCEPT, Step.REFUSE, Step.LOSE, Step.HOLD}


class AnyHistory(RuleBasedStateMachine):
    """A model of each entry (its state, its last claim) beside the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.empty()
        self.outbox = Outbox(self.database)
        self.states: dict[str, State] = {}
        self.claims: dict[str, list[Entry]] = {}
        self.keys: dict[str, set[tuple[str, NoteKind]]] = {}
        self.histories: dict[str, tuple[Event, ...]] = {}
        self.executions = 0

    def empty(self) -> Store:
        """Open a new SQLite file."""
        self.folder = tempfile.TemporaryDirectory()
        return Database(Path(self.folder.name) / "home")

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @rule(people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True), kind=st.sampled_from(NoteKind))
    def enqueue(self, people: list[str], kind: NoteKind) -> None:
        keys = {(person, kind) for person in people}
        if keys & self.held():
            self.refused(AlreadyQueued, lambda: put(self.outbox, people=tuple(people), kind=kind))
            return
        entry = put(self.outbox, people=tuple(people), kind=kind)
        self.states[entry.id], self.keys[entry.id], self.claims[entry.id] = State.SCHEDULED, keys, []

    @rule()
    def claim(self) -> None:
        entry = self.outbox.claim(now=LATER, owner=self.execution())
        assert (entry is not None) == (State.SCHEDULED in self.states.values())
        if entry is not None:
            self.claimed(entry)

    @precondition(lambda self: self.states)
    @rule(data=st.data(), step=st.sampled_from(sorted(Step)))
    def take(self, data: st.DataObject, step: Step) -> None:
        entry_id = list(self.states)[
            data.draw(st.integers(0, len(self.states) - 1))
        ]  # ids are random, their order is not
        claims = self.claims[entry_id]
        if step in BY_OWNER:
            if claims:
                claim = claims[data.draw(st.integers(0, len(claims) - 1))]
                is_owner = claim is claims[-1] and self.states[entry_id] not in {State.SCHEDULED, State.QUEUED}
                self.attempt(step, entry_id, lambda: self.by_owner(step, claim), may=is_owner)
        elif step is not Step.MISS:
            is_free = not (self.keys[entry_id] & self.held(but=entry_id))
            error = IllegalTransition if is_free else (AlreadyQueued, IllegalTransition)
            self.attempt(step, entry_id, lambda: self.by_person(step, entry_id), may=is_free, error=error)

    @rule()
    def miss(self) -> None:
        for entry in self.outbox.miss_overdue(LATER, now=LATER):
            assert self.states[entry.id] is State.SCHEDULED
            self.states[entry.id] = State.MISSED

    @rule()
    def sweep(self) -> None:
        """Take every process for dead."""
        for entry in self.outbox.owned():
            after = self.outbox.take_back(entry, now=LATER)
            wanted = State.SCHEDULED if self.states[entry.id] is State.CLAIMED else State.UNCERTAIN
            assert after.state is wanted
            self.states[entry.id] = wanted

    def attempt(
        self,
        step: Step,
        entry_id: str,
        take: Callable[[], Entry],
        *,
        may: bool,
        error: type[Exception] | tuple[type[Exception], ...] = IllegalTransition,
    ) -> None:
        sources, target = TRANSITIONS[step]
        if not may or self.states[entry_id] not in sources:
            self.refused(error, take)
            return
        after = take()
        assert after.state is target
        self.states[entry_id] = target
        if step is Step.CLAIM:
            self.claimed(after)

    def by_owner(self, step: Step, claim: Entry) -> Entry:
        outbox = self.outbox
        steps: dict[Step, Callable[[], Entry]] = {
            Step.RELEASE: lambda: outbox.release(claim, now=LATER, reason="interrupted"),
            Step.POSTPONE: lambda: outbox.postpone(claim, BUSY, not_before=LATER, now=LATER),
            Step.GATE: lambda: outbox.begin_transmission(claim, now=LATER),
            Step.ACCEPT: lambda: outbox.mark_sent(claim, RECEIPT, now=LATER),
            Step.REFUSE: lambda: outbox.mark_failed(claim, REFUSED, now=LATER, reason="refused"),
            Step.LOSE: lambda: outbox.mark_uncertain(claim, LOST, now=LATER),
            Step.HOLD: lambda: outbox.mark_held(claim, RECEIPT, now=LATER),
        }
        return steps[step]()

    def by_person(self, step: Step, entry_id: str) -> Entry:
        outbox, wall = self.outbox, NOW.replace(tzinfo=None)
        steps: dict[Step, Callable[[], Entry]] = {
            Step.CLAIM: lambda: outbox.claim_one(entry_id, now=LATER, owner=self.execution()),
            Step.HAND_OUT: lambda: outbox.hand_out(outbox.get(entry_id), now=LATER),
            Step.TAKE_BACK: lambda: outbox.take_from_engine(outbox.get(entry_id), now=LATER),
            Step.CANCEL: lambda: outbox.cancel(entry_id, now=LATER),
            Step.RESTORE: lambda: outbox.restore(entry_id, now=LATER),
            Step.RESCHEDULE: lambda: outbox.reschedule(entry_id, due=NOW, due_local=wall, timezone="UTC", now=LATER),
            Step.RETRY: lambda: outbox.retry(entry_id, now=LATER),
            Step.SETTLE_SENT: lambda: outbox.settle(entry_id, was_sent=True, now=LATER),
            Step.SETTLE_UNSENT: lambda: outbox.settle(entry_id, was_sent=False, now=LATER),
        }
        return steps[step]()

    def refused(self, error: type[Exception] | tuple[type[Exception], ...], take: Callable[[], object]) -> None:
        try:
            take()
        except error:
            return
        raise AssertionError("an illegal step was taken")

    def claimed(self, entry: Entry) -> None:
        self.states[entry.id] = State.CLAIMED
        self.claims[entry.id].append(entry)

    def execution(self) -> str:
        self.executions += 1
        return f"w:{self.executions}"

    def held(self, *, but: str = "") -> set[tuple[str, NoteKind]]:
        return {key for i, state in self.states.items() if state in HOLDING and i != but for key in self.keys[i]}

    @invariant()
    def the_ledger_is_as_the_model_says(self) -> None:
        assert {entry.id: entry.state for entry in self.outbox.list()} == self.states

    @invariant()
    def every_history_is_one_chain_that_only_grows(self) -> None:
        for entry_id, state in self.states.items():
            events = self.outbox.events(entry_id)
            before = self.histories.get(entry_id, ())
            assert events[: len(before)] == before
            assert [event.from_state for event in events[1:]] == [event.to_state for event in events[:-1]]
            assert events[-1].to_state is state
            self.histories[entry_id] = events

    @invariant()
    def what_was_sent_stays_sent(self) -> None:
        for entry_id, events in self.histories.items():
            if any(event.to_state is State.SENT for event in events):
                assert self.states[entry_id] is State.SENT


class AnyHistoryOnPostgreSQL(AnyHistory):
    """The same, in one database that each history empties."""

    def empty(self) -> Store:
        """Empty the database of this run."""
        database = opened(an_address())
        database.rows("TRUNCATE entry, reader, part, payload_chunk, event")
        return database

    def teardown(self) -> None:
        self.database.close()


@cache
def an_address() -> str:
    """Return the URL of a database for all histories of this run."""
    return server().url(server().empty_database())


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=40, deadline=timedelta(seconds=20))

TestAnyHistoryOnPostgreSQL = needs_postgresql(AnyHistoryOnPostgreSQL.TestCase)
TestAnyHistoryOnPostgreSQL.settings = settings(max_examples=25, stateful_step_count=40, deadline=timedelta(seconds=60))
