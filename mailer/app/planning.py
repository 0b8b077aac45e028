"""Give notes their hour: what was typed, what the file says, or the timing rule.

Takes interviews and words, gives a Plan: drafts judged as of the hour at which each is to go.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mailer import schedule
from mailer.app import drafting
from mailer.app.hours import expected, rule
from mailer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Interview, Note
    from mailer.schedule import Due, Which

__all__ = ["Plan", "describe_due", "plan"]


class Plan(NamedTuple):
    """Notes and the hour of each, in the same order."""

    drafts: tuple[Draft, ...]
    dues: tuple[Due, ...]


def plan(  # noqa: PLR0913  # each narrows what is planned, or when
    app: App,
    found: Sequence[Interview],
    *,
    to: Sequence[str] = (),
    kind: str = "",
    when: str | None = None,
    zone: str | None = None,
    which: Which | None = None,
) -> Plan:
    """Choose notes and give each its hour: `when` in `zone`, else the file's `send`, else the timing rule (`best`).

    Whatever zone it was typed for, it is kept as wall time at the employer. By the rule, the notes of one interview go
    out some minutes apart, in the order of the file. `which` chooses where the clocks show an hour twice. Raises
    UsageError for an hour that is none, has passed or is skipped; ComesTwice without a `which`.
    """
    now = app.clock()
    picked = drafting.chosen(found, to=to, kind=kind)
    position: dict[str, int] = {}
    dues: dict[int, Due] = {}

    def by_rule(interview: Interview) -> Due:
        place = position[interview.key] = position.get(interview.key, -1) + 1
        return schedule.apart(rule(app, interview, now=now), place)

    for interview, note in picked:
        if when:
            there, workdays, best = zone or interview.timezone, app.settings.workdays, partial(by_rule, interview)
            typed = schedule.parse(when, now=now, zone=there, workdays=workdays, best=best, which=which)
            dues[id(note)] = schedule.there(typed, interview.timezone)
        elif note.send:
            dues[id(note)] = _ahead(interview, note, note.send, now=now, which=which)
        else:
            dues[id(note)] = by_rule(interview)

    def moment(interview: Interview, note: Note) -> datetime:
        return dues[id(note)].instant if id(note) in dues else expected(app, interview, note, now=now)

    drafts = drafting.drafts(app, found, to=to, kind=kind, moment=moment)
    return Plan(drafts, tuple(dues[id(draft.note)] for draft in drafts))


def _ahead(interview: Interview, note: Note, send: datetime, *, now: datetime, which: Which | None) -> Due:
    due = schedule.planned(send, interview.timezone, which=which)
    if due.instant < now:
        raise UsageError(
            f"{interview.path}: the hour that the file gives for {note.label}, {due.wall:%Y-%m-%d %H:%M},"
            " has passed; change its `send`, or say --at"
        )
    return due


def describe_due(app: App, due: Due) -> str:
    """Say an hour in the employer's words and in the user's."""
    return schedule.describe(due, sender_zone=app.settings.timezone, now=app.clock())
