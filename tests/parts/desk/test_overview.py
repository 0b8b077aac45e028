"""What a person sees at a glance: what needs them, what waits, what is done; and where each note stands in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailer.app import delivery, drafting, ledger, overview, sending, standing
from mailer.model import State, Trouble
from tests.parts.desk.conftest import ASKED_ABOUT, STOPPED
from tests.parts.outbox.ledger import LOST, RECEIPT, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Entry
    from tests.parts.desk.conftest import Desk

ONE = "  - id: p{n}\n    name: Reader {n}\n    greeting: Dear Reader,\n    email: p{n}@harborline.example\n"


def queue(app: App, draft: Draft, when: str | None = None, despite: tuple[str, ...] = ()) -> Entry:
    expect = drafting.fingerprints(app, [draft])[draft.note.label]
    if when is None:
        return sending.send_soon(app, draft, expect=expect, despite=despite)
    return sending.queue_at(app, draft, when=when, expect=expect, despite=despite)


def past_the_gate(app: App, entry: Entry) -> Entry:
    now = app.clock()
    claimed = app.outbox.claim_one(entry.id, now=now, owner="worker:1")
    return app.outbox.begin_transmission(claimed, now=now)


def test_a_note_that_is_not_in_the_outbox_stands_as_its_checks_say(app: App, desk: Desk):
    ready, asked, stopped = (desk.draft(app, desk.write(*changes)) for changes in ((), (ASKED_ABOUT,), (STOPPED,)))

    assert [standing.state_of(app, draft) for draft in (ready, asked, stopped)] == [
        "ready",
        "1 question",
        "stopped, 1 reason",
    ]
    assert not desk.home.exists() or not app.outbox_exists


def test_a_note_without_a_word_is_to_be_written(app: App, desk: Desk):
    path = desk.write()
    path.write_text(path.read_text().partition("\n## vanderberg")[0])

    assert standing.state_of(app, desk.draft(app, path)) == "to write"


def test_a_queued_note_names_its_hour_there(app: App, desk: Desk):
    draft = desk.draft(app)
    queue(app, draft, "2026-06-15 08:30")

    assert standing.state_of(app, draft) == "queued for Mon 08:30 in Detroit"


def test_a_note_in_its_last_minute_is_about_to_go(app: App, desk: Desk):
    draft = desk.draft(app)
    queue(app, draft)

    assert standing.state_of(app, draft) == "about to go"


def test_a_sent_note_names_the_day(app: App, desk: Desk):
    draft = desk.draft(app)
    app.outbox.mark_sent(past_the_gate(app, queue(app, draft)), RECEIPT, now=app.clock())

    assert standing.state_of(app, draft) == "sent Fri 12 Jun"


def test_a_note_that_was_cancelled_stands_as_before(app: App, desk: Desk):
    draft = desk.draft(app)
    ledger.cancel(app, [queue(app, draft).id])

    assert standing.state_of(app, draft) == "ready"


def test_a_note_keeps_its_state_when_the_start_of_the_interview_is_corrected(app: App, desk: Desk):
    queue(app, desk.draft(app), "2026-06-15 08:30")

    corrected = desk.draft(app, desk.write((" 10:00", " 09:45")))

    assert standing.state_of(app, corrected) == "queued for Mon 08:30 in Detroit"


def test_fifty_people_are_asked_about_once(app: App, desk: Desk):
    people = "".join(ONE.format(n=n) for n in range(49))
    path = desk.write(("---\n\n## vanderberg", f"{people}---\n\n## vanderberg"))
    drafts = drafting.compose(app, drafting.read(app, [path]))
    queue(app, desk.draft(app, path), "2026-06-15 08:30")

    statements: list[str] = []
    app.database._open().set_trace_callback(statements.append)  # what is asked of SQLite itself
    found = standing.standings(app, drafts)

    assert len(found) == 50
    assert [s.state for s in found if s.entry] == ["queued for Mon 08:30 in Detroit"]
    assert len(statements) == 1


def test_notes_to_write_come_by_interview_and_the_latest_first(app: App, desk: Desk):
    older = desk.draft(app, desk.write(("Harborline Castings", "Tidewater"), (" 1", " 0"), name="tidewater.md"))
    drafts = {"tidewater": [older], "harborline": [desk.draft(app)]}

    found = overview.overview(app, drafts, faults={"torn": "torn.md:3: this line is no key"})

    assert [item.interview for item in found.now] == ["torn", "harborline", "tidewater"]
    assert found.now[1] == overview.Item(
        "ready", "Harborline Castings: your note to Willem van der Berg.", "harborline", "vanderberg"
    )
    assert (found.waiting, found.done) == ((), ())
    assert not app.outbox_exists


def test_several_notes_of_an_interview_are_one_line(app: App, desk: Desk):
    people = "".join(ONE.format(n=n) for n in range(2))
    path = desk.write(("---\n\n## vanderberg", f"{people}---\n\n## vanderberg"))
    drafts = drafting.drafts(app, drafting.read(app, [path]), moment=lambda *_: app.clock())

    (item,) = overview.overview(app, {"harborline": drafts}).now

    assert (item.state, item.sentence) == ("to write", "Harborline Castings: 3 notes; 2 to write, 1 ready.")


def test_a_queued_note_waits_with_its_hour_in_both_zones(app: App, desk: Desk):
    draft = desk.draft(app)
    entry = queue(app, draft, "2026-06-15 08:30")

    found = overview.overview(app, {"harborline": [draft]})

    assert (found.now, found.done) == ((), ())
    assert found.waiting == (
        overview.Item(
            "queued for Mon 08:30 in Detroit",
            "Your note to Willem van der Berg goes out Mon 15 Jun, 08:30 in Detroit (14:30 for you).",
            "harborline",
            "vanderberg",
            entry.id,
        ),
    )


def test_what_waits_is_listed_by_its_hour(app: App, desk: Desk):
    later = queue(app, desk.draft(app), "2026-06-16 08:30")
    other = desk.draft(
        app, desk.write(("harborline-castings.example", "tidewater.example"), (" 10:00", " 09:00"), name="t.md")
    )
    sooner = queue(app, other, "2026-06-15 08:30", despite=rules_of(other))

    found = overview.overview(app, {})

    assert [item.entry for item in found.waiting] == [sooner.id, later.id]


def rules_of(draft: Draft) -> tuple[str, ...]:
    return tuple(finding.rule for finding in draft.findings)


def needs_a_person(app: App, desk: Desk, step: Callable[[Entry], object]) -> overview.Overview:
    draft = desk.draft(app)
    step(queue(app, draft))
    return overview.overview(app, {"harborline": [draft]})


def test_an_uncertain_note_needs_a_person(app: App, desk: Desk):
    found = needs_a_person(app, desk, lambda e: app.outbox.mark_uncertain(past_the_gate(app, e), LOST, now=app.clock()))

    assert [(item.state, item.person) for item in found.now] == [("uncertain", "vanderberg")]
    assert found.waiting == ()


def test_a_missed_note_needs_a_person(app: App, desk: Desk):
    found = needs_a_person(app, desk, lambda e: app.outbox.miss_overdue(e.due + timedelta(seconds=1), now=app.clock()))

    assert [item.state for item in found.now] == ["missed its hour"]


def test_a_refused_note_needs_a_person_until_another_stands_in_its_place(app: App, desk: Desk):
    found = needs_a_person(
        app,
        desk,
        lambda e: app.outbox.mark_failed(past_the_gate(app, e), REFUSED, now=app.clock(), reason="refused"),
    )
    draft = desk.draft(app)
    queue(app, draft, "2026-06-15 08:30")
    after = overview.overview(app, {"harborline": [draft]})

    assert [item.state for item in found.now] == ["not sent"]
    assert after.now == ()


def test_what_keeps_due_notes_waiting_comes_first(app: App, desk: Desk):
    entry = queue(app, desk.draft(app))
    app.outbox.record_trouble(Trouble("login", "the server refused the sign-in", app.clock()))
    desk.ahead += timedelta(minutes=2)

    found = overview.overview(app, {})

    assert found.now[0].state == "waiting"
    assert "the server refused the sign-in" in found.now[0].sentence
    assert [(item.state, item.entry) for item in found.waiting] == [("due", entry.id)]


def test_what_was_done_lately_is_listed_with_the_last_first(app: App, desk: Desk):
    draft = desk.draft(app)
    cancelled = queue(app, draft)
    ledger.cancel(app, [cancelled.id])
    connect = delivery.connector(app, may_prompt=False)
    (outcome,) = delivery.send(app, [draft], drafting.seal_all(app, [draft]), connect)

    found = overview.overview(app, {"harborline": [draft]})

    assert [(item.state, item.entry) for item in found.done] == [
        ("sent Fri 12 Jun", outcome.entry.id),
        ("cancelled", cancelled.id),
    ]
    assert outcome.entry.state is State.SENT
