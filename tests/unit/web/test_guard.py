"""The guard answers our own browser, and nobody who only looks like it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from mailer.web.guard import MAIL_POLICY, PAGE_POLICY, refusal
from mailer.web.session import MAX_TICKETS, Session

if TYPE_CHECKING:
    from mailer.web.guard import Refusal

PORT = 41237
HOSTS = frozenset({f"127.0.0.1:{PORT}", f"localhost:{PORT}"})
ORIGINS = frozenset({f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"})
SESSION = Session(PORT)
COOKIE = f"{SESSION.cookie_name}={SESSION.cookie}"


def asked(method: str = "GET", path: str = "/", *headers: tuple[str, str]) -> Refusal | None:
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers]
    return refusal(method, path, Headers(raw=raw), hosts=HOSTS, origins=ORIGINS, session=SESSION)


def status_of(method: str = "GET", path: str = "/", *headers: tuple[str, str]) -> HTTPStatus | None:
    found = asked(method, path, *headers)
    return found.status if found else None


HOST = ("host", f"127.0.0.1:{PORT}")
OURS = (HOST, ("cookie", COOKIE))


def test_our_own_browser_is_answered():
    assert asked("GET", "/", *OURS) is None


def test_localhost_is_this_machine_too():
    assert asked("GET", "/", ("host", f"localhost:{PORT}"), ("cookie", COOKIE)) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        "127.0.0.1:80",
        f"127.0.0.1:{PORT}.evil.example",
        f"[::1]:{PORT}",
        f"127.0.0.2:{PORT}",
        f"127.0.0.1:{PORT}, evil.example",
    ],
)
def test_a_name_that_was_bound_to_this_machine_by_somebody_else_is_refused(host: str):
    assert status_of("GET", "/", ("host", host), ("cookie", COOKIE)) is HTTPStatus.BAD_REQUEST


def test_a_request_without_a_host_is_refused():
    assert status_of("GET", "/", ("cookie", COOKIE)) is HTTPStatus.BAD_REQUEST


def test_two_hosts_in_one_request_are_refused():
    assert status_of("GET", "/", HOST, HOST, ("cookie", COOKIE)) is HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "cookie",
    ["", "x", f"{SESSION.cookie_name}=", f"{SESSION.cookie_name}=x", "mailer-1={good}", "=;;=", "\x00"],
)
def test_a_browser_that_was_not_let_in_is_refused(cookie: str):
    given = cookie.replace("{good}", SESSION.cookie)

    assert status_of("GET", "/", HOST, ("cookie", given)) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/events", "/outbox/x", "/interviews/a/b/letter", "/interviews/a/b/note.eml"])
def test_what_runs_beside_a_page_wants_the_cookie_too(path: str):
    assert status_of("GET", path, HOST) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/enter", "/desk.css", "/desk.js"])
def test_the_way_in_is_open_to_this_host(path: str):
    assert asked("GET", path, HOST) is None


def test_the_way_in_takes_no_form():
    assert status_of("POST", "/enter", HOST) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_what_changes_something_must_say_where_it_comes_from(method: str):
    assert status_of(method, "/outbox/x", *OURS) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1", "http://127.0.0.1", ""]
)
def test_a_form_of_another_page_is_refused(origin: str):
    assert status_of("POST", "/outbox/x", *OURS, ("origin", origin)) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_form_that_the_browser_knows_to_be_foreign_is_refused(site: str):
    ours = ("origin", f"http://127.0.0.1:{PORT}")

    assert status_of("POST", "/outbox/x", *OURS, ours, ("sec-fetch-site", site)) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("sign", [("origin", f"http://127.0.0.1:{PORT}"), ("sec-fetch-site", "same-origin")])
def test_a_form_of_our_own_page_goes_on(sign: tuple[str, str]):
    assert asked("POST", "/outbox/x", *OURS, sign) is None


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_sent_in_headers_makes_the_guard_fail(host: str, cookie: str, origin: str):
    found = asked("POST", "/", ("host", host), ("cookie", cookie), ("origin", origin))

    assert found is not None


def test_no_page_policy_lets_anything_in_from_elsewhere():
    assert not any(word in PAGE_POLICY + MAIL_POLICY for word in ("http", "*", "unsafe-eval", "allow-"))
    assert "unsafe" not in PAGE_POLICY


# --- the session


def test_a_ticket_is_good_once():
    session = Session(1)
    ticket = session.ticket()

    assert [session.redeem(ticket), session.redeem(ticket)] == [True, False]


@pytest.mark.parametrize("ticket", ["", "x", "é", "\ud800"])
def test_a_ticket_that_was_never_given_is_worth_nothing(ticket: str):
    session = Session(1)
    session.ticket()

    assert not session.redeem(ticket)


def test_of_many_links_that_nobody_used_the_newest_are_good():
    session = Session(1)

    tickets = [session.ticket() for _ in range(MAX_TICKETS + 1)]

    assert [session.redeem(ticket) for ticket in tickets] == [False] + [True] * MAX_TICKETS


def test_two_desks_know_each_other_not():
    one, other = Session(1), Session(2)

    assert one.cookie_name != other.cookie_name
    assert not one.admits(other.cookie)
    assert not one.vouches(other.form_token)


def test_a_session_shows_no_secret():
    session = Session(1)

    assert session.cookie not in repr(session)
    assert session.form_token not in repr(session)
