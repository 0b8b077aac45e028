"""The tabs of a note show what the mail holds, what programs make of it, and open what was asked for and no more."""

from __future__ import annotations

import stat
import sys
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.needs import needs
from tests.parts.web.conftest import NOTE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.visitor import Visitor

#: What is begun beside a page comes within moments.
PATIENCE_S = 20


def becomes(visitor: Visitor, path: str, words: str) -> bool:
    """Tell whether a page says something within a while."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if words in visitor.get(path).text:
            return True
        time.sleep(0.05)
    return False


def test_headers_are_shown_decoded_and_as_they_travel(visitor: Visitor):
    page = visitor.get(f"{NOTE}?tab=headers").text

    assert "<dt>Subject</dt><dd>Thank you for the tour of line 3</dd>" in page
    assert "Subject: Thank you for the tour of line 3\n" in page


def test_what_is_attached_has_its_type_its_size_and_its_fingerprint(visitor: Visitor, interviews: Path):
    from hashlib import sha256

    page = visitor.get(f"{NOTE}?tab=parts").text

    assert "text/plain, 19 bytes" in page
    assert sha256((interviews / "files" / "sheet.txt").read_bytes()).hexdigest() in page


def test_what_is_attached_comes_as_it_is_and_is_shown_nowhere(visitor: Visitor, interviews: Path):
    answer = visitor.get(f"{NOTE}/attached/0")

    assert answer.body == (interviews / "files" / "sheet.txt").read_bytes()
    assert answer.header("content-disposition").startswith("attachment;")
    assert answer.header("content-type") == "application/octet-stream"


def test_an_attachment_that_is_not_there_has_a_page_that_says_so(visitor: Visitor):
    assert visitor.get(f"{NOTE}/attached/1").status == HTTPStatus.NOT_FOUND


def test_the_source_ends_with_the_last_boundary(visitor: Visitor):
    page = visitor.get(f"{NOTE}?tab=source").text

    assert "--=_mixed_" in page.rpartition("</pre>")[0][-80:]


@needs("spamassassin")
def test_mail_programs_are_named_with_the_day_of_their_tests_and_what_decides_elsewhere(visitor: Visitor):
    page = visitor.get(f"{NOTE}?tab=programs").text

    for words in ("Gmail", "Outlook classic", "Apple Mail", "Yahoo", "Thunderbird", "Proton", "as of Wed 13 May 2026"):
        assert words in page
    assert "SpamAssassin, asked on this machine" in page
    assert "SPF, DKIM and DMARC" in page


def test_no_link_is_opened_before_somebody_asks(visitor: Visitor):
    page = visitor.get(f"{NOTE}?tab=links").text

    assert "https://castings-monthly.example/changeover-times" in page
    assert "Open each once" in page
    assert "reachable" not in page


def test_links_are_opened_when_somebody_asks(visitor: Visitor):
    visitor.post(f"{NOTE}/links", {})

    assert becomes(visitor, f"{NOTE}?tab=links", "Open them again")  # there is no such host: it says so, and why
    assert "failed" in visitor.get(f"{NOTE}?tab=links").text


@pytest.mark.skipif(sys.platform == "win32", reason="the editor of this test is a shell script")
def test_a_line_is_opened_in_the_editor_of_the_user(
    visitor: Visitor, interviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    editor, told = tmp_path / "code", tmp_path / "told"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}.part\nmv {told}.part {told}\n', encoding="utf-8")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(editor))

    answer = visitor.post(f"{NOTE}/edit", {"line": "7"})

    deadline = time.monotonic() + PATIENCE_S
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert answer.status == HTTPStatus.SEE_OTHER
    assert told.read_text(encoding="utf-8").splitlines() == ["--goto", f"{interviews / 'harborline.md'}:7"]


def test_an_editor_that_is_not_there_is_named(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISUAL", "/nowhere/code")

    answer = visitor.post(f"{NOTE}/edit", {"line": "7"})

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "/nowhere/code cannot be started" in answer.text


def test_people_and_what_they_are_brought_have_a_place(visitor: Visitor):
    assert "Willem van der Berg" in visitor.get("/people").text
    assert "A sheet for timing a die change" in visitor.get("/gifts").text
