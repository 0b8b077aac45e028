"""Hold the scripted server to the standard client, so that what it shows of ours can be believed."""

from __future__ import annotations

import smtplib
import ssl
from typing import TYPE_CHECKING

import pytest

from mailer.model import Security
from tests.certificates import Authority
from tests.smtp_server import Cut, Raw, SmtpServer

if TYPE_CHECKING:
    from pathlib import Path

MAIL = b"Subject: x\r\n\r\n.one\r\n..two\r\nthree\r\n"


def test_a_mail_arrives_without_its_dot_stuffing() -> None:
    with SmtpServer() as server:
        client = smtplib.SMTP("127.0.0.1", server.port)
        client.sendmail("a@example.com", ["b@example.com"], MAIL)
        client.quit()

    assert [m.content for m in server.messages] == [MAIL]
    assert server.messages[0].rcpt_to == ("b@example.com",)


def test_a_login_over_starttls_is_recorded(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.issue().server_context()
    with SmtpServer(security=Security.STARTTLS, context=context, users={"ada": "söcret"}) as server:
        client = smtplib.SMTP("localhost", server.port)
        client.starttls(context=ssl.create_default_context(cafile=str(authority.ca_file)))
        client.ehlo()
        assert client.has_extn("auth")
        client.user, client.password = "ada", "söcret"
        assert client.docmd("AUTH", "PLAIN AGFkYQBzw7ZjcmV0")[0] == 235
        client.quit()

    assert server.logins == [("PLAIN", "ada", "söcret")]
    assert b"AUTH" not in server.plaintext


def test_a_script_counts_its_turns() -> None:
    with SmtpServer({"rcpt": ["451 4.3.0 Later", None, Raw(b"?\r\n")]}) as server:
        client = smtplib.SMTP("127.0.0.1", server.port)
        client.ehlo()
        client.mail("a@example.com")
        assert client.rcpt("b@example.com")[0] == 451
        assert client.rcpt("b@example.com")[0] == 250
        assert client.rcpt("b@example.com")[0] == -1
        assert client.rcpt("b@example.com")[0] == 250
        client.quit()


def test_a_mail_may_be_accepted_and_its_reply_lost() -> None:
    with SmtpServer({"dot": Cut(accept=True)}) as server:
        client = smtplib.SMTP("127.0.0.1", server.port)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.sendmail("a@example.com", ["b@example.com"], MAIL)

    assert [m.content for m in server.messages] == [MAIL]


def test_a_server_stops_under_open_connections() -> None:
    with SmtpServer() as server:
        client = smtplib.SMTP("127.0.0.1", server.port)
        client.ehlo()
    server.wait_until_idle()
    client.close()
