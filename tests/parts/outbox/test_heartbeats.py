"""Show who is taken for dead among the workers of many machines, and that being taken for dead doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mailer.database.postgresql import PostgresDatabase
from mailer.deliver import sweep
from mailer.errors import IllegalTransition, StorageError
from mailer.model import State
from mailer.outbox import Outbox
from mailer.outbox.heartbeats import Heartbeats
from tests.parts.outbox.ledger import LATER, RECEIPT, put
from tests.postgresql import Server, needs_postgresql, server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.database import Store

pytestmark = needs_postgresql

#: Nobody has been silent for a day; everybody for no time at all.
A_DAY_S = 86400.0
AT_ONCE_S = 0.0


@pytest.fixture
def url() -> Iterator[str]:
    with server().database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[PostgresDatabase]:
    with PostgresDatabase(url) as database:
        yield database


@pytest.fixture
def own_server() -> Iterator[Server]:
    """Give a server that the test may stop."""
    started = Server()
    yield started
    started.remove()


def last_seen(store: Store) -> dict[str, object]:
    return {row["owner"]: row["last_seen"] for row in store.rows("SELECT owner, last_seen::text FROM worker")}


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, a minute at most."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_dead(heartbeats: Heartbeats, owner: str) -> bool:
    with heartbeats.proof_of_death(owner) as proved:
        return proved


# --- who is alive ---


def test_a_worker_that_was_just_seen_is_alive_to_every_other(store: PostgresDatabase):
    with Heartbeats(store).worker() as worker, closing(store.another()) as other:
        assert not is_dead(Heartbeats(other), worker.execution())


def test_a_worker_says_who_and_where_it_is(store: PostgresDatabase):
    with Heartbeats(store).worker() as worker:
        row = store.rows("SELECT * FROM worker")[0]

    assert (row["owner"], row["host"], row["pid"]) == (worker.id, os.uname().nodename, os.getpid())


def test_a_worker_that_ends_well_is_dead_at_once_and_leaves_no_row(store: PostgresDatabase):
    worker = Heartbeats(store).worker()
    worker.close()
    worker.close()

    assert is_dead(Heartbeats(store), worker.execution())
    assert last_seen(store) == {}


def test_a_worker_that_is_silent_for_too_long_is_dead_and_forgotten(store: PostgresDatabase):
    with Heartbeats(store).worker() as worker:
        assert is_dead(Heartbeats(store, dead_after_s=AT_ONCE_S), worker.execution())

        Heartbeats(store, dead_after_s=A_DAY_S).forget_the_dead()
        assert list(last_seen(store)) == [worker.id]
        Heartbeats(store, dead_after_s=AT_ONCE_S).forget_the_dead()
        assert last_seen(store) == {}


def test_a_worker_beats_and_enters_itself_anew_when_it_was_forgotten(store: PostgresDatabase):
    with Heartbeats(store, beat_s=0.01).worker() as worker:
        first = last_seen(store)
        until(lambda: last_seen(store) != first)
        store.rows("DELETE FROM worker")

        until(lambda: list(last_seen(store)) == [worker.id])


def test_while_one_sweeps_a_worker_no_other_does(store: PostgresDatabase):
    with closing(store.another()) as second, Heartbeats(store).proof_of_death("gone:1") as first_proof:
        assert first_proof
        assert not is_dead(Heartbeats(second), "gone:2")
        assert is_dead(Heartbeats(second), "another:1")


def test_a_database_that_was_down_takes_nobody_for_dead_at_its_start(store: PostgresDatabase):
    with Heartbeats(store).worker() as worker:
        store.rows("UPDATE worker SET last_seen = last_seen - interval '3 days'")

        assert not is_dead(Heartbeats(store, dead_after_s=A_DAY_S), worker.execution())


LIVE = """
import sys
from mailer.database.postgresql import PostgresDatabase
from mailer.outbox.heartbeats import Heartbeats
worker = Heartbeats(PostgresDatabase(sys.argv[1]), beat_s=0.01).worker()
print(worker.id, flush=True)
sys.stdin.readline()
"""


def test_a_killed_process_falls_silent(url: str, store: PostgresDatabase):
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    owner = process.stdout.readline().strip()
    first = last_seen(store)
    until(lambda: last_seen(store) != first)

    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert list(last_seen(store)) == [owner]
    assert is_dead(Heartbeats(store, dead_after_s=AT_ONCE_S), owner)


def test_beats_go_on_after_the_database_was_stopped_and_started(own_server: Server):
    url = own_server.url(own_server.empty_database())
    with PostgresDatabase(url) as store, Heartbeats(store, beat_s=0.01).worker() as worker:
        own_server.stop()
        own_server.start()
        store.rows("DELETE FROM worker")

        until(lambda: list(last_seen(store)) == [worker.id])


def test_a_worker_can_end_while_the_database_is_down(own_server: Server):
    with PostgresDatabase(own_server.url(own_server.empty_database())) as store:
        worker = Heartbeats(store).worker()
        own_server.stop()

        worker.close()

        with pytest.raises(StorageError, match="cannot be opened"):
            Heartbeats(store).worker()


# --- what becomes of their notes ---


def in_hand(outbox: Outbox, owner: str) -> None:
    """Leave one note claimed and one transmitting."""
    put(outbox, "claimed")
    put(outbox, "transmitting")
    outbox.claim(now=LATER, owner=owner)
    entry = outbox.claim(now=LATER, owner=owner)
    assert entry is not None
    outbox.begin_transmission(entry, now=LATER)


def states(outbox: Outbox) -> dict[str, State]:
    return {entry.person: entry.state for entry in outbox.list()}


def test_the_notes_of_a_live_worker_are_left_alone(store: PostgresDatabase):
    outbox = Outbox(store)
    with Heartbeats(store).worker() as worker:
        in_hand(outbox, worker.execution())

        assert sweep(outbox, Heartbeats(store), now=LATER) == ()


def test_of_a_dead_worker_the_claimed_note_goes_back_and_the_transmitting_one_is_uncertain(store: PostgresDatabase):
    outbox = Outbox(store)
    with Heartbeats(store).worker() as worker:
        in_hand(outbox, worker.execution())

    assert len(sweep(outbox, Heartbeats(store), now=LATER)) == 2
    assert states(outbox) == {"claimed": State.SCHEDULED, "transmitting": State.UNCERTAIN}


def test_a_worker_that_comes_back_finds_the_gate_shut_and_may_still_record_its_reply(store: PostgresDatabase):
    outbox = Outbox(store)
    with Heartbeats(store).worker() as worker, closing(store.another()) as elsewhere:
        in_hand(outbox, worker.execution())
        mine = {entry.person: entry for entry in outbox.list()}
        sweep(Outbox(elsewhere), Heartbeats(elsewhere, dead_after_s=AT_ONCE_S), now=LATER)

        with pytest.raises(IllegalTransition):
            outbox.begin_transmission(mine["claimed"], now=LATER)

        assert outbox.mark_sent(mine["transmitting"], RECEIPT, now=LATER).state is State.SENT
        assert states(outbox) == {"claimed": State.SCHEDULED, "transmitting": State.SENT}


def test_of_two_who_sweep_at_once_one_takes_the_note_back(store: PostgresDatabase):
    outbox = Outbox(store)
    in_hand(outbox, "gone:1")
    with closing(store.another()) as second:
        other = Outbox(second)
        with Heartbeats(store).proof_of_death("gone:1") as proved:
            assert proved
            assert sweep(other, Heartbeats(second), now=LATER) == ()

        assert len(sweep(other, Heartbeats(second), now=LATER)) == 2
