"""`mailer service`: have the system deliver what is due, every five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mailer.app import service
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, say

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.app import App
    from mailer.service.installing import Status

__all__ = ["command"]

print_option = click.option("--print", "only_print", is_flag=True, help="Show the files and commands; do nothing.")


@click.group("service", invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Have the system send what is due, every five minutes; alone, say how that stands.

    \b
    Example: mailer service install

    A systemd user timer, a launchd agent or a task of Windows runs `mailer worker --once`. It needs no root.
    """
    if ctx.invoked_subcommand:
        ctx.default_map = {ctx.invoked_subcommand: {"as_json": as_json}}
        return 0
    return show_status(application(), as_json=as_json)


@command.command("install")
@print_option
@json_option
def install(*, only_print: bool, as_json: bool) -> int:
    """Install the service, or bring it up to date.

    \b
    Example: mailer service install --print
    """
    app = application()
    if only_print:
        return show_plan(app, "install", as_json=as_json)
    changed, replaced = service.install(app)
    notes = list(service.notes(app))
    if as_json:
        done = {"changed": [str(path) for path in changed], "replaced": replaced, "notes": notes}
        emit(done | status_object(service.status(app)))
        return 0
    for path in changed:
        say(f"wrote {path}")
    if replaced:
        say(f"Note: this takes the place of an earlier install, which had: {replaced}")
    state = "Installed" if changed else "It is installed already"
    say(f"{state}: the system now looks every five minutes and sends what is due.", style="bold")
    for note in notes:
        say(f"Note: {note}")
    return 0


@command.command("status")
@print_option
@json_option
def status(*, only_print: bool, as_json: bool) -> int:
    """Say whether the service is installed, runs, and would be installed the same today.

    \b
    Example: mailer service status
    """
    app = application()
    if only_print:
        return show_plan(app, "status", as_json=as_json)
    return show_status(app, as_json=as_json)


def show_status(app: App, *, as_json: bool) -> int:
    """Print how the service stands."""
    found = service.status(app)
    if as_json:
        emit(status_object(found) | {"waker": service.prospect(app).waker.value})
    else:
        say_status(app, found)
    return 0


@command.command("remove")
@print_option
@json_option
def remove(*, only_print: bool, as_json: bool) -> int:
    """Stop the service and take away what install made.

    \b
    Example: mailer service remove
    """
    app = application()
    if only_print:
        return show_plan(app, "remove", as_json=as_json)
    removed = service.remove(app)
    if as_json:
        emit({"removed": [str(path) for path in removed]})
        return 0
    for path in removed:
        say(f"removed {path}")
    say("The system no longer sends by itself." if removed else "It was not installed; nothing was done.")
    return 0


def show_plan(app: App, verb: str, *, as_json: bool) -> int:
    """Print the files and commands of a verb without touching anything."""
    plan = service.plan(app, verb)
    before = [list(c.argv) for c in plan.before]
    after = [list(c.argv) for c in plan.after]
    if as_json:
        files = [
            {"path": str(f.path), "mode": f"{f.mode:04o}", "content": f.content.decode(f.encoding)} for f in plan.files
        ]
        removals = [str(path) for path in plan.removals]
        emit({"files": files, "removals": removals, "commands_before": before, "commands": after})
        return 0
    import shlex

    for argv in before:
        say(f"$ {shlex.join(argv)}")
    for file in plan.files:
        say(f"--- {file.path} ({file.mode:04o})")
        click.echo(file.content.decode(file.encoding).replace("\r\n", "\n").rstrip("\n"))
    for path in plan.removals:
        say(f"remove {path}")
    for argv in after:
        say(f"$ {shlex.join(argv)}")
    return 0


def status_object(found: Status) -> dict[str, Any]:
    """Return the JSON shape of how the service stands; what is not known is null."""
    standing = found.standing
    return {
        "system": found.system.value,
        "installed": found.is_installed,
        "active": standing.is_active if standing else None,
        "current": found.is_current,
        "next_run_utc": _iso(standing.next_run if standing else None),
        "last_run_utc": _iso(standing.last_run if standing else None),
        "last_result": standing.last_result if standing else "",
        "files": [{"path": str(path), "state": state} for path, state in found.files],
        "why_none": found.why_none,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def say_status(app: App, found: Status) -> None:
    """Print how the service stands, with what to do."""
    standing = found.standing
    is_active = standing is not None and standing.is_active
    if found.why_none:
        say(f"Not within reach: {found.why_none}.")
    elif not found.is_installed:
        say("Not installed.", style="bold")
    else:
        say(f"Installed ({found.system.value}), {'active' if is_active else 'but not active'}.", style="bold")
    if standing and standing.next_run:
        say(f"  next run  {standing.next_run.astimezone():%a %Y-%m-%d %H:%M}")
    if standing and (standing.last_run or standing.last_result):
        last = f"{standing.last_run.astimezone():%a %Y-%m-%d %H:%M:%S}  " if standing.last_run else ""
        say(f"  last run  {last}{standing.last_result}")
    for path, state in found.files:
        say(f"  {state:<8}  {path}")
    if found.difference:
        now, anew = found.difference
        say("Another install wrote it, or another version:")
        say(f"  there now            {now or '(nothing)'}")
        say(f"  install would write  {anew or '(nothing)'}")
    if found.is_installed and not found.is_current and not found.why_none:
        say("To bring it up to date: mailer service install")
    if not found.is_installed:
        say(service.prospect(app).sentence)
