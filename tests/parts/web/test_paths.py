"""No address and no name of a file leads out of what the desk shows."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parts.web.conftest import NOTE
from tests.visitor import Visitor, ask_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Answer

HOSTILE = [
    "..",
    "../..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "..%252f..%252fetc%252fpasswd",
    "%c0%ae%c0%ae%c0%af",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "C:%5cWindows%5cwin.ini",
    "%00",
    "harborline%00.md",
    "harborline.md",
    "harborline%2f..%2fharborline",
    "harborline;x",
    "%ff%fe",
    "%0d%0aX-Evil:%20x",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%7B%7B7*7%7D%7D",
    "%E2%80%AEmd.enilrobrah",
    "%25",
    "*",
    "[",
    "-1",
    "0x0",
    "%D9%A0",
    "9" * 5000,
    "a" * 20_000,
]
PLACES = [
    "/{}",
    "/interviews/{}",
    "/interviews/{}/vanderberg",
    "/interviews/harborline/{}",
    "/interviews/harborline/{}/letter",
    "/interviews/harborline/{}/note.eml",
    "/interviews/harborline/{}/send",
    f"{NOTE}/{{}}",
    f"{NOTE}/attached/{{}}",
    "/outbox/{}",
    "/desk.css/{}",
    "/desk.js%2f{}",
    "/static/{}",
    "//{}",
    "/\\{}",
]


def raw_get(visitor: Visitor, target: str) -> bytes:
    """Ask for a target as it is, which no client would send."""
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{visitor.port}\r\nCookie: {visitor.cookie}\r\n"
    return ask_raw(visitor.port, f"{head}Connection: close\r\n\r\n".encode())


@pytest.mark.parametrize("part", HOSTILE, ids=lambda part: part[:30])
@pytest.mark.parametrize("place", PLACES)
def test_no_address_leads_out_of_the_desk(guest: Visitor, place: str, part: str):
    answer = raw_get(guest, place.format(part))

    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith((b"http/1.1 404 ", b"http/1.1 400 "))
    assert b"x-evil" not in head
    assert not any(secret in answer for secret in (b"root:", b"MAILER_FROM", b"Traceback", b"Harborline Castings"))
    assert not any(way_out in answer for way_out in (b'href="//', b'href="/\\', b'href="\\'))
    assert b"<script>alert" not in answer


@given(st.sampled_from(PLACES), st.text(min_size=1).filter(lambda text: text.strip("/") not in {"", "0"}))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_is_a_fault_of_mailer(guest: Visitor, place: str, text: str):
    part = quote(text, safe="", errors="replace")

    assert guest.get(place.replace("\\", "%5c").format(part)).status == HTTPStatus.NOT_FOUND


def test_the_beginning_of_an_id_with_a_joker_finds_no_entry(guest: Visitor):
    assert [guest.get(f"/outbox/{part}").status for part in ("%25", "_", "%25%25", "'%20or%20''='")] == [404] * 4


def test_a_file_that_leads_out_of_the_folder_is_not_given(visitor: Visitor, interviews: Path, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("the secret of another folder")
    path = interviews / "harborline.md"
    path.write_text(path.read_text().replace("files/sheet.txt", "../secret.txt"))

    answers = [visitor.get(url) for url in (f"{NOTE}/attached/0", f"{NOTE}/note.eml", NOTE, f"{NOTE}?tab=source")]

    assert not any(b"the secret of another" in answer.body for answer in answers)


def test_a_link_to_a_file_elsewhere_is_not_given(visitor: Visitor, interviews: Path, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("the secret of another folder")
    (interviews / "files" / "sheet.txt").unlink()
    (interviews / "files" / "sheet.txt").symlink_to(tmp_path / "secret.txt")

    answers = [visitor.get(url) for url in (f"{NOTE}/attached/0", f"{NOTE}/note.eml", f"{NOTE}?tab=source")]

    assert not any(b"the secret of another" in answer.body for answer in answers)


# --- files that are handed in


def taken(visitor: Visitor, interviews: Path, filename: str, content: bytes = b"plan") -> Answer:
    version = visitor.get(NOTE).text.partition('name="version" value="')[2].partition('"')[0]
    assert version
    return visitor.upload(f"{NOTE}/file", filename, content, version=version)


@pytest.mark.parametrize(
    ("filename", "stored"),
    [
        ("../../x", "x"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/cron.d/plan", "plan"),
        ("C:\\plan.pdf", "plan.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("..", "file"),
        (".hidden", "hidden"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("pl\x01an\x7f.pdf", "plan.pdf"),
        ("<script>.txt", "-script-.txt"),
        ("{{ 7*7 }}.txt", "{{ 7-7 }}.txt"),
        ("sheet.txt", "sheet-2.txt"),
    ],
)
def test_a_file_handed_in_stays_in_its_folder(
    visitor: Visitor, interviews: Path, tmp_path: Path, filename: str, stored: str
):
    before = set(tmp_path.rglob("*"))

    answer = taken(visitor, interviews, filename)

    new = {path for path in set(tmp_path.rglob("*")) - before if "mailer-home" not in path.parts}
    assert answer.status == HTTPStatus.SEE_OTHER, answer.text
    assert new == {interviews / "files" / stored}
    assert visitor.get(f"{NOTE}?tab=parts").status == HTTPStatus.OK


def test_a_file_whose_name_spans_lines_changes_no_key_of_the_interview(visitor: Visitor, interviews: Path):
    answer = taken(visitor, interviews, "plan.pdf\n    email: mallory@example.com")

    assert answer.status in {HTTPStatus.SEE_OTHER, HTTPStatus.BAD_REQUEST}
    assert (
        "To: Willem van der Berg &lt;w.vanderberg@harborline-castings.example&gt;"
        in visitor.get(f"{NOTE}?tab=source").text
    )


def test_a_folder_of_files_that_is_a_link_takes_nothing(visitor: Visitor, interviews: Path, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (interviews / "files" / "sheet.txt").unlink()
    (interviews / "files").rmdir()
    (interviews / "files").symlink_to(tmp_path / "elsewhere")

    answer = taken(visitor, interviews, "plan.pdf")

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert list((tmp_path / "elsewhere").iterdir()) == []
