"""Show how the sender reads replies and prepares a body, without any socket."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.model import Envelope, Reply
from mailer.sender.body import blocks, stuffed
from mailer.sender.connection import mail_command
from mailer.sender.replies import BadReply, clean, is_last_line, lost, parse_reply, refused

# --- replies ---


def test_a_reply_is_parted_into_code_enhanced_code_and_text() -> None:
    assert parse_reply([b"550 5.1.1 No such user"], Stage.RCPT) == Reply(550, "5.1.1", "No such user", "rcpt")


def test_a_reply_without_an_enhanced_code_has_none() -> None:
    assert parse_reply([b"250 Ok"], Stage.DOT) == Reply(250, "", "Ok", "dot")


def test_a_reply_may_be_a_bare_code() -> None:
    assert parse_reply([b"250"], Stage.DOT) == Reply(250, "", "", "dot")


def test_the_lines_of_a_reply_are_joined_and_the_repeated_code_left_out() -> None:
    lines = [b"534-5.7.9 Application-specific password required.", b"534 5.7.9  Learn more at https://support.example"]

    reply = parse_reply(lines, Stage.AUTH)

    assert reply.enhanced == "5.7.9"
    assert reply.text == "Application-specific password required. Learn more at https://support.example"


@pytest.mark.parametrize(
    "text", [b"4.1.1 of another class", b"5.1 short", b"5.1.1.1 long", b"5.x.1", b"5.1.1234", b"5..1"]
)
def test_what_only_resembles_an_enhanced_code_stays_text(text: bytes) -> None:
    reply = parse_reply([b"550 " + text], Stage.RCPT)

    assert (reply.enhanced, reply.text) == ("", text.decode())


def test_a_reply_in_no_known_encoding_is_still_read() -> None:
    assert parse_reply([b"550 Benutzer unbekannt: J\xfcrgen"], Stage.RCPT).text == "Benutzer unbekannt: J\ufffdrgen"


@pytest.mark.parametrize(
    "line", [b"", b"25", b"ok", b"150 x", b"650 x", b"250_x", b"2500 x", b"\xb2\xb3\xb2 x", b"-25 x"]
)
def test_a_line_without_a_reply_code_is_no_reply(line: bytes) -> None:
    with pytest.raises(BadReply):
        is_last_line(line)


def test_a_reply_ends_with_the_line_that_has_no_hyphen() -> None:
    assert [is_last_line(line) for line in (b"250-a", b"250-", b"250 c", b"250")] == [False, False, True, True]


def test_several_codes_are_no_reply() -> None:
    with pytest.raises(BadReply):
        parse_reply([b"250-a", b"550 b"], Stage.MAIL)


@given(st.binary(max_size=2000))
def test_the_text_of_a_reply_is_one_printable_bounded_line(octets: bytes) -> None:
    text = parse_reply([b"250 " + octets], Stage.DOT).text

    assert text.isprintable()
    assert len(text) <= 500


def test_marks_that_reorder_text_on_a_screen_are_taken_out() -> None:
    assert clean("a\u202eb\x1b[31mc\u0085d") == "a b [31mc d"


def test_hidden_strings_are_taken_out_before_the_text_is_cut() -> None:
    text = clean("x" * 495 + " hunter2", hidden=("hunter2",))

    assert "hunt" not in text


# --- what they mean ---


@pytest.mark.parametrize(
    ("code", "kind"), [(421, Temporary), (450, Temporary), (499, Temporary), (500, Permanent), (554, Permanent)]
)
@pytest.mark.parametrize("stage", list(Stage))
def test_the_first_digit_of_a_refusal_decides_at_every_stage(code: int, kind: type, stage: Stage) -> None:
    error = refused(Reply(code, "", "No", stage.value), where="smtp.example:465", what="the mail")

    assert (type(error), error.stage, error.code, error.text) == (kind, stage, code, "No")
    assert "smtp.example:465" in str(error)


@pytest.mark.parametrize("stage", list(Stage))
def test_only_silence_after_the_dot_is_an_unknown_outcome(stage: Stage) -> None:
    error = lost(stage, where="smtp.example:465", why="closed the connection")

    assert isinstance(error, OutcomeUnknown) == (stage is Stage.DOT)
    assert isinstance(error, Temporary) == (stage is not Stage.DOT)


# --- the body ---

OCTETS = st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\r\n.", b"\r\n.\r\n"]), max_size=12).map(b"".join)


@given(OCTETS, st.lists(st.integers(0, 40), max_size=8))
def test_stuffing_does_not_depend_on_how_the_mail_is_cut(octets: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(octets)) for cut in cuts), len(octets)]

    cut = b"".join(stuffed(octets[a:b] for a, b in itertools.pairwise(edges)))

    assert cut == b"".join(stuffed([octets]))


@given(OCTETS)
def test_a_stuffed_mail_holds_no_end_of_mail_and_ends_its_last_line(octets: bytes) -> None:
    sent = b"\r\n" + b"".join(stuffed([octets]))

    assert b"\r\n.\r\n" not in sent
    assert sent.endswith(b"\r\n")
    assert sent.replace(b"\r\n.", b"\r\n").removesuffix(b"\r\n") == b"\r\n" + octets.removesuffix(b"\r\n") or not octets


@given(st.text(alphabet="a\r\n", max_size=10), st.integers(0, 10))
def test_exactly_the_mails_with_other_line_ends_than_crlf_are_refused(text: str, cut: int) -> None:
    octets = text.encode()
    is_clean = not set("\r\n") & set(text.replace("\r\n", ""))
    try:
        list(stuffed([octets[:cut], octets[cut:]]))
    except Permanent:
        assert not is_clean
    else:
        assert is_clean


@given(st.lists(st.binary(max_size=90_000), max_size=5))
def test_blocks_hold_what_the_chunks_held_and_are_large(chunks: list[bytes]) -> None:
    joined = list(blocks(chunks))

    assert b"".join(joined) == b"".join(chunks)
    assert all(len(block) >= 65536 for block in joined[:-1])


# --- the envelope ---


def test_a_null_sender_is_an_address() -> None:
    assert mail_command(Envelope("", "a@b.example", 10), {}, "x") == "MAIL FROM:<>"


def test_every_offered_parameter_is_used_where_it_is_needed() -> None:
    envelope = Envelope("a@b.example", "ü@b.example", 10, needs_smtputf8=True)

    command = mail_command(envelope, {"size": "100", "8bitmime": "", "smtputf8": ""}, "x")

    assert command == "MAIL FROM:<a@b.example> SIZE=10 BODY=8BITMIME SMTPUTF8"


def test_an_address_beyond_ascii_needs_smtputf8_though_nobody_said_so() -> None:
    with pytest.raises(Permanent, match="SMTPUTF8"):
        mail_command(Envelope("a@b.example", "ü@b.example", 10), {}, "x")
