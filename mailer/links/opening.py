"""Open the links of a note, one after the other, and say what stands behind each.

Takes web addresses, gives one Opened for each as soon as it is known. Whatever a server does ends in a verdict.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from mailer.errors import SettingsError
from mailer.links import pages
from mailer.links.addresses import is_public
from mailer.links.requests import Answer, ask, target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from mailer.links.addresses import Address
    from mailer.links.requests import Target

__all__ = ["MAX_LINKS", "MAX_REDIRECTS", "Opened", "Verdict", "look_up", "open_links"]

#: So many different links are opened in one go.
MAX_LINKS = 20
MAX_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: What many servers answer to a HEAD alone; a GET decides.
_HEAD_DISLIKED = frozenset({400, 403, 404, 405, 410, 500, 501})
_GONE = frozenset({404, 410})
_PAYMENT, _UNAUTHORIZED = 402, 401


class Verdict(StrEnum):
    """What is known of a link."""

    REACHABLE = "reachable"
    MOVED = "moved"
    GONE = "gone"
    REFUSED = "refused"
    CANNOT_TELL = "cannot-tell"
    FAILED = "failed"


class Opened(NamedTuple):
    """What opening a link showed.

    `status` is the last HTTP status (0 when none was read), `final_url` the address that gave it, in ASCII. `title` and
    `hints` (that not everybody may read the page) are "" and empty when unknown; `sentence` says it all in words.
    """

    url: str
    verdict: Verdict
    status: int
    final_url: str
    title: str
    hints: tuple[str, ...]
    sentence: str


class _Unopened(Exception):
    """No page was reached; the verdict and the sentence say why."""

    def __init__(self, verdict: Verdict, sentence: str) -> None:
        self.verdict = verdict
        self.sentence = sentence
        super().__init__(sentence)


class _Way(NamedTuple):
    """How links are opened: who tells a host's addresses, which of them are allowed, whom TLS trusts."""

    resolve: Callable[[str, int], Sequence[str]]
    allow: Callable[[Address], bool]
    context: ssl.SSLContext
    deadline: float


def look_up(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses of a host, in the system's order of preference; raises OSError when it has none."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def open_links(
    urls: Iterable[str],
    *,
    resolve: Callable[[str, int], Sequence[str]] = look_up,
    timeout_s: float = 5.0,
    ca_file: Path | None = None,
    allow: Callable[[Address], bool] = is_public,
) -> Iterator[Opened]:
    """Open each link from this machine and yield what it showed, in the order given; the network is used meanwhile.

    A host is resolved once for each request, every address must be allowed, and the connection goes to one of those
    very addresses; a redirect is judged in the same way, at most MAX_REDIRECTS times. A link takes `timeout_s` in all
    and at most 64 KiB of a page are read. The same address is opened once, and beyond MAX_LINKS none is opened.
    `ca_file` (PEM) is trusted beside the system's authorities. Raises SettingsError when it does not read; nothing that
    a server does raises.
    """
    context = _verifying(ca_file)
    known: dict[str, Opened] = {}
    for url in urls:
        if url not in known and len(known) < MAX_LINKS:
            known[url] = _opened(url, _Way(resolve, allow, context, time.monotonic() + timeout_s))
        yield known.get(url) or _unopened(
            url, "", _Unopened(Verdict.CANNOT_TELL, f"Not opened: {MAX_LINKS} links at a time are the limit.")
        )


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as exc:  # ssl.SSLError is one
            raise SettingsError(f"{ca_file} does not read as PEM certificates ({exc}); mend MAILER_CA_FILE") from exc
    return context


def _opened(url: str, way: _Way) -> Opened:
    """Follow a link; the last address that was opened, or would have been, counts."""
    at, going_to = "", url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            where = _allowed(going_to)
            at = where.url
            answer = _answer(where, way)
            if answer.status not in _REDIRECTS or not answer.location:
                return _judged(url, where, answer)
            going_to = _joined(at, answer.location)
    except _Unopened as unopened:
        return _unopened(url, at, unopened)
    return _unopened(url, at, _Unopened(Verdict.FAILED, f"It leads on more than {MAX_REDIRECTS} times."))


def _unopened(url: str, at: str, unopened: _Unopened) -> Opened:
    return Opened(url, unopened.verdict, 0, at, "", (), unopened.sentence)


def _allowed(url: str) -> Target:
    where = target(url)
    if where is None:
        raise _Unopened(Verdict.REFUSED, "Only plain http and https addresses are opened.")
    return where


def _joined(at: str, location: str) -> str:
    """Return where a Location leads, its bytes read as UTF-8; `http.client` has read them as Latin-1."""
    try:
        return urljoin(at, location.encode("latin-1", "replace").decode("utf-8", "replace").strip())
    except ValueError:
        raise _Unopened(Verdict.FAILED, "It leads on to something that is no address.") from None


def _answer(where: Target, way: _Way) -> Answer:
    """Ask for the head, then for the page's beginning when it has a title to read or the head was not liked."""
    addresses = _addresses(where, way)
    half_s = max(way.deadline - time.monotonic(), 0) / 2
    try:
        head = _asked("HEAD", where, addresses, way._replace(deadline=way.deadline - half_s))
    except _Unopened:  # some servers break off at a HEAD, or never answer it
        return _asked("GET", where, addresses, way)
    if not (head.status in _HEAD_DISLIKED or (200 <= head.status < 300 and pages.is_html(head.content_type))):
        return head
    try:
        page = _asked("GET", where, addresses, way)
    except _Unopened:
        return head
    return head if page.status == 416 else page  # an empty page has no such range (RFC 9110 15.5.17)


def _addresses(where: Target, way: _Way) -> tuple[str, ...]:
    """Return the addresses of a host if every one of them may be connected to."""
    answers = _resolved(where, way)
    try:
        is_allowed = all(way.allow(ip_address(answer)) for answer in answers)
    except ValueError:
        is_allowed = False
    if not is_allowed:
        raise _Unopened(
            Verdict.REFUSED, f"{where.host} is an address of this machine or of a private network; it is not opened."
        )
    return tuple(answers)


def _resolved(where: Target, way: _Way) -> Sequence[str]:
    """Resolve in a thread of its own: the system's resolver knows no time limit."""
    from queue import Empty, SimpleQueue
    from threading import Thread

    answers: SimpleQueue[Sequence[str] | None] = SimpleQueue()

    def look() -> None:
        try:
            answers.put(way.resolve(where.host, where.port))
        except (OSError, ValueError):  # no such host, or a name that none can have
            answers.put(None)

    Thread(target=look, daemon=True, name="link-resolver").start()
    try:
        found = answers.get(timeout=max(way.deadline - time.monotonic(), 0.001))
    except Empty:
        raise _Unopened(Verdict.FAILED, f"{where.host} could not be looked up in time.") from None
    if not found:
        raise _Unopened(Verdict.FAILED, f"There is no host {where.host}, or this machine is offline.")
    return found


def _asked(method: str, where: Target, addresses: Sequence[str], way: _Way) -> Answer:
    try:
        return ask(method, where, addresses, context=way.context, deadline=way.deadline)
    except TimeoutError:
        sentence = f"{where.host} did not answer in time."
    except ssl.SSLCertVerificationError as exc:
        sentence = f"The certificate of {where.host} is not to be trusted ({exc.verify_message})."
    except ssl.SSLError:
        sentence = f"{where.host} does not speak TLS as it should."
    except OSError:
        sentence = f"{where.host} does not take the connection, or broke it off."
    except (http.client.HTTPException, ValueError):
        sentence = f"What {where.host} answered is no HTTP."
    raise _Unopened(Verdict.FAILED, sentence)


# --- judging ---------------------------------------------------------------------------------------------------------


def _judged(url: str, where: Target, answer: Answer) -> Opened:
    is_page = pages.is_html(answer.content_type) and answer.content_encoding.lower() in {"", "identity"}
    page = pages.decoded(answer.content, answer.content_type) if is_page else ""
    verdict = _verdict(url, where, answer.status)
    is_there = verdict in {Verdict.REACHABLE, Verdict.MOVED}
    hints = pages.paywall_hints(page) if is_there else ()
    if answer.status == _PAYMENT:
        hints = ("it asks for payment",)
    elif answer.status == _UNAUTHORIZED:
        hints = ("it asks to sign in",)
    title = pages.title(page) if is_there else ""
    return Opened(url, verdict, answer.status, where.url, title, hints, _sentence(verdict, where, answer.status, hints))


def _verdict(url: str, where: Target, status: int) -> Verdict:
    if 200 <= status < 300:
        asked = target(url)
        return Verdict.REACHABLE if asked == where else Verdict.MOVED
    if status in _GONE:
        return Verdict.GONE
    return Verdict.FAILED if 500 <= status < 600 else Verdict.CANNOT_TELL


def _sentence(verdict: Verdict, where: Target, status: int, hints: Sequence[str]) -> str:
    said = {
        Verdict.REACHABLE: "It opens.",
        Verdict.MOVED: f"It leads on to {where.url}; see that this is the page you mean.",
        Verdict.GONE: f"There is no such page ({status}); mend the address or bring something else.",
        Verdict.CANNOT_TELL: f"{where.host} does not let programs look ({status}); open it yourself.",
        Verdict.FAILED: f"{where.host} has a fault of its own ({status}); try again later.",
        Verdict.REFUSED: "",
    }[verdict]
    return f"{said} Not everybody may be able to read it: {' and '.join(hints)}." if hints else said
