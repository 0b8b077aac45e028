"""Show what becomes of a note that a real server is to keep until its hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from mailer import sender
from mailer.database import Database
from mailer.deliver import Delivery, Outcome
from mailer.errors import OutcomeUnknown, Permanent, Temporary
from mailer.model import State
from mailer.outbox import LockFiles, Outbox, Worker
from tests.parts.deliver.victim import account
from tests.parts.outbox.ledger import put
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.model import Entry

MONTH_S = 30 * 86400


def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.fixture
def outbox(home: Path) -> Iterator[Outbox]:
    with Database(home) as opened:
        yield Outbox(opened)


@pytest.fixture
def worker(home: Path) -> Iterator[Worker]:
    with LockFiles(home).worker() as alive:
        yield alive


@pytest.fixture
def entry(outbox: Outbox) -> Entry:
    """Queue a note for an hour that lies three hours ahead."""
    return put(outbox, due=now().replace(microsecond=0) + timedelta(hours=3))


def hand_over(outbox: Outbox, worker: Worker, server: SmtpServer, *entries: Entry) -> list[Outcome]:
    run = Delivery(
        outbox, worker, lambda: sender.connect(account(server.port), None), clock=now, patience_s=(), for_later=True
    )
    return list(run.chosen([entry.id for entry in entries]))


def one(outbox: Outbox, worker: Worker, entry: Entry, script: Any = None, holds_s: int = MONTH_S) -> Outcome:
    with SmtpServer(script, holds_s=holds_s) as server:
        (outcome,) = hand_over(outbox, worker, server, entry)
    return outcome


def test_a_server_keeps_a_note_until_its_hour(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    with SmtpServer(holds_s=MONTH_S) as server:
        (outcome,) = hand_over(outbox, worker, server, entry)

    (message,) = server.messages
    assert message.options[-1] == f"HOLDUNTIL={entry.due:%Y-%m-%dT%H:%M:%SZ}"
    assert (outcome.entry.state, outcome.error) == (State.HELD, None)
    assert [event.to_state for event in outbox.events(entry.id)] == [
        State.SCHEDULED,
        State.CLAIMED,
        State.TRANSMITTING,
        State.HELD,
    ]


def test_a_kept_note_is_dated_by_its_hour(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    with SmtpServer(holds_s=MONTH_S) as server:
        hand_over(outbox, worker, server, entry)

    date, _, _ = server.messages[0].content.partition(b"\r\n")
    assert parsedate_to_datetime(date.decode().removeprefix("Date: ")) == entry.due


def test_several_notes_go_over_one_connection_each_with_its_hour(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    second = put(outbox, "nunez", due=entry.due + timedelta(minutes=7))

    with SmtpServer(holds_s=MONTH_S) as server:
        hand_over(outbox, worker, server, entry, second)

    assert [m.options[-1][-9:] for m in server.messages] == [f"{e.due:%H:%M:%SZ}" for e in (entry, second)]
    assert server.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_what_the_server_does_not_take_now_waits_here_for_its_hour(
    stage: str, outbox: Outbox, worker: Worker, entry: Entry
) -> None:
    outcome = one(outbox, worker, entry, {stage: "452 4.3.1 Too many mails wait here"})

    assert isinstance(outcome.error, Temporary)
    left = outcome.entry
    assert (left.state, left.not_before, left.attempts, left.first_tried) == (State.SCHEDULED, entry.due, 0, None)
    assert outbox.claim(now=now(), owner="w:2") is None


def test_a_line_that_breaks_before_the_dot_leaves_the_note_here_for_its_hour(
    outbox: Outbox, worker: Worker, entry: Entry
) -> None:
    left = one(outbox, worker, entry, {"data": Cut()}).entry

    assert (left.state, left.not_before) == (State.SCHEDULED, entry.due)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_for_good_leaves_the_note_failed(stage: str, outbox: Outbox, worker: Worker, entry: Entry) -> None:
    outcome = one(outbox, worker, entry, {stage: "550 5.7.1 Not from here"})

    assert isinstance(outcome.error, Permanent)
    assert outcome.entry.state is State.FAILED


def test_a_failed_note_that_is_tried_again_goes_out_at_its_hour(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    one(outbox, worker, entry, {"mail": "501 5.5.4 Not that far ahead"})

    assert outbox.retry(entry.id, now=now()).not_before == entry.due


def test_an_hour_beyond_the_servers_limit_is_refused_by_it(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    outcome = one(outbox, worker, entry, holds_s=3600)

    assert (outcome.entry.state, outcome.entry.last_reply and outcome.entry.last_reply.code) == (State.FAILED, 501)


def test_a_server_that_keeps_nothing_gets_nothing(outbox: Outbox, worker: Worker, entry: Entry) -> None:
    with SmtpServer() as server:
        (outcome,) = hand_over(outbox, worker, server, entry)

    assert outcome.entry.state is State.FAILED
    assert server.messages == []


def test_a_lost_reply_leaves_nobody_knowing_and_is_settled_by_a_person(
    outbox: Outbox, worker: Worker, entry: Entry
) -> None:
    outcome = one(outbox, worker, entry, {"dot": Cut(accept=True)})

    assert isinstance(outcome.error, OutcomeUnknown)
    assert outcome.entry.state is State.UNCERTAIN
    assert outbox.settle(entry.id, was_sent=False, now=now()).not_before == entry.due
