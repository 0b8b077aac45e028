"""The key `send` gives a note its hour: the same one whenever the file is read.

The interview of these files is on Thursday 11 June 2026, 10:00 to 11:00 in Detroit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from mailer import interviews
from mailer.workdays import Holidays, Workdays
from tests.unit.interviews.files import PATH, TOP, fault, one_person, parsed, two_people

if TYPE_CHECKING:
    from mailer.model import Note


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def note_of(send: str, *, top: str = TOP) -> Note:
    (note,) = parsed(one_person(f"send: {send}\n", top=top)).notes
    return note


@pytest.mark.parametrize(
    ("send", "wall"),
    [
        ("2026-06-12 08:30", "2026-06-12T08:30"),
        ("2026-06-12 8:30am", "2026-06-12T08:30"),
        ("today at noon", "2026-06-11T12:00"),
        ("tomorrow 8:30", "2026-06-12T08:30"),
        ("Monday 8:30am", "2026-06-15T08:30"),
        ("Thursday 16:30", "2026-06-11T16:30"),
        ("next business day 08:30", "2026-06-12T08:30"),
        ("Jun 16 9:00", "2026-06-16T09:00"),
    ],
)
def test_a_day_and_an_hour_are_wall_time_at_the_employer(send: str, wall: str) -> None:
    assert note_of(send).send == at(wall)
    assert note_of(f'"{send}"').send == at(wall)


@pytest.mark.parametrize(
    ("send", "exact"),
    [
        ("in 2h", "2026-06-11T13:00-04:00"),
        ("+90m", "2026-06-11T12:30-04:00"),
        ("2026-06-12 08:30 Europe/Berlin", "2026-06-12T08:30+02:00"),
        ("tomorrow 8:30 Europe/Berlin", "2026-06-12T08:30+02:00"),
        ("2026-06-12 12:30Z", "2026-06-12T08:30-04:00"),
    ],
)
def test_an_offset_another_zone_or_an_elapsed_time_make_it_exact(send: str, exact: str) -> None:
    found = note_of(send).send

    assert found is not None
    assert found.isoformat(timespec="minutes") == exact


def test_best_leaves_it_to_the_timing_rule() -> None:
    assert note_of("best").send is None


def test_best_of_the_first_of_a_joint_note_goes_before_an_hour_of_the_second() -> None:
    text = two_people("## nunez, vanderberg\nDear both,\n", "    send: 2026-06-12 08:30\n")
    text = text.replace("Dear Sofía,\n", "Dear Sofía,\n    send: best\n", 1)

    assert parsed(text).notes[0].send is None


def test_a_later_notes_hour_is_counted_from_the_interview_too() -> None:
    later = "    more:\n      - kind: follow-up\n        send: in 10d\n"

    assert parsed(two_people(more=later)).notes[-1].send == datetime(2026, 6, 21, 15, 0, tzinfo=UTC)


def test_days_are_counted_from_the_end_and_not_from_the_start() -> None:
    night_shift = TOP.replace("2026-06-11 10:00", "2026-06-11 23:30")

    assert note_of("tomorrow 8:30", top=night_shift).send == at("2026-06-13T08:30")


def test_a_business_day_is_one_of_the_users() -> None:
    workdays = Workdays(holidays=Holidays(frozenset({date(2026, 6, 12)})))

    found = interviews.parse(one_person("send: next business day 08:30\n").encode(), PATH, workdays=workdays)

    assert found.notes[0].send == at("2026-06-15T08:30")


def test_now_is_refused_with_its_line_and_the_reason() -> None:
    error = fault(one_person("send: now\n"))

    assert (error.line, error.key) == (10, "people[0].send")
    assert error.problem.startswith("people[0].send: `now` would be another hour each time the file is read; write")
