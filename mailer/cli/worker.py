"""`mailer worker`: deliver what is due, once or for as long as it runs."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from mailer.app import delivery, notices, service
from mailer.cli.delivery import say_outcome, worst_status
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, entry_object, say
from mailer.cli.stopping import Wish
from mailer.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.deliver import Outcome

__all__ = ["command"]

POLL_S = 2.0

#: After a failure that every note would meet (no connection, no password), so as not to knock at the door all the time.
PAUSE_S = 60.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due now and end.")
@click.option("--quiet", is_flag=True, help="For a schedule such as cron's: say nothing when nothing is due.")
@click.option("--cluster", is_flag=True, help="Stay, and share a PostgreSQL outbox with other machines.")
@click.option("--connections", type=click.IntRange(1, 50), default=4, help="With --cluster: for each account.")
@json_option
def command(*, once: bool, quiet: bool, cluster: bool, connections: int, as_json: bool) -> int:
    """Deliver the queued notes that are due.

    \b
    Example: mailer worker --once

    Without --once it stays and looks every two seconds; Ctrl-C ends it after the note in hand. Several may run.
    """
    app = application()
    gc.enable()
    if cluster:
        from mailer.cli.cluster import work

        if once or quiet:
            raise UsageError("--cluster stays until it is told to end, so neither --once nor --quiet goes with it")
        return work(app, connections=connections, as_json=as_json)
    if once:
        if quiet:
            service.note_run(app)
        outcomes = deliver(app, lambda: False, as_json=as_json)
        notices.tell(app, outcomes)
        if not outcomes and not as_json and not quiet:
            say("Nothing is due. `mailer outbox` shows what waits for its hour.")
        return finished(outcomes, as_json=as_json)
    wish = Wish()
    if not as_json:
        say("Delivering what is due; Ctrl-C ends it.")
    last: list[Outcome] = []
    with service.staying(app):
        while not wish.is_there():
            outcomes = deliver(app, wish.is_there, as_json=as_json)
            notices.tell(app, outcomes)
            last = outcomes or last
            if last and isinstance(last[-1].error, SettingsError):  # read once, so they stay as they are
                break
            wish.wait(PAUSE_S if last and last[-1].ends_run else POLL_S)
    return finished(last, as_json=as_json)


def deliver(app: App, stop: Callable[[], bool], *, as_json: bool) -> list[Outcome]:
    """Deliver what is due and say each outcome as it comes."""
    outcomes = []
    for outcome in delivery.deliver_due(app, stop=stop):
        outcomes.append(outcome)
        if not as_json:
            say_outcome(app, outcome)
    return outcomes


def finished(outcomes: list[Outcome], *, as_json: bool) -> int:
    """Print what the (last) run came to for scripts, and return its exit status."""
    if as_json:
        emit({"entries": [entry_object(outcome.entry) for outcome in outcomes]})
    return worst_status(outcomes)
