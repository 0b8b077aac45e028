"""`mailer worker --cluster`: deliver beside other machines, from one outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import cluster
from mailer.cli.delivery import say_outcome, worst_status
from mailer.cli.output import emit, entry_object, say
from mailer.cli.stopping import Wish

if TYPE_CHECKING:
    from mailer.app import App

__all__ = ["work"]


def work(app: App, *, connections: int, as_json: bool) -> int:
    """Deliver until a wish to end, and say each outcome as it comes; return the exit status of the last one."""

    def tell(sentence: str) -> None:
        if not as_json:
            say(sentence)

    member = cluster.member(app, connections=connections, say=tell)
    wish = Wish()
    tell("Sharing this outbox with other machines; Ctrl-C ends it after the notes in hand.")
    last = []
    for outcome in member.run(stop=wish.is_there, wait=wish.wait):
        last = [outcome]
        if not as_json:
            say_outcome(app, outcome)
    if as_json:
        emit({"entries": [entry_object(outcome.entry) for outcome in last]})
    return worst_status(last)
