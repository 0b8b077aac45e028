"""A sealed note is one well-formed mail that any reader understands, with the same fingerprint for the same note."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer import mime
from mailer.attachments import MAX_FILE_BYTES
from mailer.errors import SealError
from mailer.model import Attachment, Composition, Envelope, Mailbox, Payload, Sealed
from tests.factories import SENDER, make_composition, make_interview, make_note, make_person
from tests.unit.mime.oracle import MESSAGE_ID, by_stdlib, no_defects, outline

if TYPE_CHECKING:
    from email.message import EmailMessage

NOW = datetime(2026, 6, 11, 14, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def seal(composition: Composition, message_id: str = MESSAGE_ID) -> Sealed:
    return mime.seal(composition, make_interview(), message_id=message_id)


def bytes_of(sealed: Sealed, date: datetime | None = NOW) -> bytes:
    return b"".join(mime.wire(sealed, date=date, read_payload=mime.read_from_disk))


def parse(composition: Composition) -> EmailMessage:
    return message_from_bytes(bytes_of(seal(composition)), policy=policy.default)


def make_file(path: Path, size_bytes: int = 300, **changes: Any) -> Attachment:
    path.write_bytes(bytes(range(256)) * (size_bytes // 256) + b"x" * (size_bytes % 256))
    fields: dict[str, Any] = {
        "filename": path.name,
        "content_type": "application/pdf",
        "size_bytes": size_bytes,
        "path": path,
    }
    return Attachment(**fields | changes)


def make_card(**changes: Any) -> Attachment:
    content = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zoë\r\nEND:VCARD\r\n".encode()
    fields: dict[str, Any] = {
        "filename": "Zoë.vcf",
        "content_type": "text/vcard; charset=utf-8",
        "size_bytes": len(content),
        "content": content,
    }
    return Attachment(**fields | changes)


# --- as the standard library builds it

ATTACHMENTS = [(), ("file",), ("card",), ("file", "card", "file")]


@pytest.mark.parametrize("kinds", ATTACHMENTS)
def test_a_note_reads_as_the_one_the_standard_library_builds(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    files = [
        make_file(tmp_path / f"Plan {n} für Sie.pdf", 100_000) if kind == "file" else make_card()
        for n, kind in enumerate(kinds)
    ]
    composition = make_composition(subject="Danke für die Führung", attachments=tuple(files))

    assert outline(parse(composition)) == outline(by_stdlib(composition))


header_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40).map(
    lambda s: " ".join(s.split())
)
header_text = header_text.filter(lambda s: "=?" not in s)
body_text = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=300)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=header_text, name=header_text.filter(lambda n: len(n.encode()) <= 42), text=body_text, html=body_text)
def test_any_note_reads_as_the_one_the_standard_library_builds(subject: str, name: str, text: str, html: str) -> None:
    card = make_card(content=text.encode(), filename="a.vcf")
    composition = make_composition(
        subject=subject, to=Mailbox(name, "r@example.com"), text=text, html=html, attachments=(card,)
    )

    message = parse(composition)

    assert outline(message) == outline(by_stdlib(composition))
    assert no_defects(message)


# --- the tree


def test_a_note_without_files_is_one_alternative() -> None:
    assert [p.get_content_type() for p in parse(make_composition()).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_a_note_with_files_is_mixed_around_the_alternative(tmp_path: Path) -> None:
    message = parse(make_composition(attachments=(make_file(tmp_path / "a.pdf"), make_card())))

    types = [part.get_content_type() for part in message.walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
        "text/vcard",
    ]


def test_the_text_part_says_that_it_is_flowed() -> None:
    text = next(parse(make_composition()).iter_parts())

    assert dict(text["Content-Type"].params) == {"charset": "utf-8", "format": "flowed"}


def test_the_headers_come_in_one_order_with_nothing_about_the_program_or_the_machine() -> None:
    message = parse(make_composition())

    wanted = ["Date", "Message-ID", "From", "To", "Subject", "MIME-Version", "Content-Language", "Content-Type"]
    assert message.keys() == wanted


def test_the_boundaries_stay_the_same_from_seal_to_seal() -> None:
    assert seal(make_composition()).parts == seal(make_composition()).parts


def test_a_text_that_quotes_another_note_s_boundary_stays_whole() -> None:
    first = bytes_of(seal(make_composition())).decode()

    message = parse(make_composition(text=first.replace("\r\n", "\n")))

    assert [p.get_content_type() for p in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_every_line_ends_in_crlf_and_fits_998_octets(tmp_path: Path) -> None:
    composition = make_composition(
        subject="ü" * 300,
        text="wort " * 400 + "é" * 1500,
        html="<p>" + "x" * 3000,
        attachments=(make_file(tmp_path / "a.pdf"),),
    )

    lines = bytes_of(seal(composition)).split(b"\r\n")

    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)


# --- who receives it


def test_a_note_to_nobody_yet_has_no_to_and_no_envelope() -> None:
    sealed = seal(make_composition(to=None))

    assert (sealed.envelope, sealed.recipient) == (None, None)
    assert b"\r\nTo:" not in bytes_of(sealed)


def test_ascii_addresses_need_no_smtputf8_and_the_mail_is_ascii() -> None:
    sealed = seal(make_composition(to=Mailbox("Nguyễn Thị Minh Khai", "khai@bücher.example"), subject="Cảm ơn"))

    assert sealed.envelope is not None
    assert (sealed.envelope.rcpt_to, sealed.envelope.needs_smtputf8) == ("khai@xn--bcher-kva.example", False)
    assert bytes_of(sealed).isascii()


@pytest.mark.parametrize("side", ["sender", "to"])
def test_a_local_part_outside_ascii_needs_smtputf8(side: str) -> None:
    sealed = seal(make_composition(**{side: Mailbox("Jürgen", "jürgen@example.com")}))

    assert sealed.envelope is not None
    assert sealed.envelope.needs_smtputf8
    assert "<jürgen@example.com>\r\n".encode() in bytes_of(sealed)


def test_the_sealed_note_remembers_whom_it_is_for_as_they_were_written() -> None:
    note = make_note(people=(make_person(), make_person(id="okafor")))
    sealed = seal(make_composition(note=note))

    assert (sealed.people, sealed.kind, sealed.interview) == (("vanderberg", "okafor"), note.kind, "harborline")
    assert (sealed.interview_key, sealed.sender) == ("2026-06-11T10:00/America/Detroit", SENDER)


# --- the wire and the fingerprint


def test_the_date_line_comes_first_and_only_when_asked_for() -> None:
    sealed = seal(make_composition())

    with_date = bytes_of(sealed)

    assert with_date == b"Date: Thu, 11 Jun 2026 14:00:00 +0000\r\n" + bytes_of(sealed, date=None)


def test_the_whole_header_comes_in_the_first_chunk(tmp_path: Path) -> None:
    sealed = seal(make_composition(attachments=(make_file(tmp_path / "a.pdf"),)))

    assert b"\r\n\r\n" in next(mime.wire(sealed, date=NOW, read_payload=mime.read_from_disk))


@pytest.mark.parametrize("size_bytes", [0, 1, 56, 57, 58, 300, 100_000, 1_500_000])
def test_the_size_is_that_of_the_wire(tmp_path: Path, size_bytes: int) -> None:
    sealed = seal(make_composition(attachments=(make_file(tmp_path / "a.pdf", size_bytes), make_card())))

    assert sealed.envelope == Envelope(
        SENDER.address, "w.vanderberg@harborline-castings.example", mime.size_bytes(sealed)
    )
    assert mime.size_bytes(sealed) == len(bytes_of(sealed))


@pytest.mark.parametrize("size_bytes", [300, 1_500_000])
def test_the_fingerprint_is_the_hash_of_the_wire_without_date_and_message_id(tmp_path: Path, size_bytes: int) -> None:
    sealed = seal(make_composition(attachments=(make_file(tmp_path / "a.pdf", size_bytes), make_card())))

    without_id = bytes_of(sealed, date=None).replace(f"Message-ID: {MESSAGE_ID}\r\n".encode(), b"")
    assert sealed.fingerprint == hashlib.sha256(without_id).hexdigest()


def test_another_message_id_leaves_the_fingerprint_as_it_is() -> None:
    assert seal(make_composition()).fingerprint == seal(make_composition(), "<ffff@example.com>").fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Other"},
        {"text": "Other\n"},
        {"html": "<p>Other"},
        {"to": Mailbox("Other", "w.vanderberg@harborline-castings.example")},
        {"to": None},
        {"language": "de"},
        {"attachments": (make_card(),)},
    ],
)
def test_any_change_of_the_note_changes_the_fingerprint(changes: dict[str, Any]) -> None:
    assert seal(make_composition(**changes)).fingerprint != seal(make_composition()).fingerprint


def test_a_byte_of_a_file_changes_the_fingerprint(tmp_path: Path) -> None:
    first = make_composition(attachments=(make_file(tmp_path / "a.pdf"),))
    before = seal(first).fingerprint
    (tmp_path / "a.pdf").write_bytes(b"other")

    assert seal(first).fingerprint != before


def test_a_file_is_kept_as_a_payload_between_bytes(tmp_path: Path) -> None:
    parts = seal(make_composition(attachments=(make_file(tmp_path / "a.pdf"), make_file(tmp_path / "b.pdf")))).parts

    assert [type(part) for part in parts] == [bytes, Payload, bytes, Payload, bytes]


def test_a_payload_read_in_odd_chunks_gives_the_same_wire(tmp_path: Path) -> None:
    sealed = seal(make_composition(attachments=(make_file(tmp_path / "a.pdf", 1000),)))
    raw = (tmp_path / "a.pdf").read_bytes()

    odd = b"".join(mime.wire(sealed, date=NOW, read_payload=lambda _: (raw[at : at + 7] for at in range(0, 1000, 7))))

    assert odd == bytes_of(sealed)


# --- refused


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "x\r\nBcc: a@example.com"}, "subject"),
        ({"sender": Mailbox("x\nBcc: a@example.com", "a@example.com")}, "sender's name"),
        ({"to": Mailbox("x", "a@example.com\r\nDATA")}, "recipient address"),
        ({"language": "en\r\nBcc: a@example.com"}, "language"),
        ({"text": "a\rb"}, "text"),
        ({"html": "a\0b"}, "html"),
        ({"attachments": (make_card(filename="x\r\n.vcf"),)}, "file name"),
        ({"attachments": (make_card(content_type="text/vcard\r\nX: y"),)}, "media type"),
    ],
)
def test_a_note_that_would_break_out_of_its_lines_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SealError, match=field):
        seal(make_composition(**changes))


def test_a_message_id_that_would_break_out_of_its_line_is_refused() -> None:
    with pytest.raises(SealError, match="Message-ID"):
        seal(make_composition(), "<a@example.com>\r\nBcc: b@example.com")


def test_files_that_are_too_large_together_are_refused(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(MAX_FILE_BYTES)
    files = tuple(Attachment(n, "application/pdf", MAX_FILE_BYTES, path=tmp_path / n) for n in ("a.pdf", "b.pdf"))

    with pytest.raises(SealError, match="more than 26,214,400 bytes in all"):
        seal(make_composition(attachments=files))


def test_an_attachment_of_nothing_is_refused() -> None:
    with pytest.raises(SealError, match=r"a\.pdf” has neither a file nor content"):
        seal(make_composition(attachments=(Attachment("a.pdf", "application/pdf", 3),)))


# --- what it costs, in a fresh process


def run(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout


def test_a_plain_note_is_sealed_without_the_email_package(tmp_path: Path) -> None:
    path = make_file(tmp_path / "a.pdf").path
    code = f"""
import sys
from pathlib import Path
from tests.factories import make_composition, make_interview
from mailer import mime
from mailer.model import Attachment
file = Attachment("a.pdf", "application/pdf", 300, path=Path({str(path)!r}))
composition = make_composition(text="naïve", attachments=(file,))
sealed = mime.seal(composition, make_interview(), message_id=mime.new_message_id(composition.sender, "ab"))
b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk))
print([name for name in sys.modules if name.split(".")[0] in {{"email", "idna", "smtplib", "logging"}}])
"""
    assert run(code) == "[]\n"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_file_of_20_mb_adds_at_most_3_mib_to_the_peak_memory(tmp_path: Path) -> None:
    make_file(tmp_path / "big.pdf", MAX_FILE_BYTES)
    code = f"""
from pathlib import Path
from tests.factories import make_composition, make_interview
from mailer import mime
from mailer.model import Attachment

def peak_kib():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmHWM"))

def sealed_and_sent(*files):
    sealed = mime.seal(make_composition(attachments=files), make_interview(), message_id="<a@example.com>")
    return sum(map(len, mime.wire(sealed, date=None, read_payload=mime.read_from_disk)))

sealed_and_sent()
base = peak_kib()
sealed_and_sent(Attachment("big.pdf", "application/pdf", {MAX_FILE_BYTES}, path=Path({str(tmp_path / "big.pdf")!r})))
print(peak_kib() - base)
"""
    assert int(run(code)) <= 3 * 1024
