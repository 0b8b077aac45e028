"""Links are opened at real servers: what each shows is told, and no address inside is ever called."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from mailer.errors import SettingsError
from mailer.links import MAX_LINKS, Opened, Verdict, open_links
from tests.certificates import Authority
from tests.parts.links.web_server import WebServer, answer, page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mailer.links.addresses import Address


def on_loopback(address: Address) -> bool:
    """Stand for the public internet, which no test may reach."""
    return address.is_loopback


def everything_here(host: str, port: int) -> Sequence[str]:  # each name leads to the test's server
    return ["127.0.0.1"]


def opened(url: str, **options: object) -> Opened:
    (result,) = open_links([url], **({"resolve": everything_here, "allow": on_loopback} | options))  # type: ignore[arg-type]  # a test's own keywords
    return result


def told(result: Opened) -> tuple[Verdict, int]:
    return result.verdict, result.status


@contextmanager
def speaking(reply: bytes) -> Iterator[int]:
    """Listen on a port that gives each caller the same bytes, whatever they ask, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller, suppress(OSError):  # who has read enough may leave
                if not caller.recv(1):
                    return
                caller.sendall(reply)
                caller.shutdown(socket.SHUT_WR)
                while caller.recv(4096):
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with socket.create_connection(listener.getsockname(), timeout=1):
            pass
        thread.join()
        listener.close()


# --- what a page shows -----------------------------------------------------------------------------------------------


def test_a_page_is_reachable_and_has_its_title() -> None:
    with WebServer({"/a?b=1": page("Seventy minutes &amp; nineteen")}) as server:
        url = f"http://a.test:{server.port}/a?b=1"
        result = opened(url + "#part")

    assert result == Opened(url + "#part", Verdict.REACHABLE, 200, url, "Seventy minutes & nineteen", (), "It opens.")
    assert server.methods("/a?b=1") == ["HEAD", "GET"]


def test_a_request_says_nothing_about_its_sender() -> None:
    with WebServer({"/": page("a", "", "Set-Cookie: a=b")}) as server:
        list(open_links([f"http://a.test:{server.port}/", f"http://b.test:{server.port}/"], resolve=everything_here, allow=on_loopback))  # fmt: skip

    assert {name for request in server.requests for name in request.headers} == {
        "host", "user-agent", "accept", "accept-encoding", "connection", "range",
    }  # fmt: skip
    assert {request.headers["user-agent"] for request in server.requests} == {"mailer"}
    assert server.requests[0].headers["host"] == f"a.test:{server.port}"


def test_a_file_that_is_no_page_is_not_fetched() -> None:
    with WebServer({"/cv.pdf": answer(200, "Content-Type: application/pdf", "Content-Length: 9", body=b"%PDF-1.4\n")}) as server:  # fmt: skip
        result = opened(f"http://a.test:{server.port}/cv.pdf")

    assert (result.verdict, result.title) == (Verdict.REACHABLE, "")
    assert server.methods("/cv.pdf") == ["HEAD"]


def test_only_the_first_64_kib_of_a_page_are_read() -> None:
    html = b"<title>early</title>" + b"x" * 10_000_000
    early = answer(200, "Content-Type: text/html", f"Content-Length: {len(html)}", body=html)
    late = answer(200, "Content-Type: text/html", body=b"x" * 70_000 + b"<title>late</title>")
    with WebServer({"/early": early, "/late": late}) as server:
        titles = [opened(f"http://a.test:{server.port}/{path}").title for path in ("early", "late")]

    assert titles == ["early", ""]
    assert server.requests[1].headers["range"] == "bytes=0-65535"


def test_a_chunked_page_has_its_title() -> None:
    chunks = b"f\r\n<title>chunked<\r\n7\r\n/title>\r\n0\r\n\r\n"
    with WebServer({"/": answer(200, "Content-Type: text/html", "Transfer-Encoding: chunked", body=chunks)}) as server:
        assert opened(f"http://a.test:{server.port}/").title == "chunked"


def test_a_title_cannot_turn_the_words_of_our_page_around() -> None:
    with WebServer({"/": page("a\u202eb\x07<script>c</script>&#x202e;\n  d" + "e" * 300)}) as server:
        title = opened(f"http://a.test:{server.port}/").title

    assert title.startswith("a\ufffdb\ufffd<script>c</script>\ufffd dee")
    assert len(title) == 200


def test_a_compressed_page_that_nobody_asked_for_has_no_title() -> None:
    with WebServer({"/": page("a", "", "Content-Encoding: gzip")}) as server:
        assert opened(f"http://a.test:{server.port}/")[1:5:3] == (Verdict.REACHABLE, "")


def test_a_page_for_subscribers_is_hinted_at() -> None:
    free = '<script type="application/ld+json">{"isAccessibleForFree": false}</script>'
    with WebServer({"/": page("a", free + "<p>Subscribe <b>to</b> continue</p>")}) as server:
        result = opened(f"http://a.test:{server.port}/")

    assert (result.verdict, result.hints) == (
        Verdict.REACHABLE,
        ("it marks itself as not free to read", "it asks to subscribe"),
    )
    assert result.sentence.endswith("it marks itself as not free to read and it asks to subscribe.")


@pytest.mark.parametrize(
    ("status", "verdict", "hints"),
    [
        (401, Verdict.CANNOT_TELL, ("it asks to sign in",)),
        (402, Verdict.CANNOT_TELL, ("it asks for payment",)),
        (403, Verdict.CANNOT_TELL, ()),
        (404, Verdict.GONE, ()),
        (405, Verdict.CANNOT_TELL, ()),
        (410, Verdict.GONE, ()),
        (429, Verdict.CANNOT_TELL, ()),
        (451, Verdict.CANNOT_TELL, ()),
        (500, Verdict.FAILED, ()),
        (503, Verdict.FAILED, ()),
        (999, Verdict.CANNOT_TELL, ()),
        (304, Verdict.CANNOT_TELL, ()),
        (302, Verdict.CANNOT_TELL, ()),
    ],
)
def test_each_status_has_its_verdict(status: int, verdict: Verdict, hints: tuple[str, ...]) -> None:
    with WebServer({"/": answer(status, "Content-Type: text/html", body=b"<title>no</title>")}) as server:
        result = opened(f"http://a.test:{server.port}/")

    assert (told(result), result.hints, result.title) == ((verdict, status), hints, "")


def test_a_server_that_dislikes_head_is_asked_again() -> None:
    with WebServer({"HEAD /": answer(405), "/": page("there")}) as server:
        result = opened(f"http://a.test:{server.port}/")

    assert (told(result), result.title) == ((Verdict.REACHABLE, 200), "there")


def test_a_server_that_breaks_off_at_head_is_asked_again() -> None:
    with WebServer({"HEAD /": b"", "/": page("there")}) as server:
        assert opened(f"http://a.test:{server.port}/").title == "there"


def test_a_page_without_a_range_is_reachable() -> None:
    with WebServer({"HEAD /": page(), "/": answer(416)}) as server:
        assert told(opened(f"http://a.test:{server.port}/")) == (Verdict.REACHABLE, 200)


# --- redirects -------------------------------------------------------------------------------------------------------


def test_a_redirect_is_followed_and_told() -> None:
    with WebServer({"/old": answer(301, "Location: /new?ü=1"), "/new?%C3%BC=1": page("New")}) as server:
        result = opened(f"http://a.test:{server.port}/old")

    assert (result.verdict, result.title) == (Verdict.MOVED, "New")
    assert result.final_url == f"http://a.test:{server.port}/new?%C3%BC=1"
    assert result.final_url in result.sentence


def test_a_redirect_to_a_private_address_is_refused() -> None:
    with WebServer({"/": answer(302, "Location: http://10.0.0.1/admin")}) as server:
        result = opened(f"http://127.0.0.1:{server.port}/", resolve=lambda host, _: [host])

    assert told(result) == (Verdict.REFUSED, 0)
    assert result.final_url == "http://10.0.0.1/admin"


def test_a_redirect_is_resolved_again() -> None:
    answers = iter([["127.0.0.1"], ["192.168.1.1"]])
    with WebServer({"/": answer(302, "Location: /next")}) as server:
        result = opened(f"http://rebinding.test:{server.port}/", resolve=lambda *_: next(answers))

    assert result.verdict == Verdict.REFUSED
    assert server.methods("/next") == []


@pytest.mark.parametrize("location", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.test/", "http://u:p@a.test/"])  # fmt: skip
def test_a_redirect_out_of_the_web_is_refused(location: str) -> None:
    with WebServer({"/": answer(302, f"Location: {location}")}) as server:
        result = opened(f"http://a.test:{server.port}/")

    assert (result.verdict, result.final_url) == (Verdict.REFUSED, f"http://a.test:{server.port}/")


def test_a_redirect_to_no_address_fails() -> None:
    with WebServer({"/": answer(302, "Location: http://[")}) as server:
        assert opened(f"http://a.test:{server.port}/").verdict == Verdict.FAILED


def test_a_redirect_loop_ends_after_five() -> None:
    with WebServer({"/": answer(302, "Location: /")}) as server:
        result = opened(f"http://a.test:{server.port}/")

    assert result.verdict == Verdict.FAILED
    assert server.methods("/") == ["HEAD"] * 6


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:7f00:1]"]
)
def test_this_machine_is_refused_by_default(host: str) -> None:
    with WebServer({"/": page("secret")}) as server:
        (result,) = open_links([f"http://{host}:{server.port}/"])

    assert told(result) == (Verdict.REFUSED, 0)
    assert server.requests == []


@pytest.mark.parametrize("others", [["10.0.0.1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"], ["2002:a00:1::"], ["no address"]])  # fmt: skip
def test_one_private_answer_among_public_ones_is_refused(others: list[str]) -> None:
    with WebServer({"/": page()}) as server:
        result = opened(f"http://a.test:{server.port}/", resolve=lambda *_: ["127.0.0.1", *others])

    assert result.verdict == Verdict.REFUSED
    assert server.requests == []


def test_the_next_address_is_tried_when_one_takes_no_call() -> None:
    with WebServer({"/": page("a")}) as server:
        result = opened(f"http://a.test:{server.port}/", resolve=lambda *_: ["::1", "127.0.0.1"])

    assert result.title == "a"


def test_a_host_that_is_not_there_fails() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    assert told(opened("http://nowhere.test/", resolve=nowhere)) == (Verdict.FAILED, 0)
    assert told(opened("http://nowhere.test/", resolve=lambda *_: [])) == (Verdict.FAILED, 0)


def test_a_resolver_that_never_answers_is_given_up() -> None:
    answered = threading.Event()

    def stuck(host: str, port: int) -> Sequence[str]:  # as the system's takes them
        answered.wait(10)
        return []

    result = opened("http://a.test/", resolve=stuck, timeout_s=0.1)
    answered.set()

    assert told(result) == (Verdict.FAILED, 0)


# --- hostile servers -------------------------------------------------------------------------------------------------


def test_a_head_that_drips_is_given_up() -> None:
    with WebServer({"/": page("never")}, drip=frozenset({"HEAD /", "GET /"})) as server:
        result = opened(f"http://a.test:{server.port}/", timeout_s=0.3)

    assert told(result) == (Verdict.FAILED, 0)


def test_a_page_that_drips_is_reachable_without_a_title() -> None:
    dripping = answer(200, "Content-Type: text/html", body=b"<title>never to be read to its end</title>")
    with WebServer({"/": dripping}, drip=frozenset({"GET /"})) as server:
        result = opened(f"http://a.test:{server.port}/", timeout_s=0.3)

    assert (told(result), result.title) == ((Verdict.REACHABLE, 200), "")


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = opened(f"http://a.test:{silent.getsockname()[1]}/", timeout_s=0.2)

    assert result.sentence == "a.test did not answer in time."


def test_a_closed_port_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert told(opened(f"http://a.test:{port}/")) == (Verdict.FAILED, 0)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 100_000,
        b"\0" * 5000,
    ],
)
def test_an_answer_that_is_no_http_fails(reply: bytes) -> None:
    with speaking(reply) as port:
        assert told(opened(f"http://a.test:{port}/")) == (Verdict.FAILED, 0)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: -1\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=unicode_escape\r\n\r\n<title>\\q</title>",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\xff\0\r\n\r\n<title>a",
        b"HTTP/1.1 200 OK\r\nContent-Type\r\n: text/html\r\n\r\n" + b"<title" * 9000,
    ],
)
def test_a_page_that_is_odd_is_still_reachable(reply: bytes) -> None:
    with speaking(reply) as port:
        assert told(opened(f"http://a.test:{port}/")) == (Verdict.REACHABLE, 200)


# --- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that only tests trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_page_over_tls_is_verified_for_the_name_of_its_link(authority: Authority) -> None:
    context = authority.issue("a.test").server_context()
    with WebServer({"/": page("safe")}, context=context) as server:
        result = opened(f"https://a.test:{server.port}/", ca_file=authority.ca_file)

    assert (result.verdict, result.title) == (Verdict.REACHABLE, "safe")
    assert server.requests[0].headers["host"] == f"a.test:{server.port}"


def test_a_server_is_told_the_name_of_the_link(authority: Authority) -> None:
    context = authority.issue("a.test").server_context()
    asked: list[str | None] = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    with WebServer({"/": answer(200)}, context=context) as server:
        opened(f"https://a.test:{server.port}/", ca_file=authority.ca_file)

    assert asked == ["a.test"]


def test_a_certificate_for_another_name_fails(authority: Authority) -> None:
    context = authority.issue("b.test").server_context()
    with WebServer({"/": page("other")}, context=context) as server:
        result = opened(f"https://a.test:{server.port}/", ca_file=authority.ca_file)

    assert told(result) == (Verdict.FAILED, 0)
    assert "certificate" in result.sentence
    assert server.requests == []


def test_an_expired_certificate_fails(authority: Authority) -> None:
    context = authority.issue_expired("a.test").server_context()
    with WebServer({"/": page("old")}, context=context) as server:
        result = opened(f"https://a.test:{server.port}/", ca_file=authority.ca_file)

    assert "has expired" in result.sentence


def test_an_authority_that_nobody_named_is_not_trusted(authority: Authority) -> None:
    with WebServer({"/": page()}, context=authority.issue("a.test").server_context()) as server:
        assert told(opened(f"https://a.test:{server.port}/")) == (Verdict.FAILED, 0)


def test_a_server_without_tls_fails() -> None:
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert opened(f"https://a.test:{port}/").sentence == "a.test does not speak TLS as it should."


def test_an_authority_file_that_does_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")

    with pytest.raises(SettingsError, match="MAILER_CA_FILE"):
        opened("https://a.test/", ca_file=tmp_path / "ca.pem")


# --- several links ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["", "mailto:a@b.example", "file:///etc/passwd", "http://", "https://u@a.test/", "http://a.test:99999/", "http://[/", "http://a b/", "//a.test/"])  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert told(opened(url)) == (Verdict.REFUSED, 0)


def test_the_same_link_is_opened_once() -> None:
    with WebServer({"/": answer(200)}) as server:
        url = f"http://a.test:{server.port}/"
        results = list(open_links([url, url], resolve=everything_here, allow=on_loopback))

    assert results[0] == results[1]
    assert server.methods("/") == ["HEAD"]


def test_no_more_than_twenty_links_are_opened() -> None:
    with WebServer({f"/{n}": answer(200) for n in range(25)}) as server:
        urls = [f"http://a.test:{server.port}/{n}" for n in range(25)]
        results = list(open_links([*urls, urls[0]], resolve=everything_here, allow=on_loopback))

    verdicts = [result.verdict for result in results]
    assert verdicts == [Verdict.REACHABLE] * MAX_LINKS + [Verdict.CANNOT_TELL] * 5 + [Verdict.REACHABLE]
    assert len(server.requests) == MAX_LINKS


def test_a_link_is_told_before_the_next_is_opened() -> None:
    with WebServer({"/1": answer(200), "/2": answer(200)}) as server:
        urls = [f"http://a.test:{server.port}/{n}" for n in (1, 2)]
        next(open_links(urls, resolve=everything_here, allow=on_loopback))

    assert server.methods("/2") == []
