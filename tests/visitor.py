"""Visit a desk of a test over a socket, as a browser does that came in by its link, or as somebody who did not."""

from __future__ import annotations

import http.client
import re
import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.web import Server

__all__ = ["Answer", "Visitor", "ask", "ask_raw", "multipart"]

TIMEOUT_S = 30


class Answer(NamedTuple):
    """One answer as it came; the names of its headers in small letters, in their order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """Return a header that comes once, "" when there is none."""
        values = [value for known, value in self.headers if known == name]
        assert len(values) <= 1, values
        return values[0] if values else ""


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    chunked: bool = False,
) -> Answer:
    """Ask a desk by the Host that is its own, unless `headers` has another."""
    sent = {"Host": f"127.0.0.1:{port}"} | dict(headers or {})
    content = (body[at : at + 65536] for at in range(0, len(body), 65536)) if body and chunked else body
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent: the answer is there
            connection.request(method, path, body=content, headers=sent, encode_chunked=chunked)
        got = connection.getresponse()
        return Answer(got.status, tuple((n.lower(), v) for n, v in got.getheaders()), got.read())


def ask_raw(port: int, request: bytes) -> bytes:
    """Send these very bytes, and return all that comes until the server closes the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


class Visitor:
    """A browser that came in by a link of the desk: it has the cookie, and knows where it is."""

    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.origin = f"http://127.0.0.1:{server.port}"
        answer = ask(self.port, server.link().removeprefix(self.origin))
        assert answer.status == http.HTTPStatus.SEE_OTHER
        self.cookie = answer.header("set-cookie").partition(";")[0]
        self.token = re.findall(r'name="token" value="([^"]+)"', self.get("/capture").text)[0]

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self.ask(path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form as a page of the desk would, with its token unless `fields` has another."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        body = urlencode({"token": self.token} | dict(fields or {})).encode()
        return self.ask(path, method="POST", headers=kind | headers, body=body)

    def upload(self, path: str, filename: str, content: bytes, *, chunked: bool = False, **fields: str) -> Answer:
        """Send a form with a file in its field `upload`."""
        kind, body = multipart({"token": self.token} | fields, filename, content)
        headers = {"Content-Type": kind, "Origin": self.origin}
        return self.ask(path, method="POST", headers=headers, body=body, chunked=chunked)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        chunked: bool = False,
    ) -> Answer:
        """Ask with the cookie, unless `headers` has another."""
        sent = {"Cookie": self.cookie} | dict(headers or {})
        return ask(self.port, path, method=method, headers=sent, body=body, chunked=chunked)

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads."""
        parts = urlsplit(answer.header("location"))
        return self.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def multipart(fields: Mapping[str, str], filename: str, content: bytes) -> tuple[str, bytes]:
    """Return the type and the body of a form with a file (RFC 7578); the name goes in as it is."""
    boundary = b"a-boundary-that-no-test-writes"
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    named = filename.encode().replace(b'"', b"%22")
    parts.append(
        b'--%s\r\nContent-Disposition: form-data; name="upload"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (boundary, named, content)
    )
    return f"multipart/form-data; boundary={boundary.decode()}", b"".join([*parts, b"--%s--\r\n" % boundary])
