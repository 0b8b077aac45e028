"""Lay out a desk on which every page has something to show, and name the pages."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from mailer.app import drafting, ledger, sending
from tests.browser.desks import INTERVIEW, interview_file, open_desk, with_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from mailer.app import App
    from mailer.app.drafting import Draft
    from tests.browser.desks import Place

__all__ = ["SCHEMES", "WIDTHS", "Gallery", "open_gallery"]

WIDTHS = (375, 1280)
SCHEMES = ("light", "dark")

_NOTE = "/interviews/harborline/vanderberg"

#: A page of each kind by what it shows; `*` stands for the id of an entry.
_PAGES = {
    "desk": "/",
    "capture": "/capture",
    "interviews": "/interviews",
    "interview": "/interviews/harborline",
    "note": _NOTE,
    "note-freely": "/interviews/05-quality-manager/vanderberg",
    "note-stopped": "/interviews/harborline/raghunathan",
    "note-file": "/interviews/10-designer/sato",
    "note-joint": "/interviews/12-policy-analyst/dsouza",
    "note-both": f"{_NOTE}?view=both",
    "note-phone-dark": f"{_NOTE}?view=phone&scheme=dark",
    "note-forced": f"{_NOTE}?scheme=forced",
    "note-text": f"{_NOTE}?tab=text",
    "note-headers": f"{_NOTE}?tab=headers",
    "note-parts": "/interviews/10-designer/sato?tab=parts",
    "note-source": f"{_NOTE}?tab=source",
    "note-programs": f"{_NOTE}?tab=programs",
    "note-links": f"{_NOTE}?tab=links",
    "send": "/interviews/kettle/vanderberg/send",
    "send-later": "/interviews/kettle/vanderberg/send?when=planned",
    "send-stopped": "/interviews/harborline/raghunathan/send",
    "outbox": "/outbox",
    "outbox-queued": "/outbox/*queued",
    "outbox-undo": "/outbox/*undo",
    "outbox-sent": "/outbox/*sent",
    "outbox-cancelled": "/outbox/*cancelled",
    "people": "/people",
    "gifts": "/gifts",
    "settings": "/settings",
    "doctor": "/doctor",
    "not-found": "/interviews/nobody",
}
#: On a narrow screen a note has three places.
_PLACES = {"note-write": f"{_NOTE}#write", "note-checks": "/interviews/harborline/raghunathan#checks"}


class Gallery(NamedTuple):
    """Two desks, one without anything on it, and the pages of both by name."""

    empty: Place
    full: Place
    pages: dict[str, str]

    def show(self, page: Page, name: str) -> None:
        """Open a page in a window that both desks have let in."""
        page.goto(self.pages[name], wait_until="load")

    def let_in(self, context: BrowserContext) -> Page:
        """Open a window that may see both desks."""
        page = context.new_page()
        for place in (self.empty, self.full):
            page.goto(place.server.link("/outbox"))
        return page


@contextmanager
def open_gallery(tmp_path: Path) -> Iterator[Gallery]:
    """Run both desks."""
    with open_desk(tmp_path / "empty") as empty, open_desk(tmp_path / "full", stands_still=True) as full:
        with_scenarios(full)
        for number, name in enumerate(("harborline", "queued", "undo", "sent", "cancelled", "kettle")):
            company = "Harborline Castings" if name == "harborline" else f"Kettle & Sons, works {number}"
            text = INTERVIEW.replace("Harborline Castings", company).replace("09:00 ", f"09:0{number} ")
            interview_file(full, text, f"{name}.md")
        with closing(full.wire()) as app:
            entries = _on_their_way(app, full.interviews)
        paths = {**_PAGES, **_PLACES}
        pages = {name: full.url(_filled(path, entries)) for name, path in paths.items()}
        yield Gallery(empty, full, {"empty": empty.url("/"), "empty-outbox": empty.url("/outbox"), **pages})


def _filled(path: str, entries: dict[str, str]) -> str:
    head, star, name = path.partition("*")
    return head + entries[name] if star else path


def _on_their_way(app: App, folder: Path) -> dict[str, str]:
    """Queue a note of four interviews, each for another fate, and return the ids of their entries."""
    found: dict[str, str] = {}
    for name in ("queued", "undo", "sent", "cancelled"):
        draft = _draft(app, folder / f"{name}.md")
        expect = drafting.seal(app, draft).fingerprint
        if name in {"queued", "cancelled"}:
            entry = sending.queue_at(app, draft, when="tomorrow 8:30", expect=expect)
        else:  # where the clock stands still, the minute of one of them never ends
            entry = sending.send_soon(app, draft, expect=expect, delay_s=0 if name == "sent" else 55)
        found[name] = entry.id
    ledger.cancel(app, [found["cancelled"]])
    return found


def _draft(app: App, path: Path) -> Draft:
    return drafting.drafts(app, drafting.read(app, [path]), to=["vanderberg"])[0]
