"""Serve scripted answers over real HTTP or HTTPS on loopback, and keep the requests that came."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["Request", "WebServer", "answer", "page"]


class Request(NamedTuple):
    """What came: method, path, and the headers with names in lower case."""

    method: str
    path: str
    headers: dict[str, str]


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of an answer; its Content-Length is only what `headers` say."""
    return "\r\n".join((f"HTTP/1.1 {status} X", *headers, "", "")).encode("utf-8") + body


def page(title: str = "", body: str = "", *headers: str) -> bytes:
    """Return an answer with a page."""
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    return answer(200, "Content-Type: text/html; charset=utf-8", *headers, f"Content-Length: {len(html)}", body=html)


class WebServer:
    """Answer each path with its bytes: head alone to a HEAD, and 404 to an unknown path.

    `answers` may name a method before the path (`HEAD /x`). A request in `drip` (`GET /x`) gets its bytes one
    each 20 ms, without an end.
    """

    def __init__(
        self, answers: Mapping[str, bytes], *, context: ssl.SSLContext | None = None, drip: frozenset[str] = frozenset()
    ) -> None:
        self.requests: list[Request] = []
        self._stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append(
                    Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
                )
                known = answers.get(f"{self.command} {self.path}", answers.get(self.path, answer(404)))
                sent = known.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if self.command == "HEAD" else known
                self.close_connection = True
                with contextlib.suppress(OSError):
                    outer._play(self, sent, drips=f"{self.command} {self.path}" in drip)

            do_HEAD = do_GET  # noqa: N815  # the base class looks for this name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is no error
        self.port: int = self._server.server_address[1]
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def _play(self, handler: BaseHTTPRequestHandler, sent: bytes, *, drips: bool) -> None:
        if not drips:
            handler.wfile.write(sent)
            return
        for byte in sent + b" " * 10_000:
            handler.wfile.write(bytes([byte]))
            if self._stopping.wait(0.02):
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def methods(self, path: str) -> list[str]:
        """Return the methods by which a path was asked for, in order."""
        return [request.method for request in self.requests if request.path == path]
