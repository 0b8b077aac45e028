"""`mailer worker`: deliver what is due, once or for as long as it runs."""

from __future__ import annotations

import gc
import signal
import threading

import click

from mailer.cli.delivery import say_outcome, worst_status
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, entry_object, say

__all__ = ["command"]

POLL_S = 2.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due now and end.")
@json_option
def command(*, once: bool, as_json: bool) -> int:
    """Deliver the queued notes that are due.

    \b
    Example: mailer worker --once

    Without --once it stays and looks every two seconds; Ctrl-C ends it after the note in hand. Several may run.
    """
    app = application()
    gc.enable()
    stop = threading.Event()
    if not once:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        say("Delivering what is due; Ctrl-C ends it.") if not as_json else None
    outcomes = []
    while True:
        for outcome in app.deliver_due(stop=stop.is_set):
            outcomes.append(outcome)
            if not as_json:
                say_outcome(app, outcome)
        if once or stop.wait(POLL_S):
            break
    if as_json:
        emit({"entries": [entry_object(outcome.entry) for outcome in outcomes]})
    return worst_status(outcomes)
