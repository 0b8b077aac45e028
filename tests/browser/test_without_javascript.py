"""The whole job is done without a script: by links, by buttons, and by pages that look again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.desks import INTERVIEW, Place, interview_file, open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NOTE = "/interviews/harborline/vanderberg"
UNREAD = INTERVIEW.replace("      read_on: 2026-11-24\n", "")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_desk(tmp_path_factory.mktemp("desk"), undo_s=4) as place:
        yield place


@pytest.fixture
def plain(browser: Browser, place: Place) -> Iterator[Page]:
    """Open a window in which no script runs."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False) as context:
        yield place.enter(context, "/")


def test_people_are_written_down(plain: Page, place: Place) -> None:
    from playwright.sync_api import expect

    plain.goto(place.url("/capture"))
    plain.get_by_label("Company").fill("Kettle & Sons")
    plain.get_by_label("The job").fill("Quality Manager")
    plain.get_by_label("When it began, there").fill("2026-11-24 10:00")
    plain.get_by_label("Their time zone").fill("America/Detroit")
    plain.get_by_label("Name, as they write it").fill("Ama Boateng")
    plain.get_by_role("button", name="Somebody else was there").click()
    expect(plain.get_by_label("Company")).to_have_value("Kettle & Sons")
    plain.get_by_label("Name, as they write it").last.fill("Kofi Mensah")
    plain.get_by_role("button", name="Put it on the desk").click()

    expect(plain.get_by_role("heading", level=1)).to_have_text("Kettle & Sons")
    expect(plain.get_by_role("main")).to_contain_text("Ama Boateng")
    expect(plain.get_by_role("main")).to_contain_text("Kofi Mensah")


def test_a_note_is_saved_and_looked_at_by_tabs_and_switches(plain: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = interview_file(place)
    plain.goto(place.url(NOTE))
    plain.get_by_label("What can they ask you for?").fill("the two audit reports")
    plain.get_by_role("button", name="Save").click()
    expect(plain.frame_locator("iframe").get_by_text("the two audit reports")).to_be_visible()
    assert "offer: the two audit reports" in path.read_text()

    plain.get_by_role("link", name="Both").click()
    expect(plain.locator("iframe")).to_have_count(2)
    plain.get_by_role("link", name="Dark", exact=True).click()
    expect(plain.locator("iframe").first).to_have_css("color-scheme", "dark")
    plain.get_by_role("link", name="Text", exact=True).click()
    expect(plain.get_by_role("region", name="Look")).to_contain_text("the two audit reports, just tell me")
    for tab, words in (("Headers", "Message-ID"), ("Parts", "text/plain"), ("Source", "MIME-Version: 1.0")):
        plain.get_by_role("link", name=tab, exact=True).click()
        expect(plain.get_by_role("region", name="Look")).to_contain_text(words)


def test_only_the_fields_of_what_is_brought_are_shown(plain: Page, place: Place) -> None:
    from playwright.sync_api import expect

    interview_file(place)
    plain.goto(place.url(NOTE))
    brought = plain.get_by_role("group", name="What you bring")
    expect(brought.get_by_role("textbox", name="Its address")).to_be_visible()

    brought.get_by_label("Kind").select_option("contact")

    expect(brought.get_by_role("textbox", name="Their name")).to_be_visible()
    expect(brought.get_by_role("textbox", name="Its address")).to_have_count(0)


def test_a_file_that_changed_underneath_is_not_written_over(plain: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = interview_file(place)
    plain.goto(place.url(NOTE))
    path.write_text(INTERVIEW.replace("the plant tour", "the walk"))
    plain.get_by_label("What can they ask you for?").fill("the two audit reports")
    plain.get_by_role("button", name="Save").click()

    expect(plain.get_by_role("main")).to_contain_text("the two audit reports")
    expect(plain.get_by_role("main")).to_contain_text("thanks: the walk")
    plain.get_by_role("link", name="Go on with the file’s").click()
    expect(plain.get_by_label("What are you thanking for?")).to_have_value(re.compile("^the walk"))


def test_a_question_is_answered_and_a_note_queued_undone_and_sent(plain: Page, place: Place) -> None:
    from playwright.sync_api import expect

    interview_file(place, UNREAD)
    main = plain.get_by_role("main")
    plain.goto(place.url(NOTE))
    plain.get_by_role("region", name="Checks").get_by_role("button", name="It is there").click()
    expect(plain.get_by_text("Ready.", exact=True)).to_be_visible()

    plain.get_by_role("link", name="Queue for").click()
    plain.get_by_role("button", name="Queue for").click()
    expect(main).to_contain_text("Queued for Tue 16:30 in Detroit.")
    plain.get_by_role("button", name="Cancel it").click()
    expect(main).to_contain_text("it was not sent")

    plain.goto(place.url(f"{NOTE}/send"))
    plain.get_by_role("button", name="Send to Willem van der Berg").click()
    plain.get_by_role("button", name="Undo").click()
    expect(main).to_contain_text("it was not sent")
    assert place.sandbox.messages() == ()

    plain.goto(place.url(f"{NOTE}/send"))
    plain.get_by_role("button", name="Send to Willem van der Berg").click()
    expect(main).to_contain_text("It goes in")
    expect(main).to_contain_text("Sent. The server took your note to Willem van der Berg.")
    expect(main).to_contain_text("250 Kept as mail 1")
    assert len(place.sandbox.messages()) == 1
