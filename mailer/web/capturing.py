"""The page for the minute after an interview: who was there, and what lit them up; kept as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from mailer.app import capture as captures
from mailer.errors import MailerError

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.web.desk import Visit

__all__ = ["capture", "keep"]


def capture(visit: Visit) -> Response:
    """Show what was typed so far, or an empty sheet with the hour and the zone filled in."""
    return _sheet(visit, captures.capture_kept(visit.app) or captures.begun(visit.app))


def _sheet(visit: Visit, captured: captures.Capture, *, problem: str = "") -> Response:
    return visit.page("capture.html.j2", captured=captured, problem=problem, zones=captures.zones())


def keep(visit: Visit) -> Response:
    """Keep what is typed; by its button make the interview's file of it, or a place for one more person."""
    captured = _typed(visit)
    if visit.request.headers.get("accept", "").startswith("application/json"):
        captures.keep_capture(visit.app, captured)
        return JSONResponse({"said": "Kept"})
    if visit.field("more"):
        people = (*captured.people, captures.CapturedPerson())
        captures.keep_capture(visit.app, captured._replace(people=people))
        return visit.go(f"/capture#person-{len(people)}")
    if visit.field("forget"):
        captures.drop_capture(visit.app)
        return visit.go("/")
    captures.keep_capture(visit.app, captured)
    try:
        path = captures.written(visit.app, captured)
    except MailerError as error:
        return _sheet(visit, captured, problem=str(error))
    slug = next(slug for slug, known in visit.files.items() if known == path)
    return visit.go(f"/interviews/{slug}")


def _typed(visit: Visit) -> captures.Capture:
    """Read the sheet: the fields of each person repeat, in the order of the page."""
    lists = {
        name: [str(value).replace("\r\n", "\n") for value in visit.form.getlist(f"person_{name}")]
        for name in captures.CapturedPerson._fields
    }
    people = tuple(captures.CapturedPerson(*values) for values in zip(*lists.values(), strict=False))
    return captures.Capture(
        company=visit.field("company"),
        role=visit.field("role"),
        start=visit.field("start"),
        timezone=visit.field("timezone"),
        people=people,
    )
