"""Show which hour the timing rule gives an interview's notes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from mailer import schedule
from mailer.workdays import Holidays, Workdays

if TYPE_CHECKING:
    from mailer.schedule import Due

#: End (wall time), employer's zone, sender's zone, decision; rule, earliest, recommended, on the sender's clock, also.
WORKED_EXAMPLES = [
    ("2026-03-06 15:15", "America/Chicago", "America/Chicago", None, "R3", "17:15-06:00", "2026-03-06 18:00-06:00", "Fri 18:00", "2026-03-09 08:30"),  # Friday, no date given: a decision could come on Monday
    ("2026-03-06 15:15", "America/Chicago", "America/Chicago", "2026-03-20", "R6", "17:15-06:00", "2026-03-09 08:30-05:00", "Mon 08:30", "2026-03-06 18:00"),  # the same Friday, decision two weeks off: Monday; tonight offered
    ("2026-04-21 12:00", "Europe/London", "Europe/London", "2026-04-28", "R1", "14:00+01:00", "2026-04-21 16:30+01:00", "Tue 16:30", "2026-04-22 08:30"),  # ends before 13:00
    ("2026-05-13 07:15", "America/Chicago", "America/Chicago", None, "R1", "09:15-05:00", "2026-05-13 16:30-05:00", "Wed 16:30", "2026-05-14 08:30"),  # early shift interview, same afternoon
    ("2026-03-30 17:30", "Europe/Berlin", "America/Sao_Paulo", "2026-04-10", "R6", "19:30+02:00", "2026-03-31 08:30+02:00", "Tue 03:30", None),  # Monday after the European change; night for the sender, so schedule it
    ("2026-09-15 18:30", "America/Toronto", "America/Toronto", "2026-09-22", "R6", "20:30-04:00", "2026-09-16 08:30-04:00", "Wed 08:30", None),  # trial shift: end + 2 h is past 18:30, only next morning
    ("2026-11-05 10:30", "Europe/Lisbon", "Pacific/Auckland", "2026-12-04", "R1", "12:30+00:00", "2026-11-05 16:30+00:00", "Fri 05:30", "2026-11-06 08:30"),  # the sender is already on Friday
    ("2026-08-17 14:00", "America/New_York", "America/New_York", "2026-08-24", "R6", "16:00-04:00", "2026-08-18 08:30-04:00", "Tue 08:30", "2026-08-17 18:00"),  # afternoon: next morning, or the same evening
    ("2026-07-10 15:30", "Asia/Tokyo", "Asia/Tokyo", "2026-07-24", "R6", "17:30+09:00", "2026-07-13 08:30+09:00", "Mon 08:30", "2026-07-10 18:00"),  # Friday in Japan
    ("2026-05-02 09:00", "America/Edmonton", "America/Edmonton", None, "R5", "11:00-06:00", "2026-05-04 08:30-06:00", "Mon 08:30", "2026-05-02 11:00"),  # Saturday interview
    ("2026-05-03 16:45", "America/Edmonton", "America/Edmonton", None, "R5", "18:45-06:00", "2026-05-04 08:30-06:00", "Mon 08:30", None),  # Sunday: end + 2 h is past 18:30, only Monday
    ("2026-12-01 14:30", "America/Los_Angeles", "America/Los_Angeles", "2026-12-18", "R6", "16:30-08:00", "2026-12-02 08:30-08:00", "Wed 08:30", "2026-12-01 18:00"),  # afternoon
    ("2026-06-05 17:00", "Europe/Madrid", "Europe/Madrid", None, "R4", "19:00+02:00", "2026-06-08 07:30+02:00", "Mon 07:30", "2026-06-08 08:30"),  # Friday late: end + 2 h is 19:00, too late for tonight; urgent, so Monday 07:30
    ("2026-06-05 16:20", "Europe/Madrid", "Europe/Madrid", None, "R3", "18:20+02:00", "2026-06-05 18:20+02:00", "Fri 18:20", "2026-06-08 08:30"),  # Friday: tonight, rounded up to five minutes past end + 2 h
    ("2026-06-05 12:59", "Europe/Madrid", "Europe/Madrid", None, "R1", "14:59+02:00", "2026-06-05 16:30+02:00", "Fri 16:30", "2026-06-08 08:30"),  # Friday, ends one minute before 13:00: same afternoon
    ("2026-06-05 13:00", "Europe/Madrid", "Europe/Madrid", None, "R3", "15:00+02:00", "2026-06-05 18:00+02:00", "Fri 18:00", "2026-06-08 08:30"),  # Friday, ends at 13:00: the Friday rule
    ("2026-06-09 14:00", "Europe/Amsterdam", "Europe/Amsterdam", "2026-06-10", "R2", "16:00+02:00", "2026-06-09 18:00+02:00", "Tue 18:00", "2026-06-10 08:30"),  # they decide tomorrow: tonight
    ("2026-06-09 10:00", "Europe/Amsterdam", "Europe/Amsterdam", "2026-06-09", "R0", "10:20+02:00", "2026-06-09 11:00+02:00", "Tue 11:00", None),  # they decide today: one hour after the end
    ("2026-10-30 17:30", "Asia/Kolkata", "Europe/London", None, "R4", "19:30+05:30", "2026-11-02 07:30+05:30", "Mon 02:00", "2026-11-02 08:30"),  # Friday; half-hour zone, sender in another week of summer time rules
    ("2026-03-27 15:00", "Europe/Berlin", "America/New_York", "2026-04-03", "R6", "17:00+01:00", "2026-03-30 08:30+02:00", "Mon 02:30", "2026-03-27 18:00"),  # Friday before the European change: Monday 08:30 is summer time, an hour earlier in UTC
    ("2026-03-29 01:30", "Europe/Berlin", "Europe/Berlin", None, "R5", "04:30+02:00", "2026-03-30 08:30+02:00", "Mon 08:30", "2026-03-29 07:30"),  # a night shift that ends half an hour before the gap: two hours of elapsed time give 04:30, not 03:30
    ("2026-10-25 00:30", "Europe/Berlin", "Europe/Berlin", None, "R5", "02:30+02:00", "2026-10-26 08:30+01:00", "Mon 08:30", "2026-10-25 07:30"),  # a night shift before the clocks go back: two hours later it is 02:30, the first (+02:00) of two
    ("2026-11-01 00:15", "America/New_York", "America/New_York", None, "R5", "01:15-05:00", "2026-11-02 08:30-05:00", "Mon 08:30", "2026-11-01 07:30"),  # two hours later it is 01:15 for the second time (-05:00)
    ("2026-04-03 15:00", "Australia/Sydney", "Europe/London", "2026-04-17", "R6", "17:00+11:00", "2026-04-06 08:30+10:00", "Sun 23:30", "2026-04-03 18:00"),  # Friday before Sydney leaves summer time, after London entered it
    ("2026-12-31 15:00", "America/St_Johns", "America/St_Johns", "2027-01-15", "R6", "17:00-03:30", "2027-01-01 08:30-03:30", "Fri 08:30", "2026-12-31 18:00"),  # the next weekday is a public holiday: nothing is known about holidays unless the user enters them
]  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(due: Due) -> datetime:
    return due.instant.astimezone(ZoneInfo(due.timezone))


@pytest.mark.parametrize("example", WORKED_EXAMPLES)
def test_the_timing_rule_gives_every_worked_example(example: tuple[Any, ...]) -> None:
    end, zone, sender_zone, decision, rule, earliest, best, for_sender, also = example
    start = local(end) - timedelta(hours=1)

    found = schedule.suggest(
        start, local(end), zone=zone, decision_expected=date.fromisoformat(decision) if decision else None
    )

    assert found.rule == rule
    assert shown(found.earliest).strftime("%H:%M") == earliest[:5]
    assert shown(found.earliest).utcoffset() == local(f"2026-01-01T{earliest}").utcoffset()
    assert shown(found.best).isoformat(" ", "minutes") == best
    assert found.best.wall == local(best[:16])
    assert found.best.instant.astimezone(ZoneInfo(sender_zone)).strftime("%a %H:%M") == for_sender
    assert (found.also and found.also.wall) == (local(also) if also else None)


def test_an_interview_without_an_end_lasted_an_hour() -> None:
    start = local("2026-06-09 13:30")

    missing = schedule.suggest(start, None, zone="Europe/Berlin", decision_expected=None)

    assert missing == schedule.suggest(start, local("2026-06-09 14:30"), zone="Europe/Berlin", decision_expected=None)


def test_a_decision_late_on_the_day_itself_falls_to_the_rows_below() -> None:
    end = local("2026-06-09 20:30")

    found = schedule.suggest(end, end, zone="Europe/Berlin", decision_expected=date(2026, 6, 9))

    assert (found.rule, found.best.wall) == ("R4", local("2026-06-10 07:30"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-11 12:00+02:00", "2026-06-12 08:30+02:00"),  # still ahead
        ("2026-06-12 10:07+02:00", "2026-06-12 10:07+02:00"),  # passed, a good hour: now
        ("2026-06-12 18:30+02:00", "2026-06-12 18:30+02:00"),
        ("2026-06-12 18:31+02:00", "2026-06-15 08:30+02:00"),  # Friday evening: Monday
        ("2026-06-13 12:00+02:00", "2026-06-15 08:30+02:00"),  # Saturday
        ("2026-06-16 03:00+02:00", "2026-06-16 08:30+02:00"),  # before dawn: the same morning
        ("2026-06-16 21:00+02:00", "2026-06-17 08:30+02:00"),
    ],
)
def test_once_the_hour_has_passed_the_next_good_one_is_recommended(now: str, expected: str) -> None:
    end = local("2026-06-11 15:00")

    found = schedule.recommended(
        end, end, zone="Europe/Berlin", decision_expected=date(2026, 7, 1), now=local(now).astimezone(UTC)
    )

    assert shown(found).isoformat(" ", "minutes") == expected


def test_the_notes_of_one_interview_go_out_minutes_apart() -> None:
    first = schedule.at(local("2026-06-12 08:30"), "Europe/Berlin")

    assert [schedule.apart(first, n).wall.strftime("%H:%M") for n in range(3)] == ["08:30", "08:37", "08:44"]


# --- other weeks, and holidays ---

#: Sunday to Thursday.
GULF_WEEK = Workdays(weekend=frozenset({4, 5}))


def suggested(end: str, zone: str, workdays: Workdays, *, decision: date | None = None) -> tuple[str, str]:
    """Return the rule's row and its hour for an interview that ended so."""
    found = schedule.suggest(local(end), local(end), zone=zone, decision_expected=decision, workdays=workdays)
    return found.rule, f"{found.best.wall:%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2026-06-04 15:00", ("R3", "Thu 2026-06-04 18:00")),  # their Friday
        ("2026-06-04 17:00", ("R4", "Sun 2026-06-07 07:30")),
        ("2026-06-05 10:00", ("R5", "Sun 2026-06-07 08:30")),  # a Friday, their Saturday
        ("2026-06-07 15:00", ("R6", "Mon 2026-06-08 08:30")),  # a Sunday, their Monday
    ],
)
def test_where_the_week_ends_on_thursday_the_rule_goes_by_that(end: str, expected: tuple[str, str]) -> None:
    assert suggested(end, "Asia/Riyadh", GULF_WEEK) == expected


def test_a_holiday_that_the_user_entered_counts_as_a_day_of_the_weekend() -> None:
    workdays = Workdays(holidays=Holidays(frozenset({date(2027, 1, 1)})))

    found = suggested("2026-12-31 15:00", "America/St_Johns", workdays, decision=date(2027, 1, 15))

    assert found == ("R6", "Mon 2027-01-04 08:30")


def test_the_day_before_a_holiday_is_like_a_friday() -> None:
    workdays = Workdays(holidays=Holidays(frozenset({date(2026, 11, 26)})))

    assert suggested("2026-11-25 15:00", "America/Chicago", workdays) == ("R3", "Wed 2026-11-25 18:00")


def test_an_hour_that_has_passed_gives_way_to_one_after_the_holiday() -> None:
    workdays = Workdays(holidays=Holidays(frozenset({date(2026, 6, 15)})))
    end, night = local("2026-06-11 15:00"), datetime(2026, 6, 12, 20, 0, tzinfo=UTC)

    found = schedule.recommended(
        end, end, zone="Europe/Berlin", decision_expected=date(2026, 7, 1), now=night, workdays=workdays
    )

    assert found.wall == local("2026-06-16 08:30")


def test_a_recommended_hour_on_a_day_that_the_clocks_skip_is_moved_and_says_so() -> None:
    """Samoa went from Thursday 29 to Saturday 31 December 2011."""
    end = local("2011-12-29 14:00")

    best = schedule.suggest(end, end, zone="Pacific/Apia", decision_expected=date(2012, 1, 20)).best

    assert (best.wall, best.skipped) == (local("2011-12-31 08:30"), local("2011-12-30 08:30"))
