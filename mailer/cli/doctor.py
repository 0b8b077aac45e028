"""`mailer doctor`: look at each part, say how it is and how to mend it."""

from __future__ import annotations

import click

from mailer.app import account
from mailer.cli.options import application, json_option
from mailer.cli.output import emit, say

__all__ = ["command"]

STYLES = {"ok": "", "warn": "yellow", "fail": "bold red", "skip": "dim"}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask nothing of the network: no name look-up, no login.")
@json_option
def command(*, offline: bool, as_json: bool) -> int:
    """Look at each part and say how to mend it.

    \b
    Example: mailer doctor --offline

    Home, settings, interviews, outbox, keyring, server and login. Exit status 3 when something fails.
    """
    parts = []
    for part in account.examine(application(), is_offline=offline):
        parts.append(part)
        if not as_json:
            say(f"{part.health.value:<5} {part.name}: {part.meaning}", style=STYLES[part.health.value])
            if part.remedy:
                say(f"      → {part.remedy}")
    if as_json:
        emit({"parts": [p._asdict() for p in parts]})
    return 3 if any(part.health.value == "fail" for part in parts) else 0
