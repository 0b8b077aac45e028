"""The frame around a letter leaks nothing, whatever is in the letter, however it is looked at, and when it is clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.desk import running_desk, settings_file
from tests.foreign_site import ForeignSite, foreign_site
from tests.parts.web.conftest import NOTE, write_interview
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from mailer.web import Server

#: What a mail could fetch with, each with an address of its own. Jinja2 puts in what a theme may not say itself.
HEAD = {
    "stylesheet": '<{{ "link" }} rel="stylesheet" href="URL">',
    "prefetch": '<{{ "link" }} rel="prefetch" href="URL">',
    "preload": '<{{ "link" }} rel="preload" as="image" href="URL">',
    "preload-font": '<{{ "link" }} rel="preload" as="font" href="URL" crossorigin>',
    "modulepreload": '<{{ "link" }} rel="modulepreload" href="URL">',
    "icon": '<{{ "link" }} rel="icon" href="URL">',
    "manifest": '<{{ "link" }} rel="manifest" href="URL">',
    "import": '<style data-premailer="ignore">{{ "@im" }}port url("URL");</style>',
    "css-bg": '<style data-premailer="ignore">body{background:url("URL")}</style>',
    "css-font": '<style data-premailer="ignore">@font-face{font-family:x;src:url("URL")}p{font-family:x}</style>',
    "css-list": '<style data-premailer="ignore">li{list-style-image:url("URL")}</style>',
    "css-content": '<style data-premailer="ignore">p::before{content:url("URL")}</style>',
    "css-cursor": '<style data-premailer="ignore">body{cursor:url("URL"),auto}</style>',
    "css-border": '<style data-premailer="ignore">div{border:1px solid;border-image:url("URL") 1}</style>',
    "css-mask": '<style data-premailer="ignore">div{mask-image:url("URL")}</style>',
    "css-image-set": '<style data-premailer="ignore">ul{background:image-set(url("URL") 1x)}</style>',
    "css-dark": '<style media="(prefers-color-scheme: dark)">p{background:url("URL")}</style>',
    "css-light": '<style media="(prefers-color-scheme: light)">p{background:url("URL")}</style>',
    "css-wide": '<style data-premailer="ignore">@media (min-width:450px){ol{background:url("URL")}}</style>',
    "css-narrow": '<style data-premailer="ignore">@media (max-width:450px){ol{background:url("URL")}}</style>',
    "script-src": '<script src="URL"></script>',
    "script": '<script>new Image().src="URL";fetch("URL");navigator.sendBeacon("URL");location="URL"</script>',
    "refresh": '<meta http-equiv="refresh" content="0;url=URL">',
}
BODY = {
    "img": '<img src="URL" alt="">',
    "srcset": '<img srcset="URL 1x, URL 2x" alt="">',
    "picture": '<picture><source srcset="URL"><img alt=""></picture>',
    "onerror": '<img src="data:x" onerror="new Image().src=\'URL\'" alt="">',
    "style": "<div style=\"background-image:url('URL')\">x</div>",
    "background": '<table background="URL"><tr><td background="URL">x</td></tr></table>',
    "video": '<video src="URL" autoplay></video>',
    "poster": '<video poster="URL"></video>',
    "source": '<video autoplay><source src="URL"></video>',
    "track": '<video src="data:," autoplay><track default src="URL"></video>',
    "audio": '<audio src="URL" autoplay></audio>',
    "object": '<{{ "object" }} data="URL"></object>',
    "embed": '<{{ "embed" }} src="URL">',
    "srcdoc": '<{{ "iframe" }} srcdoc="&lt;img src=URL&gt;"></iframe>',
    "svg-image": '<svg width="9" height="9"><image href="URL" width="9" height="9"/></svg>',
    "svg-use": '<svg><use href="URL#x"/></svg>',
    "svg-style": '<svg><style>rect{fill:url("URL")}</style><rect width="9" height="9"/></svg>',
    "input": '<input type="image" src="URL">',
    "form": '<form action="URL" id="f"><input autofocus onfocus="this.form.submit()"></form>',
    "onload": "<svg onload=\"new Image().src='URL'\"></svg>",
    "lists": "<ul><li>x</li></ul><ol><li>y</li></ol>",
}
THEME = """\
<!DOCTYPE html>
<html lang="{{{{ lang }}}}" dir="{{{{ dir }}}}"><head><meta charset="utf-8">
<title>{{{{ subject }}}}</title>{head}<style>{{{{ css }}}}</style></head>
<body background="{url}/body">{body}<div class="mail">{{{{ content }}}}</div></body></html>
"""
#: A frame in the frame is stopped, too, but Chromium opens a connection before it looks whether it may ask.
FRAME = '<{{{{ "iframe" }}}} src="{url}/iframe"></iframe>'
COVER = '<a id="cover" href="{url}/click" ping="{url}/ping" {target} style="position:fixed;top:0;left:0;width:100%;height:100%">.</a>'

VECTORS = {**HEAD, **BODY, "body": ""}


@pytest.fixture
def site() -> Iterator[ForeignSite]:
    """Run the site that wants to know who reads the letter."""
    with foreign_site() as running:
        yield running


@pytest.fixture
def desk(home: Path, tmp_path: Path, site: ForeignSite) -> Iterator[Server]:
    """Run a desk whose theme has every vector in it."""
    write_interview(tmp_path / "interviews")
    settings_file(home, interviews=tmp_path / "interviews")
    write_theme(home, site)
    with running_desk(delivers=False) as server:
        yield server


def write_theme(home: Path, site: ForeignSite, cover: str = "") -> None:
    pieces = {name: html.replace("URL", f"{site.url}/{name}") for name, html in VECTORS.items()}
    theme = THEME.format(
        url=site.url,
        head="".join(pieces[name] for name in HEAD),
        body="".join(pieces[name] for name in BODY) + cover.format(url=site.url),
    )
    (home / "templates" / "theme").mkdir(parents=True, exist_ok=True)
    (home / "templates" / "theme" / "plain.html.j2").write_text(theme)


def settle(page: Page) -> None:
    """Wait until all that the letter set off would have gone out: what is asked for later has its answer before."""
    with foreign_site() as fence:
        other = page.context.new_page()
        for _ in range(3):
            other.goto(fence.url)
        other.close()


def test_unsealed_such_a_letter_tells_everybody(desk: Server, site: ForeignSite, page: Page):
    letter = Visitor(desk).get(f"{NOTE}/letter").text
    missing = [name for name in VECTORS if name != "lists" and f"{site.url}/{name}" not in letter]
    with foreign_site() as careless:
        careless.pages["/"] = letter.replace('http-equiv="refresh"', "").replace("location=", "x=")
        page.goto(careless.url)
        settle(page)

    assert missing == []
    assert len({asked.path for asked in site.asked}) > 20


@pytest.mark.parametrize(
    ("view", "scheme"),
    [("desktop", "light"), ("phone", "dark"), ("both", "light"), ("both", "dark"), ("both", "forced")],
)
def test_a_letter_full_of_vectors_asks_for_nothing(desk: Server, site: ForeignSite, page: Page, view: str, scheme: str):
    page.goto(desk.link(f"{NOTE}?view={view}&scheme={scheme}"))
    settle(page)

    frames = [frame for frame in page.frames if "/letter" in frame.url]
    assert len(frames) == (2 if view == "both" else 1)
    assert all("Thank you for the plant tour" in frame.content() for frame in frames)
    assert (site.asked, site.connections) == ([], 0)


@pytest.mark.parametrize("images", ["shown", "off"])
@pytest.mark.parametrize("marks", ["shown", "off"])
def test_with_images_and_marks_it_asks_for_nothing(
    desk: Server, site: ForeignSite, page: Page, images: str, marks: str
):
    page.goto(desk.link(f"{NOTE}?images={images}&marks={marks}"))
    settle(page)

    assert (site.asked, site.connections) == ([], 0)


def test_in_a_window_of_its_own_it_asks_for_nothing(desk: Server, site: ForeignSite, page: Page):
    page.goto(desk.link(f"{NOTE}/letter"))
    settle(page)

    assert "Thank you for the plant tour" in page.content()
    assert (site.asked, site.connections) == ([], 0)


def test_a_frame_in_the_frame_asks_for_nothing(home: Path, desk: Server, site: ForeignSite, page: Page):
    write_theme(home, site, FRAME)
    page.goto(desk.link(NOTE))
    settle(page)

    assert site.asked == []


@pytest.mark.parametrize(
    ("button", "target"),
    [("left", ""), ("left", 'target="_blank"'), ("left", 'target="_top"'), ("left", "download"), ("middle", "")],
)
def test_a_click_on_a_link_in_the_letter_goes_nowhere(  # noqa: PLR0917  # fixtures
    home: Path, desk: Server, site: ForeignSite, page: Page, target: str, button: Literal["left", "middle"]
):
    write_theme(home, site, COVER.replace("{target}", target))
    page.goto(desk.link(NOTE))
    settle(page)
    before = page.url

    press(page, button)
    settle(page)

    assert (site.asked, site.connections) == ([], 0)
    assert page.url == before
    assert page.context.pages == [page]


@pytest.mark.parametrize("target", ["", 'target="_blank"', 'target="_top"', "download"])
def test_a_link_in_the_letter_followed_by_the_keyboard_goes_nowhere(
    home: Path, desk: Server, site: ForeignSite, page: Page, target: str
):
    write_theme(home, site, COVER.replace("{target}", target))
    page.goto(desk.link(NOTE))
    settle(page)
    before = page.url

    page.frame_locator("iframe").locator("#cover").press("Enter")
    settle(page)

    assert site.asked == []
    assert page.url == before
    assert page.context.pages == [page]


def test_the_reader_is_told_where_links_can_be_followed(desk: Server, page: Page):
    page.goto(desk.link(NOTE))

    page.locator("details.links summary").click()

    assert page.get_by_text("Nothing in the letter can be followed from here").is_visible()


def press(page: Page, button: Literal["left", "middle"]) -> None:
    """Click into the middle of the letter, whatever lies there."""
    page.locator("iframe").scroll_into_view_if_needed()
    box = page.locator("iframe").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 60, button=button)
