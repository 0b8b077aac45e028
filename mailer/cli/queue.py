"""`mailer queue`: have the notes of some files sent later, at the employer's hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailer.app import delivery, drafting, planning, service
from mailer.cli.consent import confirm, pass_checks
from mailer.cli.options import application, files_argument, json_option, kind_option, to_option
from mailer.cli.output import emit, entry_object, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]


@click.command("queue")
@files_argument
@to_option
@kind_option
@click.option(
    "--at", "when", metavar="WHEN", help="now, +2h, or 2026-12-01 09:00; by default `send` or the timing rule."
)
@click.option("--zone", metavar="IANA", help="The zone of --at; by default the employer's.")
@click.option("--yes", is_flag=True, help="Do not ask; questions of the checks pass for this run.")
@click.option("--despite", multiple=True, metavar="RULE", help="Queue in spite of this rule's stop.")
@json_option
def command(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    kind: str,
    when: str | None,
    zone: str | None,
    despite: tuple[str, ...],
    *,
    yes: bool,
    as_json: bool,
) -> int:
    """Queue each person's note for a good hour.

    \b
    Example: mailer queue harborline.md --at "2026-12-01 09:00"

    You see the hour, in both zones, before you say yes. `mailer worker` delivers what is due.
    """
    app = application()
    plan = planning.plan(app, drafting.read(app, files), to=to, kind=kind, when=when, zone=zone)
    drafts = pass_checks(app, plan.drafts, yes=yes, despite=despite, deed="queued", as_json=as_json)
    sealed = drafting.seal_all(app, drafts)
    lines = [
        f"  {d.note.label}: {d.composition.subject}\n    {planning.describe_due(app, due)}"
        for d, due in zip(drafts, plan.dues, strict=True)
    ]
    confirm(
        lines, f"Queue {len(drafts)} note{'s' if len(drafts) != 1 else ''}?", yes=yes, deed="queued", as_json=as_json
    )
    entries = delivery.queue(app, sealed, plan.dues)
    prospect = service.prospect(app)
    if as_json:
        emit({"entries": [entry_object(entry) for entry in entries], "waker": prospect.waker.value})
        return 0
    for entry in entries:
        say(f"queued {entry.id}  {entry.to.address}  {entry.due_local:%a %Y-%m-%d %H:%M} {entry.timezone}")
    say(prospect.sentence)
    return 0
