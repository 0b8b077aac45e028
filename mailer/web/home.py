"""The desk itself: what needs somebody, what waits, what is done; and whom one met, and what one brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import gathering, overview

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.web.desk import Visit

__all__ = ["desk", "gifts", "people"]


def desk(visit: Visit) -> Response:
    """Show the three groups."""
    read = visit.all_drafts()
    found = overview.overview(visit.app, read.drafts, faults=read.faults)
    return visit.page("index.html.j2", overview=found)


def people(visit: Visit) -> Response:
    """Show everybody you met."""
    return visit.page("people.html.j2", met=gathering.met(visit.app, visit.all_drafts().drafts))


def gifts(visit: Visit) -> Response:
    """Show what you brought, and to whom."""
    return visit.page("gifts.html.j2", brought=gathering.brought(visit.app, visit.all_drafts().drafts))
