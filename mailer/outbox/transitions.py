"""Say which steps an entry may take, and from where to where; pure.

    (new) ──enqueue──> SCHEDULED ──claim──> CLAIMED ──gate──> TRANSMITTING ──accept──> SENT
                        │ ^ ^ ^               │  │               │  │  │                 ^
                        │ │ │ └─release───────┘  │               │  │  └─lose─> UNCERTAIN ┤ accept, settle as sent
                        │ │ └───postpone─────────┴───────────────┘  │              │
                        │ │     (surely unsent, tried again later)  │              │
                        │ └─────settle as unsent────────────────────│──────────────┘
                        │                                           │
                        │ <──retry── FAILED <────────refuse─────────┘ (or from CLAIMED)
                        ├──cancel──> CANCELLED ──restore──> SCHEDULED
                        ├──miss────> MISSED ──reschedule──> SCHEDULED, ──cancel──> CANCELLED
                        └──hand out──> QUEUED ──claim──> CLAIMED     (cluster: the engine has it; ──cancel,
                                                                      reschedule, take back──> as from SCHEDULED)

    TRANSMITTING ──hold──> HELD ──settle as sent or unsent──>        (the server keeps it until its hour, RFC 4865)

The one promise hangs on `gate`: it is durable before the final dot goes out. What breaks before is surely unsent and
goes back; what breaks after is UNCERTAIN, and only a person, or the reply itself, leads out of there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mailer.errors import IllegalTransition
from mailer.model import State

if TYPE_CHECKING:
    from mailer.model import Entry

__all__ = ["HOLDING", "OPEN", "OWNED", "TRANSITIONS", "Step", "target"]


class Step(StrEnum):
    """What happens to an entry; the first ten are done by programs, the others asked for by a person or the hour."""

    CLAIM = "claim"
    RELEASE = "release"
    POSTPONE = "postpone"
    GATE = "gate"
    ACCEPT = "accept"
    REFUSE = "refuse"
    LOSE = "lose"
    HOLD = "hold"
    HAND_OUT = "hand out"
    TAKE_BACK = "take back"
    CANCEL = "cancel"
    RESTORE = "restore"
    MISS = "miss"
    RESCHEDULE = "reschedule"
    RETRY = "retry"
    SETTLE_SENT = "settle as sent"
    SETTLE_UNSENT = "settle as unsent"


#: Every legal step: the states it starts from, and the one it leads to.
TRANSITIONS: dict[Step, tuple[frozenset[State], State]] = {
    Step.CLAIM: (frozenset({State.SCHEDULED, State.QUEUED}), State.CLAIMED),
    Step.RELEASE: (frozenset({State.CLAIMED}), State.SCHEDULED),
    Step.POSTPONE: (frozenset({State.CLAIMED, State.TRANSMITTING}), State.SCHEDULED),
    Step.GATE: (frozenset({State.CLAIMED}), State.TRANSMITTING),
    Step.ACCEPT: (frozenset({State.TRANSMITTING, State.UNCERTAIN}), State.SENT),
    Step.REFUSE: (frozenset({State.CLAIMED, State.TRANSMITTING}), State.FAILED),
    Step.LOSE: (frozenset({State.TRANSMITTING}), State.UNCERTAIN),
    Step.HOLD: (frozenset({State.TRANSMITTING, State.UNCERTAIN}), State.HELD),
    Step.HAND_OUT: (frozenset({State.SCHEDULED}), State.QUEUED),
    Step.TAKE_BACK: (frozenset({State.QUEUED}), State.SCHEDULED),
    Step.CANCEL: (frozenset({State.SCHEDULED, State.QUEUED, State.MISSED}), State.CANCELLED),
    Step.RESTORE: (frozenset({State.CANCELLED}), State.SCHEDULED),
    Step.MISS: (frozenset({State.SCHEDULED}), State.MISSED),
    Step.RESCHEDULE: (frozenset({State.SCHEDULED, State.QUEUED, State.MISSED}), State.SCHEDULED),
    Step.RETRY: (frozenset({State.SCHEDULED, State.FAILED}), State.SCHEDULED),
    Step.SETTLE_SENT: (frozenset({State.UNCERTAIN, State.HELD}), State.SENT),
    Step.SETTLE_UNSENT: (frozenset({State.UNCERTAIN, State.HELD}), State.SCHEDULED),
}

#: A live process works on these.
OWNED = frozenset({State.CLAIMED, State.TRANSMITTING})

#: Something is still to happen to these, by a process or a person.
OPEN = OWNED | {State.SCHEDULED, State.QUEUED, State.UNCERTAIN, State.MISSED, State.HELD}

#: These forbid a second note of the kind to the same person for the same interview.
HOLDING = OPEN | {State.SENT}

_ADVICE = {
    State.SCHEDULED: "`mailer outbox cancel {id}` or `reschedule {id}` changes it",
    State.QUEUED: "`mailer outbox cancel {id}` or `reschedule {id}` changes it",
    State.HELD: "the server has it and keeps it until its hour; from here nobody can change it or call it back",
    State.CLAIMED: "its delivery is under way; look again in a moment: `mailer outbox show {id}`",
    State.TRANSMITTING: "its delivery is under way; look again in a moment: `mailer outbox show {id}`",
    State.SENT: "what is sent cannot be called back",
    State.FAILED: "`mailer outbox retry {id}` tries it again",
    State.UNCERTAIN: "see whether it arrived: `mailer outbox settle {id}`",
    State.CANCELLED: "`mailer outbox restore {id}` brings it back",
    State.MISSED: "`mailer outbox reschedule {id}` or `cancel {id}` it",
}

#: What a person asked for, as in “it cannot be cancelled”.
_ASKED = {
    Step.CANCEL: "be cancelled",
    Step.RESTORE: "be restored",
    Step.RESCHEDULE: "get another hour",
    Step.RETRY: "be tried again",
    Step.SETTLE_SENT: "be settled: only what is held or uncertain can",
    Step.SETTLE_UNSENT: "be settled: only what is held or uncertain can",
}


def target(step: Step, entry: Entry) -> State:
    """Return the state that `step` leads to; raises IllegalTransition when the entry's state forbids it."""
    sources, destination = TRANSITIONS[step]
    if entry.state not in sources:
        asked = _ASKED.get(step, f"take the step “{step}”")
        raise IllegalTransition(
            f"{entry.id} is {entry.state}, so it cannot {asked}; {_ADVICE[entry.state].format(id=entry.id)}"
        )
    return destination
