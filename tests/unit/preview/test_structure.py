"""A finished mail is taken apart to what there is to see, and no mail however strange makes that fail."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.model import Attachment
from mailer.preview import Header, content_at, read, sniff
from tests.factories import make_composition, make_interview

if TYPE_CHECKING:
    from mailer.preview import Part, Structure

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 9
TEXT = "Dear Ana,\n\n" + "Thank you for the tour of line 3, which I will not forget. " * 4 + "\n\nAda\n"


def mail(*attachments: Attachment, **changes: object) -> bytes:
    composition = make_composition(attachments=attachments, **changes)
    sealed = mime.seal(composition, make_interview(), message_id="<a@example.com>")
    return b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk))


def file(name: str, content: bytes = PDF, media_type: str = "application/pdf") -> Attachment:
    return Attachment(filename=name, content_type=media_type, path=None, size_bytes=len(content), content=content)


def only_file(structure: Structure) -> Part:
    (part,) = structure.attachments
    return part


def part_with(header: str) -> Part:
    raw = f"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{header}\r\n\r\nabc\r\n--x--\r\n"
    return read(raw.encode("utf-8", "surrogateescape")).parts[1]


def test_the_headers_come_in_order_decoded_and_as_they_travel() -> None:
    subject = "Dank u wel für die Führung, und ein Stück über die Umrüstung einer Gießerei"

    headers = read(mail(subject=subject)).headers

    assert [header.name for header in headers[:4]] == ["Message-ID", "From", "To", "Subject"]
    assert headers[3].value == subject
    assert headers[3].raw.startswith("Subject: =?utf-8?")
    assert "\n " in headers[3].raw


def test_the_tree_has_each_part_with_its_depth_and_encoding() -> None:
    parts = read(mail(file("plan.pdf"))).parts

    assert [(part.depth, part.media_type, part.disposition) for part in parts] == [
        (0, "multipart/mixed", ""),
        (1, "multipart/alternative", ""),
        (2, "text/plain", ""),
        (2, "text/html", ""),
        (1, "application/pdf", "attachment"),
    ]
    assert (parts[2].charset, parts[4].encoding) == ("utf-8", "base64")


def test_a_file_has_the_size_and_digest_of_its_content() -> None:
    raw = mail(file("plan.pdf"))

    part = only_file(read(raw))

    assert (part.size_bytes, part.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert content_at(raw, part.number) == PDF


def test_there_is_no_content_beyond_the_last_part() -> None:
    assert content_at(mail(), 99) is None
    assert content_at(mail(), -1) is None


def test_the_text_part_is_shown_as_it_travels_and_as_it_is_read() -> None:
    structure = read(mail(text=TEXT))

    assert structure.flowed == mime.flow(TEXT)
    assert structure.text == TEXT.replace(" \n", "\n")


def test_the_html_part_is_shown_decoded() -> None:
    assert read(mail(html="<p>Stück</p>\n")).html == "<p>Stück</p>\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\a\\\\plan.pdf", "plan.pdf"),
        ("a\tb\x07.pdf", "a b.pdf"),
        ("..", ""),
        ("=?utf-8?q?Pl=C3=A4ne.pdf?=", "Pläne.pdf"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_made_safe(name: str, shown: str) -> None:
    assert part_with(f'Content-Disposition: attachment; filename="{name}"').filename == shown


def test_a_file_name_cannot_be_turned_around() -> None:
    part = part_with("Content-Disposition: attachment; filename*=utf-8''cv%E2%80%AEfdp.exe")

    assert part.filename == "cvfdp.exe"


def test_a_header_shows_what_would_turn_its_words_around() -> None:
    raw = "Subject: a\u202eb\x07c\r\n\r\n".encode()

    assert read(raw).headers == (Header("Subject", "a\ufffdb\ufffdc", "Subject: a\u202eb\x07c"),)


def test_a_file_that_is_not_what_it_declares_is_told() -> None:
    assert only_file(read(mail(file("plan.pdf", b"MZ\x90\0\3")))).is_contradicted
    assert not only_file(read(mail(file("plan.pdf")))).is_contradicted


def test_a_mail_without_a_text_part_has_no_text() -> None:
    structure = read(b"Content-Type: text/html\r\n\r\n<p>a</p>\r\n")

    assert (structure.flowed, structure.text, structure.html) == ("", "", "<p>a</p>\n")


def test_a_mail_without_headers_has_none() -> None:
    assert read(b"\r\nA: body\r\n").headers == ()


@pytest.mark.parametrize("depth", [3, 300, 2000])
def test_a_mail_has_its_headers_however_deep_it_nests(depth: int) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(depth))

    assert read(b"Subject: deep\r\n" + nested).headers[0].value == "deep"


def test_a_mail_that_nests_too_deep_to_be_read_is_not_called_whole() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000))

    assert not read(nested).is_whole
    assert read(mail()).is_whole


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\q\\u12",
        b"Content-Type: text/plain; charset=punycode\r\n\r\n\xff\xfe-a",
        b"Content-Type: text/plain; charset=base64\r\n\r\nabc",
        b'Content-Type: text/plain; charset="a\0b"\r\n\r\nabc',
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
        b"Content-Disposition: attachment; filename*" + b"9" * 5000 + b"=a\r\n\r\nabc",
        b"Content-Disposition: attachment; filename*=utf-7''+2AA-\r\n\r\nabc",
        b"Content-Type: text/plain; format*=nope'\0'flowed\r\n\r\nabc",
        b"Content-Type: multipart/mixed\r\n\r\nabc",
        b"Content-Type: multipart/mixed; boundary*" + b"9" * 5000 + b"=a\r\n\r\nabc",
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: a",
    ],
)
def test_a_hostile_mail_is_shown(hostile: bytes) -> None:
    assert repr(read(hostile)).encode()


fragments = st.sampled_from(
    [
        b"\r\n", b"\n", b": ", b"; ", b"Subject: ", b"=?utf-8?q?=FF?=", b"=?utf-7?q?+2AA-?=", b"--x\r\n", b"--x--",
        b"Content-Type: text/plain; charset=", b"utf-7", b"idna", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
        b"Content-Disposition: attachment; filename=", b"filename*0*=nope''a; filename*1=b", b"\xff\xfe", b"\0",
        b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"PK\x03\x04", b"=\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 666 x\r\n", b"%PDF-", "\u202e".encode(),
    ]
)  # fmt: skip


@given(st.lists(st.one_of(fragments, st.binary(max_size=20)), max_size=30).map(b"".join))
def test_whatever_is_given_is_taken_apart(raw: bytes) -> None:
    structure = read(raw)

    assert repr(structure).encode()
    assert all(unicodedata.category(char) != "Cc" for part in structure.parts for char in part.filename)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_type(content: bytes) -> None:
    assert "/" in sniff(content)
