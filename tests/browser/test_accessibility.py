"""Everybody can use the desk: with a screen reader, with the keyboard alone, on a narrow screen, with less motion."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser.gallery import WIDTHS, Gallery, open_gallery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NOTE = "note"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with open_gallery(tmp_path_factory.mktemp("gallery")) as gallery:
        yield gallery


@pytest.fixture
def desk(page: Page, gallery: Gallery) -> Page:
    """Let the page's window in at both desks."""
    for place in (gallery.empty, gallery.full):
        page.goto(place.server.link("/outbox"))
    return page


class Seen(NamedTuple):
    """What was found on one page, open once for all of it."""

    violations: list[str]
    small: list[str]
    headings: int
    landmarks: list[int]
    title: str
    is_too_wide: bool


@pytest.fixture(scope="module")
def seen(browser: Browser, gallery: Gallery) -> dict[str, Seen]:
    """Look at every page."""
    # Without motion: a colour that is still on its way has a contrast of its own.
    with browser.new_context(color_scheme="light", reduced_motion="reduce") as context:
        page = gallery.let_in(context)
        return {name: looked_at(page, gallery, name) for name in gallery.pages}


def looked_at(page: Page, gallery: Gallery, name: str) -> Seen:
    gallery.show(page, name)
    found = []
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        found += [f"{name} {width} light: {said}" for said in violations(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{name} {width} dark: {said}" for said in violations(page, runOnly=ONLY_COLOURS)]
    return Seen(
        found,
        [f"{name}: {said}" for said in page.evaluate(SMALL)],
        page.locator("h1").count(),
        [page.get_by_role("main").count(), page.get_by_role("banner").count()],
        page.title(),
        page.evaluate("document.documentElement.scrollWidth > innerWidth"),
    )


#: A scheme changes colours and nothing else.
ONLY_COLOURS = {"type": "rule", "values": ["color-contrast"]}


def violations(page: Page, **options: object) -> list[str]:
    """Return what axe complains of, each with the first element that it means."""
    from axe_playwright_python.sync_playwright import Axe

    # The letter's frame is sealed, so that no script of ours, axe's neither, can run in it; its html is held elsewhere.
    result = Axe().run(page, options={"resultTypes": ["violations"], "iframes": False} | options)
    return [f"{one['id']} at {one['nodes'][0]['html'][:160]}" for one in result.response["violations"]]


#: Links inside running text are as high as their line (WCAG 2.5.8 excepts them); a box is pressed by its label.
SMALL = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility({ visibilityProperty: true }) && !e.closest('.hidden, .skip'))
  .filter(e => !(e.tagName === 'A' && getComputedStyle(e).display === 'inline' && [...e.parentNode.childNodes].some(
     n => n !== e && n.textContent.trim())))
  .map(e => [(e.matches('[type=checkbox]') ? e.closest('label') : e).getBoundingClientRect().height, e.outerHTML.slice(0, 110)])
  .filter(([height]) => height < 43.5).map(([height, html]) => `${height} px: ${html}`)"""


# --- for programs that read pages


def test_axe_finds_nothing_on_any_page_at_any_width_in_any_scheme(seen: dict[str, Seen]) -> None:
    found = [said for one in seen.values() for said in one.violations]

    assert found == [], "\n".join(found)


def test_each_page_has_one_heading_its_landmarks_and_a_title_of_its_own(seen: dict[str, Seen]) -> None:
    kinds = ("desk", "capture", "interviews", "interview", NOTE, "send", "outbox", "outbox-sent", "settings", "doctor")

    assert {name for name, one in seen.items() if one.headings != 1 or one.landmarks != [1, 1]} == set()
    assert len({seen[name].title for name in kinds}) == len(kinds)


def test_headings_of_a_note_skip_no_level(desk: Page, gallery: Gallery) -> None:
    gallery.show(desk, "note-parts")

    levels = desk.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_changes_by_itself_is_said(desk: Page, gallery: Gallery) -> None:
    gallery.show(desk, NOTE)

    assert desk.locator("#status").get_attribute("aria-live") == "polite"
    assert desk.locator("#saved").get_attribute("role") == "status"


# --- with the keyboard alone


def test_the_first_key_leads_past_the_navigation(desk: Page, gallery: Gallery) -> None:
    gallery.show(desk, NOTE)

    desk.keyboard.press("Tab")
    skip = desk.get_by_role("link", name="To the page")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index]  # it is there
    desk.keyboard.press("Enter")

    assert desk.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", ["desk", "capture", "interview", NOTE, "send", "outbox-queued", "settings"])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(desk: Page, gallery: Gallery, name: str) -> None:
    gallery.show(desk, name)
    wanted = desk.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
              .filter(e => e.type !== 'hidden' && !e.disabled && e.checkVisibility({ visibilityProperty: true }))
              .map((e, i) => { e.dataset.order = i; return i; })"""
    )
    reached: list[int] = []
    unseen: list[str] = []
    for _ in range(len(wanted) + 12):
        desk.keyboard.press("Tab")
        order, outline, tag = desk.evaluate(
            "(e => [Number(e.dataset.order ?? -1), getComputedStyle(e).outlineStyle, e.outerHTML.slice(0, 90)])(document.activeElement)"
        )
        if order in reached[:1]:
            break
        if order >= 0 and order not in reached:
            reached.append(order)
            unseen += [tag] if outline == "none" else []

    assert reached == wanted
    assert unseen == []


def test_a_key_opens_the_list_of_keys_and_another_closes_it(desk: Page, gallery: Gallery) -> None:
    from playwright.sync_api import expect

    gallery.show(desk, "desk")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.keyboard.press("Escape")

    expect(desk.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.parametrize(("key", "path"), [("d", "/"), ("i", "/interviews"), ("o", "/outbox"), ("n", "/capture")])
def test_a_key_leads_to_a_page(desk: Page, gallery: Gallery, key: str, path: str) -> None:
    gallery.show(desk, "settings")

    desk.keyboard.press(key)

    desk.wait_for_url(gallery.full.url(path))


def test_keys_lead_to_the_places_of_a_note(desk: Page, gallery: Gallery) -> None:
    from playwright.sync_api import expect

    desk.set_viewport_size({"width": 375, "height": 700})
    gallery.show(desk, NOTE)
    for key, place in (("c", "Checks"), ("w", "Write"), ("l", "Look"), ("c", "Checks")):
        if key != "w":
            desk.evaluate("document.activeElement.blur()")
        desk.keyboard.press(key)
        expect(desk.get_by_role("region", name=place)).to_be_visible()
        if key == "w":
            expect(desk.get_by_label("In their words")).to_be_focused()


def test_a_key_that_is_typed_into_a_field_is_a_letter(desk: Page, gallery: Gallery) -> None:
    from playwright.sync_api import expect

    gallery.show(desk, "capture")
    desk.get_by_label("Company").press_sequentially("no?")

    expect(desk.get_by_label("Company")).to_have_value("no?")
    assert desk.url == gallery.pages["capture"]
    desk.get_by_label("Company").fill("")
    expect(desk.get_by_text("Kept", exact=True)).to_be_visible()


def test_the_letter_holds_nobody_who_tabs_through_it(desk: Page, gallery: Gallery) -> None:
    gallery.show(desk, NOTE)
    desk.get_by_role("navigation", name="Parts of the mail").get_by_role("link", name="Links").focus()
    tags = []
    for _ in range(8):
        desk.keyboard.press("Tab")
        tags.append(desk.evaluate("document.activeElement.tagName"))

    assert tags[-1] != "IFRAME"
    assert tags.count("IFRAME") <= 2


# --- on a narrow screen, with less motion, in forced colours


def test_targets_on_a_narrow_screen_are_large_enough_for_a_thumb(seen: dict[str, Seen]) -> None:
    small = [said for one in seen.values() for said in one.small]

    assert small == [], "\n".join(small)


def test_nothing_on_a_narrow_screen_scrolls_sideways(seen: dict[str, Seen]) -> None:
    assert [name for name, one in seen.items() if one.is_too_wide] == []


@pytest.mark.parametrize("name", ["desk", NOTE, "outbox-undo"])
def test_nothing_moves_for_somebody_who_wants_less_motion(desk: Page, gallery: Gallery, name: str) -> None:
    desk.emulate_media(reduced_motion="reduce")
    gallery.show(desk, name)

    moving = desk.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
             const s = getComputedStyle(e);
             return s.animationName !== 'none' || s.transitionDuration.split(', ').some(t => parseFloat(t) > 0); })
           .map(e => e.outerHTML.slice(0, 80))"""
    )

    assert moving == []


def test_forced_colours_keep_the_words_and_the_buttons_edges(desk: Page, gallery: Gallery) -> None:
    desk.emulate_media(forced_colors="active")
    gallery.show(desk, NOTE)
    act = desk.locator("#act")

    words = act.inner_text()
    styles = desk.locator("#save").evaluate("e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).color]")

    assert re.search("ready|question", words)
    assert styles[0] == "solid"
    assert styles[1] != desk.locator("#save").evaluate("e => getComputedStyle(e).backgroundColor")
