"""Show how the sender asks a server to keep a mail until its hour, without any socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Permanent
from mailer.model import Envelope
from mailer.sender.connection import mail_command
from mailer.sender.hold import HoldLimits, hold_limits, hold_parameter

HOLDS = {"futurerelease": "86400 2026-12-24T13:30:00Z"}
MORNING = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def test_an_hour_to_keep_a_mail_until_is_said_in_utc() -> None:
    hour = MORNING.astimezone(ZoneInfo("America/Detroit"))

    command = mail_command(Envelope("a@b.example", "c@d.example", 10), HOLDS, "x", hold_until=hour)

    assert command == "MAIL FROM:<a@b.example> HOLDUNTIL=2026-11-24T13:30:00Z"


def test_the_parameter_takes_no_more_room_than_the_rfc_gives_it() -> None:
    envelope = Envelope("a@b.example", "c@d.example", 10)

    plain, held = (mail_command(envelope, HOLDS, "x", hold_until=hour) for hour in (None, MORNING))

    assert len(held) - len(plain) <= 34


def test_a_mail_never_leaves_a_fraction_of_a_second_early() -> None:
    assert hold_parameter(MORNING.replace(microsecond=1)) == "HOLDUNTIL=2026-11-24T13:30:01Z"


def test_a_server_that_would_overlook_the_hour_gets_no_mail() -> None:
    with pytest.raises(Permanent, match=r"does not keep mails until their hour.*nothing was sent"):
        mail_command(Envelope("a@b.example", "c@d.example", 10), {}, "x", hold_until=MORNING)


def test_the_limits_are_an_interval_and_a_moment() -> None:
    assert hold_limits(HOLDS) == HoldLimits(timedelta(days=1), datetime(2026, 12, 24, 13, 30, tzinfo=UTC))


def test_a_server_without_the_keyword_keeps_nothing() -> None:
    assert hold_limits({"size": "100"}) is None


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "many",
        "86400000000 soon",
        "0x10 2026-13-01T00:00:00Z",
        "- 2026-12-24T13:30:00",
        "- 9999-12-31T23:59:59-01:00",
    ],
)
def test_limits_that_do_not_read_are_not_known(offer: str) -> None:
    limits = hold_limits({"futurerelease": offer})

    assert limits is not None
    assert limits.last(MORNING) is None


@pytest.mark.parametrize(
    ("offer", "last"),
    [
        ("3600 2026-12-24T13:30:00Z", MORNING + timedelta(hours=1)),
        ("999999999 2026-11-24T15:30:00+01:00", MORNING + timedelta(hours=1)),
        ("3600", MORNING + timedelta(hours=1)),
        ("? 2026-11-24T14:30:00.000Z", MORNING + timedelta(hours=1)),
    ],
)
def test_the_nearer_limit_counts(offer: str, last: datetime) -> None:
    limits = hold_limits({"futurerelease": offer})

    assert limits is not None
    assert limits.last(MORNING) == last


@given(st.text(max_size=60))
def test_whatever_a_server_offers_is_some_limit_or_none(offer: str) -> None:
    limits = hold_limits({"futurerelease": offer})

    assert limits is not None
    assert limits.last(MORNING) is None or limits.longest is not None or limits.until is not None
