"""What changes on disk or in the outbox shows in the open page, and nothing of what somebody does there is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.desks import INTERVIEW, Place, faults_of, interview_file, open_desk
from tests.command import clean_environment, run_mailer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import FrameLocator, Page

NOTE = "/interviews/harborline/vanderberg"
TOLD = ("the plant tour", "the walk through the foundry")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Run one desk for these tests; each begins with the same interview."""
    with open_desk(tmp_path_factory.mktemp("desk")) as place:
        yield place


@pytest.fixture
def path(place: Place) -> Path:
    return interview_file(place)


@pytest.fixture
def note(page: Page, place: Place, path: Path) -> Iterator[Page]:
    """Open the note, listening, and see to it that nothing went wrong on the page."""
    faults = faults_of(page)
    with page.expect_response("**/events?*"):
        page.goto(place.server.link(NOTE))
    page.evaluate("window.stayed = 'here'")
    yield page
    assert faults == []


def letter_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe >> nth=0")


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def rename(path: Path, content: bytes) -> None:
    """Save as editors do: a new file beside it, then one atomic rename."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_bytes(content)
    beside.replace(path)


@pytest.mark.parametrize("save", [write, rename])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_saved_file_shows_in_the_open_page(
    note: Page, path: Path, save: Callable[[Path, bytes], None], line_end: str
) -> None:
    from playwright.sync_api import expect

    expect(letter_of(note).get_by_text(TOLD[0])).to_be_visible()

    save(path, INTERVIEW.replace(*TOLD).replace("\n", line_end).encode())

    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    assert note.evaluate("window.stayed") == "here"


def test_the_page_stays_where_it_was_scrolled_to(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    note.set_viewport_size({"width": 1000, "height": 400})
    note.evaluate("scrollTo(0, 300)")

    path.write_text(INTERVIEW.replace(*TOLD))

    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    assert note.evaluate("scrollY") == 300


def test_the_letter_is_drawn_behind_the_old_one_and_never_blank(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    note.evaluate(
        """() => { window.fewest = 9; new MutationObserver(() => {
             const shown = [...document.querySelectorAll('iframe')].filter(f => !f.classList.contains('arriving'));
             window.fewest = Math.min(window.fewest, shown.length); })
           .observe(document.body, { childList: true, subtree: true, attributes: true }); }"""
    )

    path.write_text(INTERVIEW.replace(*TOLD))

    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    assert note.evaluate("window.fewest") == 1


def test_words_that_are_being_typed_stay_when_the_file_changes_underneath(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    note.get_by_role("textbox", name="Its address").fill("castings-mon")  # no address yet, so it cannot be kept
    expect(note.get_by_text("begins with https://")).to_be_visible()
    path.write_text(INTERVIEW.replace(*TOLD))

    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    expect(note.get_by_role("textbox", name="Its address")).to_have_value("castings-mon")


def test_fields_nobody_touches_take_what_the_file_says_now(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    path.write_text(INTERVIEW.replace(*TOLD))

    expect(note.get_by_label("What are you thanking for?")).to_have_value(
        f"{TOLD[1]}, and letting me talk to the operators on line 3"
    )


def test_what_another_program_saved_is_not_undone_by_typing_elsewhere(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    path.write_text(INTERVIEW.replace(*TOLD))
    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    note.get_by_label("What can they ask you for?").fill("the two audit reports")
    expect(note.get_by_text("Saved", exact=True)).to_be_visible()

    assert TOLD[1] in path.read_text()
    assert "offer: the two audit reports" in path.read_text()


def test_a_theme_that_changes_shows(note: Page, place: Place) -> None:
    from playwright.sync_api import expect

    folder = place.home / "templates" / "theme"
    folder.mkdir(parents=True, exist_ok=True)
    theme = folder / "plain.css"

    theme.write_text("p { letter-spacing: 3px }\n")

    expect(letter_of(note).locator("p").first).to_have_css("letter-spacing", "3px")
    theme.unlink()
    expect(letter_of(note).locator("p").first).to_have_css("letter-spacing", "normal")


def test_a_file_that_does_not_read_says_so_and_recovers(note: Page, path: Path) -> None:
    from playwright.sync_api import expect

    path.write_text(INTERVIEW.replace("timezone: America/Detroit", "timezone: Detroit"))
    said = note.get_by_role("status").filter(has_text="Detroit")
    expect(said).to_contain_text("timezone")

    path.write_text(INTERVIEW.replace(*TOLD))

    expect(letter_of(note).get_by_text(TOLD[1])).to_be_visible()
    expect(note.get_by_text("“Detroit”")).to_have_count(0)


def test_a_new_interview_shows_on_the_open_desk(page: Page, place: Place, path: Path) -> None:
    from playwright.sync_api import expect

    with page.expect_response("**/events?*"):
        page.goto(place.server.link("/"))
    other = interview_file(place, INTERVIEW.replace("Harborline Castings", "Kettle & Sons"), "kettle.md")

    expect(page.get_by_role("main")).to_contain_text("Kettle & Sons")
    other.unlink()
    expect(page.get_by_role("main")).not_to_contain_text("Kettle & Sons")


def test_what_another_process_does_in_the_outbox_shows(page: Page, place: Place, path: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page.goto(place.server.link(f"{NOTE}/send?when=tomorrow+8:30"))
    with page.expect_response("**/events?*"):
        page.get_by_role("button", name="Queue for Wed 08:30 in Detroit").click()
    expect(page.get_by_role("main")).to_contain_text("Queued for Wed 08:30 in Detroit.")

    entry = page.url.rpartition("/")[2]
    environment = clean_environment(tmp_path) | {"MAILER_HOME": str(place.home)}
    done = run_mailer("outbox", "cancel", entry, environment=environment)

    assert done.status == 0, done.err
    expect(page.get_by_role("main")).to_contain_text("You cancelled your note to Willem van der Berg")


def test_the_page_says_so_when_the_desk_is_gone(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with open_desk(tmp_path) as place:
        interview_file(place)
        page.goto(place.server.link(NOTE))
    page.get_by_role("link", name="Phone").click()

    expect(page.get_by_text("The desk does not answer.")).to_be_visible()
