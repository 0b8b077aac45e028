"""Markup in the words of others runs nothing in a browser, and no page asks anybody but the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from mailer.web.note import TABS
from tests.desk import running_desk, settings_file
from tests.parts.web.conftest import NOTE, send, write_interview
from tests.parts.web.test_hostile_words import hostile_interview
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Dialog, Page

    from mailer.web import Server

PAGES = [
    "/",
    "/capture",
    "/interviews",
    "/interviews/harborline",
    NOTE,
    f"{NOTE}?view=both",
    *(f"{NOTE}?tab={tab}" for tab in TABS),
    f"{NOTE}?write=freely",
    f"{NOTE}/send",
    "/outbox",
    "/settings",
    "/doctor",
    "/no/such/page",
]


@pytest.fixture
def desk(home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Run a desk of an interview that has markup in every place where the test says so."""
    folder = tmp_path / "interviews"
    if "hostile" in request.fixturenames:
        write_interview(folder, text=hostile_interview())
    else:
        write_interview(folder)
    settings_file(home, interviews=folder, smtp_port=9)
    with running_desk(delivers=False) as server:
        yield server


@pytest.fixture
def hostile() -> None:
    """Ask for markup in every place."""


def watched(page: Page) -> list[str]:
    """Return a list that grows with all that goes wrong on the page."""
    seen: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    return seen


def test_markup_in_the_words_of_others_runs_nothing(hostile: None, desk: Server, page: Page):
    seen = watched(page)
    page.goto(desk.link())
    scripts = {}

    for url in PAGES:
        page.goto(f"http://127.0.0.1:{desk.port}{url}")
        scripts[url] = [page.locator(f"{tag}").count() for tag in ("script", "[onfocus]", "main b b", "title")]
        for box in page.locator("input:visible, textarea:visible").all()[:5]:
            box.focus()

    assert {url: found for url, found in scripts.items() if found != [1, 0, 0, 1]} == {}
    assert [line for line in seen if "404" not in line] == []


def test_words_that_change_beneath_an_open_page_run_nothing(desk: Server, page: Page, tmp_path: Path):
    seen = watched(page)
    page.goto(desk.link("/interviews/harborline"))

    write_interview(tmp_path / "interviews", text=hostile_interview())
    page.locator("#people").get_by_text("alert(1)").first.wait_for()

    assert seen == []
    assert page.locator("script").count() == 1


def test_every_page_asks_the_desk_and_nobody_else(desk: Server, page: Page):
    entry = send(Visitor(desk))
    asked: list[str] = []
    seen = watched(page)
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(desk.link())

    for url in (*PAGES, entry):
        page.goto(f"http://127.0.0.1:{desk.port}{url}")
        page.wait_for_load_state()

    elsewhere = {url for url in asked if urlsplit(url).netloc != f"127.0.0.1:{desk.port}" and url != "data:,"}
    assert elsewhere == set()
    assert [line for line in seen if "404" not in line] == []
