"""Say what became of deliveries, and which exit status that is; used by `send` and `worker`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import delivery
from mailer.cli.output import say
from mailer.errors import Temporary
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailer.app import App
    from mailer.deliver import Outcome

__all__ = ["say_outcome", "worst_status"]

#: The exit status of a state at the end of a command; the worst of several is the one that needs a person most.
STATUS = {
    State.SENT: 0,
    State.HELD: 0,
    State.FAILED: 4,
    State.SCHEDULED: 5,
    State.QUEUED: 5,
    State.CLAIMED: 5,
    State.MISSED: 5,
    State.CANCELLED: 1,
    State.TRANSMITTING: 6,
    State.UNCERTAIN: 6,
}
SEVERITY = (0, 5, 4, 1, 3, 6)


def say_outcome(app: App, outcome: Outcome) -> None:
    """Print what became of one note, in the server's own words where there are any, and what to do next."""
    entry = outcome.entry
    reply = entry.last_reply
    server = f" The server said: {reply.code} {reply.text}" if reply and reply.code else ""
    if entry.state is State.SENT:
        say(f"sent       {entry.id}  {entry.to.address}.{server}")
    elif entry.state is State.UNCERTAIN:
        say(f"uncertain  {entry.id}  {entry.to.address}: {outcome.error}")
        say(f"  Look into your Sent folder, then say: mailer outbox settle {entry.id} sent   (or: unsent)")
    else:
        word = "refused " if entry.state is State.FAILED else "not now "
        say(f"{word}   {entry.id}  {entry.to.address}: {outcome.error}")
        advice = delivery.advice(app, outcome.error)
        if advice:
            say(f"  {advice}")
        if entry.state is State.SCHEDULED:
            say("  It stays queued; `mailer worker` tries again.")


def worst_status(outcomes: Iterable[Outcome]) -> int:
    """Return the exit status of a whole run."""
    return max(map(status, outcomes), key=SEVERITY.index, default=0)


def status(outcome: Outcome) -> int:
    """Return one outcome's exit status: a refused login or a password that cannot be had is a fault of the settings."""
    if outcome.ends_run and not isinstance(outcome.error, Temporary):
        return 3
    return STATUS[outcome.entry.state]
