"""A note that is sent from the desk can be called back for a while, and nothing is queued that could not go."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailer.app import drafting, ledger, sending
from mailer.errors import AlreadyQueued, CredentialError, NotReady, SealError, SettingsError, UsageError
from mailer.model import State
from mailer.schedule import ComesTwice
from tests.command import clean_environment, run_mailer
from tests.parts.desk.conftest import ASKED_ABOUT, STOPPED

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App
    from mailer.app.drafting import Draft
    from tests.parts.desk.conftest import Desk

UNSET_HOST = {"MAILER_SMTP_HOST": ""}
NO_PASSWORD = {"MAILER_AUTH": "password", "MAILER_PASSWORD_CMD": f"{sys.executable} -c raise(SystemExit(1))"}


def fingerprint(app: App, draft: Draft) -> str:
    return drafting.fingerprints(app, [draft])[draft.note.label]


def test_a_note_sent_soon_is_due_in_a_minute_by_the_clocks_of_the_employer(app: App, desk: Desk):
    draft = desk.draft(app)

    entry = sending.send_soon(app, draft, expect=fingerprint(app, draft))

    assert entry.timezone == "America/Detroit"
    assert timedelta(seconds=59) < entry.due - entry.created <= timedelta(seconds=60)
    assert 0 < (sending.countdown(app, entry) or 0) <= 60


def test_a_cancel_within_the_minute_calls_the_note_back(app: App, desk: Desk):
    draft = desk.draft(app)
    entry = sending.send_soon(app, draft, expect=fingerprint(app, draft))

    ledger.cancel(app, [entry.id])

    cancelled = ledger.find(app, entry.id)
    assert cancelled.state is State.CANCELLED
    assert sending.countdown(app, cancelled) is None


def test_a_note_that_was_called_back_can_be_sent_again(app: App, desk: Desk):
    draft = desk.draft(app)
    first = sending.send_soon(app, draft, expect=fingerprint(app, draft))
    ledger.cancel(app, [first.id])

    second = sending.send_soon(app, draft, expect=fingerprint(app, draft))

    assert second.id != first.id
    assert second.state is State.SCHEDULED


def test_a_second_note_is_refused_while_the_first_waits(app: App, desk: Desk):
    draft = desk.draft(app)
    sending.send_soon(app, draft, expect=fingerprint(app, draft))

    with pytest.raises((AlreadyQueued, NotReady)):
        sending.send_soon(app, draft, expect=fingerprint(app, draft))

    assert len(ledger.entries(app, limit=None)) == 1


@pytest.mark.parametrize(("change", "rule"), [(STOPPED, "attachment-missing"), (ASKED_ABOUT, "offer-missing")])
def test_an_open_finding_keeps_the_note_back_and_is_named(app: App, desk: Desk, change: tuple[str, str], rule: str):
    draft = desk.draft(app, desk.write(change))

    with pytest.raises(NotReady) as refused:
        sending.send_soon(app, draft, expect=fingerprint(app, draft))

    assert refused.value.rules == (rule,)
    assert not app.outbox_exists


def test_a_rule_that_is_overruled_keeps_nothing_back(app: App, desk: Desk):
    draft = desk.draft(app, desk.write(STOPPED))

    entry = sending.send_soon(app, draft, expect=fingerprint(app, draft), despite=["attachment-missing"])

    assert entry.state is State.SCHEDULED


def test_another_fingerprint_than_the_one_looked_at_is_refused(app: App, desk: Desk):
    draft = desk.draft(app)

    with pytest.raises(SealError, match="no longer the one you looked at"):
        sending.send_soon(app, draft, expect="0" * 64)

    assert not app.outbox_exists


@pytest.mark.parametrize(
    ("options", "error"), [(UNSET_HOST, SettingsError), (NO_PASSWORD, CredentialError)], ids=["account", "password"]
)
def test_nothing_is_queued_that_no_account_could_deliver(desk: Desk, options: dict[str, str], error: type[Exception]):
    desk.options.update(options)
    app = desk.app()
    draft = desk.draft(app)

    with pytest.raises(error):
        sending.send_soon(app, draft, expect=fingerprint(app, draft))

    assert not app.outbox_exists


def test_the_hour_that_is_shown_is_the_hour_that_is_queued(app: App, desk: Desk):
    desk.ahead -= timedelta(hours=3)  # before dawn in Detroit
    draft = desk.draft(app)
    best = sending.for_hour(app, draft).due

    entry = sending.queue_at(app, draft, when=sending.as_typed(best), expect=fingerprint(app, draft))

    assert (entry.due, entry.due_local, entry.timezone) == best[:3]
    assert sending.countdown(app, entry) is None


def test_the_best_hours_of_two_notes_lie_apart(app: App, desk: Desk):
    desk.ahead -= timedelta(hours=3)
    first = desk.draft(app)
    second = (
        "  - id: nunez\n    name: Sofía Núñez\n    greeting: Dear Sofía,\n    email: s.nunez@harborline.example\n---\n"
    )
    path = desk.write(("---\n\n## vanderberg", f"{second}\n## vanderberg"))
    entry = sending.queue_at(app, first, when="best", expect=fingerprint(app, first))

    drafts = drafting.drafts(app, drafting.read(app, [path]), to=["nunez"])

    assert sending.for_hour(app, drafts[0]).due.instant == entry.due + timedelta(minutes=7)


def test_an_hour_that_comes_twice_is_given_back_as_two(app: App, desk: Desk):
    draft = desk.draft(app)
    twice = "2026-11-01 01:30"  # the clocks of Detroit go back

    with pytest.raises(ComesTwice) as asked:
        sending.for_hour(app, draft, when=twice)

    assert sending.for_hour(app, draft, when=twice, which="second").due == asked.value.second
    assert sending.for_hour(app, draft, when=sending.as_typed(asked.value.first)).due == asked.value.first


def test_a_note_is_judged_as_of_the_hour_that_was_chosen(app: App, desk: Desk):
    draft = desk.draft(app)
    night = "2026-06-15 03:00"

    judged = sending.for_hour(app, draft, when=night).draft

    assert "send-hour-odd" in [finding.rule for finding in judged.findings]
    with pytest.raises(NotReady):
        sending.queue_at(app, draft, when=night, expect=fingerprint(app, draft))


def test_an_hour_that_has_passed_is_refused(app: App, desk: Desk):
    draft = desk.draft(app)

    with pytest.raises(UsageError, match="has passed"):
        sending.queue_at(app, draft, when="2026-01-02 09:00", expect=fingerprint(app, draft))

    assert not app.outbox_exists


VICTIM = """
import sys
from pathlib import Path
from mailer import app as application
from mailer.app import drafting, sending
from mailer.app.attending import Attendant

app = application.start()
draft = drafting.drafts(app, drafting.read(app, [Path(sys.argv[1])]), moment=lambda *_: app.clock())[0]
expect = drafting.fingerprints(app, [draft])[draft.note.label]
with Attendant(application.start) as attendant:
    soon = float(sys.argv[2])
    entry = sending.send_soon(app, draft, expect=expect, delay_s=soon, despite=["send-hour-odd"])
    attendant.nudge()
    print(entry.id, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_note_of_a_desk_that_was_killed_is_sent_once_by_the_next_worker(app: App, desk: Desk, tmp_path: Path):
    desk.ahead = timedelta(0)  # other processes go by the machine's own clock
    environment = clean_environment(tmp_path) | desk.environment()
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(desk.write()), "3"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        entry_id = victim.stdout.readline().strip()
        victim.send_signal(signal.SIGKILL)

    assert ledger.find(app, entry_id).state is State.SCHEDULED
    wait_until_due(app, entry_id)
    worked = [run_mailer("worker", "--once", environment=environment).status for _ in range(2)]

    assert worked == [0, 0]
    assert ledger.find(app, entry_id).state is State.SENT
    assert len(desk.sandbox.messages()) == 1


def wait_until_due(app: App, entry_id: str) -> None:
    time.sleep(max((ledger.find(app, entry_id).due - app.clock()).total_seconds(), 0))
