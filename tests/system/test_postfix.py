"""The Postfix of the other system tests is what they take it for: strict about TLS, logins and recipients."""

from __future__ import annotations

import base64
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from tests.system.postfix import HOST, PASSWORD, USERNAME, needs_postfix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system.postfix import Postfix

pytestmark = needs_postfix

READER = "reader@harborline-castings.example"


@pytest.fixture
def session(postfix: Postfix) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(HOST, postfix.port, local_hostname="[127.0.0.1]", timeout=30) as connection:
        connection.ehlo()
        yield connection


@pytest.fixture
def logged_in(session: smtplib.SMTP, postfix: Postfix) -> smtplib.SMTP:
    session.starttls(context=ssl.create_default_context(cafile=postfix.ca_file))
    session.ehlo()
    code, _ = session.docmd("AUTH", f"PLAIN {plain(USERNAME, PASSWORD)}")
    assert code == 235
    return session


def plain(username: str, password: str) -> str:
    return base64.b64encode(f"\0{username}\0{password}".encode()).decode()


def test_no_login_is_offered_before_tls(session: smtplib.SMTP) -> None:
    assert not session.has_extn("auth")


def test_nothing_is_taken_before_tls(session: smtplib.SMTP) -> None:
    code, text = session.mail("candidate@example.com")

    assert (code, text) == (530, b"5.7.0 Must issue a STARTTLS command first")


def test_a_wrong_password_is_refused(session: smtplib.SMTP, postfix: Postfix) -> None:
    session.starttls(context=ssl.create_default_context(cafile=postfix.ca_file))
    session.ehlo()

    code, _ = session.docmd("AUTH", f"PLAIN {plain(USERNAME, 'guess')}")

    assert code == 535


def test_nobody_outside_the_known_recipients_is_served(logged_in: smtplib.SMTP) -> None:
    logged_in.mail("candidate@example.com")

    assert logged_in.rcpt("stranger@harborline-castings.example")[0] == 550
    assert logged_in.rcpt("somebody@example.org")[0] == 550


def test_a_mail_lands_in_the_maildir_of_its_recipient(logged_in: smtplib.SMTP, postfix: Postfix) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = READER, "Grüße"
    mail.set_content("Hällo.\n")

    logged_in.mail("candidate@example.com")
    logged_in.rcpt(READER)
    _, reply = logged_in.data(mail.as_bytes(policy=SMTP))
    postfix.wait_until_delivered(reply.decode())

    (kept,) = postfix.take(READER)
    assert kept["Subject"] == "Grüße"
    assert kept.get_content() == "Hällo.\n"


def test_tls_at_once_is_served_on_a_port_of_its_own(postfix: Postfix) -> None:
    context = ssl.create_default_context(cafile=postfix.ca_file)

    with smtplib.SMTP_SSL(HOST, postfix.tls_port, local_hostname="[127.0.0.1]", context=context, timeout=30) as session:
        session.ehlo()

        assert session.has_extn("auth")
