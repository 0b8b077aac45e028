"""Gather what is known of a note that nobody knows to be sent, and where a person may look.

Takes an entry, gives `Evidence` and sentences; nothing is asked of the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.app import ledger
from mailer.errors import Stage
from mailer.model import State
from mailer.outbox.transitions import TRANSITIONS, Step, target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.model import Entry, Event

__all__ = ["Evidence", "evidence", "where_to_look"]

#: What follows from these states was said by the server, or by the line that broke.
_UNDER_WAY = frozenset({State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN})


class Evidence(NamedTuple):
    """What is known of an uncertain or held note.

    `stage` is the last one of SMTP that it surely reached; `dot` (aware UTC) is when its final dot was let go; `said`
    are the recorded words of server and line, the oldest first; `account` is "" when none is set up any more.
    """

    entry: Entry
    stage: str
    dot: datetime | None
    said: tuple[Event, ...]
    account: str

    @property
    def is_for_later(self) -> bool:
        """Tell whether the server was to keep it until its hour."""
        return self.entry.state is State.HELD or (self.dot is not None and self.dot < self.entry.due)


def evidence(app: App, references: Sequence[str]) -> tuple[Evidence, ...]:
    """Return what is known of each note; raises EntryNotFound, or IllegalTransition for one that needs no settling."""
    able = TRANSITIONS[Step.SETTLE_SENT][0]
    found = {entry.id: entry for entry in (ledger.find(app, r, able=able) for r in references)}
    return tuple(_evidence(app, entry) for entry in found.values())


def _evidence(app: App, entry: Entry) -> Evidence:
    target(Step.SETTLE_SENT, entry)
    events = ledger.story(app, entry)
    passed = [event.at for event in events if event.to_state is State.TRANSMITTING]
    said = tuple(e for e in events if e.from_state in _UNDER_WAY and e.to_state is not State.TRANSMITTING)
    stage = entry.last_reply.stage if entry.last_reply else Stage.DOT
    return Evidence(entry, stage, passed[-1] if passed else None, said, entry.account or app.settings.account_said)


def where_to_look(app: App, known: Evidence) -> tuple[str, ...]:
    """Return what a person may look at, the surest first; what belongs to the line before it is indented."""
    from urllib.parse import quote

    entry, bare = known.entry, known.entry.message_id.strip("<>")
    sent_folder = f"The Sent folder of {known.account}." if known.account else "The Sent folder."
    places = (
        (
            f"{sent_folder} Gmail and Microsoft keep a copy there of what they took; many other servers keep none, and"
            " there a missing copy proves nothing."
        ),
        f"  Gmail: search for rfc822msgid:{bare}",
        f"  Thunderbird: Edit > Find > Search Messages, with the header Message-ID: {bare}",
        f"  Apple Mail: type in Terminal: open message://{quote(entry.message_id, safe='@')}",
        (
            "  Outlook: Exchange and Outlook.com put a Message-ID of their own in place of ours, so search for the"
            f" recipient {entry.to.address} and the subject “{entry.subject}”"
        ),
        f"The inbox and the spam folder: a message from MAILER-DAEMON or postmaster that names {entry.to.address}.",
        f"Last of all: ask {entry.to.name or entry.to.address}.",
    )
    return (*_not_yet(app, known), *places)


def _not_yet(app: App, known: Evidence) -> tuple[str, ...]:
    if not known.is_for_later or known.entry.due <= app.clock():
        return ()
    hour = ledger.hour(app, known.entry)
    return (
        (
            f"Not before its hour, {hour}: until then the server keeps it, and only some providers list on their pages"
            " what waits there. After it:"
        ),
    )
