"""The outbox's pages: what is on its way by its hour, and the story of one note with the steps that can be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.app import ledger, sending, service, settling, standing, story
from mailer.errors import UsageError
from mailer.model import State
from mailer.outbox.transitions import Step
from mailer.schedule import ComesTwice

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.app import App
    from mailer.app.ledger import Steps
    from mailer.model import Entry
    from mailer.web.desk import Visit

__all__ = ["entry", "outbox", "step"]

#: So many entries are listed; the command line lists them all.
MOST = 200

#: What each step is called on its button.
WORDS = {
    Step.CANCEL: "Cancel it",
    Step.RESTORE: "Undo the cancel",
    Step.RESCHEDULE: "Give it another hour",
    Step.RETRY: "Try it again now",
    Step.SETTLE_SENT: "It arrived",
    Step.SETTLE_UNSENT: "It did not arrive",
}
#: How often, in seconds, a page looks again at a note that moves.
LOOK_AGAIN_S = 1


class Row(NamedTuple):
    """One note in the list."""

    entry: Entry
    state: str
    hour: str


def outbox(visit: Visit) -> Response:
    """List what waits for somebody, what waits for its hour, and what is over, the latest first."""
    entries = ledger.entries(visit.app, limit=MOST)
    rows = [Row(e, standing.words(visit.app, e), standing.brief_hour(visit.app, e)) for e in entries]
    now = visit.app.clock()
    waiting = [row for row in rows if standing.is_on_its_way(row.entry, now=now)]
    asking = [row for row in rows if standing.asks_somebody(row.entry, now=now)]
    return visit.page(
        "outbox.html.j2",
        asking=asking,
        waiting=sorted(waiting, key=lambda row: row.entry.due),
        over=[row for row in rows if row not in waiting and row not in asking],
        prospect=service.prospect(visit.app),
        delivers=visit.desk.attendant is not None,
        trouble=visit.desk.attendant.trouble if visit.desk.attendant else None,
    )


def entry(visit: Visit) -> Response:
    """Show one note: where it stands, what can be done, and its story."""
    return _shown(visit, ledger.find(visit.app, visit.path["id"]))


def _shown(visit: Visit, found: Entry, *, problem: str = "", twice: ComesTwice | None = None) -> Response:
    app = visit.app
    left_s = sending.countdown(app, found)
    return visit.page(
        "outbox/_id.html.j2",
        entry=found,
        outlook=story.outlook(app, found),
        state=standing.words(app, found),
        hour=standing.brief_hour(app, found),
        left_s=left_s,
        undo_s=visit.desk.undo_s,
        now_s=app.clock().timestamp(),
        is_moving=found.state in standing.IN_HAND or (found.state in standing.WAITS and found.due <= app.clock()),
        look_again_s=LOOK_AGAIN_S,
        steps=story.possible(found, now=app.clock()),
        words=WORDS,
        timeline=story.timeline(app, found),
        places=_places(app, found),
        problem=problem,
        twice=[sending.as_typed(twice.first), sending.as_typed(twice.second)] if twice else [],
        trouble=visit.desk.attendant.trouble if visit.desk.attendant else None,
        prospect=service.prospect(app),
    )


def _places(app: App, found: Entry) -> tuple[str, ...]:
    """Return where a person may look for a note that nobody knows of."""
    if found.state is not State.UNCERTAIN:
        return ()
    return tuple(place for known in settling.evidence(app, [found.id]) for place in settling.where_to_look(app, known))


def step(visit: Visit) -> Response:
    """Take a step with a note, and show where it stands then."""
    found = ledger.find(visit.app, visit.path["id"])
    try:
        _take(visit, found.id)
    except ComesTwice as twice:
        return _shown(visit, found, problem=str(twice), twice=twice)
    if visit.desk.attendant:
        visit.desk.attendant.nudge()
    return visit.go(f"/outbox/{found.id}")


def _take(visit: Visit, entry_id: str) -> Steps:
    app, ids, when = visit.app, [entry_id], visit.field("when").strip()
    match visit.field("step"):
        case Step.CANCEL:
            return ledger.cancel(app, ids)
        case Step.RESTORE:
            return ledger.restore(app, ids, when=when or None)
        case Step.RETRY:
            return ledger.retry(app, ids)
        case Step.RESCHEDULE:
            return ledger.reschedule(app, ids, when)
        case Step.SETTLE_SENT | Step.SETTLE_UNSENT as found:
            return ledger.settle(app, ids, was_sent=found == Step.SETTLE_SENT)
        case other:
            raise UsageError(f"“{other}” is no step that a page takes")
