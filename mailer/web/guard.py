"""Let nobody in but our own browser, and let no answer out without its seals.

Takes an ASGI application, gives one that refuses foreign hosts, strangers, foreign forms and endless bodies, and puts
the security headers on every answer. `refusal` is the whole decision, without any network in it.
"""

from __future__ import annotations

from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from mailer.web.session import Session

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    ASGI = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

__all__ = ["MAIL_POLICY", "PAGE_POLICY", "PAGE_POLICY_NAME", "Guard", "Refusal", "refusal"]

#: Our own pages: their style sheet, their script, their frames, their forms, all from here and nothing from elsewhere.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: A mail's html part: no script, no request, no origin, shown by our own pages alone. With it a mail full of vectors
#: makes no request; a link in it is stopped by the page's own `frame-src`.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)

PAGE_POLICY_NAME = "content-security-policy"
_HEADERS = {
    PAGE_POLICY_NAME: PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

#: Paths that hold nothing of anybody's: the way in, and how pages look.
_OPEN_PATHS = frozenset({"/enter", "/desk.css", "/desk.js"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})

#: The largest body of a form: an interview file has 1 MiB at most, and a form escapes each byte as three.
MAX_FORM_BYTES = 4 * 1024 * 1024
#: The largest body with a file in it: 20 MiB may be attached.
MAX_UPLOAD_BYTES = 21 * 1024 * 1024


class Refusal(NamedTuple):
    """A request that is not answered: the status, and the sentence for the person before the browser."""

    status: HTTPStatus
    sentence: str


_FOREIGN_HOST = Refusal(
    HTTPStatus.BAD_REQUEST, "This address is not the desk's own. Use the link that mailer printed in the terminal."
)
_STRANGER = Refusal(
    HTTPStatus.FORBIDDEN,
    "This browser has not been let in, or mailer was started anew since. Use the newest link in the terminal, or press"
    " Enter there for a fresh one.",
)
_FOREIGN_FORM = Refusal(
    HTTPStatus.FORBIDDEN, "This did not come from a page of the desk, so nothing was done. Open the page and try again."
)


def refusal(  # noqa: PLR0913  # the request, and what it is held against
    method: str, path: str, headers: Headers, *, hosts: frozenset[str], origins: frozenset[str], session: Session
) -> Refusal | None:
    """Return why a request is refused, None when it may go on.

    The Host must be ours (DNS rebinding), the cookie this session's, and what changes anything must say that it comes
    from our own page (Origin, or Sec-Fetch-Site where a browser sends no Origin).
    """
    if headers.getlist("host") != headers.getlist("host")[:1] or headers.get("host", "").lower() not in hosts:
        return _FOREIGN_HOST
    if path in _OPEN_PATHS and method in _SAFE_METHODS:
        return None
    if not session.admits(_cookie(headers, session.cookie_name)):
        return _STRANGER
    if method not in _SAFE_METHODS and not _is_our_own(headers, origins):
        return _FOREIGN_FORM
    return None


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie("; ".join(headers.getlist("cookie"))).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _is_our_own(headers: Headers, origins: frozenset[str]) -> bool:
    """Tell whether a form comes from our own page.

    Under `no-referrer` a browser says Origin `null` even of our own forms (Fetch 3.2); then its word that the form is
    of the same origin has to be there.
    """
    origin, site = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    is_same_origin = bool(site) and all(value == "same-origin" for value in site)
    if site and not is_same_origin:
        return False
    return bool(origin or site) and all(v in origins or (v == "null" and is_same_origin) for v in origin)


class Guard:
    """The application behind the guard; `refuse` writes the page of a refusal."""

    def __init__(self, inner: ASGI, *, port: int, session: Session, refuse: Callable[[Refusal], ASGI]) -> None:
        names = ("127.0.0.1", "localhost")
        self._inner = inner
        self._hosts = frozenset(f"{name}:{port}" for name in names)
        self._origins = frozenset(f"http://{name}:{port}" for name in names)
        self._session = session
        self._refuse = refuse

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":  # no WebSocket, no lifespan
            return
        headers = Headers(scope=scope)
        found = refusal(
            scope["method"],
            scope["path"],
            headers,
            hosts=self._hosts,
            origins=self._origins,
            session=self._session,
        )
        limit_bytes = MAX_UPLOAD_BYTES if scope["path"].endswith("/file") else MAX_FORM_BYTES
        if found is None and _declared_bytes(headers) > limit_bytes:
            found = _too_large(limit_bytes)
            await _passed_over(receive)
        answer = self._refuse(found) if found else self._inner
        await answer(scope, _bounded(receive, limit_bytes), _sealed(send))


def _too_large(limit_bytes: int) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"That is more than {limit_bytes // 1024**2} MB, so it was not taken. Make it smaller and try again.",
    )


def _declared_bytes(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


async def _passed_over(receive: Receive) -> None:
    """Read a body to its declared end and keep none of it: a browser shows no answer before it has sent everything."""
    while (await receive()).get("more_body"):
        pass


def _bounded(receive: Receive, limit_bytes: int) -> Receive:
    """Count a body as it comes: a chunked one declares no length."""
    taken_bytes = 0

    async def bounded() -> Message:
        nonlocal taken_bytes
        message = await receive()
        taken_bytes += len(message.get("body", b""))
        if taken_bytes > limit_bytes:
            raise HTTPException(*_too_large(limit_bytes))
        return message

    return bounded


def _sealed(send: Send) -> Send:
    """Put the security headers on an answer; one that has its own policy, as a mail has, keeps it."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sealed
