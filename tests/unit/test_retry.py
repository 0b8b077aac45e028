"""Show what follows each failed delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.retry import AskPerson, GiveUp, RetryAt, decide, delay

if TYPE_CHECKING:
    from mailer.errors import DeliveryError

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
HOUR_S = 3600.0


def decided(
    error: DeliveryError,
    *,
    attempt: int = 1,
    first_tried: datetime = NOW,
    now: datetime = NOW,
    first_delay_s: float = 60.0,
    jitter: float = 0.0,
) -> object:
    return decide(error, attempt=attempt, first_tried=first_tried, now=now, first_delay_s=first_delay_s, jitter=jitter)


@pytest.mark.parametrize(
    ("attempt", "first_delay_s", "jitter", "seconds"),
    [
        (1, 60.0, 0.0, 60.0),
        (2, 60.0, 0.0, 120.0),
        (3, 60.0, 0.0, 240.0),
        (8, 60.0, 0.0, 7680.0),
        (9, 60.0, 0.0, 4 * HOUR_S),
        (10, 60.0, 0.0, 4 * HOUR_S),
        (1_000_000, 60.0, 0.0, 4 * HOUR_S),
        (1, 0.5, 0.0, 0.5),
        (1, 86400.0, 0.0, 4 * HOUR_S),
        (1, 60.0, 0.5, 63.0),
        (9, 60.0, 0.5, 4.2 * HOUR_S),
    ],
)
def test_the_delay_doubles_up_to_four_hours_and_is_lengthened_by_the_jitter(
    attempt: int, first_delay_s: float, jitter: float, seconds: float
) -> None:
    assert delay(attempt, first_delay_s=first_delay_s, jitter=jitter) == timedelta(seconds=seconds)


@pytest.mark.parametrize("stage", Stage)
def test_a_temporary_refusal_is_tried_again_whatever_its_stage(stage: Stage) -> None:
    assert decided(Temporary("busy", stage=stage, code=451)) == RetryAt(NOW + timedelta(seconds=60))


@pytest.mark.parametrize("stage", Stage)
def test_a_permanent_refusal_is_never_tried_again(stage: Stage) -> None:
    assert isinstance(decided(Permanent("no such user", stage=stage, code=550)), GiveUp)


@pytest.mark.parametrize("attempt", [1, 2, 50])
def test_an_unknown_outcome_is_left_to_a_person(attempt: int) -> None:
    assert decided(OutcomeUnknown("no reply", stage=Stage.DOT), attempt=attempt) == AskPerson()


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (timedelta(0), RetryAt),
        (timedelta(hours=47, minutes=59), RetryAt),
        (timedelta(days=2), GiveUp),
        (timedelta(days=30), GiveUp),
    ],
)
def test_it_gives_up_two_days_after_the_first_try(after: timedelta, kind: type) -> None:
    decision = decided(Temporary("busy", stage=Stage.RCPT, code=450), attempt=5, now=NOW + after)

    assert isinstance(decision, kind)


@given(
    attempt=st.integers(1, 10_000),
    first_delay_s=st.floats(0.001, 1e6),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_no_delay_exceeds_four_hours_and_a_tenth(attempt: int, first_delay_s: float, jitter: float) -> None:
    assert timedelta(0) < delay(attempt, first_delay_s=first_delay_s, jitter=jitter) <= timedelta(hours=4.4)


@given(attempt=st.integers(1, 40), jitter=st.floats(0, 1, exclude_max=True))
def test_a_later_attempt_never_waits_less_before_jitter(attempt: int, jitter: float) -> None:
    shorter = delay(attempt, first_delay_s=60, jitter=0)

    assert delay(attempt + 1, first_delay_s=60, jitter=jitter) >= shorter
