"""Whatever a server does, the user reads what happened, and the exit status and the outbox say what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer.model import Security
from tests.certificates import Authority, Certificate
from tests.smtp_server import Cut, Endless, Raw, SmtpServer, StartTls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import Behaviour

BEFORE_THE_DOT = ("greeting", "ehlo", "mail", "rcpt", "data")


def state(desk: Desk) -> str:
    """Return the state of the only entry of the outbox."""
    (entry,) = desk.run("outbox", "--json").json["entries"]
    found: str = entry["state"]
    return found


def test_a_note_is_sent_once_and_recorded(desk: Desk, server: SmtpServer) -> None:
    sent = desk.send("--json")

    (entry,) = sent.json["entries"]
    assert (sent.status, entry["state"], entry["last_reply"]["code"]) == (0, "sent", 250)
    assert [m.rcpt_to for m in server.messages] == [("w.vanderberg@harborline-castings.example",)]


def test_an_absent_server_leaves_the_note_queued(desk: Desk) -> None:
    sent = desk.send()

    assert sent.status == 5, sent.out + sent.err
    assert "No server answers at 127.0.0.1:1" in sent.out + sent.err
    assert state(desk) == "scheduled"


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "dot"])
def test_a_temporary_refusal_leaves_the_note_queued(stage: str, desk: Desk) -> None:
    with SmtpServer({stage: "451 4.3.0 The disk is full for now"}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status == 5, sent.out + sent.err
    assert "The disk is full for now" in sent.out + sent.err
    assert state(desk) == "scheduled"
    assert server.messages == []


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_for_good_fails_the_note_with_the_servers_words(stage: str, desk: Desk) -> None:
    with SmtpServer({stage: "550 5.7.1 We do not like your kind"}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status == 4, sent.out + sent.err
    assert "We do not like your kind" in sent.out + sent.err
    assert state(desk) == "failed"


@pytest.mark.parametrize("stage", ["greeting", "ehlo"])
def test_a_server_that_refuses_everybody_is_a_matter_of_settings(stage: str, desk: Desk) -> None:
    with SmtpServer({stage: "554 5.3.2 Go away"}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "Go away" in sent.out + sent.err
    assert state(desk) == "scheduled"


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "body"])
def test_a_cut_before_the_dot_leaves_the_note_queued(stage: str, desk: Desk) -> None:
    with SmtpServer({stage: Cut(reset=stage == "body")}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status in ({5, 6} if stage == "body" else {5}), sent.out + sent.err
    assert state(desk) in ({"scheduled", "uncertain"} if stage == "body" else {"scheduled"})
    assert server.messages == []


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_cut_after_the_dot_is_uncertain_whatever_the_server_did(is_accepted: bool, desk: Desk) -> None:
    with SmtpServer({"dot": Cut(accept=is_accepted)}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status == 6, sent.out + sent.err
    assert "mailer outbox settle" in sent.out + sent.err
    assert state(desk) == "uncertain"


def test_an_uncertain_note_is_never_sent_again(desk: Desk) -> None:
    with SmtpServer({"dot": [Cut(accept=True)]}) as server:
        desk.uses(server)
        desk.send()
        again, worker = desk.send(), desk.run("worker", "--once")

    assert (again.status, worker.status) == (1, 0), again.err + worker.err
    assert len(server.messages) == 1
    assert state(desk) == "uncertain"


def test_an_uncertain_note_that_was_not_sent_goes_out_once_a_person_says_so(desk: Desk) -> None:
    with SmtpServer({"dot": [Cut()]}) as server:
        desk.uses(server)
        (entry,) = desk.send("--json").json["entries"]
        settled = desk.run("outbox", "settle", entry["id"], "unsent")
        retried = desk.run("outbox", "retry", entry["id"])
        desk.run("worker", "--once")

    assert settled.status == 0, settled.err
    assert len(server.messages) == 1, retried.err
    assert state(desk) == "sent"


@pytest.mark.parametrize("nonsense", [Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Raw(b"\x00\xff\xfe\r\n"), Endless()])
@pytest.mark.parametrize("stage", ["greeting", "rcpt"])
def test_words_that_are_no_smtp_leave_the_note_queued(stage: str, nonsense: Behaviour, desk: Desk) -> None:
    with SmtpServer({stage: nonsense}) as server:
        desk.uses(server)
        sent = desk.send()

    assert sent.status == 5, sent.out + sent.err
    assert state(desk) == "scheduled"
    assert server.messages == []


def test_a_second_send_is_refused_with_the_first_ones_name(desk: Desk, server: SmtpServer) -> None:
    (entry,) = desk.send("--json").json["entries"]

    again = desk.send()

    assert again.status == 1
    assert "already" in again.out + again.err
    assert len(server.messages) == 1
    assert state(desk) == "sent", entry


def test_not_even_despite_sends_a_note_twice(desk: Desk, server: SmtpServer) -> None:
    desk.send()

    again = desk.send("--despite", "already-sent")

    assert again.status == 1, again.out + again.err
    assert "mailer outbox show" in again.err
    assert len(server.messages) == 1


# --- the login ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


def secured(desk: Desk, server: SmtpServer, authority: Authority | None, **settings: str) -> None:
    """Have the desk use a server that wants TLS and a login."""
    account = {
        "MAILER_SMTP_SECURITY": server.security.value,
        "MAILER_AUTH": "password",
        "MAILER_SMTP_USERNAME": "monique",
        "MAILER_PASSWORD": "correct horse",
        **({"MAILER_CA_FILE": str(authority.ca_file)} if authority else {}),
    }
    desk.uses(server, **account | settings)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_the_password_is_given_over_tls(security: Security, desk: Desk, authority: Authority) -> None:
    with SmtpServer(
        security=security, context=authority.issue().server_context(), users={"monique": "correct horse"}
    ) as server:
        secured(desk, server, authority)
        sent = desk.send()

    assert sent.status == 0, sent.out + sent.err
    assert [m.username for m in server.messages] == ["monique"]
    assert b"correct horse" not in bytes(server.plaintext)


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        ("535 5.7.8 Username and Password not accepted", "password"),
        ("534 5.7.9 Application-specific password required", "password"),
    ],
)
def test_a_refused_login_is_a_matter_of_settings(reply: str, advice: str, desk: Desk, authority: Authority) -> None:
    context = authority.issue().server_context()
    with SmtpServer({"auth": reply}, security=Security.STARTTLS, context=context, users={}) as server:
        secured(desk, server, authority)
        sent = desk.send()

    told = sent.out + sent.err
    assert sent.status == 3, told
    assert reply.split(" ", 2)[2] in told
    assert advice in told.lower()
    assert "correct horse" not in told
    assert state(desk) == "scheduled"


def test_a_note_whose_login_was_refused_goes_out_when_the_password_is_mended(desk: Desk, authority: Authority) -> None:
    context = authority.issue().server_context()
    with SmtpServer(security=Security.STARTTLS, context=context, users={"monique": "correct horse"}) as server:
        secured(desk, server, authority, MAILER_PASSWORD="wrong")
        (entry,) = desk.send("--json").json["entries"]
        desk.environment["MAILER_PASSWORD"] = "correct horse"
        desk.run("outbox", "retry", entry["id"])
        worker = desk.run("worker", "--once")

    assert worker.status == 0, worker.out + worker.err
    assert len(server.messages) == 1


# --- the certificate ---------------------------------------------------------------------------------------------------


@pytest.fixture(params=["is self-signed", "has expired", "is for another", "not known here"])
def distrusted(request: pytest.FixtureRequest, authority: Authority) -> tuple[str, Certificate]:
    """Return what is wrong with a certificate, and the certificate."""
    match request.param:
        case "is self-signed":
            return request.param, authority.issue_self_signed()
        case "has expired":
            return request.param, authority.issue_expired()
        case "is for another":
            return request.param, authority.issue("smtp.elsewhere.example")
    return request.param, authority.issue()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_that_proves_nothing_gets_no_password(
    distrusted: tuple[str, Certificate], security: Security, desk: Desk, authority: Authority
) -> None:
    fault, certificate = distrusted
    with SmtpServer(
        security=security, context=certificate.server_context(), users={"monique": "correct horse"}
    ) as server:
        secured(desk, server, None if fault == "not known here" else authority)
        sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert fault in sent.out + sent.err
    assert server.logins == []
    assert state(desk) == "scheduled"


def test_a_server_without_starttls_gets_nothing(desk: Desk, authority: Authority) -> None:
    with SmtpServer(
        security=Security.STARTTLS,
        context=authority.issue().server_context(),
        users={"monique": "correct horse"},
        offers_starttls=False,
        auth_in_clear=True,
    ) as server:
        secured(desk, server, authority)
        sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "STARTTLS" in sent.out + sent.err
    assert server.logins == []


def test_plain_text_after_starttls_is_interference(desk: Desk, authority: Authority) -> None:
    context = authority.issue().server_context()
    injected = StartTls(injected=b"250-AUTH PLAIN\r\n250 OK\r\n")
    with SmtpServer(
        {"starttls": injected}, security=Security.STARTTLS, context=context, users={"monique": "correct horse"}
    ) as server:
        secured(desk, server, authority)
        sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "plain text after STARTTLS" in sent.out + sent.err
    assert server.logins == []
