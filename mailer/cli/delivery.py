"""Say what became of deliveries and what keeps them waiting, and which exit status that is; for `send` and `worker`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mailer.app import delivery
from mailer.cli.output import say
from mailer.errors import RateReached, Temporary
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.model import Entry, Trouble

__all__ = [
    "SEVERITY",
    "say_missed",
    "say_outcome",
    "say_rate",
    "say_trouble",
    "status",
    "trouble_object",
    "trouble_status",
    "worst_status",
]

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
        say(f"  What is known, and what to look at: mailer outbox settle {entry.id}")
    else:
        word = "refused " if entry.state is State.FAILED else "not now "
        say(f"{word}   {entry.id}  {entry.to.address}: {outcome.error}")
        advice = delivery.advice(app, outcome.error)
        if advice:
            say(f"  {advice}")
        if entry.state is State.SCHEDULED:
            say("  It stays queued; `mailer worker` tries again.")


def say_trouble(trouble: Trouble, waiting: int) -> None:
    """Print what keeps the due notes waiting, all of them."""
    notes = "1 due note waits" if waiting == 1 else f"{waiting:,} due notes wait"
    say(f"waiting    {notes}: {trouble.sentence}")


def say_missed(entry: Entry) -> None:
    """Print that a note's hour has long passed, and what to do."""
    say(f"missed     {entry.id}  {entry.to.address}: its hour ({entry.due_local:%a %Y-%m-%d %H:%M}) has long passed.")
    say(f"  Say a new one: mailer outbox reschedule {entry.id} --at WHEN   (or: cancel {entry.id})")


def say_rate(reached: RateReached, left_s: float) -> None:
    """Print why the next note waits, and for how long."""
    say(f"{reached.rate} is the limit of your account; the next goes in {math.ceil(left_s)} s")


def trouble_object(trouble: Trouble, waiting: int) -> dict[str, Any]:
    """Return the JSON shape of what keeps the due notes waiting."""
    return {
        "kind": trouble.kind,
        "message": trouble.sentence,
        "since_utc": trouble.since.isoformat(),
        "waiting": waiting,
    }


def trouble_status(trouble: Trouble) -> int:
    """Return the exit status of a run that could try nothing: a network may come back, the rest is to be mended."""
    return 5 if trouble.kind == "connection" else 3


def worst_status(outcomes: Iterable[Outcome]) -> int:
    """Return the exit status of a whole run."""
    return max(map(status, outcomes), key=SEVERITY.index, default=0)


def status(outcome: Outcome) -> int:
    """Return one outcome's exit status: a refused login or a password that cannot be had is a fault of the settings."""
    if outcome.ends_run and not isinstance(outcome.error, (Temporary, RateReached)):
        return 3
    return STATUS[outcome.entry.state]
