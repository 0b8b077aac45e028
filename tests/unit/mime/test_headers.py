"""Header lines parse back to what was meant, and the fast path writes what the standard library would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.errors import SealError
from mailer.mime import headers, new_message_id
from mailer.model import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

#: Everything that may stand in a header.
sound = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
values = st.one_of(
    st.text(sound, max_size=120),
    st.text(st.sampled_from(' aé=?_,."\\<>()@謝🙂\u0301\u200d'), max_size=90),
    st.lists(st.sampled_from(["tour", "of", "—", "Müller", "", "x" * 90, "=?utf-8?q?x?=", "謝"]), max_size=30).map(
        " ".join
    ),
)
ascii_words = st.text(st.sampled_from("abcXYZ019.,:;'!?-"), min_size=1, max_size=30).filter(lambda w: "=?" not in w)


def parsed(line: str) -> EmailMessage:
    return message_from_bytes(line.encode() + b"\r\n", policy=policy.default)


def by_stdlib(name: str, value: str) -> str:
    return policy.SMTP.header_factory(name, value).fold(policy=policy.SMTP)  # type: ignore[no-any-return]


def assert_well_formed(line: str) -> None:
    physical = line.removesuffix("\r\n").split("\r\n")
    assert line.endswith("\r\n")
    assert all(part.strip() and "\r" not in part and "\n" not in part for part in physical[1:])
    assert all(part[0] == " " for part in physical[1:])
    assert all(len(part.encode()) <= 998 for part in physical)
    assert all(len(word) <= 75 for part in physical for word in part.split(" ") if word.startswith("=?"))


# --- subject


@given(values)
@example("=?utf-8?q?not_encoded?= by me")
@example(" ")
@example("a\u00a0b")
def test_a_subject_parses_back_to_itself(subject: str) -> None:
    assert parsed(headers.subject(subject))["Subject"] == subject


@given(values)
def test_a_subject_is_ascii_in_lines_of_encoded_words_that_fit(subject: str) -> None:
    line = headers.subject(subject)

    assert line.isascii()
    assert_well_formed(line)


@given(st.lists(ascii_words, max_size=12).map(" ".join).filter(lambda s: len(s) <= 69))
def test_a_plain_subject_is_written_as_the_standard_library_writes_it(subject: str) -> None:
    assert headers.subject(subject) == by_stdlib("Subject", subject)


@given(st.lists(ascii_words, min_size=30, max_size=60).map(" ".join))
def test_a_long_plain_subject_is_folded_at_its_spaces_and_not_encoded(subject: str) -> None:
    line = headers.subject(subject)

    assert line.replace("\r\n ", " ") == f"Subject: {subject}\r\n"
    assert max(map(len, line.split("\r\n"))) <= 78


# --- From and To

names = st.one_of(
    values, st.sampled_from(["Nguyễn Thị Minh Khai", "田中 太郎", "김민수", "O'Brien", "A.J. Petrov", "D'Souza, Ana"])
)


@given(names)
def test_a_display_name_decodes_back_to_itself(name: str) -> None:
    line = headers.mailbox("To", Mailbox(name, "reader@example.com"))
    phrase = line.removeprefix("To: ").rpartition("<")[0].replace("\r\n", "").removesuffix(" ")

    assert_well_formed(line)
    if phrase.startswith("=?"):
        assert str(make_header(decode_header(phrase))) == name
    elif name:
        assert parsed(line)["To"].addresses[0].display_name == name


@given(names.filter(lambda n: "  " not in n and n.strip() == n and len(n.encode()) <= 42))
def test_a_name_that_fits_one_encoded_word_parses_back_to_itself(name: str) -> None:
    header = parsed(headers.mailbox("To", Mailbox(name, "reader@example.com")))["To"]

    assert [(a.display_name, a.addr_spec) for a in header.addresses] == [(name, "reader@example.com")]
    assert header.defects == ()


@given(st.lists(ascii_words, max_size=5).map(" ".join).filter(lambda n: len(n) < 45))
def test_a_plain_mailbox_is_written_as_the_standard_library_writes_it(name: str) -> None:
    wanted = str(Address(name, "reader", "example.com"))

    assert headers.mailbox("From", Mailbox(name, "reader@example.com")) == by_stdlib("From", wanted)


def test_a_mailbox_that_fits_no_line_breaks_before_its_address() -> None:
    mailbox = Mailbox("Monique Antoinette Delacroix-Baker", "monique.antoinette.delacroix-baker@example.com")

    assert headers.mailbox("From", mailbox) == (
        "From: Monique Antoinette Delacroix-Baker\r\n <monique.antoinette.delacroix-baker@example.com>\r\n"
    )


def test_a_domain_that_is_not_ascii_is_written_in_a_labels() -> None:
    line = headers.mailbox("To", Mailbox("", "info@Straße.example"))

    assert line == "To: info@xn--strae-oqa.example\r\n"


def test_a_local_part_that_is_not_ascii_is_written_in_utf_8() -> None:
    line = headers.mailbox("To", Mailbox("Jürgen", "jürgen@example.com"))

    assert line == "To: =?utf-8?q?J=C3=BCrgen?= <jürgen@example.com>\r\n"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "@example.com",
        "reader@",
        "a b@example.com",
        "a\u00a0b@example.com",
        "a..b@example.com",
        '"a b"@example.com',
        "a@b@example.com",
        "<a@example.com>",
        "a,b@example.com",
        "reader@-example.com",
        "reader@example..com",
        "reader@exam_ple.com",
        "reader@example.com.",
        "reader@☃️☃️☃️.example",
        "reader@" + "ü" * 70 + ".example",
        "x" * 65 + "@example.com",
        "reader@" + "a." * 130 + "com",
    ],
)
def test_what_is_no_address_is_refused_and_shown(address: str) -> None:
    with pytest.raises(SealError, match="recipient address"):
        headers.mailbox("To", Mailbox("", address))


# --- injection


@pytest.mark.parametrize(
    "control", ["\r", "\n", "\r\n", "\0", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\udce9", "\t"]
)
@pytest.mark.parametrize(
    ("write", "field"),
    [
        (headers.subject, "subject"),
        (lambda bad: headers.mailbox("From", Mailbox(bad, "a@example.com")), "sender's name"),
        (lambda bad: headers.mailbox("To", Mailbox(bad, "a@example.com")), "recipient's name"),
        (lambda bad: headers.mailbox("To", Mailbox("", f"{bad}a@example.com")), "recipient address"),
        (lambda bad: headers.mailbox("From", Mailbox("", f"a@example.com{bad}")), "sender address"),
        (headers.disposition, "file name"),
        (headers.language, "language"),
        (headers.content_type, "media type"),
        (headers.message_id, "Message-ID"),
    ],
)
def test_a_control_character_is_refused_naming_the_field_and_showing_none(
    write: Callable[[str], str], field: str, control: str
) -> None:
    with pytest.raises(SealError, match=field) as caught:
        write(f"x{control}Bcc: everyone@example.com")

    assert str(caught.value).isprintable()


def test_a_refused_value_is_shown_escaped_and_shortened() -> None:
    with pytest.raises(SealError, match=r"x\\r\\nBcc: a") as caught:
        headers.subject("x\r\nBcc: a" + "b" * 500)

    assert len(str(caught.value)) < 150


# --- Message-ID


def test_a_message_id_has_the_sender_s_domain() -> None:
    assert new_message_id(Mailbox("", "ada@example.com"), "0a1b") == "<0a1b@example.com>"


def test_a_message_id_has_the_sender_s_domain_in_a_labels() -> None:
    assert new_message_id(Mailbox("", "ada@bücher.example"), "0a1b") == "<0a1b@xn--bcher-kva.example>"


def test_a_message_id_is_written_as_the_standard_library_writes_it() -> None:
    assert headers.message_id("<0a1b@example.com>") == by_stdlib("Message-ID", "<0a1b@example.com>")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<>",
        "abc",
        "<abc>",
        "<a b@c>",
        '<a"b@c>',
        "<a\\b@c>",
        "<a@b@c>",
        "<a@>",
        "<@b>",
        "<é@c>",
        "a@b",
        f"<{'a' * 300}@b>",
    ],
)
def test_what_is_no_message_id_is_refused(value: str) -> None:
    with pytest.raises(SealError, match="is no Message-ID"):
        headers.message_id(value)


# --- Date

instants = st.datetimes(
    min_value=datetime(1970, 1, 1),  # the zones are added by the strategy
    max_value=datetime(9000, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]),
)


@given(instants)
def test_a_date_is_written_in_utc_as_the_standard_library_writes_it(instant: datetime) -> None:
    assert headers.date(instant) == f"Date: {format_datetime(instant.astimezone(UTC))}\r\n"


@given(instants)
def test_a_date_line_always_has_the_same_length(instant: datetime) -> None:
    assert len(headers.date(instant)) == headers.DATE_LINE_BYTES


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        headers.date(datetime(2026, 6, 11, 14, 0))  # what is refused


# --- file names and types


@given(st.text(sound, min_size=1, max_size=60).filter(lambda n: "/" not in n and n.strip() == n))
@example('a"b\\c.pdf')
@example("=?utf-8?q?a?=.pdf")
@example("100%25 of it.pdf")
@example("x" * 120 + ".pdf")
@example("é" * 120 + ".pdf")
def test_a_file_name_parses_back_to_itself(name: str) -> None:
    line = headers.disposition(name)
    part = parsed(line)

    assert_well_formed(line)
    assert line.isascii()
    assert (part.get_content_disposition(), part.get_filename()) == ("attachment", name)


@given(st.text(st.sampled_from('abc 019.-_"\\()'), min_size=1, max_size=30).filter(headers._is_plain))
def test_a_plain_file_name_is_written_as_the_standard_library_writes_it(name: str) -> None:
    part = EmailMessage(policy=policy.SMTP)
    part.add_header("Content-Disposition", "attachment", filename=name)

    assert headers.disposition(name) == policy.SMTP.fold("Content-Disposition", part["Content-Disposition"])


@pytest.mark.parametrize("name", ["", " ", "../a.pdf", "x" * 256])
def test_a_name_that_no_file_should_have_is_refused(name: str) -> None:
    with pytest.raises(SealError, match="cannot be the name"):
        headers.disposition(name)


@pytest.mark.parametrize(
    "media_type", ["", "pdf", "application/", "/pdf", "a/b/c", "appli cation/pdf", "text/plän", "x/y;" + "z" * 200]
)
def test_what_is_no_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(SealError, match="media type"):
        headers.content_type(media_type)


def test_a_media_type_keeps_its_parameters() -> None:
    assert headers.content_type("text/vcard; charset=utf-8") == "Content-Type: text/vcard; charset=utf-8\r\n"


@pytest.mark.parametrize("tag", ["en US", "en_US", "é", "x" * 40])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(SealError, match="language tag"):
        headers.language(tag)


def test_no_language_writes_no_line() -> None:
    assert headers.language("") == ""
