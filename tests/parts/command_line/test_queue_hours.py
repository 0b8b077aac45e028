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
    from mailer.schedule import Which
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


def plan(
    desk: Desk,
    *,
    now: datetime = NOON,
    when: str | None = None,
    zone: str | None = None,
    which: Which | None = None,
) -> Plan:
    """Plan the notes of the desk's file as if it were `now`."""
    app = App(settings.read(options={}, environ=desk.environment), clock=lambda: now)
    try:
        return planning.plan(app, drafting.read(app, [desk.file]), when=when, zone=zone, which=which)
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


def test_a_typed_best_is_the_rule_whatever_the_file_says(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    assert walls(plan(desk, when="best")) == ["Thu 11 16:30"]


def test_the_best_hours_of_one_interview_are_some_minutes_apart(desk: Desk) -> None:
    desk.edit("\n---\n\n## vanderberg", f"\n{NUNEZ}---\n\n## vanderberg")

    assert walls(plan(desk, when="best")) == ["Thu 11 16:30", "Thu 11 16:37"]


def test_a_holiday_of_the_settings_gives_way_to_the_next_day_of_work(desk: Desk) -> None:
    desk.environment["MAILER_HOLIDAYS"] = "2026-06-15"

    assert walls(plan(desk, now=FRIDAY_NIGHT)) == ["Tue 16 08:30"]
    assert walls(plan(desk, now=FRIDAY_NIGHT, when="next business day 9:00")) == ["Tue 16 09:00"]


def test_a_day_off_is_remarked_on_when_an_hour_of_it_was_typed(desk: Desk) -> None:
    desk.environment["MAILER_HOLIDAYS"] = "2026-06-12"

    (draft,) = plan(desk, when="tomorrow 8:30").drafts

    assert "It goes on a holiday." in [finding.message for finding in draft.findings]


# --- by the file -------------------------------------------------------------------------------------------------------


def test_the_files_own_hour_goes_before_the_rule(desk: Desk) -> None:
    sends_at(desk, "2026-06-12 08:45")

    assert walls(plan(desk)) == ["Fri 12 08:45"]


@pytest.mark.parametrize(
    ("send", "hour"),
    [
        ("tomorrow 8:30", "Fri 12 08:30"),
        ("in 3h", "Thu 11 14:30"),
        ("2026-06-12 14:45+02:00", "Fri 12 08:45"),
        ("2026-06-12 14:45 Europe/Berlin", "Fri 12 08:45"),
        ("best", "Thu 11 16:30"),
    ],
)
def test_the_files_hour_may_be_counted_from_the_interview(send: str, hour: str, desk: Desk) -> None:
    sends_at(desk, send)

    assert walls(plan(desk)) == [hour]


@pytest.mark.parametrize("send", ["2026-06-12 08:45", "2026-06-12 14:45+02:00"])
def test_a_note_is_checked_as_of_the_files_hour_or_of_now_once_that_has_passed(send: str, desk: Desk) -> None:
    sends_at(desk, send)

    judged = []
    for now in (NOON, FRIDAY_NIGHT):
        app = App(settings.read(options={}, environ=desk.environment), clock=lambda now=now: now)  # type: ignore[misc]
        judged += [draft.send_at for draft in drafting.drafts(app, drafting.read(app, [desk.file]))]
        app.close()

    assert judged == [datetime(2026, 6, 12, 12, 45, tzinfo=UTC), FRIDAY_NIGHT]


def test_the_files_next_business_day_is_one_of_the_settings(desk: Desk) -> None:
    desk.environment["MAILER_HOLIDAYS"] = "2026-06-12"
    sends_at(desk, "next business day 08:30")

    assert walls(plan(desk)) == ["Mon 15 08:30"]


def test_a_file_whose_hour_comes_twice_is_asked_about_unless_it_says_which(desk: Desk) -> None:
    sends_at(desk, "2026-11-01 01:30")
    with pytest.raises(UsageError, match="twice"):
        plan(desk)

    (chosen,) = plan(desk, which=lambda twice: twice.second).dues
    desk.edit("01:30", "01:30-05:00")
    (written,) = plan(desk).dues

    assert chosen == written
    assert written.instant == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("when", "zone"), [("2026-06-12 19:00", "Europe/Berlin"), ("2026-06-12 19:00 Europe/Berlin", None)]
)
def test_an_hour_typed_for_another_zone_is_kept_by_the_employers_clocks(
    when: str, zone: str | None, desk: Desk
) -> None:
    (due,) = plan(desk, when=when, zone=zone).dues

    assert due == (datetime(2026, 6, 12, 17, 0, tzinfo=UTC), datetime(2026, 6, 12, 13, 0), "America/Detroit", None)


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


# --- said, and asked -------------------------------------------------------------------------------------------------


def test_the_hour_is_said_in_both_zones_before_the_yes_and_after(desk: Desk) -> None:
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"

    queued = desk.run("queue", "harborline.md", "--at", "2098-12-01 09:00", "--yes")

    hour = "Mon 1 Dec 2098, 09:00 in Detroit (15:00 in Berlin, your time), in "
    asked, done = (line for line in queued.out.splitlines() if hour in line)
    assert (asked.startswith("    Mon"), done.startswith("queued ")) == (True, True)


TWICE = "2098-11-02 01:30"


def test_which_of_two_hours_is_asked_at_a_terminal(desk: Desk) -> None:
    with desk.on_terminal("queue", "harborline.md", "--at", TWICE) as terminal:
        terminal.read_until("1  Sun 2 Nov 2098, 01:30 in Detroit, the first of two (-04:00)")
        terminal.read_until("2  Sun 2 Nov 2098, 01:30 in Detroit, the second of two (-05:00)")
        terminal.answer("Which of the two?", "2")
        terminal.answer("It is meant as it stands?", "y")  # it is night
        terminal.answer("Queue 1 note?", "y")
        status = terminal.finish()

    (entry,) = desk.run("outbox", "--json").json["entries"]
    assert (status, entry["due_utc"]) == (0, "2098-11-02T06:30:00+00:00")


def test_without_an_answer_nothing_is_queued(desk: Desk) -> None:
    with desk.on_terminal("queue", "harborline.md", "--at", TWICE) as terminal:
        terminal.read_until("Which of the two?")
        status = terminal.interrupt()

    assert status == 1
    assert desk.run("outbox", "--json").json == {"entries": []}


@pytest.mark.parametrize("options", [("--yes",), ("--yes", "--json"), ()])
def test_where_nobody_is_asked_both_ways_to_write_it_are_named(options: tuple[str, ...], desk: Desk) -> None:
    queued = desk.run("queue", "harborline.md", "--at", TWICE, *options)

    said = queued.json["error"]["message"] if "--json" in options else queued.err
    assert queued.status == 2
    assert f"write `{TWICE}-04:00` for the first time or `{TWICE}-05:00` for the second" in said


def queued_note(desk: Desk) -> str:
    """Queue the desk's note for a far hour and return its id."""
    (entry,) = desk.run("queue", "harborline.md", "--at", "2098-12-01 09:00", "--yes", "--json").json["entries"]
    return str(entry["id"])


def test_a_rescheduled_note_is_asked_about_at_a_terminal_too(desk: Desk) -> None:
    entry = queued_note(desk)

    with desk.on_terminal("outbox", "reschedule", entry, "--at", TWICE) as terminal:
        terminal.answer("Which of the two?", "1")
        status = terminal.finish()

    (entry_now,) = desk.run("outbox", "--json").json["entries"]
    assert (status, entry_now["due_utc"]) == (0, "2098-11-02T05:30:00+00:00")


def test_a_rescheduled_note_keeps_its_hour_without_an_answer(desk: Desk) -> None:
    entry = queued_note(desk)

    refused = desk.run("outbox", "reschedule", entry, "--at", TWICE, "--json")

    assert (refused.status, refused.json["error"]["kind"]) == (2, "ComesTwice")
    (entry_now,) = desk.run("outbox", "--json").json["entries"]
    assert entry_now["due_local"] == "2098-12-01T09:00:00"


def test_a_rescheduled_note_says_its_hour_in_both_zones(desk: Desk) -> None:
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"

    moved = desk.run("outbox", "reschedule", queued_note(desk), "--at", "2098-12-02 7:15am")

    assert "Tue 2 Dec 2098, 07:15 in Detroit (13:15 in Berlin, your time), in " in moved.out


def test_a_rescheduled_note_has_no_best_hour_because_the_outbox_knows_no_interview(desk: Desk) -> None:
    refused = desk.run("outbox", "reschedule", queued_note(desk), "--at", "best")

    assert refused.status == 2
    assert "`best` follows from the interview's hours, which are not known here" in refused.err
