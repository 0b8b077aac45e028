"""What delivers while the desk is open: in time, once, beside other workers, and through trouble."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App, drafting, ledger, sending, service
from mailer.app.attending import Attendant
from mailer.errors import SettingsError
from mailer.model import State
from tests.smtp_server import Gate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailer.model import Entry
    from tests.parts.desk.conftest import Desk

WAIT_S = 30.0


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def send(app: App, desk: Desk, delay_s: float = 0.0, path: Path | None = None) -> Entry:
    draft = desk.draft(app, path)
    expect = drafting.fingerprints(app, [draft])[draft.note.label]
    return sending.send_soon(app, draft, expect=expect, delay_s=delay_s)


def is_sent(app: App, entry: Entry) -> bool:
    return ledger.find(app, entry.id).state is State.SENT


@pytest.fixture
def never_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only nudges and the hours of notes to wake an attendant."""
    monkeypatch.setattr("mailer.app.shift.POLL_S", 600.0)


@pytest.mark.usefixtures("never_looks_by_itself")
def test_a_note_leaves_when_its_time_is_over_and_not_before(app: App, desk: Desk):
    with Attendant(desk.app) as attendant:
        entry = send(app, desk, 0.7)
        attendant.nudge()
        wait_until(lambda: is_sent(app, entry))

    claimed = next(e.at for e in ledger.story(app, entry) if e.to_state is State.CLAIMED)
    assert entry.due <= claimed
    assert len(desk.sandbox.messages()) == 1


def test_a_note_that_was_called_back_never_leaves(app: App, desk: Desk):
    with Attendant(desk.app) as attendant:
        called_back = send(app, desk, 0.5)
        attendant.nudge()
        ledger.cancel(app, [called_back.id])
        other = send(app, desk, 1.0)
        attendant.nudge()
        wait_until(lambda: is_sent(app, other))

    assert len(desk.sandbox.messages()) == 1
    assert ledger.find(app, called_back.id).state is State.CANCELLED


def test_two_attendants_send_a_note_once(app: App, desk: Desk):
    entry = send(app, desk, 0.3)

    with Attendant(desk.app), Attendant(desk.app):
        wait_until(lambda: is_sent(app, entry))

    assert len(desk.sandbox.messages()) == 1
    assert [e.to_state for e in ledger.story(app, entry)].count(State.CLAIMED) == 1


def test_nothing_is_made_on_disk_before_there_is_an_outbox(desk: Desk):
    looked = threading.Event()

    def wire() -> App:
        looked.set()
        return desk.app()

    with Attendant(wire):
        looked.wait(WAIT_S)
        time.sleep(0.1)

    assert not desk.home.exists()


def test_others_know_that_something_will_send_while_the_desk_is_open(app: App, desk: Desk):
    send(app, desk, 60)

    assert not service.prospect(app).is_there
    with Attendant(desk.app):
        wait_until(lambda: service.prospect(app).is_there)
    assert not service.prospect(app).is_there


@pytest.mark.usefixtures("never_looks_by_itself")
def test_idle_it_ends_at_once(app: App, desk: Desk):
    send(app, desk, 60)
    attendant = Attendant(desk.app)
    attendant.start()
    wait_until(lambda: service.prospect(app).is_there)

    assert attendant.stop(timeout_s=WAIT_S)


def test_it_ends_after_the_note_in_hand(app: App, desk: Desk):
    with Gate() as server:
        desk.options["MAILER_SMTP_PORT"] = str(server.port)
        entry = send(app, desk)
        attendant = Attendant(desk.app)
        attendant.start()
        server.reached.wait(WAIT_S)

        assert not attendant.stop(timeout_s=0.1)
        server.open.set()
        assert attendant.stop(timeout_s=WAIT_S)

    assert ledger.find(app, entry.id).state is State.SENT


def test_trouble_can_be_read_and_ends_when_the_settings_are_mended(app: App, desk: Desk):
    entry = send(app, desk)
    config = desk.home / "config.env"
    port = desk.environment()["MAILER_SMTP_PORT"]

    def wire() -> App:
        environ = {n: text for n, text in desk.environment().items() if n != "MAILER_SMTP_PORT"}
        return App(settings.read(options={}, environ=environ), clock=desk.clock)

    config.write_text("MAILER_SMTP_PORT=1\n")
    with Attendant(wire) as attendant:
        wait_until(lambda: attendant.trouble is not None)
        assert attendant.trouble is not None
        assert attendant.trouble.kind == "connection"
        config.write_text(f"MAILER_SMTP_PORT={port}\n")
        wait_until(lambda: is_sent(app, entry))
        wait_until(lambda: attendant.trouble is None)


def test_settings_that_do_not_read_are_trouble_until_they_do(app: App, desk: Desk):
    entry = send(app, desk)
    broken = threading.Event()
    broken.set()

    def wire() -> App:
        if broken.is_set():
            raise SettingsError("this line is no setting", source="config.env:1")
        return desk.app()

    with Attendant(wire) as attendant:
        wait_until(lambda: attendant.trouble is not None)
        assert attendant.trouble is not None
        assert attendant.trouble.kind == "settings"
        broken.clear()
        attendant.nudge()
        wait_until(lambda: is_sent(app, entry))


def test_a_damaged_outbox_is_trouble_and_no_end(app: App, desk: Desk):
    entry = send(app, desk, 60)
    app.close()
    kept = (desk.home / "mailer.db").read_bytes()
    for path in desk.home.glob("mailer.db*"):
        path.write_bytes(b"no database, but long enough to be looked at" * 100)

    with Attendant(desk.app) as attendant:
        wait_until(lambda: attendant.trouble is not None)
        assert attendant.trouble is not None
        assert attendant.trouble.kind == "storage"
        for path in desk.home.glob("mailer.db-*"):
            path.unlink()
        (desk.home / "mailer.db").write_bytes(kept)
        ledger.reschedule(app, [entry.id], "now")
        desk.ahead += timedelta(minutes=2)  # storage that failed is tried again after a while
        wait_until(lambda: is_sent(app, entry))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_end_that_nobody_wished_is_told(desk: Desk):
    def wire() -> App:
        raise RuntimeError("a fault of ours")

    attendant = Attendant(wire, clock=desk.clock)
    attendant.start()
    wait_until(lambda: attendant.trouble is not None)

    assert attendant.trouble is not None
    assert attendant.trouble.kind == "stopped"
    attendant.stop()
