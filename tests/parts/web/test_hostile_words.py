"""Words of others are shown as words: nothing in them is markup, a template or a header."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App
from mailer.app.attending import Attendant
from mailer.web.note import TABS
from tests.desk import running_desk, settings_file
from tests.parts.web.conftest import INTERVIEW, NOTE, send, write_interview
from tests.smtp_server import SmtpServer
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.web import Server

AHEAD = timedelta(minutes=2)

SCRIPT = "<script>alert(1)</script>"
#: What stands in every place of the interview, quoted for YAML in single quotes.
HOSTILE = f'</title></textarea></pre>{SCRIPT}" onfocus="alert(2)" x="{{{{ 7*191 }}}}{{% raw %}}&lt;b&gt;'
PAGES = [
    "/",
    "/interviews",
    "/interviews/harborline",
    NOTE,
    *(f"{NOTE}?tab={tab}" for tab in TABS),
    f"{NOTE}?write=freely",
    f"{NOTE}/send",
    f"{NOTE}/send?when={SCRIPT}",
]


def hostile_interview() -> str:
    quoted = f"'{HOSTILE}'".replace("{", "{{").replace("}", "}}")
    text = INTERVIEW.replace("Harborline Castings", quoted, 1).replace("Quality Manager", quoted, 1)
    text = text.replace("name: Willem van der Berg", f"name: {quoted}", 1)
    text = text.replace("Dear Mr. van der Berg,", f"'Dear {quoted[1:]}", 1)
    text = text.replace("A die change on line 3 takes us seventy minutes on a good day.", quoted, 1)
    text = text.replace("A sheet for timing a die change", quoted, 1)
    text = text.replace("One page, to hold beside line 3.", quoted, 1)
    return text.replace("subject: Thank you for the tour of line 3", f"subject: {quoted}", 1)


@pytest.fixture
def hostile(home: Path, tmp_path: Path) -> Iterator[Server]:
    """Run a desk of an interview that has markup in every place."""
    folder = tmp_path / "interviews"
    write_interview(folder, text=hostile_interview())
    settings_file(home, interviews=folder, smtp_port=9)
    with running_desk(delivers=False) as server:
        yield server


def is_harmless(page: str) -> bool:
    assert SCRIPT not in page
    assert not re.search(r'"\s+onfocus=', page)
    assert "1337" not in page
    return True


def test_names_and_titles_are_shown_as_they_are_written(hostile: Server):
    visitor = Visitor(hostile)

    pages = {url: visitor.get(url) for url in PAGES}

    assert all(is_harmless(answer.text) for answer in pages.values())
    assert {url for url, a in pages.items() if a.status != HTTPStatus.OK} == {f"{NOTE}/send?when={SCRIPT}"}
    assert HOSTILE in unescape(pages["/interviews/harborline"].text)


def test_an_interview_that_does_not_read_is_quoted_as_words(home: Path, interviews: Path):
    (interviews / "harborline.md").write_text(f"---\ncompany: [{SCRIPT}\n{SCRIPT}: {SCRIPT}\n---\n")
    (interviews / f"{SCRIPT.replace('/', '')}.md").write_text(f"---\n{SCRIPT}: 1\n---\n")
    settings_file(home, interviews=interviews)

    with running_desk(delivers=False) as server:
        visitor = Visitor(server)
        answers = [visitor.get(url) for url in ("/", "/interviews", "/interviews/harborline", NOTE)]

    assert all(is_harmless(answer.text) for answer in answers)


def test_a_template_of_a_note_is_not_one_of_the_page(visitor: Visitor, interviews: Path):
    path = interviews / "harborline.md"
    path.write_text(path.read_text().replace("{{ gift }}", "{{ gift }} {{ 7*191 }} {{ visit.desk.session.cookie }}"))

    pages = [visitor.get(url).text for url in (NOTE, f"{NOTE}?tab=text", "/interviews", "/")]

    assert visitor.cookie.partition("=")[2] not in "".join(pages)


@pytest.mark.parametrize("field", ["company", "role", "start", "timezone", "person_name", "person_heard"])
def test_what_was_typed_after_an_interview_comes_back_as_words(visitor: Visitor, field: str):
    people = {f"person_{name}": "" for name in ("name", "heard", "where", "address", "greeting")}

    visitor.post("/capture", people | {field: HOSTILE, "more": "yes"})
    page = visitor.get("/capture").text

    assert is_harmless(page)
    assert HOSTILE in unescape(page)


@pytest.mark.parametrize("field", ["name", "address", "host", "port", "username", "security"])
def test_what_was_typed_of_an_account_comes_back_as_words(visitor: Visitor, field: str):
    answer = visitor.post("/settings/account", {"address": "ada@example.com", field: HOSTILE})

    assert is_harmless(answer.text)


@pytest.mark.parametrize("name", ["MAILER_PHONE", "MAILER_TIMEZONE", "MAILER_WEEKEND", "MAILER_HOLIDAYS"])
def test_settings_come_back_as_words(visitor: Visitor, name: str):
    answer = visitor.post("/settings", {name: HOSTILE})
    shown = visitor.get("/settings")

    assert is_harmless(answer.text)
    assert is_harmless(shown.text)


def test_what_is_asked_for_comes_back_as_words(guest: Visitor):
    urls = [
        "/outbox/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/interviews/%3Cscript%3Ealert(1)%3Cscript%3E",
        "/interviews/harborline/%22%3E%3Cscript%3Ealert(1)",
        f"{NOTE}/send?when=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/settings?done=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        f"{NOTE}?tab=%3Cscript%3E&view=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ]

    assert all(is_harmless(guest.get(url).text) for url in urls)
    assert not any("<script>alert" in guest.get(url).text for url in urls)


def test_a_file_named_like_markup_is_shown_as_words(visitor: Visitor, interviews: Path):
    version = re.findall(r'name="version" value="([^"]+)"', visitor.get(NOTE).text)[0]

    visitor.upload(f"{NOTE}/file", f'"><b>{{{{ 7*191 }}}}{SCRIPT}\u202e.txt', b"x", version=version)

    for url in (NOTE, f"{NOTE}?tab=parts", f"{NOTE}?tab=headers", f"{NOTE}/send"):
        page = visitor.get(url).text
        assert is_harmless(page)
        assert "<b>{{" not in page
        assert "\u202e" not in page


def deliver_what_is_due_soon(server: SmtpServer) -> None:
    """Have somebody whose clock is two minutes ahead send what is due there."""

    def ahead() -> App:
        return App(settings.read(options={}, environ=os.environ), clock=lambda: datetime.now(tz=UTC) + AHEAD)

    attendant = Attendant(ahead)
    attendant.start()
    server.wait_until(lambda seen: any(command.startswith("RCPT") for command in seen.commands))
    attendant.stop(30)


@pytest.mark.parametrize("reply", [f'550 5.1.1 {SCRIPT}" onfocus="alert(2)', "550 5.1.1 {{ 7*191 }}\x1b[2J\u202e"])
def test_the_reply_of_a_server_is_shown_as_words(home: Path, interviews: Path, reply: str):
    with SmtpServer({"rcpt": reply}) as server:
        settings_file(home, interviews=interviews, smtp_port=server.port)
        with running_desk(delivers=False) as running:
            visitor = Visitor(running)
            url = send(visitor)
            deliver_what_is_due_soon(server)

            pages = [visitor.get(page).text for page in (url, "/outbox", "/")]

    assert server.messages == []
    assert "The server said: <code>550" in pages[0]
    assert all(is_harmless(page) for page in pages)
    assert not any(sign in page for page in pages for sign in ("\x1b", "\u202e"))
