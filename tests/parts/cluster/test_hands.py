"""What the engine gives a worker is delivered if it is still the try to be made, over connections that are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailer import sender
from mailer.cluster import hands as hands_module
from mailer.cluster.hands import Hands
from mailer.cluster.pace import Pace
from mailer.database.postgresql import PostgresDatabase
from mailer.errors import CredentialError
from mailer.model import Account, Auth, Security, State
from mailer.outbox import Outbox
from mailer.outbox.heartbeats import Heartbeats
from tests.factories import make_sealed
from tests.postgresql import needs_postgresql, server
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.sender import Connection

pytestmark = needs_postgresql

NOW = datetime(2026, 6, 12, 12, 30, tzinfo=UTC)
PACE = Pace(lambda: NOW, timedelta(hours=12), timedelta(seconds=60), {"": ()})


@pytest.fixture
def database() -> Iterator[PostgresDatabase]:
    with server().database() as url, PostgresDatabase(url) as made:
        yield made


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def handed_out(outbox: Outbox, *, due: datetime = NOW) -> str:
    sealed = make_sealed(interview_key=f"interview {len(outbox.list())}")
    entry = outbox.enqueue(
        sealed,
        due=due,
        due_local=due.replace(tzinfo=None),
        timezone="UTC",
        now=NOW,
        read_payload=lambda _: iter(()),
    )
    return outbox.hand_out(entry, now=NOW).id


def connector(smtp: SmtpServer) -> Callable[[str], Connection]:
    account = Account(smtp.host, smtp.port, Security.NONE, Auth.NONE)
    return lambda _: sender.connect(account, None)


@pytest.fixture
def hands(database: PostgresDatabase, smtp: SmtpServer) -> Iterator[Hands]:
    with Heartbeats(database).worker() as worker:
        made = Hands(database.another, worker, connector(smtp), PACE)
        yield made
        made.close()


def test_notes_go_one_after_the_other_over_one_connection(database: PostgresDatabase, smtp: SmtpServer, hands: Hands):
    outbox = Outbox(database)
    for _ in range(3):
        hands.deliver(handed_out(outbox), 0)

    assert [outcome.entry.state for outcome in hands.outcomes()] == [State.SENT] * 3
    assert (len(smtp.messages), smtp.connections) == (3, 1)
    assert (hands.entries, hands.executions) == (set(), set())


def test_a_connection_that_nobody_uses_is_ended(
    database: PostgresDatabase, smtp: SmtpServer, hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    hands.deliver(handed_out(Outbox(database)), 0)
    hands.hang_up_idle()
    assert "QUIT" not in smtp.commands

    monkeypatch.setattr(hands_module, "IDLE_S", -1.0)
    hands.hang_up_idle()

    smtp.wait_until_idle()
    assert smtp.commands[-1] == "QUIT"


def test_another_try_than_the_one_to_be_made_does_nothing(database: PostgresDatabase, smtp: SmtpServer, hands: Hands):
    outbox = Outbox(database)
    entry_id = handed_out(outbox)

    hands.deliver(entry_id, 1)

    assert outbox.get(entry_id).state is State.QUEUED
    assert not smtp.messages


def test_a_cancelled_note_is_not_claimed(database: PostgresDatabase, smtp: SmtpServer, hands: Hands):
    outbox = Outbox(database)
    entry_id = handed_out(outbox)
    outbox.cancel(entry_id, now=NOW)

    hands.deliver(entry_id, 0)

    assert outbox.get(entry_id).state is State.CANCELLED
    assert not smtp.messages


def test_a_note_that_waited_too_long_in_the_engine_goes_back(
    database: PostgresDatabase, smtp: SmtpServer, hands: Hands
):
    outbox = Outbox(database)
    entry_id = handed_out(outbox, due=NOW - timedelta(hours=13))

    hands.deliver(entry_id, 0)

    assert outbox.get(entry_id).state is State.SCHEDULED
    assert not smtp.messages


def test_an_account_without_a_password_waits_and_says_why(database: PostgresDatabase):
    def refuse(_: str) -> Connection:
        raise CredentialError("the keyring is locked")

    outbox = Outbox(database)
    entry_id = handed_out(outbox)
    with Heartbeats(database).worker() as worker:
        hands = Hands(database.another, worker, refuse, PACE)
        hands.deliver(entry_id, 0)
        hands.close()

    assert outbox.get(entry_id).state is State.SCHEDULED
    assert hands.is_paused("")
    trouble = outbox.trouble("")
    assert trouble
    assert trouble.sentence == "the keyring is locked"


def test_the_trouble_of_an_account_is_over_with_the_first_note_that_is_sent(
    database: PostgresDatabase, smtp: SmtpServer, hands: Hands
):
    outbox = Outbox(database)
    test_an_account_without_a_password_waits_and_says_why(database)

    hands.deliver(handed_out(outbox), 0)

    assert outbox.trouble("") is None
