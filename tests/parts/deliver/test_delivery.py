"""Show what a delivery does with each answer of a real server, and with whatever else happens on the way."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer import sender
from mailer.database import Database
from mailer.deliver import Delivery, Outcome
from mailer.errors import (
    AttachmentFault,
    CredentialError,
    IllegalTransition,
    OutcomeUnknown,
    Permanent,
    StorageError,
    Temporary,
)
from mailer.model import Account, Auth, Payload, Secret, Security, State
from mailer.outbox import LockFiles, Outbox, Worker
from tests.parts.deliver.victim import account
from tests.parts.outbox.ledger import LATER, NOW, put
from tests.ports import free_port
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from mailer.model import Envelope, Receipt


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


def to(server: SmtpServer) -> Callable[[], sender.Connection]:
    return lambda: sender.connect(account(server.port), None)


def delivery(outbox: Outbox, worker: Worker, connect: Callable[[], Any], **changes: Any) -> Delivery:
    options: dict[str, Any] = {"clock": lambda: LATER, "jitter": lambda: 0.0, "patience_s": ()} | changes
    return Delivery(outbox, worker, connect, **options)


def run(outbox: Outbox, worker: Worker, server: SmtpServer, **changes: Any) -> list[Outcome]:
    return list(delivery(outbox, worker, to(server), **changes).due())


class Meddled:
    """A connection on which something happens before the gate or after the reply."""

    def __init__(self, connection: sender.Connection, *, before_gate: Any = None, after: Any = None) -> None:
        self._connection = connection
        self._before_gate = before_gate or (lambda: None)
        self._after = after or (lambda: None)

    @property
    def is_usable(self) -> bool:
        return self._connection.is_usable

    def close(self) -> None:
        self._connection.close()

    def transmit(
        self,
        envelope: Envelope,
        content: Iterable[bytes],
        gate: Callable[[], None],
        *,
        hold_until: datetime | None = None,
    ) -> Receipt:
        def meddled_gate() -> None:
            self._before_gate()
            gate()

        receipt = self._connection.transmit(envelope, content, meddled_gate, hold_until=hold_until)
        self._after()
        return receipt


def interrupt() -> None:
    raise KeyboardInterrupt


# --- sent ---


def test_what_arrives_is_what_was_sealed_with_its_date_in_front(outbox: Outbox, worker: Worker):
    entry = put(outbox)

    with SmtpServer() as server:
        outcomes = run(outbox, worker, server)

    (message,) = server.messages
    assert message.content == b"Date: Fri, 12 Jun 2026 13:30:00 +0000\r\n" + outbox.load(entry).parts[0]  # type: ignore[operator]
    assert [(o.entry.id, o.entry.state, o.error) for o in outcomes] == [(entry.id, State.SENT, None)]
    assert outcomes[0].entry.last_reply is not None
    assert outcomes[0].entry.last_reply.text == "Accepted as 1"


def test_many_notes_go_over_one_connection_in_the_order_of_their_hours(outbox: Outbox, worker: Worker):
    for n in range(5):
        put(outbox, f"p{n}", due=NOW - timedelta(minutes=n))

    with SmtpServer() as server:
        outcomes = run(outbox, worker, server)
        server.wait_until_idle()

    assert [o.entry.person for o in outcomes] == ["p4", "p3", "p2", "p1", "p0"]
    assert server.connections == 1
    assert server.commands[-1] == "QUIT"


def test_nothing_due_connects_to_nobody(outbox: Outbox, worker: Worker):
    put(outbox, due=LATER + timedelta(seconds=1))

    with SmtpServer() as server:
        assert run(outbox, worker, server) == []

    assert server.connections == 0


def test_at_most_so_many_are_delivered(outbox: Outbox, worker: Worker):
    for n in range(3):
        put(outbox, f"p{n}")

    with SmtpServer() as server:
        assert len(list(delivery(outbox, worker, to(server)).due(limit=2))) == 2

    assert outbox.counts() == {State.SENT: 2, State.SCHEDULED: 1}


def test_chosen_entries_are_delivered_before_their_hour_in_the_order_given(outbox: Outbox, worker: Worker):
    ids = [put(outbox, f"p{n}", due=LATER + timedelta(days=n + 1)).id for n in range(3)]

    with SmtpServer() as server:
        outcomes = list(delivery(outbox, worker, to(server)).chosen([ids[2], ids[0]]))

    assert [o.entry.id for o in outcomes] == [ids[2], ids[0]]
    assert outbox.counts() == {State.SENT: 2, State.SCHEDULED: 1}


def test_a_chosen_entry_that_cannot_be_sent_does_not_undo_the_one_before(outbox: Outbox, worker: Worker):
    first, second = put(outbox, "a"), put(outbox, "b")
    outbox.cancel(second.id, now=NOW)
    outcomes: list[Outcome] = []

    with SmtpServer() as server, pytest.raises(IllegalTransition, match="is cancelled"):
        outcomes.extend(delivery(outbox, worker, to(server)).chosen([first.id, second.id]))

    assert outbox.get(first.id).state is State.SENT
    assert len(server.messages) == 1


def test_a_connection_that_the_server_ended_between_two_notes_is_replaced(outbox: Outbox, worker: Worker):
    for n in range(3):
        put(outbox, f"p{n}")

    with SmtpServer({"mail": [None, "421 4.7.0 Too many messages in this connection", None, Cut()]}) as server:
        outcomes = run(outbox, worker, server)

    assert [o.entry.attempts for o in outcomes] == [1, 1, 1]
    assert {o.entry.state for o in outcomes} == {State.SENT}
    assert server.connections == 3


# --- refused ---


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_4yz_reply_puts_the_note_back_for_a_minute_and_the_next_one_is_delivered(
    outbox: Outbox, worker: Worker, stage: str
):
    put(outbox, "a")
    put(outbox, "b")

    with SmtpServer({stage: ["451 4.3.0 Try later"]}) as server:
        first, second = run(outbox, worker, server)

    assert (first.entry.state, first.entry.not_before) == (State.SCHEDULED, LATER + timedelta(seconds=60))
    assert isinstance(first.error, Temporary)
    assert first.entry.last_reply is not None
    assert (first.entry.last_reply.code, first.entry.last_reply.stage) == (451, stage)
    assert second.entry.state is State.SENT


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_5yz_reply_fails_the_note_and_the_next_one_is_delivered(outbox: Outbox, worker: Worker, stage: str):
    put(outbox, "a")
    put(outbox, "b")

    with SmtpServer({stage: ["550 5.1.1 No such user"]}) as server:
        first, second = run(outbox, worker, server)

    assert first.entry.state is State.FAILED
    assert isinstance(first.error, Permanent)
    assert (second.entry.state, second.error) == (State.SENT, None)


def test_it_gives_up_after_two_days_of_temporary_refusals(outbox: Outbox, worker: Worker):
    put(outbox)

    with SmtpServer({"rcpt": "451 4.3.0 Try later"}) as server:
        run(outbox, worker, server)
        (outcome,) = run(outbox, worker, server, clock=lambda: LATER + timedelta(days=2))

    assert (outcome.entry.state, outcome.entry.attempts) == (State.FAILED, 2)
    assert "no try succeeded within two days" in outbox.events(outcome.entry.id)[-1].detail


def test_a_later_refusal_waits_twice_as_long_with_its_jitter(outbox: Outbox, worker: Worker):
    put(outbox)
    much_later = LATER + timedelta(hours=1)

    with SmtpServer({"rcpt": "451 4.3.0 Try later"}) as server:
        run(outbox, worker, server, first_delay_s=10.0)
        (outcome,) = run(outbox, worker, server, first_delay_s=10.0, jitter=lambda: 0.5, clock=lambda: much_later)

    assert outcome.entry.not_before == much_later + timedelta(seconds=21)


# --- cut ---


@pytest.mark.parametrize("stage", ["rcpt", "data", "body"])
def test_a_cut_before_the_dot_puts_the_note_back(outbox: Outbox, worker: Worker, stage: str):
    more_than_sockets_hold = (b"x" * 76 + b"\r\n") * 13_000
    put(outbox, "a", parts=(more_than_sockets_hold,) * 16)
    put(outbox, "b")

    with SmtpServer({stage: [Cut()]}) as server:
        first, second = run(outbox, worker, server)

    assert first.entry.state is State.SCHEDULED
    assert second.entry.state is State.SENT
    assert len(server.messages) == 1


@pytest.mark.parametrize("accept", ["accepted", "dropped"])
def test_a_cut_after_the_dot_leaves_the_note_uncertain_for_good(outbox: Outbox, worker: Worker, accept: str):
    put(outbox, "a")
    put(outbox, "b")

    with SmtpServer({"dot": [Cut(accept=accept == "accepted")]}) as server:
        first, second = run(outbox, worker, server)
        assert run(outbox, worker, server, clock=lambda: LATER + timedelta(days=9)) == []

    assert first.entry.state is State.UNCERTAIN
    assert isinstance(first.error, OutcomeUnknown)
    assert second.entry.state is State.SENT


# --- no fault of the note ---


def test_without_a_server_nothing_is_claimed_and_nothing_written(outbox: Outbox, worker: Worker):
    entry = put(outbox, "a")
    put(outbox, "b")
    port = free_port()
    offline = delivery(outbox, worker, lambda: sender.connect(account(port), None))

    assert list(offline.due()) == []

    assert isinstance(offline.trouble, Temporary)
    assert offline.trouble.stage == "connect"
    assert [entry.attempts for entry in outbox.list({State.SCHEDULED})] == [0, 0]
    assert len(outbox.events(entry.id)) == 1


def test_a_refused_login_keeps_the_notes_queued_and_is_told(outbox: Outbox, worker: Worker):
    """A wrong password is mended by the user; no note fails for it, and none is written to."""
    put(outbox, "a")
    entry = put(outbox, "b")

    with SmtpServer(users={"ada": "right"}, auth_in_clear=True) as server:
        login = Account("127.0.0.1", server.port, Security.NONE, Auth.PASSWORD, "ada")
        refused = delivery(outbox, worker, lambda: sender.connect(login, Secret("wrong")))
        assert list(refused.due()) == []

    assert isinstance(refused.trouble, Permanent)
    assert refused.trouble.code == 535
    assert outbox.counts() == {State.SCHEDULED: 2}
    assert len(outbox.events(entry.id)) == 1


def test_a_password_that_cannot_be_had_counts_as_no_try(outbox: Outbox, worker: Worker):
    put(outbox, "a")

    def connect() -> sender.Connection:
        raise CredentialError("the keyring is locked; unlock it")

    locked_out = delivery(outbox, worker, connect)
    assert list(locked_out.due()) == []

    assert isinstance(locked_out.trouble, CredentialError)
    assert [entry.attempts for entry in outbox.list()] == [0]


def test_a_server_that_goes_away_on_the_way_leaves_the_next_note_untried(outbox: Outbox, worker: Worker):
    for n in range(3):
        put(outbox, f"p{n}")

    with SmtpServer({"dot": [None, Cut(accept=True)], "greeting": [None, "421 4.3.2 Shutting down"]}) as server:
        going = delivery(outbox, worker, to(server))
        outcomes = list(going.due())

    assert [outcome.entry.state for outcome in outcomes] == [State.SENT, State.UNCERTAIN, State.SCHEDULED]
    assert outcomes[-1].ends_run
    assert outcomes[-1].entry.attempts == 0
    assert isinstance(going.trouble, Temporary)


def test_a_note_that_was_handed_out_is_claimed_first_and_waits_for_the_server(outbox: Outbox, worker: Worker):
    entry = put(outbox)
    port = free_port()

    offline = delivery(outbox, worker, lambda: sender.connect(account(port), None), claims_first=True)
    (outcome,) = offline.chosen([entry.id])

    assert outcome.ends_run
    assert (outcome.entry.attempts, outcome.entry.not_before) == (1, LATER + timedelta(seconds=60))


def test_a_mail_that_cannot_be_built_fails_and_holds_up_no_other(
    outbox: Outbox, worker: Worker, database: Database, tmp_path: Path
):
    path = tmp_path / "chart.pdf"
    path.write_bytes(b"a chart")
    payload = Payload(hashlib.sha256(b"a chart").hexdigest(), 7, path)
    put(outbox, "a", parts=(b"header\r\n\r\n", payload))
    put(outbox, "b")
    database.rows("DELETE FROM payload_chunk")

    with SmtpServer() as server:
        first, second = run(outbox, worker, server)

    assert first.entry.state is State.FAILED
    assert isinstance(first.error, AttachmentFault)
    assert second.entry.state is State.SENT


def test_attachments_are_forgotten_once_the_run_has_sent_them(
    outbox: Outbox, worker: Worker, database: Database, tmp_path: Path
):
    path = tmp_path / "chart.pdf"
    path.write_bytes(b"a chart")
    put(outbox, parts=(b"header\r\n\r\n", Payload(hashlib.sha256(b"a chart").hexdigest(), 7, path)))

    with SmtpServer() as server:
        run(outbox, worker, server)

    assert b"YSBjaGFydA==" in server.messages[0].content
    assert database.rows("SELECT 1 FROM payload_chunk") == []


# --- what else can happen ---


def test_the_dot_does_not_go_out_when_the_note_was_taken_over_before_the_gate(
    home: Path, outbox: Outbox, worker: Worker
):
    entry = put(outbox)

    def take_over() -> None:
        with Database(home) as database:
            other = Outbox(database)
            other.release(other.get(entry.id), now=LATER, reason="somebody removed the lock file")

    with SmtpServer() as server:
        connect = to(server)
        (outcome,) = delivery(outbox, worker, lambda: Meddled(connect(), before_gate=take_over)).due(limit=1)

    assert isinstance(outcome.error, IllegalTransition)
    assert outcome.entry.state is State.SCHEDULED
    assert server.messages == []


def test_an_interrupt_before_the_gate_puts_the_note_back(outbox: Outbox, worker: Worker):
    entry = put(outbox)

    with SmtpServer() as server:
        connect = to(server)
        meddled = delivery(outbox, worker, lambda: Meddled(connect(), before_gate=interrupt))
        with pytest.raises(KeyboardInterrupt):
            list(meddled.due())

    assert outbox.get(entry.id).state is State.SCHEDULED
    assert server.messages == []


def test_an_interrupt_after_the_gate_leaves_the_note_uncertain(outbox: Outbox, worker: Worker):
    entry = put(outbox)

    with SmtpServer() as server:
        connect = to(server)
        meddled = delivery(outbox, worker, lambda: Meddled(connect(), after=interrupt))
        with pytest.raises(KeyboardInterrupt):
            list(meddled.due())

    assert outbox.get(entry.id).state is State.UNCERTAIN


def test_an_unexpected_error_puts_the_note_back_and_is_raised(outbox: Outbox, worker: Worker):
    entry = put(outbox)

    def connect() -> sender.Connection:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(delivery(outbox, worker, connect).due())

    assert outbox.get(entry.id).state is State.SCHEDULED


def test_a_caller_that_stops_asking_leaves_nothing_claimed(outbox: Outbox, worker: Worker):
    for n in range(3):
        put(outbox, f"p{n}")

    with SmtpServer() as server:
        outcomes = delivery(outbox, worker, to(server)).due()
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]  # it is a generator
        server.wait_until_idle()

    assert outbox.counts() == {State.SENT: 1, State.SCHEDULED: 2}
    assert server.commands[-1] == "QUIT"


def test_a_caller_that_stops_asking_loses_no_acceptance_that_waits(outbox: Outbox, worker: Worker):
    for n in range(5):
        put(outbox, f"p{n}")

    with SmtpServer() as server:
        outcomes = delivery(outbox, worker, to(server)).due()
        next(outcomes)
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]  # it is a generator

    counts = outbox.counts()
    assert counts == {State.SENT: len(server.messages), State.SCHEDULED: 5 - len(server.messages)}


@contextmanager
def locked(home: Path) -> Iterator[None]:
    with Database(home) as database, database.transaction():
        yield


def test_an_accepted_note_that_cannot_be_recorded_says_so_and_is_never_sent_again(home: Path, outbox: Outbox):
    entry = put(outbox)
    lock = locked(home)

    with SmtpServer() as server, LockFiles(home).worker() as worker:
        connect = to(server)
        doomed = delivery(outbox, worker, lambda: Meddled(connect(), after=lock.__enter__))
        with pytest.raises(
            StorageError, match=rf"the server accepted {entry.id} \(250 Accepted.*settle {entry.id} sent"
        ):
            list(doomed.due())
        lock.__exit__(None, None, None)
        assert run(outbox, worker, server) == []

    assert outbox.get(entry.id).state is State.TRANSMITTING
    assert len(server.messages) == 1
