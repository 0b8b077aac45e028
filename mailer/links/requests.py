"""Ask one web server one thing, at one address and by one deadline.

Takes a target, an IP address that was chosen for it and a request method, gives the head of the answer and the first
bytes of its body. No cookie, referrer or name of a version is ever sent, and no proxy of the environment is asked.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

__all__ = ["MAX_BODY_BYTES", "Answer", "Target", "ask", "target"]

#: As much of a page as is read for its title.
MAX_BODY_BYTES = 64 * 1024
_USER_AGENT = "mailer"
_PORTS = {"http": 80, "https": 443}
#: Characters of a path or query that stay as they are (RFC 3986 2.2, and the percent sign of what is encoded already).
_KEPT = "%/:=&?~+!$,;'@()*[]-._"
_READ_BYTES = 8 * 1024


class Target(NamedTuple):
    """A web address taken apart: `host` in A-labels without brackets, `path` with the query, all of it ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host and port as the Host header has them (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address in one piece, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


class Answer(NamedTuple):
    """Status, three headers ("" when absent), and the first bytes of the body (none of a HEAD's)."""

    status: int
    location: str
    content_type: str
    content_encoding: str
    content: bytes = b""


def target(url: str) -> Target | None:
    """Take a web address apart; None for one that is not http(s), has no host, or carries a user's name."""
    try:
        parts = urlsplit(url.strip())
        scheme, port = parts.scheme.lower(), parts.port
    except ValueError:
        return None
    host = _ascii_host(unquote(parts.hostname or ""))
    if scheme not in _PORTS or not host or parts.username is not None or port == 0:
        return None
    path = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    return Target(scheme, host, port or _PORTS[scheme], path if path.startswith("/") else f"/{path}")


def ask(method: str, where: Target, addresses: Sequence[str], *, context: ssl.SSLContext, deadline: float) -> Answer:
    """Send one request and read its answer, at most MAX_BODY_BYTES of the body; what came by the deadline counts.

    Connects to the first of `addresses` (as text) that takes the call, never to another one; TLS verifies the
    certificate for the target's own name. `deadline` is an instant of `time.monotonic`.
    Raises OSError, ssl.SSLError and TimeoutError among them, and HTTPException or ValueError for what is no HTTP.
    """
    with _connected(where, addresses, context, deadline) as sock:
        sock.settimeout(_left_s(deadline))
        sock.sendall(_request(method, where))
        response = http.client.HTTPResponse(_Line(sock, deadline), method=method)  # type: ignore[arg-type]  # asks for makefile alone
        response.begin()
        return Answer(
            response.status,
            response.getheader("Location") or "",
            response.getheader("Content-Type") or "",
            response.getheader("Content-Encoding") or "",
            b"" if method == "HEAD" else b"".join(_body(response)),
        )


def _ascii_host(host: str) -> str:
    """Return a host in A-labels, "" for one that cannot be."""
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    host = host.lower().removesuffix(".")
    return host if all(char.isalnum() or char in ".-_:" for char in host) else ""


def _request(method: str, where: Target) -> bytes:
    wants = {"Range": f"bytes=0-{MAX_BODY_BYTES - 1}"} if method == "GET" else {}
    headers = {
        "Host": where.authority,
        "User-Agent": _USER_AGENT,
        "Accept": "text/html, */*;q=0.8",
        "Accept-Encoding": "identity",
        "Connection": "close",
    } | wants
    lines = (f"{method} {where.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()))
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def _connected(where: Target, addresses: Sequence[str], context: ssl.SSLContext, deadline: float) -> socket.socket:
    for at, address in enumerate(addresses, start=1):
        left_s = _left_s(deadline)
        try:
            sock = socket.create_connection(
                (address, where.port), timeout=left_s if at == len(addresses) else left_s / 2
            )
        except OSError:
            if at == len(addresses):
                raise
            continue
        return _encrypted(sock, where, context, deadline) if where.scheme == "https" else sock
    raise OSError("no address")


def _encrypted(sock: socket.socket, where: Target, context: ssl.SSLContext, deadline: float) -> socket.socket:
    try:
        sock.settimeout(_left_s(deadline))
        return context.wrap_socket(sock, server_hostname=where.host)
    except BaseException:  # also for Ctrl-C: nobody else knows the socket
        sock.close()
        raise


def _body(response: http.client.HTTPResponse) -> Iterator[bytes]:
    left = MAX_BODY_BYTES
    try:
        while left > 0 and (piece := response.read1(min(left, _READ_BYTES))):
            yield piece
            left -= len(piece)
    except (OSError, http.client.HTTPException, ValueError):
        return  # the head has said what counts; a title may be in what came


def _left_s(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


class _Line(io.RawIOBase):
    """Read from a socket until a deadline, however slowly it drips; `HTTPResponse` takes it for the socket."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002  # always "rb"
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(_left_s(self._deadline))
        return self._sock.recv_into(buffer)
