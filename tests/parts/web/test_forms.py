"""Nothing is done that a page of the desk did not ask for, whoever sends it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from mailer.web.routes import PAGES
from tests.parts.web.conftest import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.visitor import Visitor

#: Every URL that a form may be sent to, and each of the others.
FORMS = [url for url, _, act in PAGES if act]
PAGES_ONLY = [url for url, _, act in PAGES if not act]

#: What any of those forms would do something with.
FIELDS = {
    "company": "Acme Foundries",
    "role": "Smelter",
    "name": "Mallory",
    "heard": "Acme Foundries",
    "text": "Acme Foundries",
    "step": "cancel",
    "verb": "install",
    "key": "x",
    "line": "1",
    "MAILER_PHONE": "Acme Foundries",
    "address": "mallory@example.com",
}


def filled(url: str) -> str:
    """Return a URL of PAGES with the interview of the test in it."""
    given = {"slug": "harborline", "person": "vanderberg", "index": "0", "id": "0"}
    return url.format(**given)


def state_of(*folders: Path) -> dict[Path, bytes]:
    """Return every file of these folders but the caches, with what is in it."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if "cache" not in path.parts}


@pytest.fixture
def unchanged(guest: Visitor, shared_folder: Path) -> Iterator[None]:
    """Hold that a test changed no file."""
    before = state_of(shared_folder)
    yield
    assert state_of(shared_folder) == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("token", ["", "x", "\x00", "é", "{cookie}", "a" * 43])
@pytest.mark.parametrize("url", FORMS)
def test_a_form_with_a_wrong_token_is_refused(guest: Visitor, url: str, token: str):
    given = token.replace("{cookie}", guest.cookie.partition("=")[2])

    answer = guest.post(filled(url), FIELDS | {"token": given})

    assert answer.status == HTTPStatus.FORBIDDEN
    assert "older than the desk" in answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", FORMS)
def test_a_form_without_a_token_is_refused(guest: Visitor, url: str):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": guest.origin}

    answers = [
        guest.ask(filled(url), method="POST", headers=headers, body=b"company=Acme"),
        guest.ask(filled(url), method="POST", headers=headers | {"Content-Type": "text/plain"}, body=b"token=x"),
        guest.ask(filled(url), method="POST", headers=headers | {"Content-Type": "application/json"}, body=b"{}"),
        guest.ask(filled(url), method="POST", headers={"Origin": guest.origin}),
    ]

    assert {answer.status for answer in answers} == {HTTPStatus.FORBIDDEN}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=lambda headers: "-".join(map("-".join, headers.items())),
)
def test_a_form_of_another_origin_is_refused_with_token_and_cookie(guest: Visitor, url: str, headers: dict[str, str]):
    answer = guest.post(filled(url), FIELDS, **headers)

    assert answer.status == HTTPStatus.FORBIDDEN
    assert "nothing was done" in answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", FORMS)
def test_a_form_that_says_not_where_it_comes_from_is_refused(guest: Visitor, url: str):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = guest.ask(filled(url), method="POST", headers=headers, body=f"token={guest.token}".encode())

    assert answer.status == HTTPStatus.FORBIDDEN


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", FORMS)
def test_a_form_without_the_cookie_is_refused(guest: Visitor, url: str):
    assert guest.post(filled(url), FIELDS, Cookie="").status == HTTPStatus.FORBIDDEN


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("url", [url for url, *_ in PAGES])
def test_no_other_method_does_anything(guest: Visitor, url: str, method: str):
    from_ours = guest.ask(filled(url), method=method, headers={"Origin": guest.origin})
    from_nowhere = guest.ask(filled(url), method=method)

    assert (from_ours.status, from_nowhere.status) == (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FORBIDDEN)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", PAGES_ONLY)
def test_a_page_without_a_form_takes_none(guest: Visitor, url: str):
    answer = guest.post(filled(url), FIELDS)

    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.header("allow") in {"GET, HEAD", "HEAD, GET"}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("url", FORMS)
def test_an_address_alone_does_nothing(guest: Visitor, url: str, method: str):
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in FIELDS.items())

    answer = guest.ask(f"{filled(url)}?token={guest.token}&{query}", method=method)

    assert answer.status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


def test_with_token_cookie_and_origin_a_form_is_taken(visitor: Visitor):
    answer = visitor.post("/capture", {"company": "Acme Foundries", "more": "yes"})

    assert answer.status == HTTPStatus.SEE_OTHER
    assert "Acme Foundries" in visitor.get("/capture").text


def test_a_browser_that_withholds_its_origin_says_it_by_sec_fetch_site(visitor: Visitor):
    answer = visitor.post("/capture", {"more": "yes"}, Origin="null", **{"Sec-Fetch-Site": "same-origin"})

    assert answer.status == HTTPStatus.SEE_OTHER


def test_a_browser_without_origin_says_it_by_sec_fetch_site(visitor: Visitor):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}

    answer = visitor.ask("/capture", method="POST", headers=headers, body=f"token={visitor.token}&more=x".encode())

    assert answer.status == HTTPStatus.SEE_OTHER


# --- nothing can be read by another origin


@pytest.mark.parametrize("url", ["/", "/capture", NOTE, f"{NOTE}/letter", "/desk.js", "/no/such/page"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_answer_lets_another_origin_read_it(guest: Visitor, url: str, method: str):
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}

    answer = guest.ask(url, method=method, headers=preflight)

    assert not [name for name, _ in answer.headers if name.startswith("access-control-")]
    assert answer.header("cross-origin-resource-policy") == "same-origin"
