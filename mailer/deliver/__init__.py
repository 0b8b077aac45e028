"""Deliver what the outbox holds: claim, transmit up to the gate, pass it, settle; and sweep after the dead.

Takes an Outbox, a Worker and a way to connect, gives an `Outcome` for each note it tried. This is the only code that
joins the ledger with the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.deliver.delivery import PATIENCE_S, Delivery
from mailer.deliver.outcome import Outcome
from mailer.deliver.sweeping import sweep
from mailer.deliver.trouble import pause_s, trouble_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mailer.model import Entry, Payload, Sealed
    from mailer.outbox import Outbox
    from mailer.schedule import Due

__all__ = ["PATIENCE_S", "Delivery", "Outcome", "pause_s", "submit", "sweep", "trouble_of"]


def submit(  # noqa: PLR0913  # each by its name
    outbox: Outbox,
    sealed: Sealed,
    due: Due,
    *,
    now: datetime,
    read_payload: Callable[[Payload], Iterator[bytes]],
    account: str = "",
) -> Entry:
    """Queue a sealed mail for an hour, which `account` delivers; raises what `Outbox.enqueue` raises."""
    return outbox.enqueue(
        sealed,
        due=due.instant,
        due_local=due.wall,
        timezone=due.timezone,
        now=now,
        read_payload=read_payload,
        account=account,
    )
