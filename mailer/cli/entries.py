"""Print entries of the outbox: the list, what a step did, what is known of an uncertain one; used by `outbox`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from mailer.app import ledger, service, story
from mailer.app.standing import WAITS
from mailer.app.story import Future
from mailer.cli.output import entry_object, say
from mailer.model import State
from mailer.outbox.transitions import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.app import App
    from mailer.app.ledger import Change, Steps
    from mailer.app.settling import Evidence
    from mailer.model import Entry

__all__ = ["evidence_object", "outlook", "say_change", "say_entries", "say_evidence", "say_steps", "steps_object"]

#: Below this a table would break every cell.
WIDE_COLUMNS = 100


def say_entries(entries: Sequence[Entry]) -> None:
    """Print the list: a table on a wide terminal, two lines an entry on a narrow one, plain columns elsewhere."""
    rows = [
        (e.state.value, e.id, f"{e.due_local:%a %Y-%m-%d %H:%M} {e.timezone}", e.to.address, e.subject) for e in entries
    ]
    if not sys.stdout.isatty():
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            say("  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]))
    elif os.get_terminal_size().columns < WIDE_COLUMNS:
        for state, entry_id, hour, address, subject in rows:
            say(f"{state:<12} {entry_id}  {address}", style="bold")
            say(f"  {hour}  {subject}")
    else:
        say_table(rows)


def say_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print the list as a table that fits the terminal's width."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, keep in (("State", True), ("Id", True), ("Hour there", False), ("To", False), ("Subject", False)):
        table.add_column(heading, no_wrap=keep, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


# --- steps -----------------------------------------------------------------------------------------------------


def say_steps(app: App, steps: Steps) -> None:
    """Print what each step did and what can be done next, and which open notes were left alone."""
    for change in steps.changes:
        say_change(app, change)
    for entry in steps.left:
        say(f"left as it is: {entry.id}  {entry.to.address}, {entry.state}; see: mailer outbox show {entry.id}")
    if any(change.after.state in WAITS for change in steps.changes):
        say(service.prospect(app).sentence)


def say_change(app: App, change: Change) -> None:
    """Print where an entry stands now, where it stood, its hour and the way on."""
    before, after = change
    say(f"{after.state}  {after.id}  {after.to.address}  {after.subject}", style="bold")
    is_moved = (before.due, before.timezone) != (after.due, after.timezone)
    was = f", due {ledger.hour(app, before)}" if is_moved or after.state is State.CANCELLED else ""
    say(f"  was {before.state}{was}")
    for line in outlook(app, after) or ("nothing will send it again",):
        say(f"  {line}")


#: What becomes of an entry by itself.
FUTURES = {
    Future.GOES_AT_ITS_HOUR: "goes out {hour}",
    Future.TRIED_AGAIN: "is tried again at {again} here",
    Future.GOES_AT_ONCE: "goes out as soon as a worker runs: mailer worker --once",
    Future.KEPT: "the server keeps it; it goes out {hour}",
    Future.ARRIVED: "its hour has passed; it should have arrived",
}

#: How a person may turn that, where a step (with its own hour or another) is the one to think of in a state.
COMMANDS = {
    (State.SCHEDULED, Step.CANCEL, False): "to stop it: mailer outbox cancel {id}",
    (State.QUEUED, Step.CANCEL, False): "to stop it: mailer outbox cancel {id}",
    (State.CANCELLED, Step.RESTORE, False): "mailer outbox restore {id} undoes it until {until} there",
    (State.CANCELLED, Step.RESTORE, True): (
        "mailer outbox restore {id} --at WHEN brings it back; its own hour has passed"
    ),
    (State.HELD, Step.SETTLE_SENT, False): "if not: mailer outbox settle {id}",
    (State.MISSED, Step.RESCHEDULE, True): "another hour: mailer outbox reschedule {id} --at WHEN",
    (State.MISSED, Step.CANCEL, False): "or: mailer outbox cancel {id}",
    (State.UNCERTAIN, Step.SETTLE_SENT, False): "what to look at: mailer outbox settle {id}",
    (State.FAILED, Step.RETRY, False): "once it is mended: mailer outbox retry {id}",
}


def outlook(app: App, entry: Entry) -> tuple[str, ...]:
    """Return what will become of an entry, and how a person may turn that; () when nothing will and nobody can."""
    now = app.clock()
    keys = [(entry.state, step, needs_hour) for step, _, needs_hour in story.possible(entry, now=now)]
    lines = [FUTURES.get(story.future(entry, now=now)), *(COMMANDS.get(key) for key in keys)]
    facts = {
        "id": entry.id,
        "until": f"{entry.due_local:%a %d %b %H:%M}",
        "hour": ledger.hour(app, entry),
        "again": f"{ledger.by_own_clock(app, entry.not_before):%H:%M}",
    }
    return tuple(line.format(**facts) for line in lines if line)


def steps_object(steps: Steps) -> dict[str, Any]:
    """Return the JSON shape of what was done: each entry with the state and the hour that it had before."""
    return {
        "entries": [
            entry_object(after) | {"previous_state": before.state.value, "previous_due_utc": before.due.isoformat()}
            for before, after in steps.changes
        ],
        "left": [entry_object(entry) for entry in steps.left],
    }


# --- what is known of an uncertain one ---------------------------------------------------------------------------


def say_evidence(app: App, known: Evidence, places: Sequence[str]) -> None:
    """Print what is known of a note, and where to look."""
    entry = known.entry
    say(f"{entry.state}  {entry.id}  {entry.to.name} <{entry.to.address}>", style="bold")
    say(f"  Subject     {entry.subject}")
    say(f"  Due         {ledger.hour(app, entry)}")
    say(f"  Message-ID  {entry.message_id}")
    say(f"  Account     {known.account or 'none is set up any more'}")
    say(f"  Tries       {entry.attempts}")
    say(f"  Stage       {known.stage}")
    if known.dot:
        say(f"  Final dot   let go {ledger.by_own_clock(app, known.dot):%a %d %b %Y, %H:%M:%S} here")
    for event in known.said:
        say(f"  {ledger.by_own_clock(app, event.at):%d %b %H:%M:%S}  {event.to_state}: {event.detail}")
    say("What to look at:")
    for place in places:
        say(f"  {place}")


def evidence_object(known: Evidence, places: Sequence[str]) -> dict[str, Any]:
    """Return the JSON shape of the same: the entry's, and `evidence`."""
    return entry_object(known.entry) | {
        "evidence": {
            "account": known.account,
            "stage": known.stage,
            "final_dot_utc": known.dot.isoformat() if known.dot else None,
            "said": [{"at": e.at.isoformat(), "state": e.to_state.value, "detail": e.detail} for e in known.said],
            "look": [place.strip() for place in places],
        }
    }
