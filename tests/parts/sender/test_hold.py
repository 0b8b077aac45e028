"""Show what a server hears that is to keep a mail until its hour, and what its refusals mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.sender import connect, hold_limits
from tests.parts.sender.hand_over import MAIL, PATIENT, account_at, make_envelope, no_gate
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from mailer.errors import DeliveryError
    from mailer.model import Receipt

MONTH_S = 30 * 86400


def in_hours(hours: float) -> datetime:
    return datetime.now(tz=UTC).replace(microsecond=0) + timedelta(hours=hours)


def hold(server: SmtpServer, until: datetime) -> Receipt:
    with connect(account_at(server), None, timeouts=PATIENT) as connection:
        return connection.transmit(make_envelope(), [MAIL], no_gate, hold_until=until)


def refusal(server: SmtpServer, until: datetime, kind: type[DeliveryError]) -> Any:
    with pytest.raises(kind) as caught:
        hold(server, until)
    return caught.value


def test_the_hour_is_a_parameter_of_mail() -> None:
    until = in_hours(3)
    with SmtpServer(holds_s=MONTH_S) as server:
        hold(server, until)

    (message,) = server.messages
    assert message.options[-1] == f"HOLDUNTIL={until:%Y-%m-%dT%H:%M:%SZ}"
    assert message.content == MAIL


def test_the_limits_are_those_of_ehlo() -> None:
    with SmtpServer(holds_s=MONTH_S) as server, connect(account_at(server), None) as connection:
        limits = hold_limits(connection.extensions)

    assert limits is not None
    assert limits.longest == timedelta(days=30)
    assert limits.until is not None


def test_a_server_that_keeps_nothing_hears_no_mail_command() -> None:
    with SmtpServer() as server:
        refused = refusal(server, in_hours(3), Permanent)

    assert refused.stage == "mail"
    assert not any(command.startswith("MAIL") for command in server.commands)


@pytest.mark.parametrize("hours", [-1, 31 * 24])
def test_an_hour_beyond_the_limits_is_refused_for_good(hours: float) -> None:
    with SmtpServer(holds_s=MONTH_S) as server:
        refused = refusal(server, in_hours(hours), Permanent)

    assert (refused.stage, refused.code, refused.enhanced) == ("mail", 501, "5.5.4")
    assert server.messages == []


def test_a_server_that_cannot_keep_it_now_may_later() -> None:
    with SmtpServer({"mail": "452 4.3.1 Too many mails are waiting"}, holds_s=MONTH_S) as server:
        refused = refusal(server, in_hours(3), Temporary)

    assert (refused.stage, refused.code) == ("mail", 452)


def test_a_lost_reply_leaves_nobody_knowing_whether_the_server_keeps_it() -> None:
    with SmtpServer({"dot": Cut(accept=True)}, holds_s=MONTH_S) as server:
        refused = refusal(server, in_hours(3), OutcomeUnknown)

    assert refused.stage == "dot"


def test_the_mail_after_a_kept_one_goes_out_at_once() -> None:
    with SmtpServer(holds_s=MONTH_S) as server, connect(account_at(server), None, timeouts=PATIENT) as connection:
        connection.transmit(make_envelope(), [MAIL], no_gate, hold_until=in_hours(3))
        connection.transmit(make_envelope(), [MAIL], no_gate)

    assert [any("HOLD" in option for option in m.options) for m in server.messages] == [True, False]


def test_the_test_server_without_the_extension_knows_no_such_parameter() -> None:
    with SmtpServer() as server, connect(account_at(server), None) as connection, pytest.raises(Permanent) as caught:
        connection._wire.ask("MAIL FROM:<a@b.example> HOLDUNTIL=2098-12-01T14:00:00Z", Stage.MAIL, "this")

    assert caught.value.code == 555
