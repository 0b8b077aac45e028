"""The pages of all interviews, and of one: its people, each with a state in words, and what each of them said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.app import capture, editing, standing
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from mailer.app.drafting import Draft
    from mailer.model import Interview
    from mailer.web.desk import Visit

__all__ = ["add_person", "interview", "interviews"]


class Listed(NamedTuple):
    """One interview in the list; without `interview` its file does not read, and `problem` says why."""

    slug: str
    interview: Interview | None
    states: tuple[str, ...]
    problem: str


class Row(NamedTuple):
    """One note of an interview."""

    draft: Draft
    state: str
    url: str


def interviews(visit: Visit) -> Response:
    """List the interviews, the latest first."""
    listed = sorted(_listed(visit), key=lambda row: str(row.interview.start) if row.interview else "~", reverse=True)
    return visit.page("interviews.html.j2", listed=listed)


def _listed(visit: Visit) -> Iterator[Listed]:
    read = visit.all_drafts()
    for slug, drafts in read.drafts.items():
        states = tuple(found.state for found in standing.standings(visit.app, drafts))
        yield Listed(slug, drafts[0].interview, states, "")
    for slug, problem in read.faults.items():
        yield Listed(slug, None, (), problem)


def interview(visit: Visit) -> Response:
    """Show one interview."""
    path, slug = visit.file, visit.path["slug"]
    stands = standing.standings(visit.app, visit.drafts(path))
    rows = [Row(found.draft, found.state, url_of(slug, found.draft)) for found in stands]
    opened = editing.opened(visit.app, path)
    return visit.page(
        "interviews/_slug.html.j2", interview=opened.interview, slug=slug, rows=rows, version=opened.version, path=path
    )


def url_of(slug: str, draft: Draft) -> str:
    """Return the URL of a note."""
    kind = draft.note.kind
    query = "" if kind is NoteKind.THANK_YOU else f"?kind={kind}"
    return f"/interviews/{slug}/{draft.note.people[0].id}{query}"


def add_person(visit: Visit) -> Response:
    """Add somebody who was there, too."""
    person = capture.CapturedPerson(**{name: visit.field(name) for name in capture.CapturedPerson._fields})
    capture.add_person(visit.app, visit.file, expected_version=visit.field("version"), person=person)
    return visit.go(f"/interviews/{visit.path['slug']}")
