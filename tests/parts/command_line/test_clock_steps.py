"""The wall clock is set by hours while workers run: nothing goes early, nothing twice, and what is far too late is asked about."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.model import State
from mailer.outbox import Outbox
from tests.factories import make_sealed
from tests.needs import needs
from tests.parts.command_line.test_commands_that_stay import staying
from tests.parts.outbox.ledger import from_disk
from tests.smtp_server import Gate, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk

pytestmark = needs("faketime")

WAIT_S = 30.0


class WallClock:
    """The wall clock of every process that has this environment; the monotonic one runs on, as it does beside a real one."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(hours=0)
        library = subprocess.run(
            ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True
        )
        self.environment = {
            "LD_PRELOAD": library.stdout.strip(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, *, hours: float) -> None:
        """Set it so far from the true time, at one stroke."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{round(hours * 3600):+d}")
        fresh.replace(self._file)


@pytest.fixture
def clock(desk: Desk, tmp_path: Path) -> WallClock:
    """Return the clock that the desk's commands read."""
    clock = WallClock(tmp_path)
    desk.environment.update(clock.environment, MAILER_RATE="none", MAILER_RETRY_FIRST="1s")
    return clock


@contextmanager
def outbox(desk: Desk) -> Iterator[Outbox]:
    with Database(desk.home) as database:
        yield Outbox(database)


def queue(desk: Desk, person: str, *, hours: float = 0) -> None:
    """Queue a note that is due so many true hours from now."""
    now = datetime.now(UTC)
    due = now + timedelta(hours=hours)
    with outbox(desk) as ledger:
        ledger.enqueue(
            make_sealed(people=(person,), message_id=f"<{person}@example.com>"),
            due=due,
            due_local=due.replace(tzinfo=None),
            timezone="UTC",
            now=now,
            read_payload=from_disk,
        )


def states(desk: Desk) -> dict[str, State]:
    with outbox(desk) as ledger:
        return {entry.people[0]: entry.state for entry in ledger.list()}


def sent(server: SmtpServer) -> list[str]:
    """Return whom the accepted notes were for, sorted; one that was accepted twice is there twice."""
    headers = (BytesParser().parsebytes(message.content, headersonly=True) for message in server.messages)
    return sorted(header["Message-ID"].strip("<>").partition("@")[0] for header in headers)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


def let_it_look(desk: Desk, server: SmtpServer, probe: str, *, hours: float = 0) -> None:
    """Return when the worker has looked for due notes since now: it has sent one that is due at once."""
    queue(desk, probe, hours=hours)
    server.wait_until(lambda s: probe in sent(s), WAIT_S)


def test_a_note_goes_when_the_clock_is_set_over_its_hour_and_not_before(
    desk: Desk, server: SmtpServer, clock: WallClock
):
    queue(desk, "later", hours=3)
    with staying(desk, "worker") as worker:
        let_it_look(desk, server, "probe")
        before = sent(server)
        clock.set(hours=4)
        server.wait_until(lambda s: "later" in sent(s), WAIT_S)
        worker.send_signal(signal.SIGINT)
        worker.communicate()

    assert before == ["probe"]
    assert states(desk) == {"later": State.SENT, "probe": State.SENT}


def test_a_clock_that_is_set_back_sends_nothing_early(desk: Desk, server: SmtpServer, clock: WallClock):
    clock.set(hours=4)
    queue(desk, "first", hours=3)
    queue(desk, "second", hours=5)
    with staying(desk, "worker"):
        server.wait_until(lambda s: sent(s) == ["first"], WAIT_S)
        clock.set(hours=0)
        queue(desk, "third", hours=2)
        let_it_look(desk, server, "probe")

        assert sent(server) == ["first", "probe"]
        assert states(desk)["second"] is State.SCHEDULED
        assert states(desk)["third"] is State.SCHEDULED


def test_a_clock_that_goes_back_and_forth_doubles_nothing(desk: Desk, server: SmtpServer, clock: WallClock):
    for hour in (1, 2, 3):
        queue(desk, f"n{hour}", hours=hour)
    with staying(desk, "worker"):
        for turn in range(3):
            clock.set(hours=4)
            let_it_look(desk, server, f"forth{turn}", hours=3.5)
            clock.set(hours=0)
            let_it_look(desk, server, f"back{turn}")

    assert sent(server) == ["back0", "back1", "back2", "forth0", "forth1", "forth2", "n1", "n2", "n3"]


def test_a_try_put_off_by_a_clock_that_ran_ahead_waits_and_is_not_lost(desk: Desk, clock: WallClock):
    with SmtpServer({"rcpt": ["451 4.3.0 Try later"]}) as server:
        desk.uses(server)
        clock.set(hours=4)
        queue(desk, "refused", hours=3)
        with staying(desk, "worker"):
            server.wait_until(lambda s: any(c.startswith("RCPT") for c in s.commands), WAIT_S)
            until(lambda: states(desk)["refused"] is State.SCHEDULED)
            clock.set(hours=0)
            let_it_look(desk, server, "probe")
            before = sent(server)
            clock.set(hours=5)
            server.wait_until(lambda s: "refused" in sent(s), WAIT_S)

    assert before == ["probe"]


def test_deliveries_of_a_clock_that_ran_ahead_do_not_hold_up_what_is_due(
    desk: Desk, server: SmtpServer, clock: WallClock
):
    desk.environment["MAILER_RATE"] = "2/hour"
    clock.set(hours=4)
    queue(desk, "one", hours=3)
    queue(desk, "two", hours=3)
    with staying(desk, "worker"):
        server.wait_until(lambda s: sent(s) == ["one", "two"], WAIT_S)
        clock.set(hours=0)
        let_it_look(desk, server, "three")


def test_what_is_overdue_by_more_than_the_limit_is_missed_and_stays_so(
    desk: Desk, server: SmtpServer, clock: WallClock
):
    queue(desk, "overdue", hours=1)
    queue(desk, "late", hours=14)
    with staying(desk, "worker"):
        let_it_look(desk, server, "probe")
        clock.set(hours=15)
        until(lambda: states(desk)["overdue"] is State.MISSED)
        server.wait_until(lambda s: "late" in sent(s), WAIT_S)
        clock.set(hours=0)
        let_it_look(desk, server, "another")

    assert sent(server) == ["another", "late", "probe"]
    assert states(desk)["overdue"] is State.MISSED


def test_a_machine_that_sleeps_in_the_middle_of_a_delivery_sends_nothing_far_too_late(desk: Desk, clock: WallClock):
    with Gate() as gate:
        desk.uses(gate)
        queue(desk, "in-hand")
        queue(desk, "overdue", hours=1)
        with staying(desk, "worker"):
            gate.reached.wait(WAIT_S)
            clock.set(hours=15)
            gate.open.set()
            until(lambda: states(desk)["overdue"] in {State.MISSED, State.SENT})

    assert states(desk) == {"in-hand": State.SENT, "overdue": State.MISSED}
    assert sent(gate) == ["in-hand"]


def test_a_worker_that_is_stopped_over_an_hour_catches_up_once(desk: Desk, server: SmtpServer, clock: WallClock):
    queue(desk, "note", hours=0.5)
    with staying(desk, "worker") as worker:
        let_it_look(desk, server, "probe")
        worker.send_signal(signal.SIGSTOP)
        clock.set(hours=1)
        worker.send_signal(signal.SIGCONT)
        let_it_look(desk, server, "after", hours=0.9)

    assert sent(server) == ["after", "note", "probe"]


def test_a_worker_that_was_stopped_for_too_long_asks_instead_of_sending(
    desk: Desk, server: SmtpServer, clock: WallClock
):
    queue(desk, "note", hours=1)
    with staying(desk, "worker") as worker:
        let_it_look(desk, server, "probe")
        worker.send_signal(signal.SIGSTOP)
        clock.set(hours=15)
        worker.send_signal(signal.SIGCONT)
        until(lambda: states(desk)["note"] is State.MISSED)

    assert sent(server) == ["probe"]


def test_a_note_of_a_worker_that_is_stopped_at_the_dot_is_left_to_it(desk: Desk, clock: WallClock):
    with Gate() as gate:
        desk.uses(gate)
        queue(desk, "note")
        with staying(desk, "worker") as worker:
            gate.reached.wait(WAIT_S)
            worker.send_signal(signal.SIGSTOP)
            clock.set(hours=3)
            beside = desk.run("worker", "--once")
            during = states(desk)
            gate.open.set()
            worker.send_signal(signal.SIGCONT)
            until(lambda: states(desk)["note"] is State.SENT)

    assert beside.status == 0
    assert during == {"note": State.TRANSMITTING}
    assert sent(gate) == ["note"]


def test_a_note_is_queued_and_sent_by_the_same_clock(desk: Desk, server: SmtpServer, clock: WallClock):
    queued = desk.run("queue", desk.file.name, "--at", "in 2h", "--yes")
    clock.set(hours=1.9)
    early = desk.run("worker", "--once")
    clock.set(hours=2.1)
    desk.run("worker", "--once")

    assert queued.status == 0, queued.err
    assert "Nothing is due" in early.err + early.out
    date = BytesParser().parsebytes(server.messages[0].content, headersonly=True)["Date"]
    ahead = parsedate_to_datetime(date) - datetime.now(UTC)
    assert timedelta(hours=2) < ahead < timedelta(hours=2.2)
