"""The desk listens on this machine alone, and lets in the one browser that was given its link."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from mailer.errors import SettingsError
from mailer.web import Server
from tests.command import run_mailer
from tests.desk import running_desk
from tests.visitor import Visitor, ask, ask_raw

if TYPE_CHECKING:
    from pathlib import Path

OPEN_PATHS = ("/desk.css", "/desk.js")


def enter(desk: Server, **query: str):
    return ask(desk.port, f"/enter?{urlencode(query)}")


def ticket_of(desk: Server) -> str:
    return desk.link().partition("ticket=")[2].partition("&")[0]


# --- where it listens


def test_the_desk_is_bound_to_loopback(shared: Server):
    assert shared._socket.getsockname() == ("127.0.0.1", shared.port)


@pytest.mark.parametrize("address", ["127.0.0.2", "127.255.255.254"])
def test_no_other_address_of_this_machine_answers(shared: Server, address: str):
    with socket.socket() as prober:
        prober.settimeout(5)

        assert prober.connect_ex((address, shared.port)) != 0


def test_the_desk_is_not_on_ipv6(shared: Server):
    with socket.socket(socket.AF_INET6) as prober:
        assert prober.connect_ex(("::1", shared.port)) != 0


# --- whom it takes itself for


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:{port}.evil.example",
        "127.0.0.1.nip.example:{port}",
        "127.0.0.1:{port}@evil.example",
        "evil.example#127.0.0.1:{port}",
        "localhost",
        "localhost.:{port}",
        "localhost.evil.example:{port}",
        "[::1]:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "0.0.0.0:{port}",
        "127.1:{port}",
        "2130706433:{port}",
        "127.0.0.1:0{port}",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/enter?ticket=x", "/desk.css", "/events", "/no/such/page"])
def test_a_name_that_somebody_bound_to_this_machine_is_refused(guest: Visitor, host: str, path: str):
    answer = guest.get(path, Host=host.format(port=guest.port))

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "not the desk" in answer.text


def test_a_foreign_name_does_not_use_up_a_ticket(desk: Server):
    ticket = ticket_of(desk)

    refused = ask(desk.port, f"/enter?ticket={ticket}", headers={"Host": f"evil.example:{desk.port}"})
    taken = enter(desk, ticket=ticket)

    assert refused.header("set-cookie") == ""
    assert (refused.status, taken.status) == (HTTPStatus.BAD_REQUEST, HTTPStatus.SEE_OTHER)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_both_names_of_this_machine_are_the_desk_s(guest: Visitor, host: str):
    assert guest.get("/", Host=f"{host}:{guest.port}").status == HTTPStatus.OK


def test_a_name_in_capitals_is_the_same_name(guest: Visitor):
    assert guest.get("/", Host=f"LocalHost:{guest.port}").status == HTTPStatus.OK


@pytest.mark.parametrize(
    "lines",
    [
        "Host: 127.0.0.1:{port}\r\nHost: evil.example",
        "Host: evil.example\r\nHost: 127.0.0.1:{port}",
        "Host: 127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}",
        "Host: 127.0.0.1:{port}, evil.example",
        "Host : 127.0.0.1:{port}",
        "X: y",
    ],
)
def test_a_request_with_two_hosts_or_none_is_refused(guest: Visitor, lines: str):
    head = f"GET / HTTP/1.1\r\n{lines}\r\nCookie: {guest.cookie}\r\nConnection: close\r\n\r\n"

    answer = ask_raw(guest.port, head.format(port=guest.port).encode())

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:{port}"])
@pytest.mark.parametrize("target", ["http://evil.example/", "http://127.0.0.1:{port}/", "http://evil.example", "[x"])
def test_a_whole_url_in_place_of_a_path_leads_nowhere(guest: Visitor, host: str, target: str):
    head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {guest.cookie}\r\nConnection: close\r\n\r\n"

    answer = ask_raw(guest.port, head.format(port=guest.port).encode())

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 "))
    assert b"Harborline" not in answer
    assert b'href="//' not in answer
    assert b'href="http:' not in answer


def test_an_old_browser_without_a_host_is_refused(guest: Visitor):
    answer = ask_raw(guest.port, f"GET / HTTP/1.0\r\nCookie: {guest.cookie}\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 400 ")


# --- the ticket and the cookie


def test_a_link_is_traded_for_a_cookie_that_scripts_and_other_sites_do_not_get(desk: Server):
    answer = ask(desk.port, desk.link().partition(str(desk.port))[2])

    name, _, rest = answer.header("set-cookie").partition("=")
    value, *attributes = rest.split("; ")
    assert name == f"mailer-{desk.port}"
    assert len(value) >= 40
    assert sorted(word.lower() for word in attributes) == ["httponly", "path=/", "samesite=strict"]


def test_the_browser_is_sent_on_to_an_address_without_the_ticket(desk: Server):
    answer = enter(desk, ticket=ticket_of(desk), next="/outbox?x=1")

    assert answer.status == HTTPStatus.SEE_OTHER
    assert answer.header("location") == "/outbox?x=1"


def test_a_link_works_once(desk: Server):
    ticket = ticket_of(desk)

    first, second = enter(desk, ticket=ticket), enter(desk, ticket=ticket)

    assert (first.status, second.status) == (HTTPStatus.SEE_OTHER, HTTPStatus.FORBIDDEN)
    assert second.header("set-cookie") == ""
    assert "used before" in second.text
    assert ticket not in second.text


@pytest.mark.parametrize("ticket", ["", "x", "\x00", "é", "\ud800", "x" * 10_000])
def test_a_ticket_that_was_never_given_lets_nobody_in(shared: Server, ticket: str):
    query = urlencode({"ticket": ticket}, errors="surrogatepass")

    answer = ask(shared.port, f"/enter?{query}")

    assert (answer.status, answer.header("set-cookie")) == (HTTPStatus.FORBIDDEN, "")


def test_two_tickets_in_one_link_are_no_better_than_one(desk: Server):
    answer = ask(desk.port, f"/enter?ticket={ticket_of(desk)}&ticket=x")

    assert answer.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x\r\n\r\n<script>alert(1)</script>",
        "/\x00/evil.example",
        "/\u2028/evil.example",
        "evil.example",
        "@evil.example",
        "?x",
        "//[",
        "http://[",
        "/\x7f",
        "",
    ],
)
def test_what_comes_next_cannot_lead_elsewhere(shared: Server, url: str):
    answer = enter(shared, ticket=ticket_of(shared), next=url)

    assert (answer.status, answer.header("location")) == (HTTPStatus.SEE_OTHER, "/")
    assert len([name for name, _ in answer.headers if name == "set-cookie"]) == 1
    assert answer.body == b""


# --- the browser that was let in, and the others


def test_a_second_tab_needs_no_link(visitor: Visitor):
    assert [visitor.get("/").status, visitor.get("/outbox").status] == [HTTPStatus.OK, HTTPStatus.OK]


@pytest.mark.parametrize("path", ["/", "/capture", "/outbox", "/settings", "/doctor", "/events", "/no/such/page"])
def test_a_browser_without_the_cookie_is_refused(shared: Server, path: str):
    answer = ask(shared.port, path)

    assert answer.status == HTTPStatus.FORBIDDEN
    assert "has not been let in" in answer.text


def test_a_second_browser_comes_in_by_a_link_of_its_own(desk: Server, visitor: Visitor):
    other = Visitor(desk)

    assert [other.get("/").status, visitor.get("/").status] == [HTTPStatus.OK, HTTPStatus.OK]


def test_the_cookies_of_others_on_this_machine_do_no_harm(guest: Visitor):
    cookies = f'theme=dark; a="b; c; {guest.cookie}; mailer-1=x; =;;'

    assert guest.get("/", Cookie=cookies).status in {HTTPStatus.OK, HTTPStatus.FORBIDDEN}
    assert guest.get("/", Cookie=f"theme=dark; {guest.cookie}; mailer-1=x").status == HTTPStatus.OK


def test_two_desks_beside_each_other_have_cookies_of_their_own(desk: Server, visitor: Visitor):
    with running_desk(delivers=False) as second:
        other = Visitor(second)

        both = f"{visitor.cookie}; {other.cookie}"
        of_other_name = other.cookie.replace(str(second.port), str(desk.port))
        assert [ask(p, "/", headers={"Cookie": both}).status for p in (desk.port, second.port)] == [HTTPStatus.OK] * 2
        assert ask(desk.port, "/", headers={"Cookie": other.cookie}).status == HTTPStatus.FORBIDDEN
        assert ask(desk.port, "/", headers={"Cookie": of_other_name}).status == HTTPStatus.FORBIDDEN
        assert ask(desk.port, f"/enter?ticket={ticket_of(second)}").status == HTTPStatus.FORBIDDEN


def test_a_form_of_the_desk_beside_it_is_refused(desk: Server, visitor: Visitor):
    with running_desk(delivers=False) as second:
        other = Visitor(second)

        by_origin = visitor.post("/capture", {"company": "Acme"}, Origin=other.origin)
        by_token = visitor.post("/capture", {"company": "Acme", "token": other.token})

    assert (by_origin.status, by_token.status) == (HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN)
    assert "Acme" not in visitor.get("/capture").text


def test_a_new_desk_on_the_same_port_knows_nothing_of_the_old_one_s_browser(home: Path):
    with running_desk(delivers=False) as first:
        before = Visitor(first)
        ticket = ticket_of(first)

    with running_desk(delivers=False, port=before.port) as second:
        assert before.get("/").status == HTTPStatus.FORBIDDEN
        assert "newest link" in before.get("/").text
        assert before.post("/capture", {"company": "Acme"}).status == HTTPStatus.FORBIDDEN
        assert enter(second, ticket=ticket).status == HTTPStatus.FORBIDDEN


# --- the port


def test_a_port_in_use_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"port {port} cannot be used .*--port"):
            Server(lambda: None, port=port)  # type: ignore[arg-type,return-value]  # never started


def test_the_command_says_that_its_port_is_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_mailer("desk", "--no-browser", "--port", str(taken.getsockname()[1]))

    assert done.status == 3
    assert "--port" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
