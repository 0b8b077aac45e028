"""The browser of these tests opens pages of this machine, and nothing beyond it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

PAGE = b"<!doctype html><title>Notes</title><h1>Three notes wait</h1><script>document.title += ' of Ada'</script>"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the page on a free port, and return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_of_this_machine_is_shown_and_its_script_runs(page: Page, address: str) -> None:
    page.goto(address)

    assert page.get_by_role("heading").inner_text() == "Three notes wait"
    assert page.title() == "Notes of Ada"


@pytest.mark.parametrize("url", ["http://example.com/", "http://192.0.2.1/"])
def test_nothing_beyond_this_machine_is_reached(page: Page, url: str) -> None:
    from playwright.sync_api import Error

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(url)
