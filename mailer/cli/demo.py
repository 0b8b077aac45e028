"""`mailer demo`: the whole line on an invented interview, against the practice server."""

from __future__ import annotations

import gc
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

import mailer
from mailer.app import delivery, drafting
from mailer.cli.check import say_findings
from mailer.cli.delivery import say_outcome, worst_status
from mailer.cli.options import json_option
from mailer.cli.output import emit, entry_object, is_interactive, say, say_whole
from mailer.cli.send import recipient_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.deliver import Outcome
    from mailer.sandbox import Arrived, Sandbox

__all__ = ["command"]

#: What ships with the program; the demo works on a copy, which may be changed.
EXAMPLE = Path(mailer.__file__).parent / "example"

#: The morning after the invented interview; its notes are judged as of then, so that "yesterday" is true.
MORNING = "2026-10-15 08:00"


@click.command("demo")
@json_option
def command(*, as_json: bool) -> int:
    """Walk the whole line on an invented interview.

    \b
    Example: mailer demo

    Its notes are read, checked, shown and sent to a practice server. Nothing leaves this machine and
    your own outbox is not touched. On a terminal the desk and the inbox stay open until Enter.
    """
    from mailer.sandbox import Sandbox

    gc.enable()
    tell = (lambda *_, **__: None) if as_json else say
    home = Path(tempfile.mkdtemp(prefix="mailer-demo-"))
    shutil.copytree(EXAMPLE, home / "interviews")
    with Sandbox(home / "inbox", smtp_port=0, http_port=0) as sandbox:
        app = practice_app(home, sandbox)
        outcomes = walk(app, tell)
        arrived = sandbox.messages()
        if as_json:
            emit({"entries": [entry_object(o.entry) for o in outcomes], "folder": str(sandbox.folder)})
            return worst_status(outcomes)
        say_arrived(arrived)
        if is_interactive():
            show(home, sandbox)
    return worst_status(outcomes)


def show(home: Path, sandbox: Sandbox) -> None:
    """Have the notes and the inbox looked at in a browser, until Enter."""
    from mailer.web import Server

    with Server(lambda: practice_app(home, sandbox)) as desk:
        thread = threading.Thread(target=desk.run, name="demo-desk")
        thread.start()
        say("\n6. The same notes on the desk, to look at and to change", style="bold")
        say_whole(f"   {desk.link()}")
        try:
            click.prompt(f"Open {sandbox.http_url} in a browser; Enter ends the demo", default="", show_default=False)
        finally:
            desk.end()
            thread.join()


def practice_app(home: Path, sandbox: Sandbox) -> App:
    """Wire an application that hands in at the practice server and keeps its state in `home`."""
    from mailer import settings
    from mailer.app import App

    options = {
        "MAILER_HOME": str(home),
        "MAILER_FROM": "Ines Ferreira-Lund <ines.ferreira-lund@example.com>",
        "MAILER_SMTP_HOST": "127.0.0.1",
        "MAILER_SMTP_PORT": str(sandbox.smtp_port),
        "MAILER_SMTP_SECURITY": "none",
        "MAILER_AUTH": "none",
    }
    return App(settings.read(options=options, environ={}))


def walk(app: App, tell: Callable[..., None]) -> list[Outcome]:
    """Walk the line with the example and tell each step."""
    path = app.interviews_folder / "tidewater.md"
    (interview,) = found = drafting.read(app, [path])
    tell(f"1. The interview, as you would write it: {path}", style="bold")
    for person in interview.people:
        tell(f"   {person.name} ({person.role}) said: “{person.heard[0]}”")
        tell(f"      you bring: {person.gift.title}" if person.gift else "      you bring nothing, and that is fine")
    drafts = drafting.drafts(app, found, as_of=MORNING)
    tell(f"\n2. Checked as of the next morning, {MORNING}", style="bold")
    for draft in drafts:
        tell(f"   {draft.note.label}: {draft.summary}")
        if draft.findings and tell is say:
            say_findings(draft.findings)
    tell(f"\n3. What {drafts[0].composition.note.reader.name} will read (the plain-text part)", style="bold")
    tell(f"   Subject: {drafts[0].composition.subject}\n")
    tell("\n".join(f"   {line}".rstrip() for line in drafting.flowed(drafts[0]).splitlines()))
    tell("\n4. Sent, each exactly once", style="bold")
    outcomes = []
    for draft in drafts:
        tell(recipient_line(draft))
    for outcome in delivery.send(
        app, drafts, drafting.seal_all(app, drafts), delivery.connector(app, may_prompt=False)
    ):
        outcomes.append(outcome)
        if tell is say:
            say_outcome(app, outcome)
    return outcomes


def say_arrived(arrived: tuple[Arrived, ...]) -> None:
    """Print what the practice server accepted and where to look at it."""
    say(f"\n5. {len(arrived)} mails arrived", style="bold")
    for mail in arrived:
        say(f"   {mail.envelope_to}  {mail.subject}  ({mail.size_bytes:,} bytes)")
        say(f"      {mail.path}")
    say("   Open them in any mail program; they stay there until you delete the folder.")
