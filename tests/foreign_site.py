"""Be a site of somebody else on this machine, which counts every connection and remembers every request."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Asked", "ForeignSite", "foreign_site"]


class Asked(NamedTuple):
    """A request that came: its path with the query, and the cookies that were with it."""

    method: str
    path: str
    cookie: str


class ForeignSite:
    """A site at 127.0.0.1 and a port of its own; `pages` are its HTML by path, every other path is empty."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.connections = 0


@contextmanager
def foreign_site() -> Iterator[ForeignSite]:
    """Serve until the block ends."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(Asked(self.command, self.path, self.headers.get("Cookie", "")))
            body = site.pages.get(self.path.partition("?")[0], "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_GET  # noqa: N815  # names of http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Counting(ThreadingHTTPServer):
        daemon_threads = True

        def verify_request(self, *_: object) -> bool:
            site.connections += 1
            return True

    with Counting(("127.0.0.1", 0), Answer) as server:
        site = ForeignSite(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
