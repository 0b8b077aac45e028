"""Show what a good server gets, and when."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import OutcomeUnknown, Permanent, SealError, Stage, Temporary
from mailer.model import Reply
from mailer.sender import Connection, connect
from tests.parts.sender.hand_over import MAIL, PATIENT, account_at, failure, hand_over, make_envelope, no_gate
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def connected(script: Any = None, **options: Any) -> Iterator[tuple[SmtpServer, Connection]]:
    with SmtpServer(script, **options) as server, connect(account_at(server), None, timeouts=PATIENT) as connection:
        yield server, connection


def test_a_mail_arrives_byte_for_byte() -> None:
    with SmtpServer() as server:
        hand_over(server)

    message = server.messages[0]
    assert (message.mail_from, message.rcpt_to, message.content) == ("ada@example.com", ("w@harborline.example",), MAIL)


def test_the_receipt_keeps_every_reply_with_its_stage() -> None:
    with SmtpServer({"dot": "250 2.0.0 Ok: queued as 4F2"}) as server:
        receipt = hand_over(server)

    assert receipt.reply == Reply(250, "2.0.0", "Ok: queued as 4F2", "dot")
    assert [r.stage for r in receipt.replies] == ["mail", "rcpt", "data", "dot"]


def test_a_connection_keeps_the_replies_of_its_opening() -> None:
    with connected() as (_, connection):
        assert [r.stage for r in connection.replies] == ["greeting", "ehlo"]


def test_the_machine_s_own_name_is_not_told() -> None:
    with SmtpServer() as server:
        hand_over(server)

    assert server.commands[0].lower() == "ehlo [127.0.0.1]"


def test_many_mails_go_over_one_connection() -> None:
    with connected() as (server, connection):
        for number in range(20):
            connection.transmit(make_envelope(), [b"%d\r\n" % number], no_gate)

    assert [m.content for m in server.messages] == [b"%d\r\n" % n for n in range(20)]
    assert server.connections == 1


def test_the_extensions_are_those_of_the_server() -> None:
    with connected(extensions=("SIZE 1000", "8BITMIME")) as (_, connection):
        assert dict(connection.extensions) == {"size": "1000", "8bitmime": ""}


lines = st.binary(max_size=12).map(lambda line: line.replace(b"\r", b".").replace(b"\n", b"."))


@settings(max_examples=60, deadline=None)
@given(bodies=st.lists(st.tuples(st.lists(lines, max_size=6), st.lists(st.integers(0, 60), max_size=6)), min_size=1))
def test_any_lines_cut_anywhere_arrive_as_they_were(bodies: list[tuple[list[bytes], list[int]]]) -> None:
    mails = [b"".join(line + b"\r\n" for line in body) for body, _ in bodies]
    with connected() as (server, connection):
        for mail, (_, cuts) in zip(mails, bodies, strict=True):
            edges = [0, *sorted(cuts), len(mail)]
            connection.transmit(make_envelope(), [mail[a:b] for a, b in itertools.pairwise(edges)], no_gate)

    assert [m.content for m in server.messages] == mails


def test_a_large_mail_arrives_whole() -> None:
    mail = b"".join(b".%07d\r\n" % n for n in range(400_000))
    with SmtpServer() as server:
        hand_over(server, (mail[at : at + 50_001] for at in range(0, len(mail), 50_001)))

    assert server.messages[0].content == mail


def test_a_mail_whose_last_line_is_open_is_ended() -> None:
    with SmtpServer() as server:
        hand_over(server, [b"no end"])

    assert server.messages[0].content == b"no end\r\n"


@pytest.mark.parametrize("content", [[b"a\nb\r\n"], [b"a\rb\r\n"], [b"a\r", b"b\r\n"], [b"a\r"], [b"a\r\n", b"\nb"]])
def test_a_line_end_that_is_not_crlf_is_never_sent(content: list[bytes]) -> None:
    with SmtpServer() as server:
        error = failure(server, content)
        server.wait_until_idle()

    assert (type(error), error.stage, server.messages) == (Permanent, Stage.BODY, [])


# --- the gate ---


def test_the_server_has_the_whole_body_but_no_dot_when_the_gate_runs() -> None:
    seen: list[bytes] = []
    with SmtpServer() as server:

        def gate() -> None:
            server.wait_until(lambda s: len(s.body) >= len(MAIL) + 2)  # two dots were doubled
            seen.append(bytes(server.body))
            seen.append(b"".join(m.content for m in server.messages))

        hand_over(server, gate=gate)

    assert seen == [MAIL.replace(b"\r\n.", b"\r\n.."), b""]


def test_a_gate_that_stays_shut_leaves_the_mail_unsent() -> None:
    class Shut(Exception):
        pass

    def gate() -> None:
        raise Shut

    with SmtpServer() as server, connect(account_at(server), None, timeouts=PATIENT) as connection:
        with pytest.raises(Shut):
            connection.transmit(make_envelope(), [MAIL], gate)
        assert not connection.is_usable
        server.wait_until_idle()

    assert server.messages == []
    assert server.commands[-1] == "DATA"  # neither RSET nor QUIT within the mail
    assert bytes(server.body) == MAIL.replace(b"\r\n.", b"\r\n..")


def test_content_that_breaks_off_leaves_the_mail_unsent() -> None:
    def content() -> Iterator[bytes]:
        yield MAIL
        raise SealError("the file has changed")

    with SmtpServer() as server:
        with pytest.raises(SealError, match="changed"):
            hand_over(server, content())
        server.wait_until_idle()

    assert server.messages == []
    assert server.commands[-1] == "DATA"


def test_the_gate_does_not_run_when_the_server_is_gone_already() -> None:
    with SmtpServer({"body": Cut()}) as server:
        error = failure(server, _after_the_cut(server), gate=_fail)

    assert (type(error), error.stage) == (Temporary, Stage.BODY)


def test_a_refusal_in_the_midst_of_the_body_counts() -> None:
    with SmtpServer({"body": "552 5.3.4 Too much"}) as server:
        error = failure(server, _after_the_words(server), gate=_fail)

    assert (type(error), error.stage, error.code) == (Permanent, Stage.BODY, 552)


def test_praise_in_the_midst_of_the_body_is_no_receipt() -> None:
    with SmtpServer({"data": "354 Go on\r\n250 2.0.0 Accepted"}) as server:
        error = failure(server, gate=_fail)

    assert (type(error), server.messages) == (Temporary, [])


def _fail() -> None:
    raise AssertionError("the gate ran")


def _after_the_cut(server: SmtpServer) -> Iterator[bytes]:
    yield b"x\r\n" * 30_000
    server.wait_until_idle()
    yield b"y\r\n"


def _after_the_words(server: SmtpServer) -> Iterator[bytes]:
    yield b"x\r\n" * 30_000
    server.wait_until(lambda s: "body" in s.done)
    yield b"y\r\n"


# --- what is asked of the server before the body ---


def test_size_is_declared_where_it_is_offered() -> None:
    with SmtpServer() as server:
        hand_over(server)

    assert f"MAIL FROM:<ada@example.com> SIZE={len(MAIL)}" in server.commands


def test_no_parameter_is_used_that_is_not_offered() -> None:
    with SmtpServer(extensions=()) as server:
        hand_over(server)

    assert "MAIL FROM:<ada@example.com>" in server.commands


def test_a_mail_beyond_the_server_s_limit_is_refused_before_mail() -> None:
    with SmtpServer(extensions=("SIZE 1000",)) as server:
        error = failure(server, envelope=make_envelope(size_bytes=2_000))

    assert (type(error), error.stage) == (Permanent, Stage.MAIL)
    assert "2,000" in str(error)
    assert "1,000" in str(error)
    assert not any(c.startswith("MAIL") for c in server.commands)


@pytest.mark.parametrize("limit", ["SIZE", "SIZE 0", "SIZE plenty"])
def test_a_limit_that_names_no_size_limits_nothing(limit: str) -> None:
    with SmtpServer(extensions=(limit,)) as server:
        assert hand_over(server).reply.code == 250


def test_an_address_beyond_ascii_goes_with_smtputf8() -> None:
    with SmtpServer() as server:
        hand_over(server, envelope=make_envelope(rcpt_to="jürgen@harborline.example", needs_smtputf8=True))

    assert server.messages[0].rcpt_to == ("jürgen@harborline.example",)
    assert server.messages[0].options[1:] == ("BODY=8BITMIME", "SMTPUTF8")


def test_smtputf8_needed_and_not_offered_is_refused_before_mail() -> None:
    with SmtpServer(extensions=("8BITMIME",)) as server:
        error = failure(server, envelope=make_envelope(rcpt_to="jürgen@harborline.example", needs_smtputf8=True))

    assert (type(error), error.stage) == (Permanent, Stage.MAIL)
    assert "SMTPUTF8" in str(error)
    assert not any(c.startswith("MAIL") for c in server.commands)


def test_smtputf8_is_not_asked_for_without_need() -> None:
    with SmtpServer() as server:
        hand_over(server)

    assert server.messages[0].options == (f"SIZE={len(MAIL)}",)


@pytest.mark.parametrize(
    "address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "a\0@b.example", "a>@b.c"]
)
@pytest.mark.parametrize("field", ["mail_from", "rcpt_to"])
def test_an_address_that_could_say_more_than_an_address_is_never_sent(field: str, address: str) -> None:
    with SmtpServer() as server:
        error = failure(server, envelope=make_envelope(**{field: address}))

    assert type(error) is Permanent
    assert not any("b.example" in c or "d.example" in c for c in server.commands)


# --- several mails, some of them refused ---


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_a_mail_refused_before_the_body_leaves_the_connection_for_the_next(stage: str, extensions: Any) -> None:
    with connected({stage: ["550 5.1.1 No such user"]}, extensions=extensions) as (server, connection):
        with pytest.raises(Permanent):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        assert connection.is_usable
        connection.transmit(make_envelope(), [MAIL], no_gate)

    assert len(server.messages) == 1
    assert "rset" in [c.lower() for c in server.commands]


def test_a_mail_refused_at_the_dot_leaves_the_connection_for_the_next() -> None:
    with connected({"dot": ["550 5.7.1 Spam"]}) as (server, connection):
        with pytest.raises(Permanent):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        connection.transmit(make_envelope(), [MAIL], no_gate)

    assert len(server.messages) == 1
    assert server.connections == 1


def test_a_server_that_hung_up_between_mails_is_noticed() -> None:
    with connected({"dot": ["250 2.0.0 Ok\r\n421 4.4.2 Idle for too long"]}) as (server, connection):
        connection.transmit(make_envelope(), [MAIL], no_gate)
        assert not connection.is_usable
        with pytest.raises(Temporary, match="Connect again"):
            connection.transmit(make_envelope(), [MAIL], no_gate)

    assert len(server.messages) == 1


def test_a_connection_is_not_usable_once_the_outcome_is_unknown() -> None:
    with connected({"dot": Cut()}) as (_, connection):
        with pytest.raises(OutcomeUnknown):
            connection.transmit(make_envelope(), [MAIL], no_gate)
        assert not connection.is_usable


# --- quit ---


@pytest.mark.parametrize("answer", ["500 What?", Cut(), Cut(reset=True)])
def test_a_quarrel_about_quit_changes_nothing(answer: str | Cut) -> None:
    with SmtpServer({"quit": answer}) as server:
        assert hand_over(server).reply.code == 250

    assert server.commands[-1] == "QUIT"


def test_a_connection_may_be_closed_twice() -> None:
    with connected() as (_, connection):
        connection.close()
        connection.close()
        assert not connection.is_usable
