"""Show how an hour is said back: what is read is what will happen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import schedule
from mailer.errors import UsageError
from mailer.schedule.naming import MONTHS, place

if TYPE_CHECKING:
    from mailer.schedule import Due

NOW = datetime(2026, 6, 12, 7, 0, tzinfo=UTC)
ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


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


def said(due: Due, *, sender_zone: str = "Europe/Berlin", now: datetime = NOW) -> str:
    return schedule.describe(due, sender_zone=sender_zone, now=now)


def test_which_of_two_it_is_is_said() -> None:
    twice = [schedule.exactly(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "Europe/Berlin") for hour in (0, 1)]
    now = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)

    assert [said(due, now=now) for due in twice] == [
        "Sun 25 Oct 2026, 02:30 in Berlin, the first of two (+02:00), in 2 h",
        "Sun 25 Oct 2026, 02:30 in Berlin, the second of two (+01:00), in 3 h",
    ]


def test_which_of_two_it_is_for_the_sender_is_said_too() -> None:
    due = schedule.exactly(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Asia/Tokyo")

    assert "(02:30 in Berlin, your time, the second of two (+01:00))" in said(due)


def test_an_hour_that_was_moved_out_of_a_gap_says_so() -> None:
    due = schedule.exactly(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Europe/Berlin")
    moved = due._replace(skipped=local("2026-03-29 02:30"))

    assert said(moved, now=datetime(2026, 3, 28, 1, 30, tzinfo=UTC)) == (
        "Sun 29 Mar 2026, 03:30 in Berlin, in 24 h. The clocks in Berlin skip 02:30 on Sun 29 Mar 2026, so it was moved"
        " to after that"
    )


@pytest.mark.parametrize(
    ("wall", "zone", "sender_zone", "now", "change"),
    [
        (
            "2026-10-26 08:30", "America/New_York", "Europe/Berlin", "2026-10-23",
            ". The clocks in Berlin change before that: New York is 6 h behind Berlin now, 5 h behind Berlin then",
        ),
        (
            "2026-11-02 08:30", "America/New_York", "Europe/Berlin", "2026-10-30",
            ". The clocks in New York change before that: New York is 5 h behind Berlin now, 6 h behind Berlin then",
        ),
        (
            "2026-10-05 08:30", "Australia/Lord_Howe", "Australia/Brisbane", "2026-10-02",
            ". The clocks in Lord Howe change before that: Lord Howe is 30 min ahead of Brisbane now, 1 h ahead of Brisbane then",
        ),
        (
            "2026-11-02 08:30", "Europe/London", "UTC", "2026-10-23",
            ". The clocks in London change before that: London is 1 h ahead of UTC now, level with UTC then",
        ),
        (
            "2026-12-01 08:30", "Australia/Sydney", "Europe/Berlin", "2026-09-01",
            ". The clocks in Sydney and Berlin change before that: Sydney is 8 h ahead of Berlin now, 10 h ahead of Berlin then",
        ),
        ("2026-11-30 08:30", "America/New_York", "Europe/Berlin", "2026-10-01", ""),  # both change
        ("2026-11-30 08:30", "Europe/Berlin", "Europe/Berlin", "2026-10-01", ""),
        ("2026-10-23 08:30", "America/New_York", "Europe/Berlin", "2026-10-01", ""),
    ],
)  # fmt: skip
def test_a_change_of_the_clocks_that_moves_the_difference_is_said(
    wall: str, zone: str, sender_zone: str, now: str, change: str
) -> None:
    words = said(due_at(wall, zone), sender_zone=sender_zone, now=local(now).replace(tzinfo=UTC))

    assert words.partition(" days")[2].partition(".")[1:] == (change[:1], change[1:])


def test_an_hour_of_a_zone_that_the_machine_knows_no_more_is_still_said() -> None:
    due = schedule.Due(datetime(2026, 6, 12, 9, 0, tzinfo=UTC), local("2026-06-12 07:00"), "Atlantis/Port")

    assert said(due) == "Fri 12 Jun 2026, 07:00 in Port (11:00 in Berlin, your time), in 2 h"


# --- what is echoed is when it is sent ---

#: `, the first of two (+02:00)` keeps its offset in its last group.
TWO = r"(?:, the (?:first|second) of two \(([+-]\d\d:\d\d)\))?"
ECHO = re.compile(
    rf"\w{{3}} (\d+) (\w{{3}}) (\d{{4}}), (\d\d:\d\d) in ([^,()]+?){TWO}(?: \((?:(\w{{3}}) )?(\d\d:\d\d) in ([^,()]+), your time{TWO}\))?,"
    r" (?:in [\w ]+|now|[\w ]+ ago)(?:\. .*)?"
)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC))


def instant_of(wall: datetime, offset: str | None, zone: str) -> datetime:
    """Return the instant that a wall time means in a zone, with its offset where it comes twice; to the minute."""
    if offset:
        return datetime.fromisoformat(f"{wall.isoformat()}{offset}").astimezone(UTC)
    readings = {wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    assert len(readings) == 1, "the echo leaves open which of two it is"
    return readings.pop()


@given(instant=INSTANTS, zone=st.sampled_from(ZONES), sender_zone=st.sampled_from(ZONES), now=INSTANTS)
def test_what_is_echoed_is_the_instant_in_both_zones(
    instant: datetime, zone: str, sender_zone: str, now: datetime
) -> None:
    due = schedule.exactly(instant, zone)

    echo = ECHO.fullmatch(said(due, sender_zone=sender_zone, now=now))

    assert echo is not None
    day, month, year, hour, named, offset, own_day, own_hour, own_named, own_offset = echo.groups()
    names = [name[:3] for name in MONTHS]
    wall = datetime.fromisoformat(f"{date(int(year), names.index(month) + 1, int(day))} {hour}")
    minute = instant.replace(second=0, microsecond=0)
    assert (instant_of(wall, offset, zone), named) == (minute, place(zone))
    if own_hour is None:
        assert minute.astimezone(ZoneInfo(sender_zone)).replace(tzinfo=None) == wall
        return
    near = [wall.date() + timedelta(days=days) for days in (-1, 0, 1)]
    own_date = next(day for day in near if f"{day:%a}" == own_day) if own_day else wall.date()
    own = datetime.fromisoformat(f"{own_date} {own_hour}")
    assert (instant_of(own, own_offset, sender_zone), own_named) == (minute, place(sender_zone))


@given(
    wall=st.datetimes(datetime(2027, 1, 1), datetime(2099, 12, 1)).map(
        lambda wall: wall.replace(second=0, microsecond=0)
    ),
    zone=st.sampled_from(ZONES),
    second=st.booleans(),
)
def test_a_typed_wall_time_is_echoed_as_it_was_typed(wall: datetime, zone: str, *, second: bool) -> None:
    try:
        due = schedule.parse(
            f"{wall:%Y-%m-%d %H:%M}", now=NOW, zone=zone, which=lambda twice: twice.second if second else twice.first
        )
    except UsageError:
        return

    assert said(due).startswith(f"{wall:%a} {wall.day} {wall:%b %Y, %H:%M} in {place(zone)}")


@pytest.mark.parametrize(
    ("wall", "zone", "sender_zone", "said"),
    [
        ("2026-11-24 08:30", "Europe/Berlin", "America/New_York", "Tue 24 Nov, 08:30 in Berlin (02:30 for you)"),
        ("2026-06-12 09:00", "Europe/Berlin", "Europe/Paris", "Fri 12 Jun, 09:00 in Berlin"),
        ("2026-06-12 20:00", "America/Detroit", "Asia/Tokyo", "Fri 12 Jun, 20:00 in Detroit (Sat 09:00 for you)"),
        ("2027-01-04 08:30", "Europe/Berlin", "Europe/Berlin", "Mon 4 Jan 2027, 08:30 in Berlin"),
    ],
)
def test_an_hour_fits_one_short_line(wall: str, zone: str, sender_zone: str, said: str) -> None:
    assert schedule.brief(due_at(wall, zone), sender_zone=sender_zone, now=NOW) == said


def test_a_short_line_still_tells_which_of_two_it_is() -> None:
    second = schedule.exactly(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin")

    said = schedule.brief(second, sender_zone="UTC", now=NOW)

    assert said == "Sun 25 Oct, 02:30 in Berlin, the second of two (+01:00) (01:30 for you)"


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        ("2026-06-12 10:00", "Fri 10:00 in Berlin"),
        ("2026-06-18 10:00", "Thu 10:00 in Berlin"),
        ("2026-06-19 10:00", "Fri 19 Jun, 10:00 in Berlin"),
        ("2026-06-11 10:00", "Thu 11 Jun, 10:00 in Berlin"),
        ("2027-06-11 10:00", "Fri 11 Jun 2027, 10:00 in Berlin"),
    ],
)
def test_a_day_of_the_week_alone_means_the_coming_one(wall: str, said: str) -> None:
    assert schedule.briefest(due_at(wall, "Europe/Berlin"), now=NOW) == said
