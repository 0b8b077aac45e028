"""Look into the outbox and take the steps that a person may take with what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import EntryNotFound
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailer.app import App
    from mailer.model import Entry, Event

__all__ = ["entries", "find", "reschedule", "settle", "steps", "stored_wire", "story"]


def entries(app: App, states: Sequence[str] = (), *, limit: int | None) -> Sequence[Entry]:
    """List entries, newest first; nothing was ever queued when there is no outbox yet."""
    if not app.database_exists:
        return ()
    return app.outbox.list([State(s) for s in states] or None, limit=limit)


def find(app: App, reference: str) -> Entry:
    """Return the entry of an id, the beginning of one, or a person; raises EntryNotFound.

    Where nothing was ever queued there is nothing to find, and looking creates nothing.
    """
    if not app.database_exists:
        raise EntryNotFound(f"there is no note “{reference}”; the outbox is empty, nothing was ever queued")
    return app.outbox.get(reference)


def story(app: App, entry: Entry) -> tuple[Event, ...]:
    """Return what happened to an entry, in order."""
    return app.outbox.events(entry.id)


def stored_wire(app: App, entry: Entry) -> Iterator[bytes]:
    """Yield the mail of an entry as it was sealed; its date is that of the sending, or of now."""
    from mailer import mime

    sealed = app.outbox.load(entry)
    return mime.wire(sealed, date=app.clock(), read_payload=app.outbox.read_payload)


def steps(app: App, name: str, references: Sequence[str]) -> tuple[Entry, ...]:
    """Take the step `cancel`, `restore` or `retry` with each entry that a person named, once; with all or with none."""
    ids = dict.fromkeys(find(app, reference).id for reference in references)
    take = {"cancel": app.outbox.cancel, "restore": app.outbox.restore, "retry": app.outbox.retry}[name]
    with app.outbox.transaction():
        return tuple(take(entry_id, now=app.clock()) for entry_id in ids)


def reschedule(app: App, reference: str, when: str, zone: str | None) -> Entry:
    """Give an entry another hour, read in `zone` or in its own."""
    from mailer import schedule

    entry, now = find(app, reference), app.clock()
    due = schedule.parse(when, now=now, zone=zone or entry.timezone)
    return app.outbox.reschedule(entry.id, due=due.instant, due_local=due.wall, timezone=due.timezone, now=now)


def settle(app: App, reference: str, *, was_sent: bool) -> Entry:
    """Record what a person found out about an uncertain entry."""
    return app.outbox.settle(find(app, reference).id, was_sent=was_sent, now=app.clock())
