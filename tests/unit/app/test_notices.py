"""What of a worker's run is worth a word on the desktop, and what is said once only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mailer.app import notices
from mailer.deliver import Outcome
from mailer.errors import Stage, Temporary
from mailer.model import Entry, Mailbox, NoteKind, Reply, State, Trouble
from mailer.notifications import Happening, Notice

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOCKED = Trouble("password", "the keyring is locked; log in at the desktop", NOON)
OFFLINE = Trouble("connection", "smtp.example.com does not answer", NOON)


def make_entry(state: State, **changes: Any) -> Entry:
    """Return an entry to Willem van der Berg in this state."""
    fields: dict[str, Any] = {
        "id": "7k2m",
        "state": state,
        "kind": NoteKind.THANK_YOU,
        "interview": "harborline",
        "people": ("vanderberg",),
        "to": Mailbox("Willem van der Berg", "w@harborline.example"),
        "subject": "Thank you",
        "message_id": "<1@example.com>",
        "fingerprint": "0" * 64,
        "due": NOON,
        "due_local": NOON.replace(tzinfo=None),
        "timezone": "UTC",
        "not_before": NOON,
        "attempts": 1,
        "created": NOON,
    }
    return Entry(**fields | changes)


SENT = Outcome(make_entry(State.SENT))


@pytest.mark.parametrize(
    ("state", "happening"),
    [
        (State.SENT, Happening.SENT),
        (State.FAILED, Happening.FAILED),
        (State.UNCERTAIN, Happening.UNCERTAIN),
        (State.MISSED, Happening.MISSED),
    ],
)
def test_what_became_of_a_note_names_its_reader(state: State, happening: Happening) -> None:
    assert notices.notice(make_entry(state)) == Notice(happening, "Willem van der Berg", "7k2m")


@pytest.mark.parametrize("state", [State.SCHEDULED, State.CLAIMED, State.CANCELLED])
def test_a_note_that_waits_or_was_cancelled_is_no_news(state: State) -> None:
    assert notices.notice(make_entry(state)) is None


def test_a_refusal_is_told_in_the_servers_words() -> None:
    refused = make_entry(State.FAILED, last_reply=Reply(550, "5.1.1", "no such user", "rcpt"))

    assert notices.notice(refused) == Notice(
        Happening.FAILED, "Willem van der Berg", "7k2m", "The server said: 550 no such user"
    )


def test_a_reader_without_a_name_is_named_by_the_address() -> None:
    found = notices.notice(make_entry(State.SENT, to=Mailbox("", "w@harborline.example")))

    assert found is not None
    assert found.person == "w@harborline.example"


def test_a_refusal_for_now_is_no_news() -> None:
    later = Outcome(make_entry(State.SCHEDULED), Temporary("busy", stage=Stage.MAIL, code=451))

    assert list(notices.notices([later])) == []


def test_missed_notes_come_first() -> None:
    found = list(notices.notices([SENT], [make_entry(State.MISSED)]))

    assert [notice.happening for notice in found] == [Happening.MISSED, Happening.SENT]


def test_a_locked_keyring_is_one_notice_with_its_remedy() -> None:
    assert list(notices.notices([], trouble=LOCKED)) == [Notice(Happening.WAITING, detail=LOCKED.sentence)]


def test_a_machine_that_is_offline_is_no_news() -> None:
    assert list(notices.notices([], trouble=OFFLINE)) == []


# --- once only -----------------------------------------------------------------------------------------------------


def told(home: Path, *outcomes: Outcome, trouble: Trouble | None = None) -> list[Happening]:
    return [notice.happening for notice in notices.news(home, outcomes, trouble=trouble)]


@pytest.fixture
def mailer_home(home: Path) -> Path:
    home.mkdir()
    return home


def test_the_same_trouble_is_told_once(mailer_home: Path) -> None:
    assert [told(mailer_home, trouble=LOCKED) for _ in range(3)] == [[Happening.WAITING], [], []]


def test_another_trouble_is_told_too(mailer_home: Path) -> None:
    told(mailer_home, trouble=LOCKED)

    assert told(mailer_home, trouble=LOCKED._replace(kind="login")) == [Happening.WAITING]


def test_trouble_is_news_again_after_a_note_went_out(mailer_home: Path) -> None:
    told(mailer_home, trouble=LOCKED)

    assert told(mailer_home, SENT) == [Happening.SENT]
    assert told(mailer_home, trouble=LOCKED) == [Happening.WAITING]


def test_a_run_with_nothing_due_does_not_make_trouble_news(mailer_home: Path) -> None:
    told(mailer_home, trouble=LOCKED)

    assert told(mailer_home) == []
    assert told(mailer_home, trouble=LOCKED) == []


def test_a_home_that_cannot_be_written_keeps_nothing_from_being_told(home: Path) -> None:
    assert told(home, trouble=LOCKED) == [Happening.WAITING]
