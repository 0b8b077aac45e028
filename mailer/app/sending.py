"""Send one note from the desk: in a minute, so that it can be undone, or at a later hour.

Takes the draft that a person looked at and its fingerprint, gives the Entry that was queued. What delivers it is
`attending.Attendant`, or any worker.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailer import schedule
from mailer.app import delivery, drafting, planning
from mailer.app.standing import WAITS
from mailer.errors import NotReady
from mailer.model import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Entry, Sealed
    from mailer.schedule import Due, Which

__all__ = [
    "UNDO_S",
    "ForHour",
    "HourSaid",
    "OneOfTwo",
    "as_of_now",
    "as_typed",
    "countdown",
    "for_hour",
    "hour_said",
    "is_ahead",
    "judged_hour",
    "one_of_two",
    "queue_at",
    "send_soon",
]

#: So long, in seconds, a note that was sent can be called back.
UNDO_S = 60.0

#: Which of two hours is meant, where the clocks go back and show a time twice.
OneOfTwo = Literal["first", "second"]


def send_soon(app: App, draft: Draft, *, expect: str, despite: Sequence[str] = (), delay_s: float = UNDO_S) -> Entry:
    """Queue a note for `delay_s` seconds from now; `ledger.cancel` undoes it until it is claimed.

    It is judged anew, as of now, and must be the one of the fingerprint `expect`. Raises NotReady for an open stop or
    question (`despite` names the rules that the user overrules), SealError for another fingerprint or no address,
    SettingsError and CredentialError when nothing could deliver it, AlreadyQueued; then nothing is queued. The password
    is asked for as a worker does, which may take as long as its command.
    """
    sealed = _sealed(app, as_of_now(app, draft), expect=expect, despite=despite)
    soon = schedule.exactly(app.clock() + timedelta(seconds=delay_s), draft.interview.timezone)
    return delivery.queue(app, sealed, [soon])[0]


def queue_at(  # noqa: PLR0913  # the hour is three of them
    app: App,
    draft: Draft,
    *,
    when: str | None,
    zone: str | None = None,
    which: OneOfTwo | None = None,
    expect: str,
    despite: Sequence[str] = (),
) -> Entry:
    """Queue a note for the hour typed in `zone` (by default the employer's), else the file's, else the rule's.

    Judged as of that hour. Raises what `send_soon` raises, UsageError for an hour that is none, has passed or is
    skipped, and ComesTwice, with both of the hours, where `which` has to choose.
    """
    judged, due = for_hour(app, draft, when=when, zone=zone, which=which)
    sealed = _sealed(app, judged, expect=expect, despite=despite)
    return delivery.queue(app, sealed, [due])[0]


def as_of_now(app: App, draft: Draft) -> Draft:
    """Judge a note as if it went this minute: what was "yesterday" as of its planned hour may not be so now."""
    to, kind = [draft.note.people[0].id], draft.note.kind
    judged = drafting.drafts(app, [draft.interview], to=to, kind=kind, moment=lambda *_: app.clock())
    return next(other for other in judged if other.note.label == draft.note.label)


class ForHour(NamedTuple):
    """A note judged as of the hour at which it would go, and that hour."""

    draft: Draft
    due: Due


def for_hour(
    app: App, draft: Draft, *, when: str | None = None, zone: str | None = None, which: OneOfTwo | None = None
) -> ForHour:
    """Return what `queue_at` would queue: the hour, and what the checks say of the note as of then.

    By the rule the notes of one interview go out some minutes apart: it is the first hour that no other of them has.
    It may be this very minute; then there is nothing to queue, and `send_soon` is meant.
    Raises what `queue_at` raises of hours.
    """
    to, kind = [draft.note.people[0].id], draft.note.kind
    choose = one_of_two(which)
    plan = planning.plan(app, [draft.interview], to=to, kind=kind, when=when, zone=zone, which=choose)
    pairs = zip(plan.drafts, plan.dues, strict=True)
    judged, due = next(pair for pair in pairs if pair[0].note.label == draft.note.label)
    is_by_rule = draft.note.send is None if when is None else when.strip().lower() == "best"
    return ForHour(judged, _apart(app, draft, due) if is_by_rule else due)


class HourSaid(NamedTuple):
    """An hour in words: whole, in both zones, and in the fewest, for a button."""

    due: Due
    whole: str
    brief: str


def hour_said(app: App, due: Due) -> HourSaid:
    """Say an hour for a page."""
    now = app.clock()
    return HourSaid(
        due, schedule.brief(due, sender_zone=app.settings.timezone, now=now), schedule.briefest(due, now=now)
    )


def is_ahead(app: App, due: Due) -> bool:
    """Tell whether an hour is far enough off that queueing for it is something else than sending soon."""
    return (due.instant - app.clock()).total_seconds() > UNDO_S


def judged_hour(draft: Draft) -> Due:
    """Return the hour as of which a note was judged, which is that at which it would go if it were queued now."""
    return schedule.exactly(draft.send_at, draft.interview.timezone)


def as_typed(due: Due) -> str:
    """Return an hour as `queue_at` reads it back, the same whichever of two it is: `2026-11-24 08:30+01:00`."""
    offset = due.wall - due.instant.replace(tzinfo=None)
    minutes = round(offset.total_seconds() / 60)
    hours_off, minutes_off = divmod(abs(minutes), 60)
    return f"{due.wall:%Y-%m-%d %H:%M}{'-' if minutes < 0 else '+'}{hours_off:02}:{minutes_off:02}"


def one_of_two(which: OneOfTwo | None) -> Which | None:
    """Return what chooses the first or the second of two hours, for `planning.plan` and `ledger.reschedule`."""
    if which is None:
        return None
    return lambda twice: twice.first if which == "first" else twice.second


def countdown(app: App, entry: Entry) -> float | None:
    """Return how many seconds a note can still be called back; None when its hour is farther off, or has come."""
    left_s = (entry.due - app.clock()).total_seconds()
    return left_s if entry.state in WAITS and 0 < left_s <= UNDO_S else None


# --- what both have in common ------------------------------------------------------------------------------------


def _apart(app: App, draft: Draft, due: Due) -> Due:
    """Return the first hour from `due` on that is some minutes from those of the interview's other notes."""
    if not app.outbox_exists:
        return due
    taken = [entry.due for entry in app.outbox.sent_notes(draft.interview.key, ())]
    gap, place = schedule.apart(due, 1).instant - due.instant, 0
    while any(abs(schedule.apart(due, place).instant - other) < gap for other in taken):
        place += 1
    return schedule.apart(due, place)


def _sealed(app: App, draft: Draft, *, expect: str, despite: Sequence[str]) -> tuple[Sealed, ...]:
    """Return the note as it is to go, once nothing keeps it back and an account can deliver it."""
    (judged,) = drafting.in_spite_of([draft], despite)
    _refuse_unready(judged)
    sealed = drafting.seal_all(app, [judged], expect=expect)
    delivery.connector(app, may_prompt=False)
    return sealed


def _refuse_unready(draft: Draft) -> None:
    verdict = drafting.verdict([draft])
    if verdict is Verdict.READY:
        return
    level = Level.BLOCK if verdict is Verdict.STOP else Level.QUESTION
    rules = tuple(dict.fromkeys(f.rule for f in draft.findings if f.level is level))
    held = f"is stopped ({', '.join(rules)})" if verdict is Verdict.STOP else f"has open questions ({', '.join(rules)})"
    remedy = "mend it" if verdict is Verdict.STOP else "answer them, or change the note"
    raise NotReady(f"the note to {draft.note.label} {held}, so nothing was queued; {remedy}", rules=rules)
