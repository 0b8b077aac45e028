"""Answer a browser on this machine: GET only, for this host name only, nothing that a page elsewhere could use.

Takes an inbox, gives an HTTP server on loopback.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING

from mailer.sandbox import pages, reading

if TYPE_CHECKING:
    from mailer.sandbox.inbox import Arrived, Inbox

__all__ = ["InboxServer"]

STYLE = Path(__file__).with_name("inbox.css")

#: The inbox's own pages: one style sheet and one frame, both from here; no script at all.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)

#: A mail's html part: no script, no request, no origin, shown by the inbox alone.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class InboxServer(ThreadingTCPServer):
    """Serve the pages of `inbox` on 127.0.0.1 until shut down."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, inbox: Inbox, *, port: int, smtp_port: int) -> None:
        """Bind the port (0: any free one); raises OSError when it is taken."""
        self.inbox = inbox
        self.smtp_port = smtp_port
        super().__init__(("127.0.0.1", port), Visit)

    @property
    def port(self) -> int:
        """Return the port that was bound."""
        return int(self.server_address[1])

    @property
    def hosts(self) -> frozenset[str]:
        """Return the Host values that are answered; another name for this address is an attack (DNS rebinding)."""
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})


class Visit(BaseHTTPRequestHandler):
    """One request of a browser."""

    server: InboxServer
    #: A silent client holds its thread for no longer than this, in seconds.
    timeout = 30

    def handle(self) -> None:
        """Answer one request; a browser that leaves before the answer is no fault of ours."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Answer the page asked for, or say that there is none."""
        if self.headers.get_all("Host", []) != [self.headers["Host"]] or self.headers["Host"] not in self.server.hosts:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        match self.path.split("/")[1:]:
            case [""]:
                self._send_page(pages.inbox_page(self.server.inbox.all(), smtp_port=self.server.smtp_port))
            case ["inbox.css"]:
                self._send(STYLE.read_bytes(), "text/css; charset=utf-8")
            case ["mail", mail_id, *view] if found := self.server.inbox.find(mail_id):
                self._send_mail(found, view)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _send_mail(self, mail: Arrived, view: list[str]) -> None:
        try:
            raw = mail.path.read_bytes()
        except OSError:
            self.send_error(HTTPStatus.GONE)
            return
        match view:
            case []:
                self._send_page(pages.mail_page(mail, raw))
            case ["html"]:
                html = reading.html(reading.parsed(raw)).encode("utf-8", "replace")
                self._send(html, "text/html; charset=utf-8", policy=MAIL_POLICY)
            case ["raw"]:
                self._send(raw, "application/octet-stream", filename=f"mail-{mail.id}.eml")
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer with a page of our own: the base class would repeat the request in it."""
        status = HTTPStatus(code)
        self._send_page(pages.notice_page(f"{status.value} {status.phrase}"), status=status)

    def _send_page(self, page: str, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(page.encode("utf-8", "replace"), "text/html; charset=utf-8", status=status)

    def _send(
        self,
        content: bytes,
        content_type: str,
        *,
        policy: str = PAGE_POLICY,
        filename: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        self.send_response(status)
        own = {"Content-Type": content_type, "Content-Length": str(len(content)), "Content-Security-Policy": policy}
        if filename:
            own["Content-Disposition"] = f'attachment; filename="{filename}"'
        for name, value in (own | SECURITY_HEADERS).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def version_string(self) -> str:
        """Name the server without its versions."""
        return "mailer"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: a visit to the inbox is no event."""
