"""The hour at which a note goes, and what its words say of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailer.model import NoteKind
from mailer.workdays import Holidays, Workdays
from tests.factories import make_gift
from tests.unit.checks.judging import judge, mail, noon, rules, said


def wall(year, month, day, hour, minute):
    return datetime(year, month, day, hour, minute)  # wall time at the employer


def planned(send, *, zone="Europe/Berlin", start=None, end=None, **interview: Any):
    """Return the findings on a note whose `send` is recorded, judged at that hour."""
    begins = start or wall(2026, 1, 5, 10, 0)
    changes = {"timezone": zone, "start": begins, "end": end or wall(2026, 1, 5, 11, 0)} | interview
    send_at = send if send.tzinfo else send.replace(tzinfo=ZoneInfo(zone))
    return judge(mail("Thanks.", note={"send": send}), interview=changes, send_at=send_at)


# --- impossible-send-time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "after"),
    [
        ("Europe/Berlin", (2026, 3, 29, 2, 30), "03:00 (+02:00)"),
        ("America/New_York", (2026, 3, 8, 2, 15), "03:00 (-04:00)"),
        ("Australia/Sydney", (2026, 10, 4, 2, 30), "03:00 (+11:00)"),
        ("Pacific/Auckland", (2026, 9, 27, 2, 45), "03:00 (+13:00)"),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 15), "02:30 (+11:00)"),
        ("Europe/London", (2026, 3, 29, 1, 30), "02:00 (+01:00)"),
        ("America/Santiago", (2026, 9, 6, 0, 0), "01:00 (-03:00)"),
    ],
)
def test_a_time_the_clocks_skip_stops_the_note_and_names_the_first_after(zone, moment, after):
    finding = next(f for f in planned(wall(*moment), zone=zone) if f.rule == "impossible-send-time")

    assert finding.advice == f"The first time after that is {after}."


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Europe/Berlin", (2026, 3, 29, 3, 0)),
        ("Europe/Berlin", (2026, 3, 29, 1, 59)),
        ("Europe/Berlin", (2026, 10, 25, 2, 30)),
        ("America/Detroit", (2026, 6, 12, 3, 0)),
    ],
)
def test_a_time_that_exists_passes(zone, moment):
    assert "impossible-send-time" not in rules(planned(wall(*moment), zone=zone))


def test_an_hour_recorded_with_its_offset_is_one_that_exists():
    exact = datetime(2026, 3, 29, 1, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))

    assert "impossible-send-time" not in rules(planned(exact))


def test_an_hour_recorded_with_its_offset_stops_before_the_end():
    early = datetime(2026, 6, 11, 8, 0, tzinfo=ZoneInfo("Europe/London"))

    assert "impossible-send-time" in rules(judge(mail("Thanks.", note={"send": early}), send_at=noon(day=12)))


@pytest.mark.parametrize("key", ["start", "end"])
def test_an_interview_hour_the_clocks_skip_stops_the_note(key):
    skipped = {key: wall(2026, 3, 29, 2, 30)}

    assert "impossible-send-time" in rules(planned(wall(2026, 3, 30, 9, 0), **skipped))


def test_an_end_that_the_file_does_not_say_is_not_judged():
    interview = {"start": wall(2026, 3, 29, 1, 30), "end": wall(2026, 3, 29, 2, 30), "lines": {"start": 3}}

    assert "impossible-send-time" not in rules(planned(wall(2026, 3, 30, 9, 0), **interview))


def test_a_note_before_the_end_of_the_interview_stops():
    assert "impossible-send-time" in rules(judge(mail("Thanks."), send_at=noon(day=11, hour=11)))


def test_a_recorded_hour_before_the_end_stops_whatever_the_clock_says():
    composition = mail("Thanks.", note={"send": wall(2026, 6, 11, 9, 0)})

    assert "impossible-send-time" in rules(judge(composition, send_at=noon(day=12)))


def test_a_note_at_the_end_is_possible():
    assert "impossible-send-time" not in rules(judge(mail("Thanks."), send_at=noon(day=11, hour=11, minute=30)))


def test_instants_are_compared_and_not_wall_times():
    interview = {"timezone": "Asia/Tokyo", "start": wall(2026, 6, 12, 10, 0), "end": wall(2026, 6, 12, 11, 0)}

    found = judge(mail("Thanks."), interview=interview, send_at=datetime(2026, 6, 12, 1, 30, tzinfo=UTC))

    assert "impossible-send-time" in rules(found)


# --- send-hour-odd ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "minute"), [(3, 0), (22, 0), (23, 59), (5, 59), (0, 0)])
def test_the_night_at_the_employer_is_asked_about(hour, minute):
    assert "send-hour-odd" in rules(judge(mail("Thanks."), send_at=noon(day=13, hour=hour, minute=minute)))


@pytest.mark.parametrize(("hour", "minute"), [(6, 0), (6, 45), (8, 30), (21, 59)])
def test_the_day_at_the_employer_passes(hour, minute):
    assert "send-hour-odd" not in rules(judge(mail("Thanks."), send_at=noon(day=13, hour=hour, minute=minute)))


def test_a_note_from_the_car_park_is_asked_about():
    assert "send-hour-odd" in rules(judge(mail("Thanks."), send_at=noon(day=11, hour=13)))


def test_two_hours_later_is_not_too_soon():
    assert "send-hour-odd" not in rules(judge(mail("Thanks."), send_at=noon(day=11, hour=13, minute=30)))


def test_twenty_minutes_are_enough_when_they_decide_that_day():
    interview = {"decision_expected": date(2026, 6, 11)}

    assert "send-hour-odd" not in rules(
        judge(mail("Thanks."), interview=interview, send_at=noon(day=11, hour=11, minute=55))
    )


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Europe/Berlin", (2026, 10, 25, 2, 30)),
        ("America/New_York", (2026, 11, 1, 1, 30)),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 45)),
    ],
)
def test_a_time_that_happens_twice_is_asked_about(zone, moment):
    messages = [f.message for f in planned(wall(*moment), zone=zone) if f.rule == "send-hour-odd"]

    assert any("twice" in message for message in messages)


def test_a_time_that_happens_twice_can_be_written_so_that_it_is_clear():
    finding = next(f for f in planned(wall(2026, 10, 25, 2, 30)) if "twice" in f.message)

    assert finding.advice == (
        "Write `2026-10-25 02:30+02:00` for the first time or `2026-10-25 02:30+01:00` for the second."
    )


def test_which_of_the_two_is_not_asked_when_the_file_says_it():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))

    assert not any("twice" in finding.message for finding in planned(second))


def test_the_excerpt_of_an_exact_hour_is_what_the_employers_clock_shows():
    exact = datetime(2026, 1, 6, 4, 0, tzinfo=ZoneInfo("Europe/Athens"))

    assert said("send-hour-odd", planned(exact)) == ["2026-01-06 03:00"]


@pytest.mark.parametrize(
    ("moment", "rule"), [((2026, 6, 12, 3, 0), "send-hour-odd"), ((2026, 6, 13, 9, 0), "send-late")]
)
def test_a_time_that_exists_is_asked_about_or_remarked_on_and_not_refused(moment, rule):
    found = rules(planned(wall(*moment), zone="America/Detroit"))

    assert rule in found
    assert "impossible-send-time" not in found


def test_the_excerpt_is_the_hour_as_the_file_has_it():
    assert said("send-hour-odd", planned(wall(2026, 1, 6, 3, 0))) == ["2026-01-06 03:00"]


def test_an_hour_of_its_own_is_named_in_full_hours():
    finding = next(
        f for f in judge(mail("Thanks."), send_at=noon(day=13, hour=3, minute=17)) if f.rule == "send-hour-odd"
    )

    assert finding.message == "Is about 3:00 on Saturday 13 June meant? It is night in Detroit."


# --- send-late -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "minute"),
    [(13, 9, 0), (14, 12, 0), (12, 19, 0), (12, 7, 0), (16, 9, 0)],
    ids=["Saturday", "Sunday", "evening", "early", "five days"],
)
def test_late_notes_and_odd_days_are_remarked_on(day, hour, minute):
    assert "send-late" in rules(judge(mail("Thanks."), send_at=noon(day=day, hour=hour, minute=minute)))


@pytest.mark.parametrize(
    ("workdays", "day", "message"),
    [
        (Workdays(holidays=Holidays(frozenset({date(2026, 6, 12)}))), 12, "It goes on a holiday."),
        (Workdays(weekend=frozenset({4, 5})), 12, "It goes on a Friday."),
        (Workdays(), 13, "It goes on a Saturday."),
    ],
)
def test_a_day_off_of_the_users_is_remarked_on(workdays, day, message):
    found = judge(mail("Thanks."), send_at=noon(day=day, hour=9), workdays=workdays)

    assert message in [finding.message for finding in found if finding.rule == "send-late"]


def test_a_sunday_passes_where_it_is_a_working_day():
    workdays = Workdays(weekend=frozenset({4, 5}))

    assert "It goes on a Sunday." not in [
        finding.message for finding in judge(mail("Thanks."), send_at=noon(day=14, hour=9), workdays=workdays)
    ]


@pytest.mark.parametrize(("hour", "minute"), [(8, 30), (7, 30), (18, 30), (16, 30)])
def test_the_next_working_day_passes(hour, minute):
    assert "send-late" not in rules(judge(mail("Thanks."), send_at=noon(day=12, hour=hour, minute=minute)))


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [(14, 9, "It goes 70 hours after the interview."), (16, 9, "It goes 5 days after the interview.")],
)
def test_how_late_is_told_in_hours_and_from_three_days_on_in_days(day, hour, words):
    found = judge(mail("Thanks."), send_at=noon(day=day, hour=hour, minute=30))

    assert words in [finding.message for finding in found if finding.rule == "send-late"]


def test_a_follow_up_is_not_late():
    composition = mail("Thanks.", note={"kind": NoteKind.FOLLOW_UP})

    assert "send-late" not in rules(judge(composition, send_at=noon(day=24, hour=9)))


# --- day-word-wrong --------------------------------------------------------------------------------------------
# The interview is on Thursday 11 June 2026, from 10:00 to 11:30.


@pytest.mark.parametrize(
    ("words", "day", "hour"),
    [
        ("Thank you for the tour today.", 12, 8),
        ("Thank you for the tour yesterday.", 11, 16),
        ("Thank you for the tour yesterday.", 13, 9),
        ("Thank you for the tour this morning.", 12, 8),
        ("Thank you for meeting me on Friday.", 12, 8),
        ("The tour on Wednesday was clear.", 12, 8),
        ("Thank you for the tour this afternoon.", 12, 16),
        ("We talked yesterday of the presses.", 13, 9),
    ],
)
def test_a_day_that_is_another_when_the_note_goes_is_asked_about(words, day, hour):
    assert "day-word-wrong" in rules(judge(mail(words), send_at=noon(day=day, hour=hour)))


@pytest.mark.parametrize(
    ("words", "day", "hour"),
    [
        ("Thank you for the tour today.", 11, 16),
        ("Thank you for the tour yesterday.", 12, 8),
        ("Thank you for the tour this morning.", 11, 16),
        ("Thank you for meeting me on Thursday.", 12, 8),
        ("Thank you for the tour. The Monday jam stayed with me.", 12, 8),
        ("Thank you for showing me the plan for Monday meetings.", 12, 8),
        ("I am free on Monday, if you would like to talk.", 12, 8),
        ("The tools of today are dull.", 12, 8),
        ("I will send the sheet tomorrow.", 12, 8),
        ("Thank you for the tour yesterday.", 12, 23),
    ],
)
def test_a_day_that_is_true_or_not_of_the_meeting_passes(words, day, hour):
    assert "day-word-wrong" not in rules(judge(mail(words), send_at=noon(day=day, hour=hour)))


@pytest.mark.parametrize(
    "changes",
    [
        {"person": {"heard": ("Reps fill in the pipeline on Friday.",)}},
        {"gift": make_gift(title="The Friday list")},
        {"gift": make_gift(why="It helps on Friday.")},
    ],
)
def test_a_weekday_of_theirs_passes(changes):
    assert "day-word-wrong" not in rules(judge(mail("Thank you for the talk of forecasts on Friday.", **changes)))


def test_a_wrong_day_in_the_subject_is_asked_about():
    assert "day-word-wrong" in rules(judge(mail("Thanks.", subject="Thank you for Friday")))


def test_the_better_move_names_the_right_word():
    finding = next(f for f in judge(mail("Thank you for the tour today.")) if f.rule == "day-word-wrong")

    assert finding.advice == "Write yesterday."


def test_days_are_those_of_the_employer():
    interview = {"timezone": "Pacific/Auckland", "start": wall(2026, 6, 11, 10, 0), "end": wall(2026, 6, 11, 11, 0)}
    late_there = datetime(2026, 6, 11, 11, 0, tzinfo=UTC)  # 23:00 on the 11th in Auckland

    assert "day-word-wrong" not in rules(judge(mail("Thank you for today."), interview=interview, send_at=late_there))
