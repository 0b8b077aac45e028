"""The verdict on a run of kills names what went wrong; only then does its silence mean something."""

from __future__ import annotations

import socket
from random import Random
from typing import TYPE_CHECKING

import pytest

from mailer.model import State
from tests.crashes.server import Connection, FaultyServer, Log, Transaction
from tests.crashes.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTE = "<p0@example.com>"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(Log(), Random(1)) as running:  # noqa: S311  # draws nothing here
        running.begin_life()
        yield running


def tried(server: FaultyServer, *, began: float = 1.0, ended: float = 2.0, was_answered: bool = True) -> Connection:
    """Have the server remember a connection, over which the note was tried."""
    made = Connection(server, socket.socket())
    made._peer.close()
    made.began, made.ended = began, ended
    made.transactions.append(Transaction("p0@example.com", made, began, was_answered=was_answered))
    made.stop = lambda: None  # type: ignore[method-assign]  # it never ran
    server.connections.append(made)
    return made


def violations(server: FaultyServer, state: State, *, accepted: int) -> tuple[str, ...]:
    server.log.accepted[NOTE] = accepted
    if not accepted:
        del server.log.accepted[NOTE]
    return judge({NOTE: state}, [server], server.log, connections=1, seed=1, seconds=0.0).violations


def test_a_note_that_was_accepted_and_is_sent_is_well(server: FaultyServer):
    tried(server)

    assert violations(server, State.SENT, accepted=1) == ()


@pytest.mark.parametrize(("state", "accepted"), [(State.SENT, 0), (State.SCHEDULED, 0), (State.FAILED, 0)])
def test_a_note_that_nobody_got_is_lost(server: FaultyServer, state: State, accepted: int):
    assert violations(server, state, accepted=accepted) == (f"lost: {NOTE} is {state}",)


def test_a_note_that_was_accepted_twice_is_named(server: FaultyServer):
    tried(server)

    assert violations(server, State.SENT, accepted=2) == (f"accepted 2 times: {NOTE}",)


def test_an_accepted_note_that_would_be_sent_again_is_named(server: FaultyServer):
    tried(server)

    assert f"accepted, yet scheduled: {NOTE}" in violations(server, State.SCHEDULED, accepted=1)


def test_a_note_in_flight_at_a_kill_may_be_uncertain(server: FaultyServer):
    tried(server, was_answered=False)
    server.kills[1] = 1.5

    assert violations(server, State.UNCERTAIN, accepted=0) == ()


def test_a_note_whose_reply_was_lost_may_be_uncertain(server: FaultyServer):
    tried(server, was_answered=False).was_cut = True

    assert violations(server, State.UNCERTAIN, accepted=1) == ()


@pytest.mark.parametrize("was_answered", [True, False])
def test_a_note_that_neither_a_kill_nor_a_lost_reply_met_may_not_be_uncertain(server: FaultyServer, was_answered: bool):
    tried(server, was_answered=was_answered)

    (said,) = violations(server, State.UNCERTAIN, accepted=1)
    assert said.startswith(f"uncertain, yet neither a kill nor a lost reply met it: {NOTE}")


def test_an_answered_note_may_not_be_uncertain_when_two_came_after_it(server: FaultyServer):
    line = tried(server)
    line.transactions += [Transaction(f"p{n}@example.com", line, 1.0 + n / 10) for n in (1, 2)]
    server.kills[1] = 1.5

    assert len(violations(server, State.UNCERTAIN, accepted=1)) == 1


def test_one_kill_makes_one_note_a_connection_uncertain(server: FaultyServer):
    tried(server)
    other = tried(server, began=1.1)
    other.transactions[0].address = "p1@example.com"
    server.kills[1] = 1.5
    ends = {NOTE: State.UNCERTAIN, "<p1@example.com>": State.UNCERTAIN}

    (said,) = judge(ends, [server], Log(), connections=1, seed=1, seconds=0.0).violations
    assert said == "2 notes are uncertain by the one kill of worker 1"
