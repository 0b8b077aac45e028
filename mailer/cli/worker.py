"""`mailer worker`: deliver what is due, once or for as long as it runs."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from mailer.app import notices, service
from mailer.app.shift import Shift
from mailer.cli.delivery import (
    SEVERITY,
    say_missed,
    say_outcome,
    say_rate,
    say_trouble,
    status,
    trouble_object,
    trouble_status,
)
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, entry_object, say
from mailer.cli.stopping import Wish
from mailer.errors import UsageError

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.model import Entry, State

__all__ = ["command"]

#: So many outcomes are told to the desktop, and kept for the object at the end of a worker that stays.
AT_ONCE = 200


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due now and end.")
@click.option("--quiet", is_flag=True, help="For a schedule such as cron's: say nothing when nothing is due.")
@click.option("--cluster", is_flag=True, help="Stay, and share a PostgreSQL outbox with other machines.")
@click.option(
    "--connections",
    type=click.IntRange(1, 50),
    help="So many at once: 1 unless said otherwise, with --cluster 4 for each account.",
)
@json_option
def command(*, once: bool, quiet: bool, cluster: bool, connections: int | None, as_json: bool) -> int:
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
        with service.staying(app):
            return work(app, connections=connections or 4, as_json=as_json)
    wish = Wish()
    tell_rate = (lambda *_: None) if as_json else say_rate
    shift = Shift(
        app, stays=not once, connections=connections or 1, stop=wish.is_there, wait=wish.wait, tell_rate=tell_rate
    )
    report = Report(app, as_json=as_json, keeps_all=once)
    with shift:
        if once:
            if quiet:
                service.note_run(app)
            look(shift, report)
        else:
            stay(shift, report, wish)
    return report.end(says_nothing_due=once and not quiet)


def stay(shift: Shift, report: Report, wish: Wish) -> None:
    """Look again and again until somebody wishes the end."""
    report.say("Delivering what is due; Ctrl-C ends it.")
    with service.staying(report.app):
        while not wish.is_there():
            look(shift, report)
            if shift.trouble and shift.trouble.kind == "settings":  # read once, so they stay as they are
                break
            wish.wait(shift.pause_s)


def look(shift: Shift, report: Report) -> None:
    """Look once, and say each outcome as it comes."""
    is_first = True
    for outcome in shift.look():
        report.add(outcome, begins=is_first)
        is_first = False
    report.close_look(shift)


class Report:
    """What a worker says as it goes, and what is left to say at its end; its size does not grow with the notes."""

    def __init__(self, app: App, *, as_json: bool, keeps_all: bool) -> None:
        self.app = app
        self._as_json = as_json
        self._keeps_all = keeps_all
        self._entries: list[Entry] = []
        self._untold: list[Outcome] = []
        self._counts: Counter[State] = Counter()
        self._worst = 0
        self._ending: dict[str, Any] = {}
        self._is_idle = True

    def say(self, text: str) -> None:
        """Print a sentence for people."""
        if not self._as_json:
            say(text)

    def add(self, outcome: Outcome, *, begins: bool) -> None:
        """Say one outcome; the first of a look takes the place of the looks before in what is told at the end."""
        if begins:
            self._entries, self._worst, self._ending = [], 0, {}
        self._is_idle = False
        self._counts[outcome.entry.state] += 1
        self._worsen(status(outcome))
        if not self._as_json:
            say_outcome(self.app, outcome)
        elif self._keeps_all or len(self._entries) < AT_ONCE:
            self._entries.append(outcome.entry)
        self._untold.append(outcome)
        if len(self._untold) >= AT_ONCE:
            self._tell(())

    def close_look(self, shift: Shift) -> None:
        """Say what else a look found: notes that were missed, trouble that began or is over, a rate that is reached."""
        for entry in shift.missed:
            self._is_idle = False
            self.say_if(say_missed, entry)
        if shift.over:
            self.say("going on   What kept the notes waiting is over.")
        if shift.trouble and shift.is_news:
            waiting = self.app.outbox.due(self.app.clock(), limit=1000, account=shift.trouble.account)
            self._is_idle = False
            self._worst = trouble_status(shift.trouble)
            self._ending = {"trouble": trouble_object(shift.trouble, waiting)}
            self.say_if(say_trouble, shift.trouble, waiting)
        if shift.held and self._keeps_all:
            self._is_idle = False
            self._worsen(5)
            self._ending = {"held": {"limit": str(shift.held.rate), "until_utc": shift.held.until.isoformat()}}
            self.say(f"{shift.held}. They stay queued.")
        self._tell(shift.missed, shift)

    def say_if(self, sayer: Any, *what: object) -> None:
        """Have something printed for people."""
        if not self._as_json:
            sayer(*what)

    def end(self, *, says_nothing_due: bool) -> int:
        """Say what it all came to, for scripts that of the last look with an outcome; return the exit status."""
        if self._as_json:
            emit({"entries": [entry_object(entry) for entry in self._entries]} | self._ending)
        elif self._is_idle and says_nothing_due:
            say("Nothing is due. `mailer outbox` shows what waits for its hour.")
        elif self._counts.total() > 1:
            say("In all: " + ", ".join(f"{number:,} {state}" for state, number in self._counts.items()) + ".")
        return self._worst

    def _worsen(self, found: int) -> None:
        self._worst = max(self._worst, found, key=SEVERITY.index)

    def _tell(self, missed: tuple[Entry, ...], shift: Shift | None = None) -> None:
        """Tell the desktop, and forget what was told."""
        trouble = shift.trouble if shift and shift.is_news else None
        notices.tell(self.app, self._untold, missed, trouble)
        self._untold = []
