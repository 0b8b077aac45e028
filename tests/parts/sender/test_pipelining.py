"""Show that commands sent in one write (RFC 2920) save round trips and change nothing else."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from mailer.errors import DeliveryError, Permanent, Stage, Temporary
from mailer.model import Account, Auth, Envelope, Security
from mailer.sender import connect
from tests.parts.sender.hand_over import (
    IMPATIENT,
    MAIL,
    PASSWORD,
    PATIENT,
    account_at,
    failure,
    hand_over,
    make_envelope,
    no_gate,
)
from tests.parts.sender.test_failures import GARBAGE
from tests.smtp_server import Cut, Raw, Silence, SmtpServer, Trickle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.model import Receipt, Reply
    from mailer.sender import Connection
    from tests.certificates import Authority, Certificate
    from tests.smtp_server import Behaviour

OFFERED = ("SIZE 35882577", "PIPELINING")
NOT_OFFERED = ("SIZE 35882577",)

#: All that the tests of failures know, at each stage of a mail.
MISDEEDS: list[Behaviour] = [
    "451-4.3.0 Try again\r\n451 4.3.0 later",
    "452 4.2.2 Mailbox full",
    "550 5.1.1 No such user",
    "503 Out of order",
    "421 4.3.2 Shutting down",
    "250 Fine",
    "354 Go ahead",
    Cut(),
    Cut(reset=True),
    Silence(),
    Trickle(),
    Trickle(b"550 5.1.1 No su"),
    *GARBAGE,
]


def verdict(stage: str, misdeed: Behaviour, extensions: tuple[str, ...]) -> tuple[Any, ...]:
    """Return all that a delivery came to: the error, and what the server took."""
    timeouts = IMPATIENT if isinstance(misdeed, Silence | Trickle) else PATIENT
    with SmtpServer({stage: misdeed}, extensions=extensions) as server:
        try:
            hand_over(server, _content(server, stage), timeouts=timeouts)
        except DeliveryError as error:
            told = str(error).replace(str(server.port), "PORT")
            return type(error), error.stage, error.code, error.enhanced, error.text, told, server.messages
    return "accepted", server.messages


def _content(server: SmtpServer, stage: str) -> Iterator[bytes]:
    """Give a mail, in whose middle a misdeed at the body has its time: else it might come only with the dot."""
    yield MAIL * 2000
    if stage == "body":
        server.wait_until(lambda s: "body" in s.done or all(session.is_over for session in s._sessions))
    yield MAIL


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=lambda misdeed: str(misdeed)[:40])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_misdeed_is_taken_for_the_same_with_and_without_pipelining(stage: str, misdeed: Behaviour) -> None:
    assert verdict(stage, misdeed, OFFERED) == verdict(stage, misdeed, NOT_OFFERED)


@pytest.mark.parametrize(
    "misdeed", [m for m in MISDEEDS if isinstance(m, str | Cut | Raw)], ids=lambda misdeed: str(misdeed)[:40]
)
def test_a_misdeed_within_the_body_is_taken_for_the_same_with_and_without_pipelining(misdeed: Behaviour) -> None:
    assert verdict("body", misdeed, OFFERED) == verdict("body", misdeed, NOT_OFFERED)


def replies_of(server: SmtpServer) -> list[Reply]:
    """Return what was kept of a delivery, refused or not."""
    with connect(account_at(server), None, timeouts=PATIENT) as connection:
        with contextlib.suppress(DeliveryError):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        return connection._wire.replies


# --- in one write ---


def test_sender_recipient_and_data_go_in_one_write() -> None:
    script = {"mail": "", "rcpt": "", "data": "250 2.1.0 Sender\r\n250 2.1.5 Recipient\r\n354 Go on"}
    with SmtpServer(script, extensions=OFFERED) as server:  # which says nothing until it has got all three
        receipt = hand_over(server)

    assert [(r.stage, r.code) for r in receipt.replies] == [("mail", 250), ("rcpt", 250), ("data", 354), ("dot", 250)]
    assert [m.content for m in server.messages] == [MAIL]


def test_where_it_is_not_offered_each_command_waits_for_the_reply_to_the_last() -> None:
    with SmtpServer({"mail": ""}, extensions=NOT_OFFERED) as server:
        failure(server, timeouts=IMPATIENT)
        server.wait_until_idle()

    assert server.commands[-1].startswith("MAIL")


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_they_go_in_one_write_over_tls_too(security: Security, authority: Authority, certificate: Certificate) -> None:
    script = {"mail": "", "rcpt": "", "data": "250 2.1.0 Sender\r\n250 2.1.5 Recipient\r\n354 Go on"}
    context = certificate.server_context()
    with SmtpServer(script, security=security, context=context, users={"ada": PASSWORD.value}) as server:
        hand_over(server, ca_file=authority.ca_file)

    assert [m.content for m in server.messages] == [MAIL]


def test_many_mails_and_refusals_stay_in_step_on_one_connection() -> None:
    script = {
        "mail": [None, "550 5.7.1 Mail", None, None, None],
        "rcpt": [None, "550 5.1.1 Recipient", None, None],
        "data": [None, "451 4.3.0 Data", None],
    }
    ends: list[Any] = []
    with (
        SmtpServer(script, extensions=OFFERED) as server,
        connect(account_at(server), None, timeouts=PATIENT) as connection,
    ):
        for number in range(5):
            try:
                receipt = connection.transmit(make_envelope(), [b"%d\r\n" % number], no_gate)
                ends.append(receipt.reply.code)
            except DeliveryError as error:
                ends.append((error.stage, error.code))

    assert ends == [250, (Stage.MAIL, 550), (Stage.RCPT, 550), (Stage.DATA, 451), 250]
    assert [m.content for m in server.messages] == [b"0\r\n", b"4\r\n"]
    assert server.connections == 1


# --- a refusal, and what follows it ---


def test_every_reply_behind_a_refused_sender_is_kept() -> None:
    with SmtpServer({"mail": "550 5.7.1 Not you"}, extensions=OFFERED) as server:
        kept = replies_of(server)

    assert [(r.stage, r.code) for r in kept] == [("mail", 550), ("rcpt", 503), ("data", 554)]


def test_the_reply_behind_a_refused_recipient_is_kept() -> None:
    with SmtpServer({"rcpt": "550 5.1.1 Who?"}, extensions=OFFERED) as server:
        kept = replies_of(server)

    assert [(r.stage, r.code) for r in kept] == [("mail", 250), ("rcpt", 550), ("data", 554)]


@pytest.mark.parametrize("stage", ["rcpt_alone", "data_alone"])
@pytest.mark.parametrize("misdeed", ["421 4.3.2 Going", Cut(), Cut(reset=True), Silence(), Raw(b"what?\r\n")])
def test_a_refusal_counts_though_the_line_breaks_behind_it(stage: str, misdeed: Behaviour) -> None:
    with (
        SmtpServer({"mail": "550 5.7.1 Not you", stage: misdeed}, extensions=OFFERED) as server,
        connect(account_at(server), None, timeouts=IMPATIENT) as connection,
    ):
        with pytest.raises(Permanent, match=r"550 5\.7\.1 Not you") as caught:
            connection.transmit(make_envelope(), [MAIL], no_gate)
        assert not connection.is_usable

    assert (caught.value.stage, caught.value.code) == (Stage.MAIL, 550)


@pytest.mark.parametrize("refused", ["mail", "rcpt"])
@pytest.mark.parametrize("answer", ["354 Go on", "250 Fine"])
def test_data_that_is_taken_behind_a_refusal_is_left_without_another_octet(refused: str, answer: str) -> None:
    script = {refused: "451 4.7.1 Come back later", "data_alone": answer}
    with (
        SmtpServer(script, extensions=OFFERED) as server,
        connect(account_at(server), None, timeouts=PATIENT) as connection,
    ):
        with pytest.raises(DeliveryError) as caught:
            connection.transmit(make_envelope(), [MAIL], no_gate)
        assert not connection.is_usable
        server.wait_until_idle()

    assert (caught.value.stage, caught.value.code) == (Stage(refused), 451)
    assert (server.commands[-1], bytes(server.body), server.messages) == ("DATA", b"", [])


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot interrupt one thread")
def test_an_interruption_between_the_replies_leaves_the_connection_unusable() -> None:
    def interrupt() -> None:
        server.wait_until(lambda s: s.commands[-1].startswith("RCPT"))
        while not connection._wire.replies:  # the one to MAIL, which has come already
            time.sleep(0.001)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with (
        SmtpServer({"rcpt": Silence()}, extensions=OFFERED) as server,
        connect(account_at(server), None, timeouts=PATIENT) as connection,
    ):
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        interrupter.join()
        assert not connection.is_usable

    assert "QUIT" not in server.commands


# --- the next mail, announced with the dot ---


def announcing(server: SmtpServer, *, then: Envelope | None = None) -> tuple[Connection, list[Receipt]]:
    """Transmit a mail that announces the next one, which goes to `then`, and that one."""
    first, second = envelope("first@example.com"), envelope("second@example.com")
    connection = connect(Account("127.0.0.1", server.port, Security.NONE, Auth.NONE), None)
    receipts = [connection.transmit(first, [b"one\r\n"], lambda: second)]
    receipts.append(connection.transmit(then or second, [b"two\r\n"], lambda: None))
    return connection, receipts


def envelope(to: str) -> Envelope:
    return Envelope("ada@example.com", to, 5)


def test_a_mail_that_was_announced_with_the_dot_goes_out_as_any_other() -> None:
    with SmtpServer() as server:
        connection, receipts = announcing(server)
        connection.close()
        server.wait_until_idle()

    assert [m.rcpt_to for m in server.messages] == [("first@example.com",), ("second@example.com",)]
    assert [m.content for m in server.messages] == [b"one\r\n", b"two\r\n"]
    assert [[reply.stage for reply in receipt.replies] for receipt in receipts] == [["mail", "rcpt", "data", "dot"]] * 2
    assert server.commands[-1] == "QUIT"


def test_nothing_is_announced_to_a_server_that_does_not_pipeline() -> None:
    with SmtpServer(extensions=()) as server:
        connection, _ = announcing(server)
        connection.close()

    assert len(server.messages) == 2


def test_another_mail_than_the_announced_one_is_not_sent_in_its_place() -> None:
    with SmtpServer() as server, pytest.raises(Temporary, match="awaits another mail"):
        announcing(server, then=envelope("third@example.com"))

    assert [m.rcpt_to for m in server.messages] == [("first@example.com",)]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_an_announced_mail_that_is_refused_harms_neither_the_one_before_nor_the_one_after(stage: str) -> None:
    with SmtpServer({stage: [None, "451 4.3.0 Try later"]}) as server:
        connection = connect(Account("127.0.0.1", server.port, Security.NONE, Auth.NONE), None)
        second = envelope("second@example.com")
        connection.transmit(envelope("first@example.com"), [b"one\r\n"], lambda: second)
        with pytest.raises(Temporary):
            connection.transmit(second, [b"two\r\n"], lambda: None)
        if connection.is_usable:
            connection.transmit(envelope("third@example.com"), [b"three\r\n"], lambda: None)
        connection.close()

    assert "second@example.com" not in {m.rcpt_to[0] for m in server.messages}
    assert server.messages[0].rcpt_to == ("first@example.com",)


def test_a_refused_dot_leaves_the_announced_mail_its_turn() -> None:
    with SmtpServer({"dot": ["452 4.3.1 Full"]}) as server:
        connection = connect(Account("127.0.0.1", server.port, Security.NONE, Auth.NONE), None)
        second = envelope("second@example.com")
        with pytest.raises(Temporary):
            connection.transmit(envelope("first@example.com"), [b"one\r\n"], lambda: second)
        assert connection.is_usable
        connection.transmit(second, [b"two\r\n"], lambda: None)
        connection.close()

    assert [m.rcpt_to for m in server.messages] == [("second@example.com",)]


def test_an_announced_mail_that_never_comes_is_no_mail() -> None:
    with SmtpServer() as server:
        connection = connect(Account("127.0.0.1", server.port, Security.NONE, Auth.NONE), None)
        connection.transmit(envelope("first@example.com"), [b"one\r\n"], lambda: envelope("second@example.com"))
        connection.close()
        server.wait_until_idle()

    assert [m.rcpt_to for m in server.messages] == [("first@example.com",)]
    # How much of the announcement the server reads before it finds the line cut is a matter of luck.
    assert len([command for command in server.commands if command.startswith("MAIL")]) == 2
