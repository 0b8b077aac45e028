"""Gather what a person wants to know at a glance: what needs them now, what waits for its hour, what is done.

Takes the judged drafts of each interview, gives an `Overview`; reads the outbox with one query for each state and each
interview, and creates nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from mailer.app import drafting, ledger, standing
from mailer.app.story import outlook
from mailer.model import State, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.app.standing import Standing
    from mailer.model import Entry

__all__ = ["Item", "Overview", "overview"]

#: So many that are done are worth a look.
LATELY = 10

#: So many of one state are read; a person who has more looks into the outbox.
MOST = 200

#: What goes on by itself.
_MOVING = (State.SCHEDULED, State.QUEUED, State.CLAIMED, State.TRANSMITTING)

_NO_FAULTS: Mapping[str, str] = MappingProxyType({})


class Item(NamedTuple):
    """One line: its state in a word or a few, a sentence, and what it points to, "" where to nothing.

    `interview` is the file's name without its ending, `person` the id of a person there, `entry` an id of the outbox.
    """

    state: str
    sentence: str
    interview: str = ""
    person: str = ""
    entry: str = ""


class Overview(NamedTuple):
    """The three groups, each in the order in which it is to be read."""

    now: tuple[Item, ...]
    waiting: tuple[Item, ...]
    done: tuple[Item, ...]


def overview(app: App, drafts_of: Mapping[str, Sequence[Draft]], *, faults: Mapping[str, str] = _NO_FAULTS) -> Overview:
    """Return what needs the user now, what waits, and what was done lately.

    `drafts_of` holds the judged drafts of each interview by the name of its file without the ending; `faults` says of
    the files that do not read why.
    """
    now = (*_asking(app), *_unreadable(faults), *_to_write(app, drafts_of))
    return Overview(now, tuple(_waiting(app)), tuple(_done(app)))


# --- now -------------------------------------------------------------------------------------------------------


def _asking(app: App) -> Iterator[Item]:
    """Give what keeps notes waiting, and each note of which a person has to decide something."""
    if not app.outbox_exists:
        return
    for sentence in ledger.held_up(app):
        yield Item("waiting", sentence)
    for state in standing.ASKING:  # the most urgent first
        found = app.outbox.list([state], limit=MOST)
        for entry in _not_replaced(app, found) if state is State.FAILED else found:
            yield _item(app, entry)
    for entry in app.outbox.list([State.HELD], limit=MOST):
        if entry.due <= app.clock():
            yield _item(app, entry)


def _not_replaced(app: App, failed: Sequence[Entry]) -> Iterator[Entry]:
    """Give the refused notes in whose place no other stands."""
    holding = {entry.interview_key: app.outbox.sent_notes(entry.interview_key, ()) for entry in failed}
    for entry in failed:
        others = holding[entry.interview_key]
        if not any(other.kind == entry.kind and set(other.people) & set(entry.people) for other in others):
            yield entry


def _unreadable(faults: Mapping[str, str]) -> Iterator[Item]:
    for slug, sentence in faults.items():
        yield Item("does not read", sentence, interview=slug)


def _to_write(app: App, drafts_of: Mapping[str, Sequence[Draft]]) -> Iterator[Item]:
    """Give each interview with notes that are not in the outbox, the latest interview first."""
    held = {slug: drafts for slug, drafts in drafts_of.items() if drafts}
    for slug in sorted(held, key=lambda slug: _begin(held[slug][0]), reverse=True):
        left = [found for found in standing.standings(app, held[slug]) if found.entry is None]
        if left:
            yield _interview_item(slug, left)


def _begin(draft: Draft) -> datetime:
    return draft.interview.start.replace(tzinfo=ZoneInfo(draft.interview.timezone))


def _interview_item(slug: str, left: Sequence[Standing]) -> Item:
    company = left[0].draft.interview.company
    if len(left) == 1:
        note = left[0].draft.note
        return Item(left[0].state, f"{company}: your note to {note.reader.name}.", slug, note.people[0].id)
    numbers = {word: sum(_word(found) == word for found in left) for word in _WORDS}
    parts = [said.format(n=numbers[word]) for word, said in _WORDS.items() if numbers[word]]
    first = next(word for word in _WORDS if numbers[word])
    return Item(first, f"{company}: {len(left)} notes; {', '.join(parts)}.", slug)


#: What the notes of one interview need, the most first.
_WORDS = {
    "to write": "{n} to write",
    "stopped": "{n} stopped",
    "questions": "{n} with questions",
    "ready": "{n} ready",
}


def _word(found: Standing) -> str:
    if standing.is_unwritten(found.draft.note):
        return "to write"
    verdict = drafting.verdict([found.draft])
    return {Verdict.STOP: "stopped", Verdict.QUESTIONS: "questions", Verdict.READY: "ready"}[verdict]


# --- waiting, done -----------------------------------------------------------------------------------------------


def _waiting(app: App) -> Iterator[Item]:
    if not app.outbox_exists:
        return
    kept = [entry for entry in app.outbox.list([State.HELD], limit=MOST) if entry.due > app.clock()]
    entries = [*app.outbox.list(_MOVING, limit=None), *kept]
    for entry in sorted(entries, key=lambda entry: entry.due)[:MOST]:
        yield _item(app, entry)


def _done(app: App) -> Iterator[Item]:
    if not app.outbox_exists:
        return
    found = [pair for state in (State.SENT, State.CANCELLED) for pair in app.outbox.lately(state, limit=MOST)]
    found.sort(key=lambda pair: pair[1], reverse=True)
    for entry, changed in found[:LATELY]:
        yield _item(app, entry, changed)


def _item(app: App, entry: Entry, changed: datetime | None = None) -> Item:
    state = standing.words(app, entry, changed)
    return Item(state, outlook(app, entry).sentence, entry.interview, entry.person, entry.id)
