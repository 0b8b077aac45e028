"""Put back what processes proved dead had in hand, and what else wants doing now and then.

Takes the outbox and a proof of death, gives the entries that changed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mailer import retry
from mailer.errors import IllegalTransition, Permanent, Stage
from mailer.model import State

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.model import Entry
    from mailer.outbox import Liveness, Outbox

__all__ = ["sweep"]


def sweep(outbox: Outbox, liveness: Liveness, *, now: datetime, first_delay_s: float = 60.0) -> tuple[Entry, ...]:
    """Put back what processes proved dead had in hand, and return it: scheduled if surely unsent, else uncertain.

    A note whose processes die again and again waits longer and longer, and fails in the end (`retry.after_deaths`).
    Also forgets attachments that nothing needs, and what the dead left behind; and keeps notes at their wall time where
    the rules of a zone have changed.
    """
    taken: list[Entry] = []
    for owner in sorted({entry.owner for entry in outbox.owned()}):
        with liveness.proof_of_death(owner) as is_dead:
            for entry in outbox.owned() if is_dead else ():
                if entry.owner == owner:
                    with suppress(IllegalTransition):  # alive after all, and one step further
                        taken.append(_taken_back(outbox, entry, now, first_delay_s))
    liveness.forget_the_dead()
    outbox.drop_unneeded_payloads(now=now)
    outbox.follow_clocks(now=now)
    return tuple(taken)


def _taken_back(outbox: Outbox, entry: Entry, now: datetime, first_delay_s: float) -> Entry:
    if entry.state is not State.CLAIMED:
        return outbox.take_back(entry, now=now)
    match retry.after_deaths(outbox.deaths(entry.id) + 1, now=now, first_delay_s=first_delay_s):
        case retry.RetryAt(moment):
            return outbox.take_back(entry, now=now, not_before=max(entry.not_before, moment))
        case retry.GiveUp(reason):
            return outbox.mark_failed(entry, Permanent(reason, stage=Stage.BODY), now=now, reason="given up")
