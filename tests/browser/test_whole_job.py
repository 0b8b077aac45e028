"""Somebody who never opens a terminal comes from an interview and brings a note on its way, on the pages alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mailer.app import drafting
from tests.browser.desks import Place, faults_of, fingerprint_of, interview_file, open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WILLEM = {
    "What are you thanking for?": "the plant tour, and letting me talk to the operators on line 3",
    "How would you put what they said?": "that a die change on line 3 takes seventy minutes on a good day",
    "What makes you want the job?": "the operators were asking the right questions about the trainees",
    "What can they ask you for?": "the audit reports we spoke about",
}
ARTICLE = {
    "What it is called": "Seventy minutes to nineteen",
    "Its address": "https://castings-monthly.example/changeover-times",
    "What they can do with it": "The page of filmed changeovers shows which steps a plant of your size moved.",
    "Minutes to read": "8",
    "Access": "free, no login",
}
ADDRESS = "w.vanderberg@harborline-castings.example"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Run a desk without an interview, on which a note can be undone for a few seconds."""
    with open_desk(tmp_path, undo_s=3) as place:
        yield place


@pytest.mark.parametrize("width", [1280, 375])
def test_a_new_user_goes_from_the_interview_to_a_note_that_was_sent(browser: Browser, place: Place, width: int) -> None:
    from playwright.sync_api import expect

    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme="null") as context:
        page = place.enter(context)
        faults = faults_of(page)

        expect(page.get_by_role("main")).to_contain_text("Nothing is on the desk.")
        page.get_by_role("main").get_by_role("link", name="I just left an interview").click()
        captures(page)
        expect(page.get_by_role("main")).to_contain_text("“The trainees still learn from paper sheets.”")
        page.get_by_role("main").get_by_role("link", name="Willem van der Berg").click()
        writes(page)
        mends_the_stop(page)
        answers_the_question(page)
        shown = queues_and_takes_back(page)
        sends(page, shown)

        assert faults == []
    assert [arrived.envelope_to for arrived in place.sandbox.messages()] == [ADDRESS]
    assert fingerprint_of(place.sandbox.messages()[0].path.read_bytes())[:8] == shown


def captures(page: Page) -> None:
    """Write down two people, and look away in between."""
    from playwright.sync_api import expect

    page.get_by_label("Company").fill("Harborline Castings")
    page.get_by_label("The job").fill("Quality Manager")
    page.get_by_label("When it began, there").fill("2026-11-24 09:00")
    page.get_by_label("Their time zone").fill("America/Detroit")
    page.get_by_label("Name, as they write it").fill("Willem van der Berg")
    page.get_by_label("What lit them up").fill("A die change on line 3 takes us seventy minutes on a good day.")
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name, as they write it")).to_have_value("Willem van der Berg")
    expect(page.get_by_label("When it began, there")).to_have_value("2026-11-24 09:00")
    page.get_by_role("button", name="Somebody else was there").click()
    second = page.get_by_role("group", name="Somebody else")
    second.get_by_label("Name, as they write it").fill("Priya Raghunathan")
    second.get_by_label("What lit them up").fill("The trainees still learn from paper sheets.")
    page.get_by_role("button", name="Put it on the desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harborline Castings")
    expect(page.get_by_role("main")).to_contain_text("Tue 24 Nov 2026, 09:00 in Detroit")


def turns_to(page: Page, name: str) -> None:
    """Go to one of the places of a note, where there is no room for all."""
    if page.viewport_size and page.viewport_size["width"] < 960:
        page.get_by_role("navigation", name="Places of this note").get_by_role("link", name=name).click()


def writes(page: Page) -> None:
    """Answer the four questions, name the article and the address; the greeting is forgotten."""
    from playwright.sync_api import expect

    turns_to(page, "Write")
    for label, words in WILLEM.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("Kind").select_option(label="An article")
    for label, words in ARTICLE.items():
        page.get_by_role("textbox", name=label).fill(words)
    page.get_by_role("textbox", name="Their address").fill(ADDRESS)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def mends_the_stop(page: Page) -> None:
    """Read what stops the note, and greet the reader: the letter and its verdict change without a reload."""
    from playwright.sync_api import expect

    turns_to(page, "Checks")
    checks = page.get_by_role("region", name="Checks")
    expect(checks).to_contain_text("How do you greet Willem van der Berg?")
    expect(page.get_by_role("link", name="What stops it")).to_be_visible()
    page.evaluate("window.stayed = 'here'")
    turns_to(page, "Write")
    page.get_by_label("How you greet them").fill("Dear Mr. van der Berg,")
    letter = page.frame_locator("iframe >> nth=0")
    turns_to(page, "Look")
    expect(letter.get_by_text("Dear Mr. van der Berg,")).to_be_visible()
    turns_to(page, "Checks")
    expect(checks).not_to_contain_text("How do you greet")
    assert page.evaluate("window.stayed") == "here"


def answers_the_question(page: Page) -> None:
    from playwright.sync_api import expect

    checks = page.get_by_role("region", name="Checks")
    expect(checks).to_contain_text("Have you opened “Seventy minutes to nineteen”?")
    checks.get_by_role("button", name="It is there").click()
    turns_to(page, "Checks")
    expect(checks.get_by_text("Ready.", exact=True)).to_be_visible()


def queues_and_takes_back(page: Page) -> str:
    """Queue for the next morning, see both zones, the exact recipient and the bytes' seal, and take it back."""
    from playwright.sync_api import expect

    main = page.get_by_role("main")
    page.get_by_role("link", name="Queue for").click()
    page.get_by_label("When, where they are").fill("tomorrow 8:30")
    page.get_by_role("button", name="Look at that hour").click()
    expect(main).to_contain_text("Wed 25 Nov, 08:30 in Detroit (14:30 for you)")
    expect(main).to_contain_text(f"Willem van der Berg <{ADDRESS}>, and nobody else")
    shown = seal_on(page)
    page.get_by_role("button", name="Queue for Wed 08:30 in Detroit").click()
    expect(main).to_contain_text("Queued for Wed 08:30 in Detroit.")
    expect(main).to_contain_text(shown)
    page.get_by_role("button", name="Cancel it").click()
    expect(main).to_contain_text("You cancelled your note to Willem van der Berg; it was not sent.")
    return shown


def seal_on(page: Page) -> str:
    return re.search(r"Fingerprint\s+([0-9a-f]{8})\b", page.get_by_role("main").inner_text())[1]  # type: ignore[index]  # without a seal the test fails


def sends(page: Page, shown: str) -> None:
    """Send the note that was looked at, and watch it go."""
    from playwright.sync_api import expect

    main = page.get_by_role("main")
    page.get_by_role("link", name="Interviews").first.click()
    main.get_by_role("link", name="Harborline Castings").click()
    main.get_by_role("link", name="Willem van der Berg").click()
    page.get_by_role("link", name="Send to Willem van der Berg").click()
    expect(main).to_contain_text("in a minute, so that you can still take it back")
    assert seal_on(page) == shown
    page.get_by_role("button", name="Send to Willem van der Berg").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("max", "3")
    expect(main).to_contain_text("About to go.")
    expect(main).to_contain_text("Sent. The server took your note to Willem van der Berg.")
    expect(main).to_contain_text("The server said: 250 Kept as mail 1")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    told = page.locator("ol").inner_text()
    steps = ["You queued it", "mailer began to send it", "The whole note was with the server", "The server took it"]
    assert [told.find(step) for step in steps] == sorted(told.find(step) for step in steps)
    assert all(step in told for step in steps)


def test_a_note_can_be_undone_for_a_minute_and_then_was_never_sent(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with open_desk(tmp_path) as place:
        interview_file(place)
        page.goto(place.server.link("/interviews/harborline/vanderberg/send"))
        page.get_by_role("button", name="Send to Willem van der Berg").click()
        expect(page.get_by_role("main")).to_contain_text(re.compile(r"It goes in \d\d seconds"))
        page.get_by_role("button", name="Undo").click()

        expect(page.get_by_role("main")).to_contain_text("You cancelled your note to Willem van der Berg")
        assert place.sandbox.messages() == ()


def test_the_bar_moves_while_somebody_watches(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with open_desk(tmp_path) as place:
        interview_file(place)
        page.goto(place.server.link("/interviews/harborline/vanderberg/send"))
        page.get_by_role("button", name="Send to Willem van der Berg").click()
        bar = page.get_by_role("progressbar")
        first = float(bar.get_attribute("value") or 0)

        expect(page.get_by_text(re.compile(r"5[0-7] seconds"))).to_be_visible()
        assert first < bar.evaluate("bar => bar.value") <= 60


def test_a_note_that_was_changed_after_it_was_looked_at_is_not_sent(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with open_desk(tmp_path) as place:
        path = interview_file(place)
        page.goto(place.server.link("/interviews/harborline/vanderberg/send"))
        path.write_text(path.read_text().replace("the plant tour", "the tour of the plant"))
        page.get_by_role("button", name="Send to Willem van der Berg").click()

        expect(page.get_by_role("alert")).to_contain_text("the note is no longer the one you looked at")
        app = place.wire()
        draft = drafting.drafts(app, drafting.read(app, [path]), to=["vanderberg"])[0]
        assert seal_on(page) == drafting.seal(app, draft).fingerprint[:8]
        assert not app.outbox_exists
        app.close()
