"""Every answer of the desk bears its seals, and no page has anything in it that they would have to stop."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from mailer.web.guard import MAIL_POLICY, MAX_FORM_BYTES, PAGE_POLICY
from mailer.web.note import SCHEMES, TABS, VIEWS
from mailer.web.routes import PAGES
from tests.parts.web.conftest import NOTE, send
from tests.visitor import ask

if TYPE_CHECKING:
    from mailer.web import Server
    from tests.visitor import Answer, Visitor

SEALS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

#: Each page with what its URL may add.
VIEWED = [
    *(url for url, show, _ in PAGES if show),
    *(f"{NOTE}?tab={tab}" for tab in TABS),
    *(f"{NOTE}?view={view}&scheme={scheme}" for view in VIEWS for scheme in SCHEMES),
    f"{NOTE}?write=freely&images=off&marks=off",
    f"{NOTE}/send?when=tomorrow+8:30",
    f"{NOTE}/send?when=%3Cscript%3E",
    "/settings?done=kept",
]
ERRORS = [
    "/no/such/page",
    "/interviews/nobody",
    "/interviews/harborline/nobody",
    "/interviews/harborline/nobody/letter",
    f"{NOTE}?kind=follow-up",
    f"{NOTE}/attached/7",
    "/outbox/x",
    "/enter",
]


@pytest.fixture(scope="module")
def entry(guest: Visitor) -> str:
    """Queue the note, and return the id of its entry."""
    return send(guest).rpartition("/")[2]


def sealed(answer: Answer, policy: str = PAGE_POLICY) -> bool:
    assert {name: answer.header(name) for name in SEALS} == SEALS
    assert answer.header("content-security-policy") == policy
    assert not [name for name, _ in answer.headers if name.startswith("access-control-") or name == "server"]
    return True


def filled(url: str, entry: str) -> str:
    return url.format(slug="harborline", person="vanderberg", index="0", id=entry)


@pytest.mark.parametrize("url", VIEWED)
def test_every_page_is_sealed(guest: Visitor, entry: str, url: str):
    answer = guest.get(filled(url, entry))

    is_letter = url.endswith("/letter")
    assert answer.status in {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert sealed(answer, MAIL_POLICY.format(images="data:") if is_letter else PAGE_POLICY)


@pytest.mark.parametrize("url", [url for url, *_ in PAGES])
def test_the_answer_to_every_form_is_sealed(guest: Visitor, url: str):
    wrong = guest.post(filled(url, "x"), {"token": "x"})
    foreign = guest.post(filled(url, "x"), Origin="http://evil.example")
    cookieless = guest.post(filled(url, "x"), Cookie="")

    assert all(map(sealed, (wrong, foreign, cookieless)))


@pytest.mark.parametrize("url", ["/capture", "/settings", f"{NOTE}/file", "/outbox/x", "/doctor"])
def test_what_a_form_leads_to_is_sealed(visitor: Visitor, url: str):
    assert sealed(visitor.post(url, {"more": "yes"}))


@pytest.mark.parametrize("url", ERRORS)
def test_every_error_is_sealed(guest: Visitor, url: str):
    answer = guest.get(url)

    assert answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
    assert sealed(answer)


@pytest.mark.parametrize("url", ["/", "/enter?ticket=x", "/events", "/desk.css", "/no/such/page"])
def test_what_strangers_and_foreign_names_are_told_is_sealed(shared: Server, url: str):
    assert sealed(ask(shared.port, url))
    assert sealed(ask(shared.port, url, headers={"Host": "evil.example"}))


def test_the_way_in_is_sealed(shared: Server):
    answer = ask(shared.port, shared.link().partition(str(shared.port))[2])

    assert answer.status == HTTPStatus.SEE_OTHER
    assert sealed(answer)


@pytest.mark.parametrize(("url", "media_type"), [("/desk.css", "text/css"), ("/desk.js", "text/javascript")])
def test_style_sheet_and_script_are_sealed(shared: Server, url: str, media_type: str):
    answer = ask(shared.port, url)

    assert sealed(answer)
    assert answer.header("content-type") == f"{media_type}; charset=utf-8"


def test_a_body_that_is_too_large_is_answered_under_seal(guest: Visitor):
    answer = guest.ask("/capture", method="POST", headers={"Origin": guest.origin}, body=b"x" * (MAX_FORM_BYTES + 1))

    assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert sealed(answer)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
def test_a_way_of_asking_that_a_page_does_not_know_is_answered_under_seal(guest: Visitor, method: str):
    assert sealed(guest.ask(f"{NOTE}/answer", method=method, headers={"Origin": guest.origin}))


@pytest.mark.parametrize("url", [f"{NOTE}/note.eml", f"{NOTE}/attached/0"])
def test_a_download_is_never_shown_in_place(guest: Visitor, url: str):
    answer = guest.get(url)

    assert sealed(answer)
    assert answer.header("content-type") == "application/octet-stream"
    assert answer.header("content-disposition").startswith("attachment; ")


@pytest.mark.parametrize(("query", "images"), [("", "data:"), ("?images=shown", "data:"), ("?images=off", "'none'")])
@pytest.mark.parametrize("marks", ["shown", "off"])
def test_a_letter_is_sealed_more_tightly(guest: Visitor, query: str, images: str, marks: str):
    answer = guest.get(f"{NOTE}/letter{query}{'&' if query else '?'}marks={marks}")

    policy = answer.header("content-security-policy")
    assert sealed(answer, MAIL_POLICY.format(images=images))
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script-src" not in policy


# --- what is in the pages


class Page(HTMLParser):
    """What a page would load or run: inline code, and addresses by their attribute."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self.linked: list[tuple[str, dict[str, str]]] = []
        self.frames: list[dict[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.inline += ["script"] if tag == "script" and "src" not in given else []
        self.inline += [tag] if tag in {"style", "base", "object", "embed"} else []
        names = ("src", "srcset", "action", "formaction", "data", "poster", "background", "ping")
        self.loaded += [given[name] for name in names if name in given]
        if tag == "link":
            self.loaded.append(given["href"])
        if tag == "a":
            self.linked.append((given["href"], given))
        if tag == "iframe":
            self.frames.append(given)


def pages_of(guest: Visitor, entry: str) -> dict[str, Page]:
    answers = {url: guest.get(filled(url, entry)) for url in (*VIEWED, *ERRORS)}
    own = {url: answer for url, answer in answers.items() if not url.endswith("/letter")}
    return {url: Page(a.text) for url, a in own.items() if a.header("content-type").startswith("text/html")}


def test_no_page_has_a_script_or_a_style_of_its_own(guest: Visitor, entry: str):
    assert {url: page.inline for url, page in pages_of(guest, entry).items() if page.inline} == {}


def test_no_page_loads_or_asks_anything_elsewhere(guest: Visitor, entry: str):
    loaded = {url for page in pages_of(guest, entry).values() for url in page.loaded}

    assert "/desk.css" in loaded
    assert [url for url in loaded if not re.match(r"/(?!/)|data:,$", url)] == []


def test_a_link_that_leads_out_says_nothing_of_where_it_stood(guest: Visitor, entry: str):
    links = [link for page in pages_of(guest, entry).values() for link in page.linked]
    out = [attributes for href, attributes in links if urlsplit(href).netloc]

    assert out
    assert all(set(found["rel"].split()) == {"noreferrer", "noopener"} for found in out)
    assert all(urlsplit(found["href"]).scheme == "https" for found in out)


def test_each_frame_is_sandboxed_without_an_exception(guest: Visitor, entry: str):
    frames = [frame for page in pages_of(guest, entry).values() for frame in page.frames]

    assert frames
    assert {frame["sandbox"] for frame in frames} == {""}
    assert all(frame["src"].startswith(f"{NOTE}/letter") and "srcdoc" not in frame for frame in frames)
