"""What is written on the page goes into the file, and nothing else of the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer import interviews
from mailer.model import GiftKind
from tests.browser.desks import INTERVIEW, Place, faults_of, interview_file, open_desk, with_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from mailer.model import Gift

NOTE = "/interviews/harborline/vanderberg"
OFFER = "What can they ask you for?"

#: A file as people keep theirs: remarks for themselves, an order of their own, quotes they did not need.
KEPT = INTERVIEW.replace("role: Quality Manager\n", "role:   'Quality Manager'   # the second opening\n").replace(
    "    offer: the audit", "    # they asked twice\n    offer: the audit"
)
FREELY = """
## vanderberg

{{ greeting }}

Thank you for the plant tour. {{ gift }}

{{ me.name }}
"""
FOLLOW_UP = """
## vanderberg (follow-up)

{{ greeting }}

You meant to decide by Friday; may I ask where things stand?

{{ me.name }}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Run one desk for these tests; each puts its own interview there."""
    with open_desk(tmp_path_factory.mktemp("desk")) as place:
        yield place


@pytest.fixture
def desk(page: Page, place: Place) -> Iterator[Page]:
    """Let a window in, and see to it that nothing goes wrong on its pages."""
    faults = faults_of(page)
    page.set_default_timeout(15_000)
    page.goto(place.server.link("/outbox"))
    yield page
    assert faults == []


def open_note(desk: Page, place: Place, text: str = INTERVIEW, path: str = NOTE) -> Path:
    file = interview_file(place, text)
    with desk.expect_response("**/events?*"):
        desk.goto(place.url(path))
    return file


def saved(desk: Page) -> None:
    from playwright.sync_api import expect

    expect(desk.get_by_text("Saved", exact=True)).to_be_visible()


def gift_in(path: Path) -> Gift:
    (gift,) = interviews.read(path).notes[0].gifts
    return gift


# --- the rest of the file


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_field_that_is_typed_changes_its_own_line_of_the_file(desk: Page, place: Place, line_end: str) -> None:
    before = KEPT.replace("\n", line_end)
    path = open_note(desk, place, before)

    desk.get_by_label(OFFER).fill("the two audit reports")
    saved(desk)

    assert path.read_bytes() == before.replace("the audit reports we spoke about", "the two audit reports").encode()


def test_to_look_at_a_note_writes_nothing(desk: Page, place: Place) -> None:
    path = open_note(desk, place, KEPT)
    stamp = path.stat().st_mtime_ns

    desk.get_by_role("button", name="Save").click()
    desk.wait_for_load_state()

    assert (path.read_bytes(), path.stat().st_mtime_ns) == (KEPT.encode(), stamp)


def test_what_a_file_may_not_hold_is_said_and_not_written(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place)

    desk.get_by_role("textbox", name="Its address").fill("castings")

    expect(desk.get_by_text("begins with https://")).to_be_visible()
    assert path.read_text() == INTERVIEW


# --- somebody else's change


def typed_over(desk: Page, place: Place) -> Path:
    """Type while another program saves, and press Save."""
    from playwright.sync_api import expect

    path = open_note(desk, place)
    with desk.expect_response(lambda answer: answer.request.method == "POST"):
        desk.get_by_label(OFFER).press_sequentially(" with")  # the page holds words of its own from here on
        path.write_text(INTERVIEW.replace("the plant tour", "the walk through the foundry"))
    desk.get_by_label(OFFER).fill("my own words")
    expect(desk.get_by_text("Press Save to see both.")).to_be_visible()
    desk.get_by_role("button", name="Save").click()
    return path


@pytest.fixture
def both(desk: Page, place: Place) -> Path:
    return typed_over(desk, place)


def test_a_file_that_changed_underneath_is_not_written_over_and_both_texts_are_shown(desk: Page, both: Path) -> None:
    from playwright.sync_api import expect

    expect(desk.get_by_role("heading", level=1)).to_have_text("The file was changed meanwhile")
    expect(desk.get_by_role("main")).to_contain_text("my own words")
    expect(desk.get_by_role("main")).to_contain_text("the walk through the foundry")
    assert both.read_text() == INTERVIEW.replace("the plant tour", "the walk through the foundry")


def test_ones_own_words_can_be_kept(desk: Page, both: Path) -> None:
    from playwright.sync_api import expect

    desk.get_by_role("button", name="Save mine over it").click()

    expect(desk.get_by_label(OFFER)).to_have_value("my own words")
    assert both.read_text() == INTERVIEW.replace("the audit reports we spoke about", "my own words")


def test_the_words_of_the_file_can_be_taken(desk: Page, both: Path) -> None:
    from playwright.sync_api import expect

    desk.get_by_role("link", name="Go on with the file’s").click()

    expect(desk.get_by_label(OFFER)).to_have_value("the audit reports we spoke about")
    assert "the walk through the foundry" in both.read_text()


# --- free text and four answers


def test_four_answers_can_become_a_text_of_ones_own_and_four_answers_again(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place)
    desk.get_by_role("link", name="Write it freely instead").click()
    box = desk.get_by_label("The note, in Markdown")
    box.fill(FREELY.partition("\n\n")[2])
    saved(desk)
    assert FREELY in path.read_text()
    expect(desk.frame_locator("iframe >> nth=0").get_by_text("Thank you for the plant tour.")).to_be_visible()

    box.fill("")
    saved(desk)
    desk.goto(place.url(NOTE))

    expect(desk.get_by_label(OFFER)).to_have_value("the audit reports we spoke about")
    assert "##" not in path.read_text()


def test_a_text_another_program_writes_takes_the_place_of_the_four_answers(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place)

    path.write_text(INTERVIEW + FREELY)

    expect(desk.get_by_label("The note, in Markdown")).to_have_value(FREELY.partition("\n\n")[2])
    desk.get_by_label("The note, in Markdown").fill(FREELY.partition("\n\n")[2].replace("tour.", "tour today."))
    saved(desk)
    assert path.read_text() == INTERVIEW + FREELY.replace("tour.", "tour today.")


# --- what is brought


def test_an_article_is_written_down(desk: Page, place: Place) -> None:
    path = open_note(desk, place, INTERVIEW.replace("      minutes: 8\n", ""))

    desk.get_by_label("Minutes to read").fill("12")
    saved(desk)

    assert gift_in(path).minutes == 12


def test_a_contact_is_written_down_and_the_article_forgotten(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place)
    desk.get_by_label("Kind").select_option("contact")
    brought = desk.get_by_role("group", name="What you bring")
    expect(brought.get_by_role("textbox", name="Its address")).to_have_count(0)

    brought.get_by_label("What it is called").fill("Somebody who trains die setters")
    brought.get_by_label("Their name").fill("Ama Boateng")
    brought.get_by_label("Their address").fill("ama@die-setters.example")
    brought.get_by_label("They agreed on").fill("2026-11-23")
    brought.get_by_label("Attach it as a card").check()
    saved(desk)

    gift = gift_in(path)
    assert gift.kind is GiftKind.CONTACT
    assert gift.contact is not None
    assert (gift.contact.name, gift.contact.email) == ("Ama Boateng", "ama@die-setters.example")
    assert gift.url == ""
    assert "vcard: true" in path.read_text()


def test_a_list_is_written_down(desk: Page, place: Place) -> None:
    path = open_note(desk, place)

    desk.get_by_label("Kind").select_option("list")
    desk.get_by_label("One thing a line").fill(
        "Red carts\nFilmed changeovers | https://films.example/ | the second one"
    )
    saved(desk)

    assert [item.name for item in gift_in(path).items] == ["Red carts", "Filmed changeovers"]


def test_a_file_that_lies_there_is_chosen(desk: Page, place: Place) -> None:
    (place.interviews / "files").mkdir(parents=True, exist_ok=True)
    (place.interviews / "files" / "times.csv").write_text("step,minutes\n")
    path = open_note(desk, place)

    desk.get_by_label("Kind").select_option("file")
    assert "files/times.csv" in desk.locator("#files option").evaluate_all("all => all.map(one => one.value)")
    desk.get_by_role("combobox", name="The file, beside the interview's").fill("files/times.csv")
    saved(desk)

    assert gift_in(path).file == "files/times.csv"


def test_a_file_that_is_taken_in_lies_beside_the_interview_and_is_attached(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place)
    desk.get_by_label("Kind").select_option("file")
    content = b"%PDF-1.7\n" + bytes(range(256))

    desk.get_by_label("Take in a file to bring").set_input_files(
        {"name": "Die change plan.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    desk.get_by_role("button", name="Put it beside the interview").click()

    expect(desk.get_by_role("combobox", name="The file, beside the interview's")).to_have_value(
        "files/Die change plan.pdf"
    )
    assert (path.parent / "files" / "Die change plan.pdf").read_bytes() == content
    desk.get_by_role("link", name="Parts").click()
    expect(desk.get_by_role("link", name="Die change plan.pdf")).to_be_visible()


def test_nothing_need_be_brought(desk: Page, place: Place) -> None:
    path = open_note(desk, place)

    desk.get_by_label("Kind").select_option(label="Nothing this time")
    saved(desk)

    assert interviews.read(path).notes[0].gifts == ()


# --- other notes


def test_a_follow_up_has_a_page_of_its_own_and_leaves_the_first_note_alone(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    path = open_note(desk, place, INTERVIEW + FREELY + FOLLOW_UP, f"{NOTE}?kind=follow-up")
    box = desk.get_by_label("The note, in Markdown")
    expect(box).to_have_value(FOLLOW_UP.partition("\n\n")[2])

    box.fill(FOLLOW_UP.partition("\n\n")[2].replace("Friday", "Thursday"))
    saved(desk)

    assert path.read_text() == INTERVIEW + FREELY + FOLLOW_UP.replace("Friday", "Thursday")
    desk.get_by_role("link", name="Text", exact=True).click()
    expect(desk.get_by_role("region", name="Look")).to_contain_text("decide by Thursday")


def test_a_joint_note_has_one_page_that_names_all_its_readers(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    with_scenarios(place, "12-policy-analyst")
    desk.goto(place.url("/interviews/12-policy-analyst"))
    links = desk.get_by_role("list").last.get_by_role("link")
    expect(links).to_have_count(1)

    links.click()

    for name in ("D'Souza", "Okonjo", "Lee", "Petrov"):
        expect(desk.get_by_role("heading", level=1)).to_contain_text(name)
    expect(desk.get_by_role("region", name="Look")).to_contain_text("to be passed on")


def test_fifty_people_have_their_pages(desk: Page, place: Place) -> None:
    from playwright.sync_api import expect

    people = "".join(
        f"  - {{name: Person Number{n}, id: p{n}, greeting: 'Dear Person,', email: p{n}@example.com, heard: Word {n}.}}\n"
        for n in range(50)
    )
    head = INTERVIEW.partition("people:\n")[0]
    path = open_note(desk, place, f"{head}people:\n{people}---\n", "/interviews/harborline")
    expect(desk.get_by_role("link", name="Person Number")).to_have_count(50)

    desk.get_by_role("link", name="Person Number37").click()
    desk.get_by_label("What are you thanking for?").fill("the word you gave me")
    saved(desk)

    expect(desk.frame_locator("iframe >> nth=0").get_by_text("the word you gave me")).to_be_visible()
    assert path.read_text().count("thanks:") == 1


def test_words_typed_a_moment_before_another_button_is_pressed_are_kept(desk: Page, place: Place) -> None:
    path = open_note(desk, place, INTERVIEW.replace("      read_on: 2026-11-24\n", ""))

    desk.get_by_label(OFFER).fill("the two audit reports")
    desk.get_by_role("button", name="It is there").first.click()
    desk.wait_for_url("**#checks")

    assert "offer: the two audit reports" in path.read_text()
