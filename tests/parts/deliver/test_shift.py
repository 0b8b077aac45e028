"""A worker's time at work, with clocks that a test moves: sleep, waking, clocks set forth and back, trouble that lasts."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer import settings
from mailer.app import App
from mailer.app.shift import Shift
from mailer.errors import OutboxBusy
from mailer.model import State
from mailer.outbox import LockFiles
from tests.parts.outbox.ledger import NOW, put
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.deliver import Outcome


class Machine:
    """The two clocks of a machine that can sleep."""

    def __init__(self) -> None:
        self.wall = NOW
        self.awake_s = 0.0

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.awake_s += seconds

    def sleep(self, seconds: float) -> None:
        """Stand still, or have the clock set, while only the wall clock goes on; back when negative."""
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def app_of(home: Path, server: SmtpServer, machine: Machine, **more: str) -> App:
    options = {
        "MAILER_HOME": str(home),
        "MAILER_FROM": "Ada Example <ada@example.com>",
        "MAILER_SMTP_HOST": "127.0.0.1",
        "MAILER_SMTP_PORT": str(server.port),
        "MAILER_SMTP_SECURITY": "none",
        "MAILER_AUTH": "none",
    }
    return App(settings.read(options=options | more, environ={}), clock=lambda: machine.wall)


@pytest.fixture
def app(home: Path, server: SmtpServer, machine: Machine) -> Iterator[App]:
    wired = app_of(home, server, machine)
    wired.outbox.counts()
    yield wired
    wired.close()


def shift_of(app: App, machine: Machine, **changes: Any) -> Shift:
    options: dict[str, Any] = {"stays": True, "monotonic": lambda: machine.awake_s, "wait": machine.run} | changes
    return Shift(app, **options)


def states(outcomes: Iterator[Outcome]) -> list[State]:
    return [outcome.entry.state for outcome in outcomes]


def test_a_look_when_nothing_is_due_writes_nothing_and_makes_no_lock(app: App, machine: Machine, home: Path):
    put(app.outbox, due=NOW + timedelta(hours=1))
    with shift_of(app, machine) as shift:
        list(shift.look())
        changes = app.database.rows("SELECT total_changes() AS n")[0]["n"]
        for _ in range(20):
            machine.run(2)
            assert list(shift.look()) == []

        assert app.database.rows("SELECT total_changes() AS n")[0]["n"] == changes
        assert not list((home / "workers").glob("*.lock"))


def test_a_worker_holds_one_lock_for_its_life(app: App, machine: Machine, home: Path):
    with shift_of(app, machine) as shift:
        held = set()
        for n in range(3):
            put(app.outbox, f"p{n}", due=machine.wall)
            machine.run(100)
            assert states(shift.look()) == [State.SENT]
            held |= set((home / "workers").glob("*.lock"))

        assert len(held) == 1
    assert not list((home / "workers").glob("*.lock"))


def test_a_machine_that_wakes_sends_at_once_what_fell_due_meanwhile(app: App, machine: Machine):
    put(app.outbox, due=NOW + timedelta(hours=1))
    with shift_of(app, machine) as shift:
        assert list(shift.look()) == []
        machine.sleep(3 * 3600)

        assert states(shift.look()) == [State.SENT]


def test_a_machine_that_slept_too_long_asks_and_sends_nothing(app: App, machine: Machine, server: SmtpServer):
    entry = put(app.outbox, due=NOW + timedelta(hours=1))
    with shift_of(app, machine) as shift:
        list(shift.look())
        machine.sleep(20 * 3600)

        assert list(shift.look()) == []
        assert [missed.id for missed in shift.missed] == [entry.id]

    assert app.outbox.get(entry.id).state is State.MISSED
    assert server.messages == []


def test_a_clock_set_back_sends_nothing_twice_and_nothing_early(app: App, machine: Machine, server: SmtpServer):
    put(app.outbox, "a", due=NOW)
    put(app.outbox, "b", due=NOW + timedelta(minutes=1))
    with shift_of(app, machine) as shift:
        assert states(shift.look()) == [State.SENT]
        machine.sleep(-5 * 3600)
        assert list(shift.look()) == []
        machine.run(5 * 3600)
        assert list(shift.look()) == []
        machine.run(60)
        assert states(shift.look()) == [State.SENT]

    assert len(server.messages) == 2


def test_a_clock_set_forth_sends_what_is_due_by_it_once(app: App, machine: Machine, server: SmtpServer):
    put(app.outbox, due=NOW + timedelta(hours=3))
    with shift_of(app, machine) as shift:
        list(shift.look())
        machine.sleep(3 * 3600)
        assert states(shift.look()) == [State.SENT]
        machine.sleep(-3 * 3600)
        assert list(shift.look()) == []

    assert len(server.messages) == 1


def test_what_a_dead_process_left_is_taken_back_within_a_minute_of_running(app: App, machine: Machine, home: Path):
    with shift_of(app, machine) as shift:
        list(shift.look())
        put(app.outbox)
        with LockFiles(home).worker() as mortal:
            app.outbox.claim(now=machine.wall, owner=mortal.execution())
        machine.run(30)
        assert list(shift.look()) == []
        machine.run(31)

        assert states(shift.look()) == [State.SENT]


def test_trouble_is_news_once_and_is_over_once(home: Path, app: App, machine: Machine, server: SmtpServer):
    put(app.outbox)
    key = home / "key"
    program = home / "password"
    program.write_text(f"#!/bin/sh\ntest -e {key} && echo right\n")
    program.chmod(0o700)
    locked = app_of(
        home, server, machine, MAILER_AUTH="password", MAILER_SMTP_USERNAME="ada", MAILER_PASSWORD_CMD=str(program)
    )
    server.users, server.auth_in_clear = {"ada": "right"}, True
    news = []
    with shift_of(locked, machine) as shift:
        for _ in range(5):
            assert list(shift.look()) == []
            news.append(shift.is_news)
            machine.run(31)
        key.touch()
        assert states(shift.look()) == [State.SENT]
        over = shift.over
        machine.run(31)
        list(shift.look())

        assert news == [True, False, False, False, False]
        assert over is not None
        assert (over.kind, over.since) == ("password", NOW)
        assert (shift.over, shift.trouble) == (None, None)
    locked.close()


def test_a_refused_login_is_tried_less_and_less_often(home: Path, app: App, machine: Machine, server: SmtpServer):
    put(app.outbox)
    server.users, server.auth_in_clear = {"ada": "right"}, True
    wrong = app_of(
        home, server, machine, MAILER_AUTH="password", MAILER_SMTP_USERNAME="ada", MAILER_PASSWORD_CMD="echo wrong"
    )
    with shift_of(wrong, machine) as shift:
        for _ in range(3600):
            list(shift.look())
            machine.run(2)
    wrong.close()

    assert 5 <= len(server.logins) <= 9


def test_a_rate_is_waited_for_without_asking_the_server_again(
    home: Path, app: App, machine: Machine, server: SmtpServer
):
    limited = app_of(home, server, machine, MAILER_RATE="1/hour")
    for n in range(2):
        put(app.outbox, f"p{n}")
    with shift_of(limited, machine) as shift:
        sent = []
        for _ in range(1810):
            sent += states(shift.look())
            machine.run(shift.pause_s)
        assert shift.pause_s == 2.0
    limited.close()

    assert sent == [State.SENT] * 2
    assert server.connections == 2


def test_a_worker_that_stays_survives_an_outbox_that_cannot_be_written(app: App, machine: Machine, home: Path):
    put(app.outbox)
    app.database._busy_timeout_s = 0.01
    app.close()
    other = sqlite3.connect(home / "mailer.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with shift_of(app, machine) as shift:
        assert list(shift.look()) == []
        assert shift.trouble is not None
        assert (shift.trouble.kind, shift.is_news) == ("storage", True)
        other.execute("ROLLBACK")
        machine.run(31)

        assert states(shift.look()) == [State.SENT]
    other.close()


def test_a_worker_that_runs_once_ends_with_an_outbox_that_cannot_be_written(app: App, machine: Machine, home: Path):
    put(app.outbox)
    app.database._busy_timeout_s = 0.01
    app.close()
    other = sqlite3.connect(home / "mailer.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with shift_of(app, machine, stays=False) as shift, pytest.raises(OutboxBusy):
        list(shift.look())
    other.execute("ROLLBACK")
    other.close()


def test_nothing_was_ever_queued_is_nothing_to_look_at(home: Path, server: SmtpServer, machine: Machine):
    with shift_of(app_of(home, server, machine), machine) as shift:
        assert list(shift.look()) == []

    assert not home.exists()
