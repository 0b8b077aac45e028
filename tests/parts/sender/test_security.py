"""Show that mail and credentials go only over a line that was proved, and that no error gives a credential away."""

from __future__ import annotations

import base64
import socket
import ssl
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from mailer.errors import DeliveryError, Permanent, Stage, Temporary
from mailer.model import Account, Auth, Secret, Security
from mailer.sender import connect
from tests.parts.sender.hand_over import IMPATIENT, MAIL, PASSWORD, PATIENT, account_at, failure, hand_over
from tests.smtp_server import Cut, Endless, Raw, Silence, SmtpServer, StartTls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.certificates import Authority, Certificate
    from tests.smtp_server import Behaviour

ENCRYPTED = [Security.TLS, Security.STARTTLS]
USERS = {"ada": PASSWORD.value}


def secure_server(
    certificate: Certificate, security: Security = Security.STARTTLS, script: Any = None, **options: Any
) -> SmtpServer:
    context = options.pop("context", None) or certificate.server_context()
    return SmtpServer(script, security=security, context=context, **{"users": USERS} | options)


def stage_of_handshake(security: Security) -> Stage:
    return Stage.CONNECT if security is Security.TLS else Stage.STARTTLS


# --- a server that is what it says ---


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_mail_goes_over_a_verified_line(security: Security, authority: Authority, certificate: Certificate) -> None:
    with secure_server(certificate, security) as server:
        hand_over(server, ca_file=authority.ca_file)

    assert [(m.content, m.username) for m in server.messages] == [(MAIL, "ada")]


@pytest.mark.parametrize("security", ENCRYPTED)
def test_nothing_but_the_way_to_tls_goes_in_the_clear(
    security: Security, authority: Authority, certificate: Certificate
) -> None:
    with secure_server(certificate, security) as server:
        hand_over(server, ca_file=authority.ca_file)

    handshake = bytes(server.plaintext)
    assert handshake == (b"" if security is Security.TLS else b"ehlo [127.0.0.1]\r\nSTARTTLS\r\n")


def test_the_extensions_are_asked_for_anew_after_starttls(authority: Authority, certificate: Certificate) -> None:
    with (
        secure_server(certificate) as server,
        connect(account_at(server, ca_file=authority.ca_file), PASSWORD, timeouts=PATIENT) as connection,
    ):
        assert "auth" in connection.extensions
        assert "starttls" not in connection.extensions


def test_a_self_signed_certificate_can_be_pinned(authority: Authority) -> None:
    certificate = authority.issue_self_signed()
    with secure_server(certificate, Security.TLS) as server:
        assert hand_over(server, ca_file=certificate.chain_file).reply.code == 250


def test_the_body_and_the_dot_are_not_held_back(authority: Authority, certificate: Certificate) -> None:
    with (
        secure_server(certificate, Security.TLS) as server,
        connect(account_at(server, ca_file=authority.ca_file), PASSWORD, timeouts=PATIENT) as connection,
    ):
        sock = connection._wire.sock
        assert sock is not None
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# --- a server that is not ---


def refused_certificate(certificate: Certificate, security: Security, **account: Any) -> DeliveryError:
    with secure_server(certificate, security) as server:
        error = failure(server, **account)

    assert type(error) is Permanent
    assert error.stage is stage_of_handshake(security)
    assert server.logins == []
    assert server.messages == []
    return error


@pytest.mark.parametrize("security", ENCRYPTED)
def test_an_unknown_authority_is_refused(security: Security, certificate: Certificate) -> None:
    error = refused_certificate(certificate, security)

    assert "authority" in str(error)
    assert "MAILER_CA_FILE" in str(error)


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_self_signed_certificate_is_refused(security: Security, authority: Authority) -> None:
    error = refused_certificate(authority.issue_self_signed(), security, ca_file=authority.ca_file)

    assert "self-signed" in str(error)


@pytest.mark.parametrize("security", ENCRYPTED)
def test_an_expired_certificate_is_refused(security: Security, authority: Authority) -> None:
    error = refused_certificate(authority.issue_expired(), security, ca_file=authority.ca_file)

    assert "expired" in str(error)
    assert "clock" in str(error)


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_certificate_for_another_host_is_refused(security: Security, authority: Authority) -> None:
    error = refused_certificate(authority.issue("mail.other.example"), security, ca_file=authority.ca_file)

    assert "another host name" in str(error)


def test_a_certificate_for_another_address_is_refused(authority: Authority) -> None:
    certificate = authority.issue("10.0.0.1")
    error = refused_certificate(certificate, Security.TLS, ca_file=authority.ca_file, host="127.0.0.1")

    assert "another address" in str(error)


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_server_without_tls_1_2_is_refused(
    security: Security, authority: Authority, certificate: Certificate
) -> None:
    old = certificate.server_context(newest=ssl.TLSVersion.TLSv1_1)
    with secure_server(certificate, security, context=old) as server:
        error = failure(server, ca_file=authority.ca_file)

    assert (type(error), error.stage) == (Permanent, stage_of_handshake(security))
    assert "TLS 1.2" in str(error)


def test_a_server_and_a_client_without_a_common_cipher_part(authority: Authority, certificate: Certificate) -> None:
    odd = certificate.server_context(newest=ssl.TLSVersion.TLSv1_2)
    odd.set_ciphers("AES128-SHA:@SECLEVEL=0")  # no forward secrecy: outside Python's default list
    with secure_server(certificate, Security.TLS, context=odd) as server:
        error = failure(server, ca_file=authority.ca_file)

    assert (type(error), error.stage) == (Permanent, Stage.CONNECT)


def test_a_plain_server_at_a_tls_port_is_permanent_and_says_starttls(
    authority: Authority, certificate: Certificate
) -> None:
    with secure_server(certificate) as server:
        error = failure(server, ca_file=authority.ca_file, security=Security.TLS)

    assert (type(error), error.stage) == (Permanent, Stage.CONNECT)
    assert "MAILER_SMTP_SECURITY=starttls" in str(error)


@pytest.mark.parametrize("security", ENCRYPTED)
@pytest.mark.parametrize("behaviour", [Cut(), Cut(reset=True), Silence()])
def test_a_handshake_that_breaks_off_is_temporary(
    security: Security, behaviour: Behaviour, authority: Authority, certificate: Certificate
) -> None:
    script = {"connect": behaviour} if security is Security.TLS else {"handshake": behaviour}
    with secure_server(certificate, security, script) as server:
        error = failure(server, ca_file=authority.ca_file, timeouts=IMPATIENT)

    assert (type(error), error.stage) == (Temporary, stage_of_handshake(security))


@pytest.mark.parametrize("content", [None, b"no certificate at all\n"])
def test_a_ca_file_that_does_not_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    if content:
        ca_file.write_bytes(content)

    with pytest.raises(Permanent, match=r"MAILER_CA_FILE.*ca\.pem"):
        connect(Account("localhost", 465, Security.TLS, Auth.PASSWORD, "ada", ca_file), PASSWORD)


# --- starttls ---


@pytest.mark.parametrize("auth_in_clear", [False, True])
def test_starttls_taken_out_ends_it(auth_in_clear: bool, authority: Authority, certificate: Certificate) -> None:
    with secure_server(certificate, offers_starttls=False, auth_in_clear=auth_in_clear) as server:
        error = failure(server, ca_file=authority.ca_file)

    assert (type(error), error.stage) == (Permanent, Stage.STARTTLS)
    assert "does not offer STARTTLS" in str(error)
    assert server.logins == []


@pytest.mark.parametrize("injected", [b"235 2.7.0 Welcome\r\n", b"250-AUTH PLAIN\r\n250 SIZE 1\r\n", b"x"])
def test_plain_text_after_starttls_is_refused(injected: bytes, authority: Authority, certificate: Certificate) -> None:
    with secure_server(certificate, script={"starttls": StartTls(injected)}) as server:
        error = failure(server, ca_file=authority.ca_file)

    assert (type(error), error.stage) == (Permanent, Stage.STARTTLS)
    assert "plain text after STARTTLS" in str(error)
    assert server.logins == []


def test_plain_text_instead_of_a_handshake_is_refused(authority: Authority, certificate: Certificate) -> None:
    script = {"handshake": Raw(b"250-scripted.test\r\n250 AUTH PLAIN\r\n")}
    with secure_server(certificate, script=script) as server:
        error = failure(server, ca_file=authority.ca_file)

    assert (type(error), error.stage) == (Permanent, Stage.STARTTLS)


# --- what may go in the clear ---


@pytest.mark.parametrize(
    "host", ["smtp.example.com", "127.0.0.1.example.com", "10.0.0.1", "::2", "localhost.example", ""]
)
def test_a_line_to_another_machine_must_be_encrypted(host: str) -> None:
    with pytest.raises(Permanent, match="encrypted"):
        connect(Account(host, 25, Security.NONE, Auth.PASSWORD, "ada"), PASSWORD)


def test_another_machine_needs_a_login() -> None:
    with pytest.raises(Permanent, match="login"):
        connect(Account("smtp.example.com", 465, Security.TLS, Auth.NONE), None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_this_machine_may_be_spoken_to_in_the_clear(host: str) -> None:
    with SmtpServer() as server:
        assert hand_over(server, host=host).reply.code == 250


@pytest.mark.parametrize(("username", "secret"), [("ada", None), ("", PASSWORD)])
def test_a_login_without_name_or_password_is_not_tried(username: str, secret: Secret | None) -> None:
    with SmtpServer(users=USERS, auth_in_clear=True) as server:
        with pytest.raises(Permanent) as caught:
            connect(account_at(server, username=username), secret)
        assert server.connections == 0

    assert caught.value.stage is Stage.AUTH


# --- login ---


def clear_server(script: Any = None, **options: Any) -> SmtpServer:
    defaults: dict[str, Any] = {"users": USERS, "auth_in_clear": True}
    return SmtpServer(script, **defaults | options)


@pytest.mark.parametrize(("mechanisms", "used"), [(("LOGIN", "PLAIN"), "PLAIN"), (("CRAM-MD5", "LOGIN"), "LOGIN")])
def test_plain_is_preferred_and_login_known_both_in_utf_8(mechanisms: tuple[str, ...], used: str) -> None:
    with clear_server(mechanisms=mechanisms, users={"ädä": "ключ"}) as server:
        hand_over(server, username="ädä", secret=Secret("ключ"))

    assert server.logins == [(used, "ädä", "ключ")]


def test_plain_takes_one_round_trip() -> None:
    with clear_server() as server:
        hand_over(server)

    assert [c.split()[0] for c in server.commands] == ["ehlo", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize("mechanisms", [("XOAUTH2", "CRAM-MD5"), ()])
def test_a_server_without_a_login_by_password_is_permanent(mechanisms: tuple[str, ...]) -> None:
    with clear_server(mechanisms=mechanisms) as server:
        error = failure(server)

    assert (type(error), error.stage) == (Permanent, Stage.AUTH)
    assert "no login by password" in str(error)


def test_a_server_without_auth_is_permanent() -> None:
    with clear_server(auth_in_clear=False) as server:
        error = failure(server)

    assert "no AUTH at all" in str(error)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_permanent_with_its_codes(mechanism: str) -> None:
    with clear_server(mechanisms=(mechanism,)) as server:
        error = failure(server, secret=Secret("wrong"))

    assert (type(error), error.stage, error.code, error.enhanced) == (Permanent, Stage.AUTH, 535, "5.7.8")


@pytest.mark.parametrize(
    "reply",
    [
        "534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9  https://support.example",
        "535 5.7.3 Authentication unsuccessful",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
    ],
)
def test_each_refused_login_of_the_providers_keeps_what_names_it(reply: str) -> None:
    with clear_server({"auth": reply}) as server:
        error = failure(server)

    code, enhanced = reply.replace("-", " ").split()[:2]
    assert (type(error), error.stage, error.code, error.enhanced) == (Permanent, Stage.AUTH, int(code), enhanced)


def test_a_refused_login_is_not_tried_by_another_mechanism() -> None:
    with clear_server() as server:
        failure(server, secret=Secret("wrong"))

    assert len(server.logins) == 1


def test_a_login_that_the_server_cannot_judge_now_is_temporary() -> None:
    with clear_server({"auth": "454 4.7.0 Temporary authentication failure"}) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code, error.enhanced) == (Temporary, Stage.AUTH, 454, "4.7.0")


# --- no credential in any error ---

ECHO = "{password} {base64} {plain}"


def spellings(secret: Secret) -> dict[str, str]:
    octets = secret.value.encode()
    return {
        "password": secret.value,
        "base64": base64.b64encode(octets).decode(),
        "plain": base64.b64encode(b"\0ada\0" + octets).decode(),
    }


def told(error: BaseException) -> str:
    """Return all that a careless log could hold of an error: each of its causes, with every argument."""
    texts = ["".join(traceback.format_exception(error))]
    link: BaseException | None = error
    while link is not None:
        texts += [repr(link), repr(link.args), repr(vars(link))]
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


MISDEEDS: list[Behaviour] = [
    "535 5.7.8 " + ECHO,
    "454-4.7.0 " + ECHO + "\r\n454 4.7.0 " + ECHO,
    "250 " + ECHO,
    "334 " + ECHO,
    Raw((ECHO + "\r\n").encode()),
    Endless((ECHO + " ").encode()),
    Cut(),
    Cut(reset=True),
    Silence(),
]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("misdeed", MISDEEDS)
@pytest.mark.parametrize("stage", ["auth", "credentials", "mail", "dot"])
def test_no_error_gives_the_password_away(stage: str, misdeed: Behaviour, mechanism: str) -> None:
    if isinstance(misdeed, str):
        misdeed = misdeed.format(**spellings(PASSWORD))
    if isinstance(misdeed, Raw | Endless):
        misdeed = type(misdeed)(misdeed.octets.decode().format(**spellings(PASSWORD)).encode())
    with clear_server({stage: misdeed}, mechanisms=(mechanism,)) as server:
        error = _ending(server)

    for spelling in spellings(PASSWORD).values():
        assert spelling not in told(error)


def _ending(server: SmtpServer) -> BaseException:
    try:
        hand_over(server, timeouts=IMPATIENT)
    except DeliveryError as error:
        return error
    return RuntimeError("this misdeed does not show in this conversation")


@pytest.mark.parametrize("value", ["\ud800 half a pair", "nul\0inside", "line\r\nend", "x" * 5000])
def test_no_password_however_odd_breaks_out_or_comes_out(value: str) -> None:
    with clear_server() as server:
        error = failure(server, secret=Secret(value))

    assert type(error) is Permanent
    assert value not in told(error)
    assert not any("end" in command for command in server.commands)


def test_a_secret_has_no_repr() -> None:
    assert PASSWORD.value not in repr(PASSWORD)
