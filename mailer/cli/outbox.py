"""`mailer outbox`: what is on its way, what became of it, and the steps that a person may take."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailer.app import ledger
from mailer.cli.entries import (
    evidence_object,
    outlook,
    say_change,
    say_entries,
    say_evidence,
    say_steps,
    steps_object,
)
from mailer.cli.hours import AT_FORMS, which_of_two
from mailer.cli.options import application, json_option
from mailer.cli.output import choose, emit, entry_object, is_interactive, remark, say
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.app.ledger import Steps

__all__ = ["command"]

Function = TypeVar("Function", bound="Callable[..., Any]")

PAGE = 20
STATES = tuple(state.value for state in State)
OUTCOMES = ("sent", "unsent")

entries_argument = click.argument("entries", metavar="ID…", nargs=-1, required=True)
all_option = click.option("--all", "everything", is_flag=True, help="Every note of that name that can take the step.")
zone_option = click.option("--zone", metavar="IANA", help="The zone of --at; by default the entry's.")


@click.group("outbox", invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only entries of this state.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, newest first.")
@click.option("--all", "everything", is_flag=True, help="Every entry there is.")
@json_option
@click.pass_context
def command(ctx: click.Context, state: tuple[str, ...], limit: int | None, *, everything: bool, as_json: bool) -> int:
    """List what is queued and what was sent, newest first.

    \b
    Example: mailer outbox --state uncertain
    """
    if ctx.invoked_subcommand:
        ctx.default_map = {ctx.invoked_subcommand: {"as_json": as_json}}
        return 0
    app = application()
    default = 1000 if as_json else PAGE
    entries = ledger.entries(app, state, limit=None if everything else limit or default)
    if as_json:
        emit({"entries": [entry_object(entry) for entry in entries]})
    elif entries:
        say_entries(entries)
    else:
        say("The outbox is empty. `mailer send FILE` or `mailer queue FILE` puts a note in.")
    if not as_json:
        for line in ledger.attention(app):
            remark(line)
    return 0


@command.command("show")
@click.argument("entry", metavar="ID")
@click.option("--eml", is_flag=True, help="Print the mail as it was sealed.")
@json_option
def show(entry: str, *, eml: bool, as_json: bool) -> int:
    """Tell the story of one entry, step by step.

    \b
    Example: mailer outbox show 7k2m
    """
    app = application()
    found = ledger.find(app, entry)
    if eml:
        out = sys.stdout.buffer
        for chunk in ledger.stored_wire(app, found):
            out.write(chunk)
        out.flush()
        return 0
    events = ledger.story(app, found)
    if as_json:
        story = [{"at": e.at.isoformat(), "state": e.to_state.value, "detail": e.detail} for e in events]
        emit(entry_object(found) | {"events": story})
        return 0
    say(f"{found.id}  {found.state}  {found.to.name} <{found.to.address}>", style="bold")
    say(f"  {found.subject}")
    say(f"  due {found.due_local:%a %Y-%m-%d %H:%M} {found.timezone}; {found.message_id}; {found.fingerprint[:8]}")
    for event in events:
        say(f"  {ledger.by_own_clock(app, event.at):%a %d %b %H:%M:%S}  {event.to_state:<13} {event.detail}")
    for line in outlook(app, found):
        say(f"  {line}")
    return 0


# --- steps: ID is an id, the beginning of one, a person, a reader or an interview --------------------------------


@command.command("cancel")
@entries_argument
@all_option
@json_option
def cancel(entries: tuple[str, ...], *, everything: bool, as_json: bool) -> int:
    """Make sure that notes are not sent.

    \b
    Example: mailer outbox cancel 7k2m
             mailer outbox cancel harborline --all

    ID is an id, the beginning of one, a person's id, a reader's name or address, or an interview; of several, all are
    cancelled or none. Until its hour `mailer outbox restore` undoes it.
    """
    app = application()
    return told(app, ledger.cancel(app, entries, everything=everything), as_json=as_json)


@command.command("restore")
@entries_argument
@click.option("--at", "when", metavar="WHEN", help="At this hour; needed when its own has passed.")
@zone_option
@all_option
@json_option
def restore(entries: tuple[str, ...], when: str | None, zone: str | None, *, everything: bool, as_json: bool) -> int:
    """Undo a cancel, until the hour of the note.

    \b
    Example: mailer outbox restore 7k2m
    """
    app = application()
    steps = which_of_two(
        app,
        lambda which: ledger.restore(app, entries, when=when, zone=zone, which=which, everything=everything),
        may_ask=is_interactive() and not as_json,
    )
    return told(app, steps, as_json=as_json)


@command.command("retry")
@entries_argument
@all_option
@json_option
def retry(entries: tuple[str, ...], *, everything: bool, as_json: bool) -> int:
    """Have refused or postponed notes tried again at once.

    \b
    Example: mailer outbox retry 7k2m
    """
    app = application()
    return told(app, ledger.retry(app, entries, everything=everything), as_json=as_json)


@command.command("reschedule")
@entries_argument
@click.option("--at", "when", required=True, metavar="WHEN", help=AT_FORMS)
@zone_option
@all_option
@json_option
def reschedule(entries: tuple[str, ...], when: str, zone: str | None, *, everything: bool, as_json: bool) -> int:
    """Give queued or missed notes another hour.

    \b
    Example: mailer outbox reschedule 7k2m --at "Monday 8:30am"
    """
    app = application()
    steps = which_of_two(
        app,
        lambda which: ledger.reschedule(app, entries, when, zone, which=which, everything=everything),
        may_ask=is_interactive() and not as_json,
    )
    return told(app, steps, as_json=as_json)


@command.command("settle")
@click.argument("words", metavar="ID… [sent|unsent]", nargs=-1, required=True)
@all_option
@json_option
def settle(words: tuple[str, ...], *, everything: bool, as_json: bool) -> int:
    """Say what became of an uncertain note, or of one that the server kept; without an outcome, see what is known.

    \b
    Example: mailer outbox settle 7k2m
             mailer outbox settle 7k2m sent

    An unsent one is queued again: due at once, or at its hour while that lies ahead.
    """
    entries, outcome = (words[:-1], words[-1]) if words[-1] in OUTCOMES else (words, "")
    if not entries:
        raise click.UsageError(f"Which note was {outcome}? Say: mailer outbox settle ID {outcome}")
    if everything and not outcome:
        raise click.UsageError("With --all say what became of them: sent or unsent.")
    app = application()
    if not outcome:
        return examined(app, entries, as_json=as_json)
    steps = ledger.settle(app, entries, was_sent=outcome == "sent", everything=everything)
    return told(app, steps, as_json=as_json)


def examined(app: App, references: tuple[str, ...], *, as_json: bool) -> int:
    """Print what is known of each note; at a terminal ask what became of it, elsewhere change nothing."""
    from mailer.app import settling

    found = settling.evidence(app, references)
    if as_json:
        emit({"entries": [evidence_object(known, settling.where_to_look(app, known)) for known in found]})
        return 0
    for known in found:
        say_evidence(app, known, settling.where_to_look(app, known))
        entry_id = known.entry.id
        if not is_interactive():
            say(f"Then say: mailer outbox settle {entry_id} sent   (or: unsent)")
            continue
        answer = choose("What became of it?", (*OUTCOMES, "leave"))
        if answer in OUTCOMES:
            (change,) = ledger.settle(app, [entry_id], was_sent=answer == "sent").changes
            say_change(app, change)
        else:
            say(f"Left as it is; later: mailer outbox settle {entry_id}")
    return 0


def told(app: App, steps: Steps, *, as_json: bool) -> int:
    """Print what was done."""
    if as_json:
        emit(steps_object(steps))
    else:
        say_steps(app, steps)
    return 0
