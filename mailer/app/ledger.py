"""Look into the outbox and take the steps that a person may take with what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import EntryNotFound, IllegalTransition
from mailer.model import Payload, State
from mailer.outbox import OPEN
from mailer.outbox.transitions import TRANSITIONS, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.model import Entry, Event
    from mailer.schedule import Due, Which

__all__ = [
    "Change",
    "Steps",
    "attention",
    "by_own_clock",
    "cancel",
    "entries",
    "find",
    "held_up",
    "hour",
    "reschedule",
    "restore",
    "retry",
    "settle",
    "stored_wire",
    "story",
]

#: Of several notes of a name these mean the one that can take the step; the others mean the one that is open.
_MEAN_THE_ABLE = frozenset({Step.RESTORE, Step.RETRY, Step.SETTLE_SENT, Step.SETTLE_UNSENT})

#: So many that wait for a person are named in one line.
_NAMED = 3


class Change(NamedTuple):
    """A step that was taken: the entry before it, and after."""

    before: Entry
    after: Entry


class Steps(NamedTuple):
    """What was done with several entries, and which open ones of the same name were left as they are."""

    changes: tuple[Change, ...]
    left: tuple[Entry, ...] = ()


# --- looking ---------------------------------------------------------------------------------------------------


def entries(app: App, states: Sequence[str] = (), *, limit: int | None) -> Sequence[Entry]:
    """List entries, newest first; nothing was ever queued when there is no outbox yet."""
    if not app.outbox_exists:
        return ()
    return app.outbox.list([State(s) for s in states] or None, limit=limit)


def find(app: App, reference: str, *, able: Collection[State] = ()) -> Entry:
    """Return the entry of an id, the beginning of one, or a name, as `Outbox.get`; raises EntryNotFound.

    Where nothing was ever queued there is nothing to find, and looking creates nothing.
    """
    _refuse_empty(app, reference)
    return app.outbox.get(reference, able=able)


def _refuse_empty(app: App, reference: str) -> None:
    if not app.outbox_exists:
        raise EntryNotFound(f"there is no note “{reference}”; the outbox is empty, nothing was ever queued")


def story(app: App, entry: Entry) -> tuple[Event, ...]:
    """Return what happened to an entry, in order."""
    return app.outbox.events(entry.id)


def stored_wire(app: App, entry: Entry) -> Iterator[bytes]:
    """Yield the mail of an entry as it was sealed; its date is that of the sending, or of now."""
    from mailer import mime

    sealed = app.outbox.load(entry)
    return mime.wire(sealed, date=app.clock(), read_payload=app.outbox.read_payload)


def hour(app: App, entry: Entry) -> str:
    """Say when an entry is due, in its reader's zone and in the user's."""
    from mailer import schedule

    due = schedule.Due(entry.due, entry.due_local, entry.timezone)
    return schedule.describe(due, sender_zone=app.settings.timezone, now=app.clock())


def by_own_clock(app: App, moment: datetime) -> datetime:
    """Return an aware moment as the user's own clocks show it (MAILER_TIMEZONE)."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(app.settings.timezone))


def attention(app: App) -> tuple[str, ...]:
    """Say what waits for a person, a line for each kind of it; () when nothing does."""
    if not app.outbox_exists:
        return ()
    waiting = app.outbox.list([State.MISSED, State.UNCERTAIN, State.HELD], limit=1000)
    missed = [e for e in waiting if e.state is State.MISSED]
    uncertain = [e for e in waiting if e.state is State.UNCERTAIN]
    kept = [e for e in waiting if e.state is State.HELD and e.due <= app.clock()]
    return (
        *held_up(app),
        *_waiting("missed", missed, "mailer outbox reschedule {id} --at WHEN, or cancel {id}"),
        *_waiting("uncertain", uncertain, "mailer outbox settle {id}"),
        *_waiting("held, its hour has passed, it should have arrived", kept, "mailer outbox settle {id}"),
    )


def held_up(app: App) -> Iterator[str]:
    """Give one line for what keeps the due notes of an account waiting, as its last worker found it."""
    for trouble in app.outbox.troubles():
        due = app.outbox.due(app.clock(), limit=1000, account=trouble.account)
        if due:
            since = by_own_clock(app, trouble.since)
            notes = "1 due note waits" if due == 1 else f"{due:,} due notes wait"
            whose = f" for the account {trouble.account}" if trouble.account else ""
            yield f"{notes}{whose}, since {since:%a %Y-%m-%d %H:%M}: {trouble.sentence}"


def _waiting(what: str, found: Sequence[Entry], remedy: str) -> tuple[str, ...]:
    """Return one line that names the first of these and says what to do with each; () for none."""
    if not found:
        return ()
    named = ", ".join(f"{entry.id} to {entry.person}" for entry in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return (f"{what} ({named}{more}): {remedy.format(id=found[0].id if len(found) == 1 else 'ID')}",)


# --- steps, with all of the named entries or with none -----------------------------------------------------------


def cancel(app: App, references: Sequence[str], *, everything: bool = False) -> Steps:
    """Make sure that entries are not sent; each named one once.

    With `everything` each reference means every open note of that name, and those on their way are left and returned.
    Raises EntryNotFound for what means none or is not clear, IllegalTransition for one that cannot take the step; then
    none is changed. So do all of these.
    """
    return _taken(app, Step.CANCEL, references, lambda e: app.outbox.cancel(e.id, now=app.clock()), everything)


def restore(  # noqa: PLR0913  # the hour is three of them
    app: App,
    references: Sequence[str],
    *,
    when: str | None = None,
    zone: str | None = None,
    which: Which | None = None,
    everything: bool = False,
) -> Steps:
    """Undo cancels, each until its hour; with `when` at another hour, as `reschedule`.

    Raises AlreadyQueued when another note has taken the place, and AttachmentFault when its files are kept no more.
    """

    def take(entry: Entry) -> Entry:
        now = app.clock()
        if entry.state is State.CANCELLED and entry.due <= now and not when:
            raise IllegalTransition(
                f"{entry.id} was cancelled, and its hour has passed ({hour(app, entry)}), so there is nothing to go"
                f" back to; say another one: `mailer outbox restore {entry.id} --at WHEN`, or queue the note again"
            )
        restored = app.outbox.restore(entry.id, now=now)
        if not when:
            return restored
        _refuse_lost_files(app, restored)
        return _at(app, restored, _hour(app, restored, when, zone, which))

    return _taken(app, Step.RESTORE, references, take, everything)


def retry(app: App, references: Sequence[str], *, everything: bool = False) -> Steps:
    """Have refused or postponed notes tried again, at once or as soon as they are due."""
    return _taken(app, Step.RETRY, references, lambda e: app.outbox.retry(e.id, now=app.clock()), everything)


def reschedule(  # noqa: PLR0913  # the hour is three of them
    app: App,
    references: Sequence[str],
    when: str,
    zone: str | None = None,
    *,
    which: Which | None = None,
    everything: bool = False,
) -> Steps:
    """Give entries another hour, read in `zone` or in each one's own.

    `which` chooses where the clocks show an hour twice; it is called while the outbox is locked, so it asks nobody.
    Raises UsageError for an hour that has passed or is skipped, and for `best`, because the interview's hours are not
    in the outbox; ComesTwice without a `which`.
    """
    return _taken(app, Step.RESCHEDULE, references, lambda e: _at(app, e, _hour(app, e, when, zone, which)), everything)


def settle(app: App, references: Sequence[str], *, was_sent: bool, everything: bool = False) -> Steps:
    """Record what a person found out about uncertain or held entries."""
    return _taken(
        app,
        Step.SETTLE_SENT if was_sent else Step.SETTLE_UNSENT,
        references,
        lambda e: app.outbox.settle(e.id, was_sent=was_sent, now=app.clock()),
        everything,
    )


def _hour(app: App, entry: Entry, when: str, zone: str | None, which: Which | None) -> Due:
    from mailer import schedule

    workdays = app.settings.workdays
    typed = schedule.parse(when, now=app.clock(), zone=zone or entry.timezone, workdays=workdays, which=which)
    return schedule.there(typed, entry.timezone)


def _at(app: App, entry: Entry, due: Due) -> Entry:
    return app.outbox.reschedule(entry.id, due=due.instant, due_local=due.wall, timezone=due.timezone, now=app.clock())


def _refuse_lost_files(app: App, entry: Entry) -> None:
    """Raise AttachmentFault when a file of the note was dropped, as happens to those cancelled past their hour."""
    for part in app.outbox.load(entry).parts:
        if isinstance(part, Payload):
            next(app.outbox.read_payload(part))


def _taken(app: App, step: Step, references: Sequence[str], take: Callable[[Entry], Entry], everything: bool) -> Steps:  # noqa: FBT001  # handed through
    """Find what is meant and take the step with each, in one transaction."""
    for reference in references:
        _refuse_empty(app, reference)
    able = TRANSITIONS[step][0] if step in _MEAN_THE_ABLE else ()
    with app.outbox.transaction():
        if everything:
            found, left = _each_of(app, references, step)
        else:
            found = {entry.id: entry for entry in (app.outbox.get(r, able=able) for r in references)}
            left = ()
        return Steps(tuple(Change(entry, take(entry)) for entry in found.values()), left)


def _each_of(app: App, references: Sequence[str], step: Step) -> tuple[dict[str, Entry], tuple[Entry, ...]]:
    """Return every note of these names that can take the step, the oldest first, and the open ones that cannot."""
    named = {entry.id: entry for reference in references for entry in reversed(app.outbox.all_of(reference))}
    found = {i: e for i, e in named.items() if e.state in TRANSITIONS[step][0] and not _is_untried(step, e)}
    if not found:
        states = ", ".join(sorted({entry.state for entry in named.values()}))
        raise EntryNotFound(f"no note of {', '.join(references)} can take this step; they are {states}")
    left = tuple(e for i, e in named.items() if i not in found and e.state in OPEN)
    return found, () if step in _MEAN_THE_ABLE else left


def _is_untried(step: Step, entry: Entry) -> bool:
    return step is Step.RETRY and entry.state is State.SCHEDULED and entry.last_reply is None
