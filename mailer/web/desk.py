"""Hold what all visits share, and what one visit has: an application of its own, and the way to a page.

Takes a request, gives a `Visit`; every page of `mailer.web` is a function from a Visit to a Response.
"""

from __future__ import annotations

import threading
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import HTMLResponse, RedirectResponse, Response

from mailer.app import drafting, files, sending
from mailer.errors import EntryNotFound, MailerError, UsageError
from mailer.model import NoteKind
from mailer.web.opened_links import OpenedLinks
from mailer.web.rendering import Pages
from mailer.web.stamps import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from mailer.app import App
    from mailer.app.attending import Attendant
    from mailer.app.drafting import Draft
    from mailer.web.live import Hub
    from mailer.web.session import Session
    from mailer.web.stamps import Stamp

__all__ = ["Desk", "Visit"]


class Desk:
    """What lives as long as the server: the session, the files named on the command line, what was judged last."""

    def __init__(  # noqa: PLR0913  # what all visits share
        self,
        start: Callable[[], App],
        *,
        given: Sequence[Path],
        session: Session,
        hub: Hub,
        attendant: Attendant | None = None,
        undo_s: float | None = None,
    ) -> None:
        self.start = start
        self.given = tuple(given)
        self.session = session
        self.hub = hub
        self.attendant = attendant
        self.undo_s = sending.UNDO_S if undo_s is None else undo_s
        self.is_asked = threading.Event()  # set once a page was answered, or listens
        self.memory = Memory()
        self.links = OpenedLinks(hub.publish)

    @cached_property
    def pages(self) -> Pages:
        """Return the pages' templates."""
        try:
            return Pages(self.start().cache)
        except MailerError:  # the settings do not read, which a page is to say
            return Pages()


class AllDrafts(NamedTuple):
    """The judged notes of each interview by its slug, and what is wrong with the files that do not read."""

    drafts: dict[str, tuple[Draft, ...]]
    faults: dict[str, str]


class Visit(NamedTuple):
    """One request of our own browser, with an application wired for it; `form` is empty but for a POST.

    `seen` is what the hub had counted when the request came.
    """

    desk: Desk
    app: App
    request: Request
    form: FormData
    seen: int = 0

    @property
    def path(self) -> Mapping[str, str]:
        """Return the parts of the URL that its template names: slug, person, id."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """Return the query's values."""
        return self.request.query_params

    @property
    def kind(self) -> NoteKind:
        """Return which note to the person is meant, the thank-you unless the URL says otherwise."""
        word = self.query.get("kind", "")
        return NoteKind(word) if word in set(NoteKind) else NoteKind.THANK_YOU

    def field(self, name: str) -> str:
        """Return a field of the form as text with LF line ends, "" when there is none."""
        value = self.form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    # --- interviews -------------------------------------------------------------------------------------------

    @property
    def files(self) -> dict[str, Path]:
        """Return the interview files of the desk by their slugs."""
        return files.interview_files(self.app, self.desk.given)

    @property
    def file(self) -> Path:
        """Return the interview file that the URL names; raises EntryNotFound."""
        slug = self.path["slug"]
        found = self.files.get(slug)
        if found is None:
            raise EntryNotFound(f"There is no interview “{slug}” here. Was its file renamed, or moved?")
        return found

    def drafts(self, path: Path) -> tuple[Draft, ...]:
        """Return an interview's notes, composed and judged; from memory while nothing on disk has changed."""
        return self.desk.memory.drafts(self.app, path, self.files.values())

    def all_drafts(self) -> AllDrafts:
        """Return the notes of every interview, and why a file does not read."""
        drafts: dict[str, tuple[Draft, ...]] = {}
        faults: dict[str, str] = {}
        for slug, path in self.files.items():
            try:
                drafts[slug] = self.drafts(path)
            except MailerError as error:
                faults[slug] = str(error)
        return AllDrafts(drafts, faults)

    @property
    def draft(self) -> Draft:
        """Return the note that the URL names, the only one of its file that is judged; raises EntryNotFound."""
        person, kind, path = self.path["person"], self.kind, self.file
        try:
            return self.desk.memory.drafts(self.app, path, self.files.values(), Chosen(person, kind))[0]
        except UsageError:
            raise EntryNotFound(f"There is no {kind} note to “{person}” in {path.name}.") from None

    # --- answers ----------------------------------------------------------------------------------------------

    def page(self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
        """Write a page."""
        html = self.desk.pages.render(template, visit=self, seen=self.seen, **values)
        return HTMLResponse(html, status_code=status)

    def go(self, url: str) -> Response:
        """Send the browser on to another page of ours, with a GET (RFC 9110 15.4.4)."""
        return RedirectResponse(url, status_code=HTTPStatus.SEE_OTHER)


class Chosen(NamedTuple):
    """The notes of a file that are wanted: those to a person and of a kind, all where it says nothing."""

    person: str = ""
    kind: str = ""


_ALL = Chosen()


class Memory:
    """What was judged last, by interview file, for as long as nothing that it depends on has changed.

    Fifty notes take a fifth of a second to judge, and a page is asked for several times in a row. The minute counts:
    what is "tomorrow" is judged by the clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: object = None
        self._remembered: dict[tuple[Path, Chosen], tuple[tuple[Draft, ...], object]] = {}

    @property
    def files(self) -> tuple[Path, ...]:
        """Return what the remembered notes were read from, and what they bring."""
        with self._lock:
            return tuple(p for (path, _), (drafts, _) in self._remembered.items() for p in (path, *_gift_files(drafts)))

    def drafts(self, app: App, path: Path, known: Collection[Path], chosen: Chosen = _ALL) -> tuple[Draft, ...]:
        """Return drafts of a file; raises what reading and composing raise, UsageError when none is so."""
        key = _state_of(app, known)
        with self._lock:
            if key != self._key:
                self._key, self._remembered = key, {}
            drafts, files = self._remembered.get((path, chosen), ((), None))
        if files is None or files != _stamps(_gift_files(drafts)):
            to = [chosen.person] if chosen.person else []
            drafts = drafting.drafts(app, drafting.read(app, [path]), to=to, kind=chosen.kind)
            with self._lock:
                if key == self._key:
                    self._remembered[path, chosen] = drafts, _stamps(_gift_files(drafts))
        return drafts


def _state_of(app: App, known: Collection[Path]) -> object:
    """Return what judged notes depend on, beside the files that they bring."""
    if app.settings.outbox is not None and not isinstance(app.settings.outbox, Path):
        return object()  # a PostgreSQL has no file to look at: nothing is remembered
    databases = {app.store.name, app.database.name}
    paths = [*known, *(Path(f"{name}{end}") for name in sorted(databases) for end in ("", "-wal"))]
    minute = app.clock().replace(second=0, microsecond=0)
    return minute, app.settings, _stamps(paths), app.templates.state()


def _gift_files(drafts: Sequence[Draft]) -> tuple[Path, ...]:
    """Return what the notes of the drafts' interview bring, those that are not chosen among them."""
    notes = drafts[0].interview.notes if drafts else ()
    return tuple(drafts[0].interview.path.parent / gift.file for n in notes for gift in n.gifts if gift.file)


def _stamps(paths: Iterable[Path]) -> tuple[tuple[Path, Stamp | None], ...]:
    return tuple((path, stamp(path)) for path in paths)
