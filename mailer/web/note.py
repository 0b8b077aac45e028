"""The page of one note: what is written, the letter as it will arrive, and what is said in its margin."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from mailer import editors, preview
from mailer.app import drafting, editing, files, form, looking, sending, standing, writing
from mailer.model import NoteKind
from mailer.web.opened_links import links_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from starlette.responses import Response

    from mailer.app.drafting import Draft
    from mailer.app.looking import Look
    from mailer.web.desk import Visit

__all__ = ["Options", "base_of", "note"]

TABS = {
    "letter": "Letter",
    "text": "Text",
    "headers": "Headers",
    "parts": "Parts",
    "source": "Source",
    "programs": "Mail programs",
    "links": "Links",
}
VIEWS = {"desktop": "Desktop", "phone": "Phone", "both": "Both"}
SCHEMES = {"light": "Light", "dark": "Dark", "forced": "Forced dark"}
TOGGLES = {"images": "Images", "marks": "Marks"}
#: How wide a letter is shown, in CSS pixels: in a window beside its margin, in a telephone.
DESKTOP_PX, PHONE_PX = 512, 375
#: The head of a source that is shown of an attached file.
SHOWN_LINES = 3


class Options(NamedTuple):
    """How the letter is looked at, as the URL says; the first of each is the default and not in the URL."""

    tab: str = "letter"
    view: str = "desktop"
    scheme: str = "light"
    images: str = "shown"
    marks: str = "shown"
    write: str = ""

    @classmethod
    def of(cls, visit: Visit) -> Options:
        """Read the URL; an unknown word is the default."""
        given = {name: visit.query.get(name, "") for name in cls._fields}
        return cls(**{name: word for name, word in given.items() if word in _KNOWN[name]})


_KNOWN: dict[str, Container[str]] = {
    "tab": TABS,
    "view": VIEWS,
    "scheme": SCHEMES,
    "images": ("shown", "off"),
    "marks": ("shown", "off"),
    "write": ("freely",),
}


class Choice(NamedTuple):
    """One word of a switch, and what it changes in the URL."""

    words: str
    query: dict[str, str]
    is_on: bool


class Tab(NamedTuple):
    """One part of the mail to look at."""

    id: str
    words: str
    is_on: bool


class Frame(NamedTuple):
    """One frame around the letter, in CSS pixels."""

    id: str
    words: str
    width_px: int
    height_px: int


def base_of(visit: Visit) -> str:
    """Return the note's URL without its query."""
    return f"/interviews/{visit.path['slug']}/{visit.path['person']}"


def query_of(visit: Visit, options: Options, **changes: str) -> str:
    """Return the URL's query with changes; what is at its default is left out."""
    kind = "" if visit.kind is NoteKind.THANK_YOU else visit.kind.value
    defaults = Options()._asdict()
    values = {"kind": kind, **options._asdict(), **changes}
    kept = {name: value for name, value in values.items() if value and value != defaults.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def note(visit: Visit) -> Response:
    """Show a note."""
    draft, path = visit.draft, visit.file
    stands = standing.standings(visit.app, [draft])[0]
    seen, options = looking.look(visit.app, draft, is_queued=stands.entry is not None), Options.of(visit)
    opened = editing.opened(visit.app, path)
    index = writing.index_of(opened.interview, draft.note)
    hour = sending.hour_said(visit.app, sending.judged_hour(draft))
    return visit.page(
        "interviews/_slug/_person.html.j2",
        look=seen,
        slug=visit.path["slug"],
        base=base_of(visit),
        query_of=lambda **changes: query_of(visit, options, **changes),
        options=options,
        people_names=_joined([p.name for p in draft.note.people]),
        reader=draft.note.reader,
        others=tuple(_others(visit, draft)),
        state=stands.state,
        entry=stands.entry,
        hour=hour.brief if sending.is_ahead(visit.app, hour.due) else "",
        hour_in_words=hour.whole,
        version=opened.version,
        fields=form.person_fields(opened, index, draft.note.kind),
        text=writing.text_of(opened, draft.note, freely=bool(options.write)),
        asides=writing.asides(opened, draft.note),
        files=files.files_beside(path),
        switches=tuple(_switches(options)) if options.tab == "letter" else (),
        tabs=tuple(Tab(name, words, options.tab == name) for name, words in TABS.items()),
        editor=editors.editor_of(os.environ, path),
        **_TAB[options.tab](visit, seen),
    )


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class Other(NamedTuple):
    """Another note of the interview."""

    name: str
    url: str
    is_here: bool


def _others(visit: Visit, draft: Draft) -> Iterator[Other]:
    """Yield the notes of the interview, this one among them; of many, those beside it would be too many to name."""
    notes = draft.interview.notes
    if len(notes) > MAX_NAMED:
        return
    for beside in notes:
        first, kind = beside.people[0], beside.kind
        query = "" if kind is NoteKind.THANK_YOU else f"?kind={kind}"
        words = first.name if kind is NoteKind.THANK_YOU else f"{first.name} ({kind})"
        is_here = beside is draft.note
        yield Other(words, f"/interviews/{visit.path['slug']}/{first.id}{query}", is_here)


#: So many notes of an interview are named on each of their pages.
MAX_NAMED = 6


def _switches(options: Options) -> Iterator[tuple[Choice, ...]]:
    yield tuple(Choice(words, {"view": name}, options.view == name) for name, words in VIEWS.items())
    yield tuple(Choice(words, {"scheme": name}, options.scheme == name) for name, words in SCHEMES.items())
    yield tuple(_on_or_off(name, words, getattr(options, name)) for name, words in TOGGLES.items())


def _on_or_off(name: str, words: str, setting: str) -> Choice:
    is_on = setting == "shown"
    return Choice(words, {name: "off" if is_on else "shown"}, is_on)


# --- what each tab shows -----------------------------------------------------------------------------------------


def _letter(visit: Visit, seen: Look) -> dict[str, Any]:
    html, options = seen.draft.composition.html, Options.of(visit)
    sizes = {"desktop": ("in a window", DESKTOP_PX), "phone": ("on a telephone", PHONE_PX)}
    frames = tuple(
        Frame(name, words, width_px, preview.height_px(html, width_px))
        for name, (words, width_px) in sizes.items()
        if options.view in {name, "both"}
    )
    return {"frames": frames, "links": links_of(seen)}


def _text(_visit: Visit, seen: Look) -> dict[str, Any]:
    composition = seen.draft.composition
    return {
        "text_pieces": preview.marked_text(drafting.flowed(seen.draft), looking.excerpts(seen)),
        "differences": preview.compare(composition.text, composition.html),
    }


def _headers(visit: Visit, seen: Look) -> dict[str, Any]:
    raw = looking.wire(visit.app, seen) if seen.sealed else b""
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    return {"structure": preview.read(raw) if raw else None, "raw_head": head}


def _source(visit: Visit, seen: Look) -> dict[str, Any]:
    raw = looking.wire(visit.app, seen) if seen.sealed else b""
    return {"structure": bool(raw), "raw_text": looking.source(raw, shown_lines=SHOWN_LINES)}


def _programs(visit: Visit, seen: Look) -> dict[str, Any]:
    from mailer import clients, spam

    judgement = looking.judged_by_programs(visit.app, seen)
    return {
        "judgement": judgement,
        "clients": clients.CLIENTS,
        "data_date": clients.data_date(),
        "oldest": min((use.tested for use in judgement.uses), default=clients.data_date()),
        "not_in_it": spam.NOT_IN_IT,
    }


def _links(visit: Visit, seen: Look) -> dict[str, Any]:
    found = links_of(seen)
    hrefs = [link.href for link in found]
    return {"links": found, "opened": visit.desk.links.of(hrefs), "left": visit.desk.links.left(hrefs)}


_TAB = {
    "letter": _letter,
    "text": _text,
    "headers": _headers,
    "parts": _headers,
    "source": _source,
    "programs": _programs,
    "links": _links,
}
