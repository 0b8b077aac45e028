"""Hand notes to a server that keeps each until its hour, after a yes that knows the terms; used by `queue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import delivery, holding, ledger, service
from mailer.cli.consent import confirm
from mailer.cli.delivery import say_outcome, worst_status
from mailer.cli.output import emit, entry_object, is_interactive, say
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.model import Sealed
    from mailer.schedule import Due

__all__ = ["hold"]


def hold(
    app: App, sealed: Sequence[Sealed], dues: Sequence[Due], lines: Sequence[str], *, yes: bool, as_json: bool
) -> int:
    """Connect, say the terms, ask, hand over; `lines` name the notes and their hours. Return the exit status."""
    connect = delivery.connector(app, may_prompt=is_interactive())
    with connect() as connection:
        offer = holding.examine(app, connection, dues)
        notes = f"{len(sealed)} note{'s' if len(sealed) != 1 else ''}"
        question = f"Hand {notes} to {offer.server} now?"
        terms = holding.terms(app, offer, dues)
        confirm([*lines, *terms], question, yes=yes, deed="sent or queued", as_json=as_json)
        holding.examine(app, connection, dues)  # a person may have thought for long
        outcomes = []
        for outcome in delivery.hand_over(app, sealed, dues, connection, connect):
            outcomes.append(outcome)
            if not as_json:
                say_held(app, outcome)
    if not as_json and any(outcome.entry.state is State.SCHEDULED for outcome in outcomes):
        say(service.prospect(app).sentence)
    if as_json:
        emit({"entries": [entry_object(outcome.entry) for outcome in outcomes]})
    return worst_status(outcomes)


def say_held(app: App, outcome: Outcome) -> None:
    """Print what became of one note, and what to do next."""
    entry, reply = outcome.entry, outcome.entry.last_reply
    if entry.state is State.HELD:
        server = f" The server said: {reply.code} {reply.text}" if reply else ""
        say(f"held       {entry.id}  {entry.to.address}.{server}")
        say(f"  goes out {ledger.hour(app, entry)}")
    elif entry.state is State.SCHEDULED:
        why = f": {outcome.error}" if outcome.error else "."
        say(f"not held   {entry.id}  {entry.to.address}{why}")
        say(f"  It stays queued here; it goes out {ledger.hour(app, entry)}")
        say(f"  to stop it: mailer outbox cancel {entry.id}")
    else:
        say_outcome(app, outcome)
