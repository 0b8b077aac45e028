"""Say which page answers which URL, and turn every error into a page; the whole map of the desk.

Takes a Desk, gives the ASGI application behind its guard.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from mailer import errors
from mailer.web import capturing, doctor, home, interviews, letters, note, outbox, saving, sending, setting_up
from mailer.web.desk import Visit
from mailer.web.guard import Guard, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from mailer.web.desk import Desk
    from mailer.web.guard import ASGI

    Page = Callable[[Visit], Response]
    Endpoint = Callable[[Request], Awaitable[Response]]

__all__ = ["PAGES", "STATUSES", "application"]

#: URL, what shows it (GET), what a form of it does (POST).
PAGES: tuple[tuple[str, Page | None, Page | None], ...] = (
    ("/", home.desk, None),
    ("/capture", capturing.capture, capturing.keep),
    ("/interviews", interviews.interviews, None),
    ("/interviews/{slug}", interviews.interview, interviews.add_person),
    ("/interviews/{slug}/{person}", note.note, saving.save),
    ("/interviews/{slug}/{person}/letter", letters.letter, None),
    ("/interviews/{slug}/{person}/note.eml", letters.eml, None),
    ("/interviews/{slug}/{person}/attached/{index}", letters.attached, None),
    ("/interviews/{slug}/{person}/answer", None, saving.answer),
    ("/interviews/{slug}/{person}/file", None, saving.take_file),
    ("/interviews/{slug}/{person}/edit", None, saving.edit),
    ("/interviews/{slug}/{person}/links", None, letters.open_links),
    ("/interviews/{slug}/{person}/send", sending.ask, sending.send),
    ("/people", home.people, None),
    ("/gifts", home.gifts, None),
    ("/outbox", outbox.outbox, None),
    ("/outbox/{id}", outbox.entry, outbox.step),
    ("/settings", setting_up.settings, setting_up.change),
    ("/settings/account", None, setting_up.set_up),
    ("/settings/service", None, setting_up.service),
    ("/doctor", doctor.doctor, doctor.doctor),
)

#: What a browser is told of each error; the test beside it holds the table total over mailer.errors.
STATUSES: dict[type[errors.MailerError], HTTPStatus] = {
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.EntryNotFound: HTTPStatus.NOT_FOUND,
    errors.FileChanged: HTTPStatus.CONFLICT,
    errors.NoteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TemplateFault: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AttachmentFault: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SealError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AlreadyQueued: HTTPStatus.CONFLICT,
    errors.NotReady: HTTPStatus.CONFLICT,
    errors.IllegalTransition: HTTPStatus.CONFLICT,
    errors.SettingsError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CredentialError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ServiceError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutboxBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RateReached: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DeliveryError: HTTPStatus.BAD_GATEWAY,
}

STATIC = Path(__file__).with_name("static")
#: A form has a few dozen fields; the longest is a note.
_MAX_FIELDS, _MAX_FIELD_BYTES = 1000, 2 * 1024 * 1024


def application(desk: Desk, *, port: int) -> ASGI:
    """Return the desk as an ASGI application."""
    routes = [Route("/enter", _enter(desk)), Route("/events", _events(desk))]
    routes += [Route(f"/desk.{kind}", _static(kind, media_type)) for kind, media_type in _MEDIA_TYPES.items()]
    for url, show, act in PAGES:
        methods = [method for method, page in (("GET", show), ("POST", act)) if page]
        routes.append(Route(url, _endpoint(desk, show or _never, act or _never), methods=methods))
    inner = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _http_error(desk), ClientDisconnect: _gone, Exception: _bug(desk)},  # type: ignore[dict-item]  # handlers are contravariant
    )
    inner.router.redirect_slashes = False  # an address is right or wrong
    return Guard(inner, port=port, session=desk.session, refuse=lambda refusal: _refused(desk, refusal))


def _never(_visit: Visit) -> Response:
    """Stand where a page has nothing to show, or takes no form: the route answers no such method."""
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)


_OLD_FORM = "This form is older than the desk, so nothing was done. Open the page and try again."


# --- one visit -------------------------------------------------------------------------------------------------


def _endpoint(desk: Desk, show: Page, act: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            answer = await run_in_threadpool(_answered, desk, request, FormData(), show)
            desk.is_asked.set()
            return answer
        async with request.form(max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES) as form:
            if not desk.session.vouches(str(form.get("token", ""))):
                raise HTTPException(HTTPStatus.FORBIDDEN, _OLD_FORM)
            return await run_in_threadpool(_answered, desk, request, form, act)

    return endpoint


def _answered(desk: Desk, request: Request, form: FormData, page: Page) -> Response:
    """Answer with an application of this visit's own, since a database is for one thread."""
    app, seen = None, desk.hub.count
    try:
        app = desk.start()
        return page(Visit(desk, app, request, form, seen))
    except errors.MailerError as error:
        return _error_page(desk, request, error)
    except Exception as bug:  # noqa: BLE001  # the boundary of this face: no traceback on a page or in the terminal
        return _apology(desk, request, bug)
    finally:
        if app:
            app.close()


def _apology(desk: Desk, request: Request, bug: Exception) -> Response:
    from mailer.app.bug import report

    return _notice(desk, request, HTTPStatus.INTERNAL_SERVER_ERROR, "A fault of mailer", report(bug))


def _error_page(desk: Desk, request: Request, error: errors.MailerError) -> Response:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return _notice(desk, request, status, _TITLES.get(status, "That did not work"), str(error))


_TITLES = {
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.UNPROCESSABLE_ENTITY: "This does not read",
    HTTPStatus.CONFLICT: "Not as it was",
    HTTPStatus.SERVICE_UNAVAILABLE: "Something is missing",
}


def _notice(desk: Desk, request: Request, status: HTTPStatus, title: str, sentence: str) -> Response:
    up = _own_page(request.scope["path"].rpartition("/")[0])  # the path may be anything: //evil.example/x
    values: dict[str, Any] = {"title": title, "sentence": sentence, "advice": (), "back": up, "back_words": "Back"}
    visit = _Nobody(request)
    page = desk.pages.render("notice.html.j2", visit=visit, seen=desk.hub.count, **values)
    return HTMLResponse(page, status_code=status)


class _Nobody:
    """A visit that came to no application, for the page that says so."""

    def __init__(self, request: Request) -> None:
        self.request = request


def _refused(desk: Desk, refusal: Refusal) -> ASGI:
    page = desk.pages.render("refused.html.j2", sentence=refusal.sentence)
    return HTMLResponse(page, status_code=refusal.status)


def _http_error(desk: Desk) -> Callable[[Request, HTTPException], Awaitable[Response]]:
    async def answer(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        sentence = error.detail if error.detail != status.phrase else _SENTENCES.get(status, status.description)
        told = _notice(desk, request, status, _TITLES.get(status, "Not here"), sentence)
        told.headers.update(error.headers or {})  # Allow beside 405 (RFC 9110 15.5.6)
        return told

    return answer


def _bug(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, bug: Exception) -> Response:
        """Apologize for a fault that lies outside of any page: in the routing, in the reading of a form."""
        return await run_in_threadpool(_apology, desk, request, bug)

    return answer


async def _gone(_request: Request, _error: Exception) -> Response:
    """Answer nobody: the browser went away while it sent a form."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is no such page on the desk.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be asked in that way.",
    HTTPStatus.BAD_REQUEST: "The browser sent something that cannot be read.",
}


# --- the way in, looks, and what changes -------------------------------------------------------------------------


def _enter(desk: Desk) -> Endpoint:
    async def enter(request: Request) -> Response:
        """Trade a ticket for the cookie, and go on to a URL without it."""
        if not desk.session.redeem(request.query_params.get("ticket", "")):
            sentence = "This link was used before. Press Enter in the terminal for a fresh one, or run mailer again."
            page = desk.pages.render("refused.html.j2", sentence=sentence)
            return HTMLResponse(page, status_code=HTTPStatus.FORBIDDEN)
        answer = RedirectResponse(_own_page(request.query_params.get("next", "/")), HTTPStatus.SEE_OTHER)
        answer.set_cookie(desk.session.cookie_name, desk.session.cookie, path="/", httponly=True, samesite="strict")
        return answer

    return enter


def _own_page(url: str) -> str:
    """Return a URL of ours, the desk for what could lead elsewhere.

    Browsers read a backslash as a slash and drop tabs and line ends (URL Standard 4.4), so none of them is ours.
    """
    is_own = url.startswith("/") and not url.startswith("//") and "\\" not in url and url.isprintable()
    return url if is_own else "/"


_COUNT = re.compile(r"[0-9]{1,12}")
_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}


def _static(kind: str, media_type: str) -> Endpoint:
    content = b"\n".join(path.read_bytes() for path in sorted(STATIC.glob(f"*.{kind}")))

    async def static(_request: Request) -> Response:
        return Response(content, media_type=media_type)

    return static


def _events(desk: Desk) -> Endpoint:
    async def events(request: Request) -> Response:
        desk.is_asked.set()
        seen = request.query_params.get("seen", "")
        words = desk.hub.words(seen=int(seen) if _COUNT.fullmatch(seen) else -1)
        return StreamingResponse(words, media_type="text/event-stream")

    return events
