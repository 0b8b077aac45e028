"""What is attached: the files of gifts by content and name, and address cards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer import vcard
from mailer.composer.enclosing import content_type
from mailer.model import Contact, GiftKind
from tests.factories import make_gift, make_interview, make_note, make_person
from tests.unit.composer.notes import compose_one

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.model import Attachment


def attached(folder: Path, **gift: Any) -> tuple[Attachment, ...]:
    recorded = make_gift(**gift)
    person = make_person(gift=recorded)
    note = make_note(people=(person,), gift=recorded)
    return compose_one(make_interview(path=folder / "harborline.md", note=note)).attachments


def test_a_file_is_attached_under_its_own_name(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/Ü chart.pdf").write_bytes(b"%PDF-1.7 x")

    [file] = attached(tmp_path, kind=GiftKind.FILE, file="files/Ü chart.pdf")

    assert (file.filename, file.content_type, file.size_bytes, file.path) == (
        "Ü chart.pdf",
        "application/pdf",
        10,
        (tmp_path / "files/Ü chart.pdf").resolve(),
    )


@pytest.mark.parametrize("name", ["absent.pdf", "../outside.pdf", "files", ""])
def test_a_file_that_cannot_be_attached_is_left_out(name, tmp_path):
    (tmp_path / "in/files").mkdir(parents=True)
    (tmp_path / "outside.pdf").write_bytes(b"%PDF-")

    assert attached(tmp_path / "in", kind=GiftKind.FILE, file=name) == ()


def test_a_link_gives_its_own_name_and_not_that_of_its_target(tmp_path):
    (tmp_path / "target.pdf").write_bytes(b"%PDF-")
    (tmp_path / "chart.pdf").symlink_to("target.pdf")

    assert attached(tmp_path, kind=GiftKind.FILE, file="chart.pdf")[0].filename == "chart.pdf"


def test_a_card_is_attached_when_asked_for(tmp_path):
    [card] = attached(tmp_path, kind=GiftKind.CONTACT, contact=Contact("A/B: Peña", "a@a.example"), vcard=True)

    assert (card.filename, card.content_type, card.size_bytes) == (
        "A-B- Peña.vcf",
        "text/vcard; charset=utf-8",
        len(card.content or b""),
    )


def test_no_card_is_attached_unasked(tmp_path):
    assert attached(tmp_path, kind=GiftKind.CONTACT, contact=Contact("A", "a@a.example")) == ()


def test_each_gift_of_a_joint_note_brings_its_file(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    people = tuple(make_person(id=n[0], gift=make_gift(kind=GiftKind.FILE, file=n)) for n in ("a.txt", "b.txt"))
    note = make_note(people=people, gift=people[0].gift)

    files = compose_one(make_interview(path=tmp_path / "x.md", note=note)).attachments

    assert [file.filename for file in files] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("x.pdf", b"%PDF-1.4", "application/pdf"),
        ("x.txt", b"%PDF-1.4", "application/pdf"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("x.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("x.gif", b"GIF89a", "image/gif"),
        ("x.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("x.zip", b"PK\x03\x04", "application/zip"),
        ("x.pdf", b"PK\x03\x04", "application/zip"),
        ("x", b"PK\x03\x04", "application/zip"),
        ("x.txt", "é".encode(), "text/plain; charset=utf-8"),
        ("x.csv", b"a,b\r\n", "text/csv; charset=utf-8"),
        ("x.pdf", b"no pdf", "text/plain; charset=utf-8"),
        ("x.txt", b"\x00\x01", "application/octet-stream"),
        ("x.txt", b"\xff\xfe", "application/octet-stream"),
        ("x.png", b"\x00\x01", "application/octet-stream"),
        ("x.mp3", b"\x00\x01", "audio/mpeg"),
        ("x.nosuch", b"\x00", "application/octet-stream"),
        ("x.txt", b"", "text/plain; charset=utf-8"),
        ("x.txt", b"a" * 4095 + "é".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_the_type_is_told_by_content_and_then_by_name(name, head, kind, tmp_path):
    (tmp_path / name).write_bytes(head)

    assert content_type(tmp_path / name, name) == kind


def test_a_card_holds_the_name_whole():
    assert vcard.write(Contact("Ignacio Peña", "i@a.example", "+1 555")).decode() == (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ignacio Peña\r\nN:Ignacio Peña;;;;\r\n"
        "EMAIL;TYPE=INTERNET:i@a.example\r\nTEL:+1 555\r\nEND:VCARD\r\n"
    )


def test_a_long_name_is_folded_between_its_characters():
    lines = vcard.write(Contact("é" * 80, "a@a.example")).split(b"\r\n")

    assert [len(line) for line in lines[2:5]] == [75, 75, 15]
    assert b"".join(line.removeprefix(b" ") for line in lines[2:5]).decode() == "FN:" + "é" * 80


def test_what_a_card_reserves_is_escaped():
    assert b"\r\nFN:A\\, B\\; C\\\\D\\nE\r\n" in vcard.write(Contact("A, B; C\\D\r\nE"))


@given(st.text(max_size=200))
def test_any_name_comes_back_from_a_card(name):
    lines = vcard.write(Contact(name, "a@a.example")).split(b"\r\n")
    unfolded = re.sub(rb"\r\n ", b"", b"\r\n".join(lines)).decode()
    fields = unfolded.split("\r\n")

    unescaped = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], fields[2].removeprefix("FN:"))

    assert (max(map(len, lines)) <= 75, len(fields), unescaped) == (
        True,
        7,
        "".join(c if c.isprintable() or c == "\n" else " " for c in name.replace("\r\n", "\n")),
    )
