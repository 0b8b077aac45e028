"""Say where a note stands in a few words: what the checks say of it, or what the outbox does.

Takes Drafts or entries, gives words that fit a list: "2 questions", "queued for Tue 08:30 in Berlin". One query for an
interview, however many people it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from mailer import schedule
from mailer.model import State
from mailer.outbox.transitions import HOLDING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Entry, Note

__all__ = [
    "ASKING",
    "IN_HAND",
    "WAITS",
    "Standing",
    "asks_somebody",
    "brief_hour",
    "day_of",
    "is_on_its_way",
    "is_unwritten",
    "standings",
    "state_of",
    "words",
]

#: These go out by themselves.
WAITS = frozenset({State.SCHEDULED, State.QUEUED})

#: These are being sent this moment.
IN_HAND = frozenset({State.CLAIMED, State.TRANSMITTING})

#: Of these a person has to decide something; of a held one only once its hour has passed.
ASKING = (State.UNCERTAIN, State.MISSED, State.FAILED)

#: What goes out within so many seconds has no hour worth naming.
MOMENT_S = 60.0


class Standing(NamedTuple):
    """Where one note stands, in words; `entry` is its place in the outbox, None where it has none that counts.

    `changed` (aware UTC) is when that entry took its last step.
    """

    draft: Draft
    state: str
    entry: Entry | None = None
    changed: datetime | None = None


def state_of(app: App, draft: Draft) -> str:
    """Return the words for one note; for several of an interview `standings` asks the outbox only once."""
    return standings(app, [draft])[0].state


def standings(app: App, drafts: Sequence[Draft]) -> tuple[Standing, ...]:
    """Return where each note stands, in the order given; looking creates nothing."""
    kept: dict[str, tuple[tuple[Entry, datetime], ...]] = {}
    for interview in {draft.interview.key: draft.interview for draft in drafts}.values():
        kept[interview.key] = app.outbox.of_interview(interview.key, interview.id) if app.outbox_exists else ()
    return tuple(_standing(app, draft, kept[draft.interview.key]) for draft in drafts)


def _standing(app: App, draft: Draft, kept: Sequence[tuple[Entry, datetime]]) -> Standing:
    mine = [pair for pair in kept if _is_of(pair[0], draft)]
    for state in (HOLDING, {State.FAILED}):
        for entry, changed in reversed(mine):
            if entry.state in state:
                return Standing(draft, words(app, entry, changed), entry, changed)
    return Standing(draft, "to write" if is_unwritten(draft.note) else draft.summary)


def _is_of(entry: Entry, draft: Draft) -> bool:
    """Tell whether an entry is this note; of another interview under the file's name only if it goes to the same."""
    is_same = entry.kind == draft.note.kind and any(person.id in entry.people for person in draft.note.people)
    to = draft.composition.to
    return is_same and (
        entry.interview_key == draft.interview.key or (to is not None and to.address == entry.to.address)
    )


def is_unwritten(note: Note) -> bool:
    """Tell whether nobody has written a word of the note yet."""
    return note.source is None and not any(note.slots)


def asks_somebody(entry: Entry, *, now: datetime) -> bool:
    """Tell whether a person has to decide something of an entry, as of `now` (aware UTC)."""
    return entry.state in ASKING or (entry.state is State.HELD and entry.due <= now)


def is_on_its_way(entry: Entry, *, now: datetime) -> bool:
    """Tell whether an entry goes out by itself, from here or from a server that keeps it until its hour."""
    return entry.state in WAITS | IN_HAND or (entry.state is State.HELD and entry.due > now)


# --- an entry in words -------------------------------------------------------------------------------------------

_PLAIN = {
    State.CLAIMED: "being sent",
    State.TRANSMITTING: "being sent",
    State.SENT: "sent",
    State.FAILED: "not sent",
    State.UNCERTAIN: "uncertain",
    State.CANCELLED: "cancelled",
    State.MISSED: "missed its hour",
}


def words(app: App, entry: Entry, changed: datetime | None = None) -> str:
    """Say where an entry stands; `changed` (aware UTC), when it took its last step, gives the day of the sending."""
    now = app.clock()
    if entry.state in WAITS:
        return _waiting(app, entry, now)
    if entry.state is State.HELD:
        is_over = entry.due <= now
        return "should have arrived" if is_over else f"kept by the server until {_briefest(entry, now)}"
    said = _PLAIN[entry.state]
    return f"{said} {day_of(app, changed)}" if changed and entry.state is State.SENT else said


def _waiting(app: App, entry: Entry, now: datetime) -> str:
    if (entry.due - now).total_seconds() > MOMENT_S:
        return f"queued for {_briefest(entry, now)}"
    if entry.not_before > now and entry.last_reply is not None:
        again = entry.not_before.astimezone(ZoneInfo(app.settings.timezone))
        return f"to be tried again at {again:%H:%M}"
    return "about to go" if entry.due > now else "due"


def _briefest(entry: Entry, now: datetime) -> str:
    return schedule.briefest(schedule.Due(entry.due, entry.due_local, entry.timezone), now=now)


def brief_hour(app: App, entry: Entry) -> str:
    """Say when an entry is due: `Tue 24 Nov, 08:30 in Berlin (02:30 for you)`."""
    due = schedule.Due(entry.due, entry.due_local, entry.timezone)
    return schedule.brief(due, sender_zone=app.settings.timezone, now=app.clock())


def day_of(app: App, moment: datetime) -> str:
    """Say the day of an aware moment by the user's own calendar: `Fri 12 Jun`."""
    zone = ZoneInfo(app.settings.timezone)
    return schedule.day_said(moment.astimezone(zone).date(), today=app.clock().astimezone(zone).date())
