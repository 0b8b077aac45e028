"""Faults of the ledger and of the note in the middle of a delivery, each on a real file and a real server."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer import sender
from mailer.database import Database
from mailer.deliver import Delivery, sweep
from mailer.errors import IllegalTransition, StorageError, Temporary
from mailer.model import Rate, State
from mailer.outbox import LockFiles, Outbox
from tests.parts.deliver.test_delivery import Meddled, to
from tests.parts.deliver.victim import account
from tests.parts.outbox.ledger import LATER, put
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mailer.deliver import Outcome
    from mailer.errors import RateReached
    from mailer.outbox import Worker
    from tests.parts.deliver.test_crashes import Script


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    with Database(home, busy_timeout_s=0.05) as opened:
        yield opened


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def worker(home: Path) -> Iterator[Worker]:
    with LockFiles(home).worker() as alive:
        yield alive


class Lock:
    """Another process that keeps the outbox locked, from `take` to `leave`."""

    def __init__(self, home: Path) -> None:
        self._connection = sqlite3.connect(home / "mailer.db", isolation_level=None)

    def take(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def leave(self, _: float = 0.0) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


@pytest.fixture
def lock(home: Path, outbox: Outbox) -> Iterator[Lock]:
    outbox.counts()
    other = Lock(home)
    yield other
    other.leave()
    other._connection.close()


def delivery(
    outbox: Outbox,
    worker: Worker,
    connect: Callable[[], Any],
    *,
    pause: Any,
    patience_s: tuple[float, ...] = (1.0, 2.0),
) -> Delivery:
    return Delivery(
        outbox, worker, connect, clock=lambda: LATER, jitter=lambda: 0.0, pause=pause, patience_s=patience_s
    )


def states(outbox: Outbox) -> dict[str, State]:
    return {entry.person: entry.state for entry in outbox.list()}


# --- the ledger --------------------------------------------------------------------------------------------------------


def test_a_gate_that_cannot_be_written_puts_the_note_back_and_the_dot_stays_at_home(
    outbox: Outbox, worker: Worker, lock: Lock
):
    put(outbox, "a")

    with SmtpServer() as server:
        connect = to(server)
        stuck = delivery(outbox, worker, lambda: Meddled(connect(), before_gate=lock.take), pause=lock.leave)
        (outcome,) = stuck.due()

    assert isinstance(outcome.error, Temporary)
    assert (outcome.entry.state, outcome.entry.not_before) == (State.SCHEDULED, LATER + timedelta(minutes=1))
    assert "before the final dot" in outbox.events(outcome.entry.id)[-1].detail
    assert server.messages == []


def test_a_gate_that_was_written_and_reported_as_failed_is_no_uncertain_note(
    home: Path, outbox: Outbox, worker: Worker
):
    """As when a database goes away with the answer to a commit."""

    class Forgetful(Database):
        fails = False

        @contextmanager
        def transaction(self) -> Iterator[None]:
            is_joined = self._connection is not None and self._connection.in_transaction
            with super().transaction():
                yield
            if self.fails and not is_joined:
                self.fails = False
                raise StorageError("the answer to the commit was lost")

    put(outbox, "a")
    with Forgetful(home) as database, SmtpServer() as server:
        connect = to(server)

        def forget() -> None:
            database.fails = True

        gated = delivery(Outbox(database), worker, lambda: Meddled(connect(), before_gate=forget), pause=lambda _: None)
        (outcome,) = gated.due()

    assert [event.to_state for event in outbox.events(outcome.entry.id)][-2:] == [State.TRANSMITTING, State.SCHEDULED]
    assert server.messages == []


def test_an_accepted_note_is_recorded_when_the_outbox_can_be_written_again(outbox: Outbox, worker: Worker, lock: Lock):
    for n in range(3):
        put(outbox, f"p{n}")
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            lock.leave()

    def once() -> None:
        if not waited:
            lock.take()

    with SmtpServer() as server:
        connect = to(server)
        outcomes = list(delivery(outbox, worker, lambda: Meddled(connect(), after=once), pause=pause).due())

    assert [outcome.entry.state for outcome in outcomes] == [State.SENT] * 3
    assert waited == [1.0, 2.0]
    assert len(server.messages) == 3


def test_a_commit_that_waits_for_the_gate_of_the_next_note_survives_a_full_ledger(
    outbox: Outbox, worker: Worker, lock: Lock
):
    """The acceptance of a fast note waits for the next gate; that gate fails."""
    for n in range(4):
        put(outbox, f"p{n}")
    gates: list[int] = []

    def before_gate() -> None:
        gates.append(1)
        if len(gates) == 3:
            lock.take()

    with SmtpServer() as server:
        connect = to(server)
        connected = Meddled(connect(), before_gate=before_gate)
        again = iter([connected, connect()])
        outcomes = list(delivery(outbox, worker, lambda: next(again), pause=lock.leave).due())

    assert sorted(outcome.entry.state for outcome in outcomes) == [State.SCHEDULED, *[State.SENT] * 3]
    assert len(server.messages) == 3


# --- several lines -----------------------------------------------------------------------------------------------------


def lines(outbox: Outbox, worker: Worker, server: SmtpServer, number: int = 4, **changes: Any) -> Delivery:
    connect = to(server)
    return Delivery(outbox, worker, connect, clock=lambda: LATER, jitter=lambda: 0.0, connections=number, **changes)


def test_several_lines_deliver_each_note_once(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        ids = {put(outbox, f"p{n}").id for n in range(60)}

    with SmtpServer() as server:
        outcomes = list(lines(outbox, worker, server).due())
        server.wait_until_idle()

    assert {outcome.entry.id for outcome in outcomes} == ids
    assert outbox.counts() == {State.SENT: 60}
    assert (len(server.messages), server.connections) == (60, 4)


def test_no_more_lines_are_opened_than_notes_are_due(outbox: Outbox, worker: Worker):
    put(outbox, "a")

    with SmtpServer() as server:
        list(lines(outbox, worker, server).due())

    assert server.connections == 1


def test_faults_of_one_line_harm_no_other(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        for n in range(40):
            put(outbox, f"p{n}")
    script: Script = {
        "rcpt": [None, "451 4.3.0 Try later", None, "550 5.1.1 No such user"],
        "dot": [None, None, Cut(accept=True)],
    }

    with SmtpServer(script) as server:
        list(lines(outbox, worker, server).due())

    assert outbox.counts() == {State.SENT: 37, State.SCHEDULED: 1, State.FAILED: 1, State.UNCERTAIN: 1}


def test_a_line_that_the_server_refuses_is_no_trouble_while_another_works(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        for n in range(10):
            put(outbox, f"p{n}")

    with SmtpServer({"greeting": [None, "421 4.7.0 Too many connections"]}) as server:
        run = lines(outbox, worker, server, 2)
        outcomes = list(run.due())

    assert [outcome.entry.state for outcome in outcomes] == [State.SENT] * 10
    assert run.trouble is None


def test_the_trouble_of_every_line_is_told_once(outbox: Outbox, worker: Worker):
    for n in range(4):
        put(outbox, f"p{n}")

    with SmtpServer({"greeting": "421 4.3.2 Shutting down"}) as server:
        run = lines(outbox, worker, server)
        assert list(run.due()) == []

    assert isinstance(run.trouble, Temporary)
    assert {entry.attempts for entry in outbox.list()} == {0}


def test_a_wish_to_end_finishes_the_notes_in_hand_on_every_line(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        for n in range(200):
            put(outbox, f"p{n}")
    wish: list[int] = []

    with SmtpServer() as server:
        outcomes: list[Outcome] = []
        for outcome in lines(outbox, worker, server, stop=lambda: bool(wish)).due():
            outcomes.append(outcome)
            wish.append(1)

    counts = outbox.counts()
    assert counts == {State.SENT: len(outcomes), State.SCHEDULED: 200 - len(outcomes)}
    assert len(server.messages) == len(outcomes)


def test_a_caller_that_stops_asking_leaves_nothing_in_hand_on_any_line(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        for n in range(100):
            put(outbox, f"p{n}")

    with SmtpServer() as server:
        outcomes = lines(outbox, worker, server).due()
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]  # it is a generator

    assert outbox.counts() == {State.SENT: len(server.messages), State.SCHEDULED: 100 - len(server.messages)}


def test_an_unexpected_error_of_one_line_ends_all_and_is_raised(outbox: Outbox, worker: Worker):
    with outbox.transaction():
        for n in range(50):
            put(outbox, f"p{n}")
    made: list[int] = []

    with SmtpServer() as server:

        def connect() -> Any:
            made.append(1)
            if len(made) == 2:
                raise ZeroDivisionError
            return sender.connect(account(server.port), None)

        run = Delivery(outbox, worker, connect, clock=lambda: LATER, connections=2)
        with pytest.raises(ZeroDivisionError):
            list(run.due())

    assert set(outbox.counts()) <= {State.SENT, State.SCHEDULED}


# --- the rate ----------------------------------------------------------------------------------------------------------


def test_a_run_goes_on_over_the_same_connections_when_the_rate_was_waited_for(outbox: Outbox, worker: Worker):
    for n in range(5):
        put(outbox, f"p{n}")
    now = [LATER]

    def hold(reached: RateReached) -> bool:
        now[0] = reached.until
        return True

    with SmtpServer() as server:
        run = Delivery(outbox, worker, to(server), clock=lambda: now[0], rate=(Rate(2, 60),), hold=hold)
        outcomes = list(run.due())
        server.wait_until_idle()

    assert [outcome.entry.state for outcome in outcomes] == [State.SENT] * 5
    assert (server.connections, now[0]) == (1, LATER + timedelta(minutes=2))
    assert run.held is None


def test_a_rate_that_is_not_waited_for_ends_the_run_and_is_told(outbox: Outbox, worker: Worker):
    ids = [put(outbox, f"p{n}").id for n in range(3)]

    with SmtpServer() as server:
        run = Delivery(outbox, worker, to(server), clock=lambda: LATER, rate=(Rate(2, 60),))
        outcomes = list(run.chosen(ids))

    assert len(outcomes) == 2
    assert run.held is not None
    assert run.held.until == LATER + timedelta(minutes=1)
    assert states(outbox)["p2"] is State.SCHEDULED


def test_a_rate_that_is_used_up_connects_to_nobody(outbox: Outbox, worker: Worker):
    put(outbox, "a")
    put(outbox, "b")

    with SmtpServer() as server:
        run = Delivery(outbox, worker, to(server), clock=lambda: LATER, rate=(Rate(1, 60),))
        list(run.due())
        list(run.due())

    assert server.connections == 1


# --- a note that kills ------------------------------------------------------------------------------------------------


def die_with(outbox: Outbox, home: Path) -> None:
    """Claim what is due as a process that dies does, and sweep after it."""
    liveness = LockFiles(home)
    with liveness.worker() as mortal:
        entry = outbox.claim(now=LATER + timedelta(days=1), owner=mortal.execution())
        assert entry is not None
    sweep(outbox, liveness, now=LATER, first_delay_s=60.0)


def test_a_note_on_which_processes_die_again_and_again_waits_longer_and_longer(home: Path, outbox: Outbox):
    put(outbox, "a")
    waits = []
    for _ in range(7):
        die_with(outbox, home)
        waits.append((outbox.get("a").not_before - LATER).total_seconds())

    assert [max(wait, 0) for wait in waits] == [0, 0, 0, 60, 120, 240, 480]


def test_after_eight_deaths_on_end_a_person_is_asked(home: Path, outbox: Outbox):
    put(outbox, "a")
    for _ in range(8):
        die_with(outbox, home)

    entry = outbox.get("a")

    assert entry.state is State.FAILED
    assert entry.last_reply is not None
    assert "mailer died 8 times on end" in entry.last_reply.text


def test_a_person_who_has_it_tried_again_begins_the_count_anew(home: Path, outbox: Outbox):
    entry = put(outbox, "a")
    for _ in range(8):
        die_with(outbox, home)
    outbox.retry(entry.id, now=LATER)

    die_with(outbox, home)

    assert outbox.get("a").state is State.SCHEDULED


def test_a_gate_of_another_owner_in_one_commit_harms_no_other_piece(outbox: Outbox):
    """Two pieces gather while a third is done; one is illegal, the other stands."""
    import threading

    from mailer.deliver.commits import Commits

    first, second = put(outbox, "a"), put(outbox, "b")
    commits = Commits(outbox)
    begun, may_end = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def slow() -> None:
        begun.set()
        assert may_end.wait(30)

    def illegal() -> None:
        try:
            commits(lambda: outbox.settle(first.id, was_sent=True, now=LATER))
        except IllegalTransition as exc:
            errors.append(exc)

    threads = [threading.Thread(target=commits, args=(slow,)), threading.Thread(target=illegal)]
    threads.append(threading.Thread(target=commits, args=(lambda: outbox.cancel(second.id, now=LATER),)))
    threads[0].start()
    assert begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    while len(commits._waiting) < 2:
        pass
    may_end.set()
    for thread in threads:
        thread.join()

    assert len(errors) == 1
    assert states(outbox) == {"a": State.SCHEDULED, "b": State.CANCELLED}
