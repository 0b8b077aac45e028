"""`mailer queue`: have the notes of some files sent later, at the employer's hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailer.app import delivery, drafting, planning, service
from mailer.cli.consent import confirm, pass_checks
from mailer.cli.hours import AT_FORMS, which_of_two
from mailer.cli.options import application, files_argument, json_option, kind_option, to_option
from mailer.cli.output import emit, entry_object, is_interactive, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailer.app import App
    from mailer.model import Entry
    from mailer.schedule import Due

__all__ = ["command"]


@click.command("queue")
@files_argument
@to_option
@kind_option
@click.option(
    "--at",
    "when",
    metavar="WHEN",
    help=f"best (by the timing rule), {AT_FORMS} By default `send` of the file, else best.",
)
@click.option("--zone", metavar="IANA", help="The zone of --at; by default the employer's.")
@click.option("--hold-on-server", is_flag=True, help="Hand them over now; the server keeps each until its hour.")
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
    hold_on_server: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Queue each person's note for a good hour.

    \b
    Example: mailer queue harborline.md --at "Monday 8:30am"

    You see the hour, in both zones, before you say yes. `mailer worker` delivers what is due. With --hold-on-server the
    server gets the notes now and keeps them, where it offers that (FUTURERELEASE): your computer may then be off, and
    the notes cannot be changed or called back.
    """
    app = application()
    found = drafting.read(app, files)
    plan = which_of_two(
        app,
        lambda which: planning.plan(app, found, to=to, kind=kind, when=when, zone=zone, which=which),
        may_ask=is_interactive() and not yes and not as_json,
    )
    drafts = pass_checks(app, plan.drafts, yes=yes, despite=despite, deed="queued", as_json=as_json)
    sealed = drafting.seal_all(app, drafts)
    lines = [
        f"  {d.note.label}: {d.composition.subject}\n    {planning.describe_due(app, due)}"
        for d, due in zip(drafts, plan.dues, strict=True)
    ]
    if hold_on_server:
        from mailer.cli.holding import hold

        return hold(app, sealed, plan.dues, lines, yes=yes, as_json=as_json)
    confirm(
        lines, f"Queue {len(drafts)} note{'s' if len(drafts) != 1 else ''}?", yes=yes, deed="queued", as_json=as_json
    )
    return say_queued(app, delivery.queue(app, sealed, plan.dues), plan.dues, as_json=as_json)


def say_queued(app: App, entries: Sequence[Entry], dues: Sequence[Due], *, as_json: bool) -> int:
    """Print the hour of each entry, and who will send them."""
    prospect = service.prospect(app)
    if as_json:
        emit({"entries": [entry_object(entry) for entry in entries], "waker": prospect.waker.value})
        return 0
    for entry, due in zip(entries, dues, strict=True):
        say(f"queued {entry.id}  {entry.to.address}  {planning.describe_due(app, due)}")
    say(prospect.sentence)
    return 0
