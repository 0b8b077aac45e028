"""The desk itself: what needs somebody, what waits, what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import overview
from mailer.errors import MailerError

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.app.drafting import Draft
    from mailer.web.desk import Visit

__all__ = ["desk"]


def desk(visit: Visit) -> Response:
    """Show the three groups."""
    drafts: dict[str, tuple[Draft, ...]] = {}
    unread: dict[str, str] = {}
    for slug, path in visit.files.items():
        try:
            drafts[slug] = visit.drafts(path)
        except MailerError as error:
            unread[slug] = str(error)
    return visit.page("index.html.j2", overview=overview.overview(visit.app, drafts, faults=unread))
