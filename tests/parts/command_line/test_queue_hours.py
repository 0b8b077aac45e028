"""A queued note gets its hour from what was typed, else from its file, else from the timing rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App, drafting, planning
from mailer.errors import UsageError

if TYPE_CHECKING:
    from mailer.app.planning import Plan
    from tests.parts.command_line.conftest import Desk

#: The interview is on Thursday 11 June 2026, 10:00 to 11:30 in Detroit, four hours behind UTC.
NOON = datetime(2026, 6, 11, 16, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 6, 13, 2, 0, tzinfo=UTC)

NUNEZ = """\
  - id: nunez
    name: Sofía Núñez
    greeting: Dear Ms. Núñez,
    email: s.nunez@harborline-castings.example
    thanks: the hour in the lab
"""


def plan(desk: Desk, *, now: datetime = NOON, when: str | None = None, zone: str | None = None) -> Plan:
    """Plan the notes of the desk's file as if it were `now`."""
    app = App(settings.read(options={}, environ=desk.environment), clock=lambda: now)
    try:
        return planning.plan(app, drafting.read(app, [desk.file]), when=when, zone=zone)
    finally:
        app.close()


def walls(planned: Plan) -> list[str]:
    """Return the hours on the employer's wall."""
    return [f"{due.wall:%a %d %H:%M}" for due in planned.dues]


def sends_at(desk: Desk, send: str) -> None:
    desk.edit("    subject: Thank", f"    send: {send}\n    subject: Thank")


# --- by the rule -------------------------------------------------------------------------------------------------------


def test_after_a_talk_in_the_morning_the_note_goes_that_afternoon(desk: Desk) -> None:
    assert walls(plan(desk)) == ["Thu 11 16:30"]


def test_an_hour_of_the_rule_that_has_passed_gives_way_to_the_next_good_one(desk: Desk) -> None:
    assert walls(plan(desk, now=FRIDAY_NIGHT)) == ["Mon 15 08:30"]


def test_the_notes_of_one_interview_go_some_minutes_apart(desk: Desk) -> None:
    desk.edit("\n---\n\n## vanderberg", f"\n{NUNEZ}---\n\n## vanderberg")

    assert walls(plan(desk)) == ["Thu 11 16:30", "Thu 11 16:37"]


def test_a_note_is_judged_as_of_the_hour_at_which_it_goes(desk: Desk) -> None:
    desk.edit("Thank you for the plant tour,", "Thank you for the plant tour yesterday,")

    (today,) = plan(desk).drafts
    (tomorrow,) = plan(desk, when="2026-06-12 09:00").drafts

    assert today.send_at == datetime(2026, 6, 11, 20, 30, tzinfo=UTC)
    assert "day-word-wrong" in [f.rule for f in today.findings]
    assert "day-word-wrong" not in [f.rule for f in tomorrow.findings]


# --- by the file -------------------------------------------------------------------------------------------------------


def test_the_files_own_hour_goes_before_the_rule(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    assert walls(plan(desk)) == ["Fri 12 08:45"]


def test_a_note_with_an_hour_of_its_own_takes_no_place_in_the_row(desk: Desk) -> None:
    desk.edit("\n---\n\n## vanderberg", f"\n{NUNEZ}---\n\n## vanderberg")
    sends_at(desk, "2026-06-12 08:45")

    assert walls(plan(desk)) == ["Fri 12 08:45", "Thu 11 16:30"]


def test_an_hour_of_the_file_that_has_passed_is_named_with_the_way_out(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    with pytest.raises(UsageError) as caught:
        plan(desk, now=FRIDAY_NIGHT)

    assert str(caught.value) == (
        f"{desk.file}: the hour that the file gives for vanderberg, 2026-06-12 08:45, has passed;"
        " change its `send`, or say --at"
    )


def test_a_typed_hour_goes_before_one_of_the_file_that_has_passed(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    assert walls(plan(desk, now=FRIDAY_NIGHT, when="2026-06-15 09:00")) == ["Mon 15 09:00"]


def test_a_note_whose_hour_has_passed_queues_nothing_at_the_command_line(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    queued = desk.run("queue", "harborline.md", "--yes")

    assert (queued.status, "harborline.md: the hour that the file gives for vanderberg" in queued.err) == (2, True)
    assert desk.run("outbox", "--json").json == {"entries": []}


# --- typed -------------------------------------------------------------------------------------------------------------


def test_a_typed_hour_is_the_employers(desk: Desk) -> None:
    (due,) = plan(desk, when="2026-06-12 09:00").dues

    assert (due.instant, due.timezone) == (datetime(2026, 6, 12, 13, 0, tzinfo=UTC), "America/Detroit")


def test_a_typed_hour_may_be_of_another_zone(desk: Desk) -> None:
    (due,) = plan(desk, when="2026-06-12 09:00", zone="Europe/Berlin").dues

    assert (due.instant, due.timezone) == (datetime(2026, 6, 12, 7, 0, tzinfo=UTC), "Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tomorrow", "“tomorrow” is no time to send at"),
        ("2026-06-11 09:00", "has passed"),
        ("2027-03-14 02:30", "skip 02:30"),
        ("2026-11-01 01:30", "twice"),
    ],
)
def test_an_hour_that_cannot_be_kept_is_refused(words: str, said: str, desk: Desk) -> None:
    with pytest.raises(UsageError, match=said):
        plan(desk, when=words)


def test_without_a_yes_and_without_a_terminal_nothing_is_queued(desk: Desk) -> None:
    queued = desk.run("queue", "harborline.md", "--at", "2098-12-01 09:00")

    assert (queued.status, queued.err.startswith("mailer: Nothing was queued: nobody is here to confirm it.")) == (
        1,
        True,
    )
    assert not (desk.home / "mailer.db").exists()
