"""`mailer send`: deliver the notes of some files now, each exactly once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from mailer.app import delivery, drafting
from mailer.app.pace import Pace
from mailer.cli.consent import confirm, pass_checks
from mailer.cli.delivery import say_outcome, say_rate, worst_status
from mailer.cli.options import application, files_argument, json_option, kind_option, to_option
from mailer.cli.output import emit, entry_object, is_interactive, say

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App
    from mailer.app.drafting import Draft

__all__ = ["command"]

#: So long, in seconds, the account's rate is waited for in place; beyond it what is left stays queued.
PATIENCE_S = 90.0


@click.command("send")
@files_argument
@to_option
@kind_option
@click.option("--yes", is_flag=True, help="Do not ask; questions of the checks pass for this run.")
@click.option("--expect", metavar="FINGERPRINT", help="Refuse to send anything but these exact bytes.")
@click.option("--despite", multiple=True, metavar="RULE", help="Send in spite of this rule's stop.")
@click.option("--dry-run", is_flag=True, help="Do everything but send: read, compose, check, seal, say to whom.")
@json_option
def command(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    kind: str,
    expect: str | None,
    despite: tuple[str, ...],
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Send each person's note, after you said yes.

    \b
    Example: mailer send harborline.md --to vanderberg

    Exit status: 0 accepted, 1 stopped, 3 settings, 4 refused for good, 5 not now (it stays queued), 6 uncertain.
    """
    app = application()
    drafts = drafting.drafts(app, drafting.read(app, files), to=to, kind=kind, moment=lambda *_: app.clock())
    drafts = pass_checks(app, drafts, yes=yes, despite=despite, deed="sent", as_json=as_json)
    sealed = drafting.seal_all(app, drafts, expect=expect)
    if dry_run:
        return say_dry_run(app, drafts, as_json=as_json)
    connect = delivery.connector(app, may_prompt=is_interactive())
    confirm(
        [recipient_line(d) for d in drafts], f"Send {counted(len(drafts))} now?", yes=yes, deed="sent", as_json=as_json
    )
    pace = Pace(app.clock, wait=time.sleep, tell=(lambda *_: None) if as_json else say_rate, patience_s=PATIENCE_S)
    outcomes = []
    for outcome in delivery.send(app, drafts, sealed, connect, hold=pace):
        outcomes.append(outcome)
        if not as_json:
            say_outcome(app, outcome)
    if pace.was_interrupted and not as_json:
        say("Stopped. What did not go out stays queued; `mailer worker` sends it.")
    if as_json:
        emit({"entries": [entry_object(outcome.entry) for outcome in outcomes]})
    return worst_status(outcomes)


def recipient_line(draft: Draft) -> str:
    """Name the one who receives a note, and its subject."""
    to = draft.composition.to
    return f"  {to.name} <{to.address}>: {draft.composition.subject}" if to else f"  {draft.note.label}: nobody"


def counted(notes: int) -> str:
    """Return "1 note" or "3 notes"."""
    return f"{notes} note{'s' if notes != 1 else ''}"


def say_dry_run(app: App, drafts: tuple[Draft, ...], *, as_json: bool) -> int:
    """Print what would be sent to whom, with the fingerprint that --expect compares."""
    fingerprints = drafting.fingerprints(app, drafts)
    if as_json:
        emit({"entries": [], "dry_run": True, "fingerprints": fingerprints})
        return 0
    for draft in drafts:
        say(f"{recipient_line(draft)}  {fingerprints[draft.note.label][:8]}")
    say("Nothing was sent: this was a dry run.")
    return 0
