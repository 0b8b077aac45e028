"""The dialog before a note goes: the exact recipient, the hour and the bytes named, then one button."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from mailer.app import looking, sending, service
from mailer.errors import MailerError
from mailer.model import Level
from mailer.schedule import ComesTwice
from mailer.web.note import Options, base_of, query_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.app.drafting import Draft
    from mailer.app.sending import OneOfTwo
    from mailer.web.desk import Visit

__all__ = ["PLANNED", "ask", "considered", "send"]

#: In place of an hour: the one that the file gives, else the timing rule.
PLANNED = "planned"


def ask(visit: Visit) -> Response:
    """Show the dialog, for in a minute or (`?when=`) for an hour in words."""
    return _dialog(visit, visit.query.get("when", "").strip())


def _dialog(visit: Visit, when: str, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Write the dialog, the note judged as of the hour at which it would go."""
    draft, hour = visit.draft, _NO_HOUR
    try:
        draft, hour = _considered(visit, draft, when)
    except ComesTwice as twice:
        said = [sending.hour_said(visit.app, due).whole for due in (twice.first, twice.second)]
        hour = _NO_HOUR | {"twice": said}
    except MailerError as error:
        problem, status = problem or str(error), HTTPStatus.UNPROCESSABLE_ENTITY
    return visit.page(
        "interviews/_slug/_person/send.html.j2",
        status=status,
        look=looking.look(visit.app, draft),
        base=base_of(visit),
        query=query_of(visit, Options()),
        typed=when,
        problem=problem,
        prospect=service.prospect(visit.app),
        delivers=visit.desk.attendant is not None,
        account=visit.app.settings.account_said,
        **hour,
    )


_NO_HOUR: dict[str, Any] = {"when": "", "hour": None, "twice": []}


def _considered(visit: Visit, draft: Draft, when: str) -> tuple[Draft, dict[str, Any]]:
    if not when:
        return sending.as_of_now(visit.app, draft), _NO_HOUR
    judged, due = sending.for_hour(visit.app, draft, when=None if when == PLANNED else when, which=_which(visit))
    if not sending.is_ahead(visit.app, due):  # the rule's hour may be this very minute
        return judged, _NO_HOUR
    return judged, {"when": sending.as_typed(due), "hour": sending.hour_said(visit.app, due), "twice": []}


def considered(visit: Visit, draft: Draft, when: str) -> Draft:
    """Return a note judged as of the hour of the dialog."""
    return _considered(visit, draft, when)[0]


def _which(visit: Visit) -> OneOfTwo | None:
    word = visit.query.get("which", "")
    return cast("OneOfTwo", word) if word in {"first", "second"} else None


def send(visit: Visit) -> Response:
    """Put the note that was looked at into the outbox: it goes in a minute, or at its hour."""
    app, when = visit.app, visit.field("when")
    try:
        draft = visit.draft
        despite = _passed(visit, draft, when)
        expect = visit.field("fingerprint")
        if when:
            entry = sending.queue_at(app, draft, when=when, expect=expect, despite=despite)
        else:
            entry = sending.send_soon(app, draft, expect=expect, despite=despite, delay_s=visit.desk.undo_s)
    except MailerError as error:
        return _dialog(visit, when, problem=str(error), status=HTTPStatus.CONFLICT)
    if visit.desk.attendant:
        visit.desk.attendant.nudge()
    return visit.go(f"/outbox/{entry.id}")


def _passed(visit: Visit, draft: Draft, when: str) -> tuple[str, ...]:
    """Return the rules whose questions the user lets pass this once; never a stop."""
    if not visit.field("pass"):
        return ()
    return tuple(f.rule for f in considered(visit, draft, when).findings if f.level is Level.QUESTION)
