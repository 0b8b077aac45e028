"""Show what a person may type for an hour, and that nothing else is guessed at."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import schedule
from mailer.errors import UsageError
from mailer.schedule import ComesTwice, Due
from mailer.schedule.naming import DAYS as DAY_NAMES
from mailer.schedule.naming import MONTHS
from mailer.schedule.words import NEXT_WORKDAY, TODAY, TOMORROW, Wanted, read
from mailer.workdays import Holidays, Workdays

if TYPE_CHECKING:
    from collections.abc import Callable

#: A Friday, 09:00 in Berlin.
NOW = datetime(2026, 6, 12, 7, 0, tzinfo=UTC)
#: Before every row of the table below.
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def typed(words: str, *, now: datetime = NOW, zone: str = "Europe/Berlin") -> Due:
    return schedule.parse(words, now=now, zone=zone)


def refusal(words: str, *, now: datetime = NOW, zone: str = "Europe/Berlin") -> str:
    with pytest.raises(UsageError) as refused:
        typed(words, now=now, zone=zone)
    return str(refused.value)


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


# --- days counted from now ---


@pytest.mark.parametrize(
    ("words", "wall"),
    [
        ("8:30pm", "2026-06-12 20:30"),
        ("at 17:00", "2026-06-12 17:00"),
        ("noon", "2026-06-12 12:00"),
        ("13", "2026-06-12 13:00"),
        ("today 18:15", "2026-06-12 18:15"),
        ("today at noon", "2026-06-12 12:00"),
        ("tomorrow 8:30", "2026-06-13 08:30"),
        ("TOMORROW AT 8:30AM", "2026-06-13 08:30"),
        ("tomorrow 12am", "2026-06-13 00:00"),
        ("tomorrow 12:30 pm", "2026-06-13 12:30"),
        ("Monday 8:30am", "2026-06-15 08:30"),
        ("mon 8am", "2026-06-15 08:00"),
        ("thursday 8:30", "2026-06-18 08:30"),
        ("Friday 9:00", "2026-06-12 09:00"),  # today, this very minute
        ("Friday 8:59", "2026-06-19 08:59"),  # the hour has passed today
        ("friday 17", "2026-06-12 17:00"),
        ("next business day 08:30", "2026-06-15 08:30"),
        ("Next  Business  Day  at  noon", "2026-06-15 12:00"),
        ("Dec 1 9:00", "2026-12-01 09:00"),
        ("december 1 at 9pm", "2026-12-01 21:00"),
        ("Jul 4 noon", "2026-07-04 12:00"),
        ("may 5 9:00 UTC", None),
        ("2026-12-01 9:00", "2026-12-01 09:00"),
        ("2026-12-01 at 9am", "2026-12-01 09:00"),
        ("in 2h", "2026-06-12 11:00"),
        ("in 2 h", "2026-06-12 11:00"),
        ("IN 90M", "2026-06-12 10:30"),
        ("in 3d", "2026-06-15 09:00"),
    ],
)
def test_a_day_and_an_hour_are_counted_from_now(words: str, wall: str | None) -> None:
    if wall is None:
        assert "has passed" in refusal(words)
    else:
        assert typed(words).wall == local(wall)


@pytest.mark.parametrize(
    ("words", "wall", "zone"),
    [
        ("tomorrow 8:30 America/Detroit", "2026-06-13 08:30", "America/Detroit"),
        ("tomorrow 8:30 america/detroit", "2026-06-13 08:30", "America/Detroit"),
        ("8:30pm utc", "2026-06-12 20:30", "UTC"),
        ("noon Europe/London", "2026-06-12 12:00", "Europe/London"),
        ("today 1:30 Pacific/Kiritimati", "2026-06-12 23:00", None),  # there it is 21:00
        ("tomorrow 1:30 Pacific/Kiritimati", "2026-06-13 01:30", "Pacific/Kiritimati"),
        ("tomorrow 8:30 +09:00", "2026-06-13 01:30", "Europe/Berlin"),
        ("tomorrow 8:30Z", "2026-06-13 10:30", "Europe/Berlin"),
    ],
)
def test_the_zone_is_the_employers_unless_one_is_typed(words: str, wall: str, zone: str | None) -> None:
    if zone is None:
        assert "has passed; write `tomorrow 01:30`" in refusal(words)
    else:
        assert (typed(words).wall, typed(words).timezone) == (local(wall), zone)


def test_days_are_those_of_the_calendar_there() -> None:
    """At 22:00 UTC on Thursday it is Friday in Berlin and still Thursday in Detroit."""
    night = datetime(2026, 6, 11, 22, 30, tzinfo=UTC)

    walls = [typed("tomorrow 8:30", now=night, zone=zone).wall for zone in ("Europe/Berlin", "America/Detroit")]

    assert walls == [local("2026-06-13 08:30"), local("2026-06-12 08:30")]


def test_a_day_of_elapsed_time_has_24_hours_on_the_night_the_clocks_change() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert typed("in 1d", now=before).wall == local("2026-03-29 14:00")
    assert typed("tomorrow 13:00", now=before).wall == local("2026-03-29 13:00")


def test_a_business_day_is_one_of_the_users() -> None:
    workdays = Workdays(weekend=frozenset({4, 5}), holidays=Holidays(frozenset({date(2026, 6, 14)})))

    due = schedule.parse("next business day 8:30", now=NOW, zone="Asia/Riyadh", workdays=workdays)

    assert due.wall == local("2026-06-15 08:30")


@pytest.mark.parametrize(
    ("now", "words", "wall"),
    [
        ("2026-11-23", "Jan 5 9:00", "2027-01-05 09:00"),
        ("2026-11-23", "Dec 31 9:00", "2026-12-31 09:00"),
        ("2027-10-01", "Feb 29 9:00", "2028-02-29 09:00"),
    ],
)
def test_a_month_and_its_day_are_the_nearest(now: str, words: str, wall: str) -> None:
    assert typed(words, now=local(now).replace(tzinfo=UTC)).wall == local(wall)


def test_a_day_that_no_near_year_has_is_refused() -> None:
    far_from_a_leap_year = datetime(2102, 1, 1, tzinfo=UTC)

    assert "there is no February 29 near" in refusal("Feb 29 9:00", now=far_from_a_leap_year)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Nov 20 9:00", "Fri 20 Nov 2026, 09:00 in Berlin has passed; write `2027-11-20 09:00` for the next one"),
        ("today 8:30", "Mon 23 Nov 2026, 08:30 in Berlin has passed; write `tomorrow 08:30`, or a later hour"),
        ("8:30", "Mon 23 Nov 2026, 08:30 in Berlin has passed; write `tomorrow 08:30`, or a later hour"),
        ("2026-11-20 9:00", "Fri 20 Nov 2026, 09:00 in Berlin has passed; write a later one, or `now`"),
    ],
)
def test_what_has_passed_is_refused_with_a_way_out(words: str, said: str) -> None:
    assert refusal(words, now=datetime(2026, 11, 23, 12, tzinfo=UTC)) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tomorrow 8", "“tomorrow 8” may be 8 in the morning or in the evening; write `8am` or `8pm`, or one of `8:00` and `20:00`"),
        ("8 utc", "`8am` or `8pm`"),
        ("dec 1 9", "`9am` or `9pm`"),
        ("monday at 12", "may be noon or midnight; write `noon`, or `0:00`"),
        ("tomorrow 0", "may be noon or midnight"),
        ("tomorrow 13pm", "there is no 13 pm; write an hour from 1 to 12 with it, or one such as `17:30`"),
        ("tomorrow 0am", "there is no 0 am"),
        ("tomorrow 0:30 am", "there is no 0 am"),
        ("tomorrow 24:00", "names an hour that no clock shows"),
        ("tomorrow 8:60", "names an hour that no clock shows"),
        ("tomorrow 25", "names an hour that no clock shows"),
        ("noon pm", "says more than noon"),
        ("Feb 30 9:00", "February has no day 30"),
        ("Dec 0 9:00", "December has no day 0"),
        ("Feb 29 9:00", "Thu 29 Feb 2024, 09:00 in Berlin has passed; write `2028-02-29 09:00` for the next one"),
        ("2026-02-29 9:00", "there is no day 2026-02-29"),
        ("2200-01-01 9:00", "not in a year from 1970 to 2199"),
        ("8:30am Berlin", "“Berlin” is no time zone"),
        ("8:30am PST", "“PST” is no time zone"),
        ("8:30am localtime", "“localtime” is no time zone"),
        ("8:30am posix/Europe/Berlin", "is no time zone"),
        ("8:30am -14:30", "“-14:30” is no offset of any clock"),
        ("2026-12-01 09:00-05:00 Europe/Berlin", "“2026-12-01 09:00-05:00 Europe/Berlin” contradicts itself"),
    ],
)  # fmt: skip
def test_what_could_be_two_hours_or_is_none_is_refused_with_the_reason(words: str, said: str) -> None:
    assert said in refusal(words, now=datetime(2025, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "words",
    [
        "24/11 9:00", "11/24 9:00", "24.11. 9:00", "24 Nov 9:00", "1 Dec 9:00", "Dec 1st 9:00", "Dec 1", "Dec 1 2026 9:00",
        "next Monday 8:30", "this Friday 17:00", "next week", "business day 8:30", "tonight", "morning", "midnight",
        "8.30", "8h30", "0830", "8:3", "8:30 o'clock", "half past eight", "8:30am tomorrow", "mond 8:30", "in two hours", "in 2 hours",
        "in 90 min", "in 2.5h", "in -2h", "in 2h 30m", "2h", "in 99999m", "+ 2h", "best Monday", "now!", "nowish", "20261201T0900",
        "2026-W49-2 09:00", "2026-12-01 09:00 in Berlin", "tomorrow\u200b 8:30", "ｔomorrow 8:30", "\u212aonday", "8:30\x00", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_form_is_never_guessed_at(words: str) -> None:
    assert " is no time to send at; write `now`, " in refusal(words)


def test_a_refusal_shows_nothing_that_a_terminal_acts_on() -> None:
    said = refusal("\x1b]0;owned\x07" + "9" * 500)

    assert "\x1b" not in said
    assert len(said) < 500


# --- best ---


def test_best_is_what_the_caller_says_it_is() -> None:
    rule = schedule.at(local("2026-06-15 08:30"), "Europe/Berlin")

    assert schedule.parse(" BEST ", now=NOW, zone="Europe/Berlin", best=lambda: rule) == rule


def test_best_is_refused_where_nobody_knows_the_interview() -> None:
    assert refusal("best").startswith("`best` follows from the interview's hours, which are not known here")


def test_the_forms_name_best_where_it_can_be_had() -> None:
    rule = schedule.at(local("2026-06-15 08:30"), "Europe/Berlin")

    with pytest.raises(UsageError, match=r"write `now`, `best`, a time from now"):
        schedule.parse("later", now=NOW, zone="Europe/Berlin", best=lambda: rule)


# --- the grammar, whole ---

DAYS = st.one_of(
    st.sampled_from([(word, word) for word in (TODAY, TOMORROW, NEXT_WORKDAY)]),
    st.sampled_from([(name[:length], number) for number, name in enumerate(DAY_NAMES) for length in (3, len(name))]),
    st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(lambda day: (day.isoformat(), day)),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(
        lambda day: (f"{MONTHS[day.month - 1][:3]} {day.day}", (day.month, day.day))
    ),
)
HOURS = st.one_of(
    st.times().map(lambda hour: (f"{hour.hour}:{hour:%M}", hour.replace(second=0, microsecond=0))),
    st.times().map(lambda hour: (f"{hour:%H:%M:%S}", hour.replace(microsecond=0))),
    st.times().map(
        lambda hour: (f"{(hour.hour - 1) % 12 + 1}:{hour:%M}{'am' if hour.hour < 12 else 'pm'}", hour.replace(second=0, microsecond=0))
    ),
    st.integers(13, 23).map(lambda hour: (str(hour), time(hour))),
    st.just(("noon", time(12))),
)  # fmt: skip
OFFSETS = st.one_of(
    st.just(("", None)),
    st.just(("Z", UTC)),
    st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: (
            f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}",
            timezone(timedelta(minutes=minutes)),
        )
    ),
)
CASES: list[Callable[[str], str]] = [str.lower, str.upper, str.title, str]


@given(
    day=DAYS,
    at=st.sampled_from([" ", " at ", "  "]),
    hour=HOURS,
    offset=OFFSETS,
    zone=st.one_of(st.just(""), st.sampled_from(ZONES)),
    blanks=st.tuples(st.text(" \t\n", max_size=2), st.text(" \t\n", max_size=2)),
    cased=st.sampled_from(CASES),
)
def test_every_sentence_of_the_grammar_reads_as_what_it_says(*, day, at, hour, offset, zone, blanks, cased) -> None:
    gap = " " if hour[0] == "noon" and offset[0] else ""
    words = cased(day[0] + at + hour[0] + gap + offset[0]) + (f" {zone}" if zone else "")

    assert read(blanks[0] + words + blanks[1]) == Wanted(day[1], hour[1], offset[1], zone)


@given(
    amount=st.integers(0, 9999), unit=st.sampled_from("mhdMHD"), form=st.sampled_from(["+{}{}", "in {}{}", "In {} {}"])
)
def test_an_elapsed_time_is_that_much_later(amount: int, unit: str, form: str) -> None:
    length = timedelta(minutes=amount * {"m": 1, "h": 60, "d": 1440}[unit.lower()])

    assert typed(form.format(amount, unit)).instant == NOW + length


FRAGMENTS = st.sampled_from(
    [
        "now", "best", "in", "+", "2", "8", "13", "99", "h", "m", "d", ":", ":30", "8:30", "am", "pm", "noon", "at", "today", "tomorrow",
        "next", "business", "day", "monday", "mon", "dec", "feb", "29", "30", "2026-12-01", "2026-10-25", "2026-03-29", "02:30", "T", "Z",
        "+01:00", "-14:00", "+99:99", "Europe/Berlin", "America/New_York", "/", "..", "utc", "\0", "\u202e", "٨", "²", "K", "\n", "",
    ]
)  # fmt: skip


@given(
    words=st.one_of(
        st.text(max_size=60), st.lists(FRAGMENTS, max_size=8).map(" ".join), st.lists(FRAGMENTS).map("".join)
    ),
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)),
)
def test_hostile_words_are_an_hour_or_a_refusal(words: str, zone: str, now: datetime) -> None:
    try:
        due = schedule.parse(words, now=now, zone=zone)
    except UsageError as refused:
        assert str(refused).isprintable()  # noqa: PT017  # either end is right
        return

    assert due.instant >= now
    assert due.instant.astimezone(ZoneInfo(due.timezone)).replace(tzinfo=None) == due.wall


@given(words=st.lists(FRAGMENTS, max_size=8).map(" ".join))
def test_hostile_words_in_a_file_are_an_hour_or_a_refusal(words: str) -> None:
    with suppress(UsageError):
        hour = schedule.recorded(words, ended=local("2026-06-11 11:30"), zone="America/Detroit")

        assert hour is None or isinstance(hour, datetime)


# --- in an interview file, whose interview ended on Thursday 11 June 2026, 11:30 in Detroit ---


def recorded(words: str, *, ended: str = "2026-06-11 11:30", zone: str = "America/Detroit") -> str:
    hour = schedule.recorded(words, ended=local(ended), zone=zone)
    return "" if hour is None else f"{hour:%a} {hour.isoformat(' ', 'minutes')} {hour.tzinfo or ''}".rstrip()


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("2026-06-12 08:30", "Fri 2026-06-12 08:30"),
        ("2026-06-12T8:30", "Fri 2026-06-12 08:30"),
        ("2026-06-12 08:30 America/Detroit", "Fri 2026-06-12 08:30"),
        ("today 17:00", "Thu 2026-06-11 17:00"),
        ("tomorrow 8:30", "Fri 2026-06-12 08:30"),
        ("Monday 8:30am", "Mon 2026-06-15 08:30"),
        ("Thursday 16:30", "Thu 2026-06-11 16:30"),
        ("Thursday 8:30", "Thu 2026-06-18 08:30"),
        ("next business day 08:30", "Fri 2026-06-12 08:30"),
        ("Jun 15 noon", "Mon 2026-06-15 12:00"),
        ("2026-06-12 08:30 Europe/Berlin", "Fri 2026-06-12 08:30+02:00 Europe/Berlin"),
        ("2026-06-12 14:30+02:00", "Fri 2026-06-12 08:30-04:00 America/Detroit"),
        ("in 2h", "Thu 2026-06-11 13:30-04:00 America/Detroit"),
        ("best", ""),
        ("2020-01-01 09:00", "Wed 2020-01-01 09:00"),  # before the interview; the checks stop it
    ],
)
def test_the_hour_of_a_file_is_counted_from_the_interview(words: str, hour: str) -> None:
    assert recorded(words) == hour


def test_two_hours_after_the_end_are_two_hours_on_the_night_the_clocks_change() -> None:
    assert (
        recorded("in 2h", ended="2026-03-29 01:30", zone="Europe/Berlin") == "Sun 2026-03-29 04:30+02:00 Europe/Berlin"
    )


@pytest.mark.parametrize("words", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_a_wall_time_of_a_file_that_is_skipped_or_comes_twice_is_left_to_the_checks(words: str) -> None:
    assert recorded(words, zone="Europe/Berlin").endswith(words)


def test_a_file_can_say_which_of_two_it_means() -> None:
    assert recorded("2026-10-25 02:30+01:00", zone="Europe/Berlin") == "Sun 2026-10-25 02:30+01:00 Europe/Berlin"


@pytest.mark.parametrize(
    "words", ["now", "NOW", "later", "24/11", "tomorrow", "tomorrow 8", "2026-03-29 02:30 Europe/Berlin"]
)
def test_a_file_takes_nothing_that_is_another_hour_tomorrow(words: str) -> None:
    with pytest.raises(UsageError):
        recorded(words)


def test_now_in_a_file_is_refused_with_the_reason() -> None:
    with pytest.raises(UsageError, match="`now` would be another hour each time the file is read; write a date"):
        recorded("now")


# --- gaps and overlaps ---

#: Typed, zone; the first time after a gap, the offsets of the two of an overlap, or () for a time that exists once.
TYPED_SEND_TIMES = [
    ("2026-03-29 02:30", "Europe/Berlin", "03:00 (+02:00)"),
    ("2026-10-25 02:30", "Europe/Berlin", ("+02:00", "+01:00")),
    ("2026-03-08 02:15", "America/New_York", "03:00 (-04:00)"),
    ("2026-11-01 01:30", "America/New_York", ("-04:00", "-05:00")),
    ("2026-10-04 02:30", "Australia/Sydney", "03:00 (+11:00)"),
    ("2026-09-27 02:45", "Pacific/Auckland", "03:00 (+13:00)"),
    ("2026-10-04 02:15", "Australia/Lord_Howe", "02:30 (+11:00)"),
    ("2026-04-05 01:45", "Australia/Lord_Howe", ("+11:00", "+10:30")),
    ("2026-03-29 01:30", "Europe/London", "02:00 (+01:00)"),
    ("2026-09-06 00:00", "America/Santiago", "01:00 (-03:00)"),
    ("2026-06-12 03:00", "America/Detroit", ()),  # at night; the checks ask
    ("2026-06-13 09:00", "America/Detroit", ()),  # on a Saturday; the checks remark on it
]


@pytest.mark.parametrize(("words", "zone", "after"), [row for row in TYPED_SEND_TIMES if isinstance(row[2], str)])
def test_a_wall_time_that_the_clocks_skip_is_refused_with_the_first_time_after(
    words: str, zone: str, after: str
) -> None:
    assert f"the first time after that is {after}" in refusal(words, now=NEW_YEAR, zone=zone)


@pytest.mark.parametrize(("words", "zone", "offsets"), [row for row in TYPED_SEND_TIMES if len(row[2]) == 2])
def test_a_wall_time_that_comes_twice_is_refused_with_a_way_to_write_each(
    words: str, zone: str, offsets: tuple[str, str]
) -> None:
    first, second = offsets

    assert f"`{words}{first}` for the first time or `{words}{second}` for the second" in refusal(
        words, now=NEW_YEAR, zone=zone
    )


@pytest.mark.parametrize(("words", "zone", "offsets"), [row for row in TYPED_SEND_TIMES if len(row[2]) == 2])
def test_each_of_the_two_can_be_written(words: str, zone: str, offsets: tuple[str, str]) -> None:
    first, second = (typed(words + offset, now=NEW_YEAR, zone=zone) for offset in offsets)

    assert first.wall == second.wall == local(words)
    assert first.instant < second.instant


@pytest.mark.parametrize(("words", "zone"), [row[:2] for row in TYPED_SEND_TIMES if not row[2]])
def test_a_wall_time_that_comes_once_is_taken_whatever_the_checks_say_of_it(words: str, zone: str) -> None:
    assert typed(words, now=NEW_YEAR, zone=zone).wall == local(words)


@pytest.mark.parametrize("number", [0, 1])
def test_somebody_may_choose_which_of_the_two_it_is(number: int) -> None:
    due = schedule.parse(
        "2026-10-25 02:30", now=NOW, zone="Europe/Berlin", which=lambda twice: (twice.first, twice.second)[number]
    )

    assert due == Due(datetime(2026, 10, 25, number, 30, tzinfo=UTC), local("2026-10-25 02:30"), "Europe/Berlin")


def test_the_first_of_two_is_refused_once_it_has_passed() -> None:
    between = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)

    with pytest.raises(UsageError, match="has passed"):
        schedule.parse("2026-10-25 02:30", now=between, zone="Europe/Berlin", which=lambda twice: twice.first)


def test_an_hour_that_came_twice_and_has_passed_is_not_asked_about() -> None:
    def never(twice: ComesTwice) -> Due:
        raise AssertionError(twice)

    with pytest.raises(UsageError, match="has passed"):
        schedule.parse("2025-10-26 02:30", now=NOW, zone="Europe/Berlin", which=never)


def test_a_day_word_can_lead_into_a_gap() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert "skip 02:30 on Sun 29 Mar 2026" in refusal("tomorrow 2:30", now=before)


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
