"""Show when a note goes out: by the timing rule, by typed words, and how it is said back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import schedule
from mailer.errors import UsageError
from mailer.schedule import Due

NOW = datetime(2026, 6, 12, 7, 0, tzinfo=UTC)

ZONES = (
    "America/Detroit", "America/St_Johns", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin",
    "Europe/London", "Pacific/Auckland", "UTC",
)  # fmt: skip

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


# --- typed words ---


@pytest.mark.parametrize(
    ("words", "wall", "zone", "utc"),
    [
        ("now", "2026-06-12 09:00", "Europe/Berlin", "2026-06-12 07:00"),
        ("+30m", "2026-06-12 09:30", "Europe/Berlin", "2026-06-12 07:30"),
        ("+2h", "2026-06-12 11:00", "Europe/Berlin", "2026-06-12 09:00"),
        ("+1d", "2026-06-13 09:00", "Europe/Berlin", "2026-06-13 07:00"),
        ("2026-12-01 09:00", "2026-12-01 09:00", "Europe/Berlin", "2026-12-01 08:00"),
        ("2026-12-01T09:00", "2026-12-01 09:00", "Europe/Berlin", "2026-12-01 08:00"),
        ("2026-12-01T09:00:30", "2026-12-01 09:00:30", "Europe/Berlin", "2026-12-01 08:00:30"),
        ("  2026-12-01   09:00  ", "2026-12-01 09:00", "Europe/Berlin", "2026-12-01 08:00"),
        ("2026-12-01 09:00Z", "2026-12-01 10:00", "Europe/Berlin", "2026-12-01 09:00"),
        ("2026-12-01 09:00-05:00", "2026-12-01 15:00", "Europe/Berlin", "2026-12-01 14:00"),
        ("2026-12-01 09:00 +0530", "2026-12-01 04:30", "Europe/Berlin", "2026-12-01 03:30"),
        ("2026-12-01 09:00 America/Detroit", "2026-12-01 09:00", "America/Detroit", "2026-12-01 14:00"),
        ("2026-12-01 09:00 UTC", "2026-12-01 09:00", "UTC", "2026-12-01 09:00"),
        ("2026-12-01 09:00-05:00 America/Detroit", "2026-12-01 09:00", "America/Detroit", "2026-12-01 14:00"),
        ("2026-10-25 02:30+02:00 Europe/Berlin", "2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30"),
        ("2026-10-25 02:30+01:00 Europe/Berlin", "2026-10-25 02:30", "Europe/Berlin", "2026-10-25 01:30"),
    ],
)
def test_a_typed_time_is_the_instant_the_wall_time_and_the_zone(words: str, wall: str, zone: str, utc: str) -> None:
    due = schedule.parse(words, now=NOW, zone="Europe/Berlin")

    assert due == Due(local(utc).replace(tzinfo=UTC), local(wall), zone)


@pytest.mark.parametrize(
    "words",
    [
        "", "later", "tomorrow", "+", "+2", "2h", "+2w", "+99999m", "+-2h", "+2h30m", "Now!", "2026-12-01", "12/01/2026 09:00",
        "2026-13-01 09:00", "2026-02-30 09:00", "2026-12-01 24:00", "2026-12-01 9", "2026-12-01 09:00+15:00",
        "2026-12-01 09:00 Mars/Olympus", "2026-12-01 09:00 ../../etc/passwd", "2026-12-01 09:00 Europe",
        "2026-12-01 09:00-05:00 Europe/Berlin", "٢٠٢٦-12-01 09:00", "2026-12-01 09:00\x00", "9999-12-31 23:59-12:00", "0001-01-01 00:00+14:00",
    ],
)  # fmt: skip
def test_anything_else_is_refused(words: str) -> None:
    with pytest.raises(UsageError):
        schedule.parse(words, now=NOW, zone="Europe/Berlin")


def test_a_refusal_names_the_forms_that_exist() -> None:
    with pytest.raises(
        UsageError, match=r"“tomorrow” is no time to send at; write `now`, .*`in 2h`.*`2026-12-01 09:00`"
    ):
        schedule.parse("tomorrow", now=NOW, zone="Europe/Berlin")


def test_the_past_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Fri 12 Jun 2026, 08:59 in Berlin has passed"):
        schedule.parse("2026-06-12 08:59", now=NOW, zone="Europe/Berlin")


def test_an_instant_that_has_passed_can_stand_for_now() -> None:
    assert schedule.instant("2026-01-05 09:00", zone="Europe/Berlin") == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_an_hour_that_is_not_for_sending_is_not_asked_for_as_one() -> None:
    with pytest.raises(
        UsageError, match=r"“11/06/2026” is no date and time; write a date and time \(`2026-12-01 09:00`"
    ):
        schedule.instant("11/06/2026", zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "zone", "after"),
    [
        ("2026-03-29 02:30", "Europe/Berlin", "03:00 (+02:00)"),
        ("2027-03-14 02:15", "America/New_York", "03:00 (-04:00)"),
        ("2026-10-04 02:30", "Australia/Sydney", "03:00 (+11:00)"),
        ("2026-09-27 02:45", "Pacific/Auckland", "03:00 (+13:00)"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "02:30 (+11:00)"),
        ("2027-03-28 01:30", "Europe/London", "02:00 (+01:00)"),
        ("2026-09-06 00:00", "America/Santiago", "01:00 (-03:00)"),
    ],
)
def test_a_wall_time_that_the_clocks_skip_is_refused_with_the_first_time_after(
    typed: str, zone: str, after: str
) -> None:
    with pytest.raises(UsageError) as refused:
        schedule.parse(typed, now=datetime(2026, 1, 1, tzinfo=UTC), zone=zone)

    assert f"the first time after that is {after}" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "zone", "first", "second"),
    [
        ("2026-10-25 02:30", "Europe/Berlin", "+02:00", "+01:00"),
        ("2026-11-01 01:30", "America/New_York", "-04:00", "-05:00"),
        ("2026-04-05 01:45", "Australia/Lord_Howe", "+11:00", "+10:30"),
    ],
)
def test_a_wall_time_that_comes_twice_is_refused_with_a_way_to_name_each(
    typed: str, zone: str, first: str, second: str
) -> None:
    with pytest.raises(UsageError) as refused:
        schedule.parse(typed, now=datetime(2026, 1, 1, tzinfo=UTC), zone=zone)

    assert f"`{typed}{first}` for the first time or `{typed}{second}` for the second" in str(refused.value)
    for offset in (first, second):
        named = schedule.parse(f"{typed}{offset}", now=datetime(2026, 1, 1, tzinfo=UTC), zone=zone)
        assert named.wall == local(typed)


@given(
    wall=st.datetimes(datetime(2026, 7, 1), datetime(2040, 1, 1)),  # wall time
    zone=st.sampled_from(ZONES),
)
def test_an_accepted_wall_time_is_what_the_clock_there_shows_at_the_instant(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)

    try:
        due = schedule.parse(f"{wall:%Y-%m-%d %H:%M}", now=NOW, zone=zone)
    except UsageError:
        return

    assert due.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall == due.wall


@given(words=st.text(max_size=40))
def test_no_text_does_worse_than_being_refused(words: str) -> None:
    with suppress(UsageError):
        schedule.parse(words, now=NOW, zone="Europe/Berlin")


# --- said back ---


def due_at(wall: str, zone: str) -> Due:
    return schedule.at(local(wall), zone)


@pytest.mark.parametrize(
    ("wall", "zone", "sender_zone", "said"),
    [
        ("2026-06-12 08:30", "America/Detroit", "Europe/Berlin", "Fri 12 Jun 2026, 08:30 in Detroit (14:30 in Berlin, your time), in 5 h 30 min"),
        ("2026-06-12 09:00", "Europe/Berlin", "Europe/Berlin", "Fri 12 Jun 2026, 09:00 in Berlin, now"),
        ("2026-06-12 09:25", "Europe/Berlin", "Europe/Paris", "Fri 12 Jun 2026, 09:25 in Berlin, in 25 min"),
        ("2026-06-12 11:00", "Europe/Berlin", "Europe/Berlin", "Fri 12 Jun 2026, 11:00 in Berlin, in 2 h"),
        ("2026-06-13 00:10", "Europe/Berlin", "Europe/Berlin", "Sat 13 Jun 2026, 00:10 in Berlin, in 15 h"),
        ("2026-06-15 08:30", "America/Argentina/Buenos_Aires", "Asia/Tokyo", "Mon 15 Jun 2026, 08:30 in Buenos Aires (20:30 in Tokyo, your time), in 3 days 4 h"),
        ("2026-06-12 20:00", "America/Detroit", "Asia/Tokyo", "Fri 12 Jun 2026, 20:00 in Detroit (Sat 09:00 in Tokyo, your time), in 17 h"),
        ("2026-06-14 09:00", "Europe/Berlin", "Europe/Berlin", "Sun 14 Jun 2026, 09:00 in Berlin, in 2 days"),
        ("2026-06-12 08:00", "Europe/Berlin", "Europe/Berlin", "Fri 12 Jun 2026, 08:00 in Berlin, 60 min ago"),
    ],
)  # fmt: skip
def test_an_hour_is_said_in_both_zones_and_as_a_time_from_now(
    wall: str, zone: str, sender_zone: str, said: str
) -> None:
    assert schedule.describe(due_at(wall, zone), sender_zone=sender_zone, now=NOW) == said
