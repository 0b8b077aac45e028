"""`mailer outbox`: what is on its way, what became of it, and the steps that a person may take."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from mailer.app import ledger
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, entry_object, say
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.model import Entry

__all__ = ["command"]

PAGE = 20

#: Below this a table would break every cell.
WIDE_COLUMNS = 100
STATES = tuple(state.value for state in State)


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
    default = 1000 if as_json else PAGE
    entries = ledger.entries(application(), state, limit=None if everything else limit or default)
    if as_json:
        emit({"entries": [entry_object(entry) for entry in entries]})
    else:
        say_entries(entries)
    return 0


def say_entries(entries: Sequence[Entry]) -> None:
    """Print the list: a table on a wide terminal, two lines an entry on a narrow one, plain columns elsewhere."""
    if not entries:
        say("The outbox is empty. `mailer send FILE` or `mailer queue FILE` puts a note in.")
        return
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
        say(f"  {event.at.astimezone():%a %d %b %H:%M:%S}  {event.to_state:<13} {event.detail}")
    return 0


def steps(name: str, summary: str, example: str) -> None:
    """Add a subcommand that takes one step with each of several entries."""

    @command.command(name, help=f"{summary}\n\n\b\nExample: mailer outbox {example}")
    @click.argument("entries", metavar="ID…", nargs=-1, required=True)
    @json_option
    def step(entries: tuple[str, ...], *, as_json: bool) -> int:
        return say_steps(ledger.steps(application(), name, entries), as_json=as_json)


def say_steps(changed: Sequence[Entry], *, as_json: bool) -> int:
    """Print where each entry stands now."""
    if as_json:
        emit({"entries": [entry_object(entry) for entry in changed]})
        return 0
    for entry in changed:
        say(f"{entry.state}  {entry.id}  {entry.to.address}  {entry.due_local:%a %Y-%m-%d %H:%M} {entry.timezone}")
    return 0


steps("cancel", "Make sure that a note is not sent.", "cancel 7k2m")
steps("restore", "Undo a cancel.", "restore 7k2m")
steps("retry", "Have a refused or postponed note tried again at once.", "retry 7k2m")


@command.command("reschedule")
@click.argument("entry", metavar="ID")
@click.option("--at", "when", required=True, metavar="WHEN", help="now, +2h, or 2026-12-01 09:00.")
@click.option("--zone", metavar="IANA", help="The zone of --at; by default the entry's.")
@json_option
def reschedule(entry: str, when: str, zone: str | None, *, as_json: bool) -> int:
    """Give a queued note another hour.

    \b
    Example: mailer outbox reschedule 7k2m --at "2026-12-01 09:00"
    """
    return say_steps([ledger.reschedule(application(), entry, when, zone)], as_json=as_json)


@command.command("settle")
@click.argument("entry", metavar="ID")
@click.argument("outcome", type=click.Choice(["sent", "unsent"]))
@json_option
def settle(entry: str, outcome: str, *, as_json: bool) -> int:
    """Say what became of an uncertain note.

    \b
    Example: mailer outbox settle 7k2m sent

    Look into your Sent folder, or ask its reader. An unsent one is queued again, due at once.
    """
    return say_steps([ledger.settle(application(), entry, was_sent=outcome == "sent")], as_json=as_json)
