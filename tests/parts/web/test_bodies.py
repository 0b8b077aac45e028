"""A body that is too large, or no form at all, is turned away with a sentence, and nothing of it is kept."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.attachments import MAX_FILE_BYTES
from mailer.web.guard import MAX_FORM_BYTES, MAX_UPLOAD_BYTES
from tests.parts.web.conftest import NOTE
from tests.visitor import ask_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Answer, Visitor

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def version_of(visitor: Visitor) -> str:
    return str(re.findall(r'name="version" value="([^"]+)"', visitor.get(NOTE).text)[0])


def sent(visitor: Visitor, body: bytes, *, path: str = "/capture", chunked: bool = False, **headers: str) -> Answer:
    given = FORM | {"Origin": visitor.origin} | {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.ask(path, method="POST", headers=given, body=body, chunked=chunked)


# --- files


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_file_far_too_large_is_not_taken(visitor: Visitor, interviews: Path, *, chunked: bool):
    answer = visitor.upload(f"{NOTE}/file", "film.mp4", bytes(MAX_UPLOAD_BYTES), chunked=chunked)

    assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "more than 21 MB, so it was not taken" in answer.text
    assert [path.name for path in (interviews / "files").iterdir()] == ["sheet.txt"]


def test_a_file_a_little_too_large_is_not_taken(visitor: Visitor, interviews: Path):
    content = bytes(MAX_FILE_BYTES + 1)

    answer = visitor.upload(f"{NOTE}/file", "film.mp4", content, version=version_of(visitor))

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "more than the 20,971,520 that may be attached" in answer.text
    assert [path.name for path in (interviews / "files").iterdir()] == ["sheet.txt"]


def test_the_largest_file_is_taken(visitor: Visitor, interviews: Path):
    content = bytes(MAX_FILE_BYTES)

    answer = visitor.upload(f"{NOTE}/file", "film.mp4", content, version=version_of(visitor))

    assert answer.status == HTTPStatus.SEE_OTHER
    assert (interviews / "files" / "film.mp4").stat().st_size == MAX_FILE_BYTES


def test_a_file_with_an_old_form_is_not_kept(visitor: Visitor, interviews: Path):
    answer = visitor.upload(f"{NOTE}/file", "plan.pdf", b"plan", token="x", version=version_of(visitor))

    assert answer.status == HTTPStatus.FORBIDDEN
    assert [path.name for path in (interviews / "files").iterdir()] == ["sheet.txt"]


def test_a_form_without_a_file_says_so(visitor: Visitor):
    answer = visitor.post(f"{NOTE}/file", {"upload": "no file but words", "version": version_of(visitor)})

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "No file was chosen" in answer.text


# --- forms


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_form_too_large_is_not_taken(visitor: Visitor, *, chunked: bool):
    body = f"token={visitor.token}&company=Acme&role=".encode() + b"x" * MAX_FORM_BYTES

    answer = sent(visitor, body, chunked=chunked)

    assert answer.status in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.BAD_REQUEST}
    assert "Acme" not in visitor.get("/capture").text


def test_a_chunked_form_of_many_fields_ends_at_the_limit(visitor: Visitor):
    answer = sent(visitor, b"a" * 65536 * 65, chunked=True, Content_Type="multipart/form-data; boundary=a")

    assert answer.status in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.BAD_REQUEST}


def test_thousands_of_fields_are_not_read(visitor: Visitor):
    fields = "&".join(f"person_name={number}" for number in range(5000))

    answer = sent(visitor, f"token={visitor.token}&company=Acme&more=x&{fields}".encode())

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "Acme" not in visitor.get("/capture").text


def test_a_length_that_is_no_number_is_refused(visitor: Visitor):
    head = f"POST /capture HTTP/1.1\r\nHost: 127.0.0.1:{visitor.port}\r\nCookie: {visitor.cookie}\r\n"

    for length in ("x", "-1", "1e9", "9" * 30, "٣"):
        answer = ask_raw(visitor.port, f"{head}Content-Length: {length}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 "))


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=a", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n"),
        ("multipart/form-data; boundary=a; charset=nonsense", b"--a--\r\n"),
        ("multipart/form-data; boundary=a", b"--a\r\n" + b"X: y\r\n" * 5000),
        ("multipart/form-data; boundary=\xff", b"--\xff--"),
        ("application/x-www-form-urlencoded", b"%"),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00=%zz&&=&;"),
        ("", b"token"),
    ],
)
def test_what_is_no_form_is_no_fault_of_mailer(guest: Visitor, media_type: str, body: bytes):
    answer = sent(guest, body, Content_Type=media_type)

    assert answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}
    assert "Traceback" not in answer.text


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=5))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_is_a_fault_of_mailer(guest: Visitor, fields: dict[str, str]):
    for path in ("/outbox/x", f"{NOTE}/answer", f"{NOTE}/edit", "/settings/service"):
        kept = {name: value for name, value in fields.items() if name not in {"token", "verb"}}
        answer = guest.post(path, {name: value.encode(errors="replace").decode() for name, value in kept.items()})

        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize("line", ["", "x", "-1", "0", "9" * 5000, "٣", "1; rm -rf x", "1\nx"])
def test_a_line_that_is_none_opens_no_editor(
    guest: Visitor, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("VISUAL", "code")
    monkeypatch.setenv("PATH", str(tmp_path))

    answer = guest.post(f"{NOTE}/edit", {"line": line})

    assert answer.status == HTTPStatus.BAD_REQUEST
