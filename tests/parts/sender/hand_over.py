"""Hand a small mail to a scripted server, so that a test names only what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailer.errors import DeliveryError
from mailer.model import Account, Auth, Envelope, Receipt, Secret
from mailer.sender import Timeouts, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.smtp_server import SmtpServer

__all__ = ["IMPATIENT", "MAIL", "PASSWORD", "account_at", "failure", "hand_over", "make_envelope", "no_gate"]

PASSWORD = Secret("söcret-hunter2")
MAIL = b"Subject: Thank you\r\n\r\nThank you for the tour.\r\n.\r\n..and the dots\r\n"

#: Long enough for a busy machine where the server does answer.
PATIENT = Timeouts(*[20.0] * 7)

#: For servers that never answer.
IMPATIENT = Timeouts(*[0.25] * 7)


def no_gate() -> None:
    """Let the dot go."""


def account_at(server: SmtpServer, **changes: Any) -> Account:
    """Return the account that fits the server: its security, and a login as ada where it knows users."""
    fields: dict[str, Any] = {
        "host": "localhost",
        "port": server.port,
        "security": server.security,
        "auth": Auth.NONE if server.users is None else Auth.PASSWORD,
        "username": "" if server.users is None else "ada",
    }
    return Account(**fields | changes)


def make_envelope(**changes: Any) -> Envelope:
    fields: dict[str, Any] = {
        "mail_from": "ada@example.com",
        "rcpt_to": "w@harborline.example",
        "size_bytes": len(MAIL),
    }
    return Envelope(**fields | changes)


def hand_over(
    server: SmtpServer,
    content: Iterable[bytes] = (MAIL,),
    *,
    gate: Callable[[], None] = no_gate,
    timeouts: Timeouts = PATIENT,
    envelope: Envelope | None = None,
    secret: Secret = PASSWORD,
    **account: Any,
) -> Receipt:
    """Connect, transmit one mail, close."""
    with connect(account_at(server, **account), secret, timeouts=timeouts) as connection:
        return connection.transmit(envelope or make_envelope(), content, gate)


def failure(server: SmtpServer, content: Iterable[bytes] = (MAIL,), **how: Any) -> DeliveryError:
    """Return the error that the delivery ends with."""
    with pytest.raises(DeliveryError) as caught:
        hand_over(server, content, **how)
    return caught.value
