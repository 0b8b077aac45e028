"""Show what each misdeed of a server is taken for: temporary, permanent or unknown, and at which stage."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

import pytest

from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.model import Account, Auth, Security
from mailer.sender import connect
from tests.parts.sender.hand_over import IMPATIENT, MAIL, PASSWORD, account_at, failure, make_envelope, no_gate
from tests.smtp_server import Cut, Deaf, Endless, Raw, Silence, SmtpServer, Trickle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.certificates import Certificate
    from tests.smtp_server import Behaviour

#: In the order of the conversation. A server at `starttls` has TLS, and all that come to `auth` know a user.
STAGES = ["greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]
BEFORE_THE_DOT = [stage for stage in STAGES if stage != "dot"]


def server_with(stage: str, behaviour: Behaviour, certificate: Certificate) -> SmtpServer:
    return SmtpServer(
        {stage: behaviour},
        security=Security.STARTTLS if stage == "starttls" else Security.NONE,
        context=certificate.server_context(),
        users={"ada": "söcret-hunter2"},
        auth_in_clear=True,
    )


# --- replies that were read decide ---


@pytest.mark.parametrize("stage", STAGES)
def test_a_4yz_reply_is_temporary(stage: str, certificate: Certificate) -> None:
    with server_with(stage, "451 4.3.0 Try again later", certificate) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code, error.enhanced) == (Temporary, Stage(stage), 451, "4.3.0")
    assert error.text == "Try again later"
    assert server.messages == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_5yz_reply_is_permanent(stage: str, certificate: Certificate) -> None:
    with server_with(stage, "554 5.7.1 Never", certificate) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code, error.enhanced) == (Permanent, Stage(stage), 554, "5.7.1")
    assert "554 5.7.1 Never" in str(error)
    assert server.messages == []


@pytest.mark.parametrize("stage", STAGES)
def test_421_is_temporary_at_every_stage(stage: str, certificate: Certificate) -> None:
    with server_with(stage, "421 4.3.2 Shutting down", certificate) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code) == (Temporary, Stage(stage), 421)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_421_ends_the_connection(stage: str) -> None:
    with SmtpServer({stage: "421 4.3.2 Shutting down"}) as server, connect(account_at(server), None) as connection:
        with pytest.raises(Temporary):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        assert not connection.is_usable

    assert "QUIT" not in server.commands


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_a_positive_reply_out_of_place_is_temporary(stage: str, certificate: Certificate) -> None:
    answer = "250 Fine" if stage in {"data", "auth"} else "354 Go ahead"
    if stage == "auth":
        answer = "334 "
    with server_with(stage, answer, certificate) as server:
        error = failure(server)

    assert (type(error), error.stage) == (Temporary, Stage(stage))


def test_an_intermediate_reply_to_the_dot_leaves_the_outcome_unknown() -> None:
    with SmtpServer({"dot": "354 Go on"}) as server:
        error = failure(server)

    assert (type(error), error.stage) == (OutcomeUnknown, Stage.DOT)


def test_a_refusal_of_the_recipient_names_the_recipient() -> None:
    with SmtpServer({"rcpt": "550 5.1.1 No such user"}) as server:
        error = failure(server)

    assert "w@harborline.example" in str(error)


# --- no reply ---


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
@pytest.mark.parametrize("reset", [False, True])
def test_a_cut_before_the_dot_is_temporary(stage: str, reset: bool, certificate: Certificate) -> None:
    with server_with(stage, Cut(reset=reset), certificate) as server:
        error = failure(server)

    stages = {Stage(stage)}
    if reset and stage == "greeting":  # the reset may come while the client still waits to be connected
        stages.add(Stage.CONNECT)
    assert (type(error), error.code) == (Temporary, 0)
    assert error.stage in stages
    assert server.messages == []


@pytest.mark.parametrize("reset", [False, True])
def test_a_cut_within_the_body_is_temporary(reset: bool) -> None:
    with SmtpServer({"body": Cut(after_bytes=100_000, reset=reset)}) as server:
        error = failure(server, itertools.repeat(b"x" * 70 + b"\r\n", 1_000_000))

    assert (type(error), error.stage) == (Temporary, Stage.BODY)


def test_a_refusal_before_a_cut_within_the_body_counts() -> None:
    with SmtpServer({"body": "552 5.3.4 Too much\r\n421 4.3.0 Good-bye"}) as server:
        error = failure(server, _until_it_spoke(server))

    assert (type(error), error.code) == (Permanent, 552)


def _until_it_spoke(server: SmtpServer) -> Iterator[bytes]:
    yield b"x" * 100_000 + b"\r\n"
    server.wait_until(lambda s: "body" in s.done)
    server.stop()
    yield from itertools.repeat(b"y" * 65536 + b"\r\n", 200)


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize("reset", [False, True])
def test_a_cut_after_the_dot_leaves_the_outcome_unknown(accept: bool, reset: bool) -> None:
    with SmtpServer({"dot": Cut(accept=accept, reset=reset)}) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code) == (OutcomeUnknown, Stage.DOT, 0)
    assert len(server.messages) == accept


def test_a_connection_that_dies_at_the_gate_leaves_the_outcome_unknown() -> None:
    with SmtpServer() as server:
        error = failure(server, gate=server.stop)

    assert (type(error), error.stage) == (OutcomeUnknown, Stage.DOT)


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_silence_before_the_dot_is_temporary(stage: str, certificate: Certificate) -> None:
    with server_with(stage, Silence(), certificate) as server:
        error = failure(server, timeouts=IMPATIENT)

    assert (type(error), error.stage) == (Temporary, Stage(stage))
    assert "0.25 s" in str(error)


@pytest.mark.parametrize("accept", [False, True])
def test_silence_after_the_dot_leaves_the_outcome_unknown(accept: bool) -> None:
    with SmtpServer({"dot": Silence(accept=accept)}) as server:
        error = failure(server, timeouts=IMPATIENT)

    assert (type(error), error.stage) == (OutcomeUnknown, Stage.DOT)


def test_a_server_that_takes_no_more_of_the_body_is_temporary() -> None:
    with SmtpServer({"body": Deaf()}) as server:
        error = failure(server, itertools.repeat(b"x" * 70 + b"\r\n", 1_000_000), timeouts=IMPATIENT)

    assert (type(error), error.stage) == (Temporary, Stage.BODY)


def test_a_reply_that_trickles_in_does_not_outwait_its_time() -> None:
    with SmtpServer({"mail": Trickle()}) as server:
        error = failure(server, timeouts=IMPATIENT)

    assert (type(error), error.stage) == (Temporary, Stage.MAIL)


# --- what is no SMTP ---

GARBAGE: list[Behaviour] = [
    Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    Raw(b"\r\n"),
    Raw(b"\0\xff\xfe\n"),
    Raw(b"99 bottles\r\n"),
    Raw(b"999 bottles\r\n"),
    Raw(b"250?\r\n"),
    Raw(b"250-first\r\n550 second\r\n"),
    Endless(b"x" * 4096),
    Endless(b"x" * 4096, first=b"250 "),
    Endless(b"250-and one more\r\n" * 100),
]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("stage", ["greeting", "ehlo", "auth", "rcpt", "data"])
def test_garbage_before_the_dot_is_temporary(stage: str, garbage: Behaviour, certificate: Certificate) -> None:
    with server_with(stage, garbage, certificate) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code) == (Temporary, Stage(stage), 0)
    assert "does not speak SMTP" in str(error)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_after_the_dot_leaves_the_outcome_unknown(garbage: Behaviour) -> None:
    with SmtpServer({"dot": garbage}) as server:
        error = failure(server)

    assert (type(error), error.stage, error.code) == (OutcomeUnknown, Stage.DOT, 0)


def test_a_reply_cut_in_its_middle_is_no_reply() -> None:
    with SmtpServer({"dot": [Raw(b"250 2.0.0 Accep")], "quit": Cut()}) as server:
        error = failure(server, gate=no_gate, timeouts=IMPATIENT)

    assert type(error) is OutcomeUnknown


def test_two_replies_to_one_command_are_not_trusted() -> None:
    with SmtpServer({"mail": "250 Ok\r\n250 And the recipient too"}, extensions=()) as server:
        error = failure(server)

    assert (type(error), error.stage) == (Temporary, Stage.RCPT)
    assert "out of turn" in str(error)


def test_two_replies_to_one_of_several_commands_are_noticed_before_the_body() -> None:
    with SmtpServer({"mail": "250 Ok\r\n250 And the recipient too"}, extensions=("PIPELINING",)) as server:
        error = failure(server)
        server.wait_until_idle()

    assert (type(error), error.stage, bytes(server.body)) == (Temporary, Stage.DATA, b"")
    assert "out of place" in str(error)


# --- no server ---


def test_no_server_at_the_port_is_temporary_and_names_it() -> None:
    with SmtpServer() as server:
        pass

    error = failure(server)

    assert (type(error), error.stage) == (Temporary, Stage.CONNECT)
    assert f"localhost:{server.port}" in str(error)


def test_a_host_that_is_not_found_is_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_found(*_: object, **__: object) -> None:  # a real look-up would leave this machine
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", not_found)
    with SmtpServer() as server:
        error = failure(server)

    assert (type(error), error.stage) == (Temporary, Stage.CONNECT)
    assert "cannot be found" in str(error)


@pytest.mark.parametrize("host", ["", ".example.com", "a..b", "x" * 64 + ".example", "a\0b"])
def test_what_is_no_host_name_is_permanent(host: str) -> None:
    account = Account(host, 465, Security.TLS, Auth.PASSWORD, "ada")

    with pytest.raises(Permanent) as caught:
        connect(account, PASSWORD)

    assert caught.value.stage is Stage.CONNECT


def test_a_port_that_cannot_be_is_permanent() -> None:
    with pytest.raises(Permanent, match="70000"):
        connect(Account("127.0.0.1", 70_000, Security.NONE, Auth.NONE), None)


def test_a_server_that_never_accepts_is_temporary() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # fill the queue, so that the kernel answers no more
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        with pytest.raises(Temporary) as caught:
            connect(Account("127.0.0.1", port, Security.NONE, Auth.NONE), None, timeouts=IMPATIENT)
        for one in waiting:
            one.close()

    assert caught.value.stage in {Stage.CONNECT, Stage.GREETING}
