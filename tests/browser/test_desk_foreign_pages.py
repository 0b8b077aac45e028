"""A page of another origin in the same browser, the cookie with it, can do nothing to the desk and read nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk import running_desk, settings_file
from tests.foreign_site import ForeignSite, foreign_site
from tests.parts.web.conftest import NOTE, write_interview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from mailer.web import Server

#: A site of another port is the same site to a browser, which sends it SameSite cookies; one of another name is not.
NAMES = ["127.0.0.1", "localhost"]

#: Ask in every way in which a page can, and say what came of each.
ATTEMPTS = """async ({desk, note}) => {
  const told = {};
  const loads = (tag, given) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), given);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("refused");
    document.body.append(element);
  });
  const asks = async (url, options) => {
    try {
      const answer = await fetch(url, {credentials: "include", ...options});
      return `${answer.type} ${answer.status} ${await answer.text()}`;
    } catch { return "refused"; }
  };
  const form = new URLSearchParams({company: "Acme Foundries", token: "x", more: "yes"});
  told.cors = await asks(desk + note);
  told.noCors = await asks(desk + note, {mode: "no-cors"});
  told.post = await asks(desk + "/capture", {method: "POST", body: form});
  told.postNoCors = await asks(desk + "/capture", {method: "POST", body: form, mode: "no-cors"});
  told.postText = await asks(desk + "/capture", {method: "POST", body: "company=Acme Foundries", mode: "no-cors"});
  told.put = await asks(desk + "/capture", {method: "PUT", headers: {"x-a": "b"}});
  told.script = await loads("script", {src: desk + "/desk.js"});
  told.page = await loads("script", {src: desk + note});
  told.style = await loads("link", {rel: "stylesheet", href: desk + "/desk.css"});
  told.image = await loads("img", {src: desk + note + "/attached/0"});
  told.object = await loads("object", {data: desk + note + "/letter"});
  told.events = await new Promise((resolve) => {
    const source = new EventSource(desk + "/events", {withCredentials: true});
    source.onopen = () => resolve("opened");
    source.onerror = () => resolve(source.readyState === EventSource.CLOSED ? "refused" : "again");
  });
  told.socket = await new Promise((resolve) => {
    const socket = new WebSocket(desk.replace("http", "ws") + "/events");
    socket.onopen = () => resolve("opened");
    socket.onerror = () => resolve("refused");
  });
  return told;
}"""


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Server]:
    """Run a desk with one interview."""
    write_interview(tmp_path / "interviews")
    settings_file(home, interviews=tmp_path / "interviews")
    with running_desk(delivers=False) as server:
        yield server


@pytest.fixture
def site() -> Iterator[ForeignSite]:
    """Run the site of somebody who means ill."""
    with foreign_site() as running:
        running.pages["/"] = "<!doctype html><title>A page</title><body>"
        yield running


def address(desk: Server) -> str:
    return f"http://127.0.0.1:{desk.port}"


def nothing_was_done(desk: Server, page: Page) -> bool:
    """Tell whether a sheet for the next interview is still empty; the desk is asked by the browser that is in."""
    page.goto(f"{address(desk)}/capture")
    return bool(page.get_by_label("Company").input_value() == "")


@pytest.mark.parametrize("name", NAMES)
def test_no_script_of_another_origin_reads_or_does_anything(desk: Server, site: ForeignSite, page: Page, name: str):
    page.goto(desk.link())
    page.goto(f"http://{name}:{site.port}/")

    told = page.evaluate(ATTEMPTS, {"desk": address(desk), "note": NOTE})

    opaque = {way for way, what in told.items() if what == "opaque 0 "}
    assert opaque <= {"noCors", "postNoCors", "postText"}
    assert {what for way, what in told.items() if way not in opaque} == {"refused"}
    assert nothing_was_done(desk, page)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
def test_a_form_of_another_origin_does_nothing(desk: Server, site: ForeignSite, page: Page, name: str, kind: str):
    site.pages["/form"] = (
        f'<!doctype html><form method="post" action="{address(desk)}/capture" enctype="{kind}">'
        '<input name="company" value="Acme Foundries"><input name="more" value="x"><button>Win</button></form>'
    )
    page.goto(desk.link())
    page.goto(f"http://{name}:{site.port}/form")

    with page.expect_response(f"{address(desk)}/capture") as got:
        page.get_by_role("button").click()

    assert got.value.status == 403
    assert nothing_was_done(desk, page)


@pytest.mark.parametrize("path", ["/", NOTE, f"{NOTE}/letter", f"{NOTE}/send", "/settings"])
def test_the_desk_is_not_shown_in_a_frame_of_another_origin(desk: Server, site: ForeignSite, page: Page, path: str):
    site.pages["/frame"] = f'<!doctype html><iframe src="{address(desk)}{path}"></iframe>'
    page.goto(desk.link())

    page.goto(f"{site.url}/frame")

    (frame,) = page.frames[1:]
    assert frame.url.startswith("chrome-error:")


@pytest.mark.parametrize("name", NAMES)
def test_a_window_that_another_origin_opened_tells_it_nothing(desk: Server, site: ForeignSite, page: Page, name: str):
    page.goto(desk.link())
    page.goto(f"http://{name}:{site.port}/")

    with page.expect_popup() as opened:
        page.evaluate("(url) => { window.opened = window.open(url) }", address(desk) + NOTE)
    opened.value.wait_for_load_state()
    told = page.evaluate("() => { try { return opened.document.title } catch { return 'refused' } }")
    seen = [opened.value.evaluate("window.opener"), page.evaluate("opened.closed")]

    assert told in {"refused", ""}
    assert seen == [None, True]


def test_a_second_tab_of_the_same_browser_is_in(desk: Server, page: Page):
    page.goto(desk.link())

    second = page.context.new_page()
    second.goto(f"{address(desk)}/interviews")

    assert second.get_by_role("link", name="Harborline Castings").is_visible()


def test_the_address_bar_keeps_no_ticket(desk: Server, page: Page):
    page.goto(desk.link(NOTE))

    assert page.url == address(desk) + NOTE
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("history.length") <= 2


def test_another_browser_is_refused(desk: Server, page: Page, browser: Browser):
    page.goto(desk.link())

    with browser.new_context() as other:
        stranger = other.new_page()
        answer = stranger.goto(f"{address(desk)}/interviews")

        assert answer
        assert answer.status == 403
        assert stranger.get_by_text("This browser has not been let in").is_visible()


def test_the_cookie_of_one_desk_is_none_at_another(desk: Server, page: Page):
    with running_desk(delivers=False) as second:
        page.goto(desk.link())
        refused = page.goto(address(second))
        page.goto(second.link())
        taken = [page.goto(address(one)) for one in (desk, second)]

    assert refused
    assert refused.status == 403
    assert [answer.status for answer in taken if answer] == [200, 200]


def test_the_old_tab_says_what_to_do_when_the_desk_was_started_anew(home: Path, page: Page):
    with running_desk(delivers=False) as first:
        page.goto(first.link())
    with running_desk(delivers=False, port=first.port):
        page.goto(address(first))

        assert page.get_by_text("Use the newest link in the terminal").is_visible()


def test_a_file_too_large_is_refused_with_a_sentence(desk: Server, page: Page, tmp_path: Path):
    (tmp_path / "film.mp4").write_bytes(bytes(25_000_000))
    page.goto(desk.link(NOTE))

    page.get_by_label("Take in a file to bring").set_input_files(tmp_path / "film.mp4")
    page.get_by_role("button", name="Put it beside the interview").click()

    assert page.get_by_text("so it was not taken").is_visible()
