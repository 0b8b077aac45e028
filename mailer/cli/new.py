"""`mailer new`: write the frame of an interview file while the talk is fresh."""

from __future__ import annotations

from pathlib import Path

import click

from mailer.app import capture
from mailer.cli.options import application, json_option
from mailer.cli.output import asked, emit, say

__all__ = ["command"]


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@click.option("--company", help="Whom you talked with.")
@click.option("--role", help="The post.")
@click.option("--start", metavar="WHEN", help="2026-06-11 10:00, local time at the employer.")
@click.option("--end", metavar="WHEN", help="By default an hour later.")
@click.option("--timezone", metavar="IANA", help="The employer's, as America/Detroit; by default yours.")
@click.option(
    "--person",
    "people",
    type=(str, str, str, str),
    multiple=True,
    metavar="NAME GREETING ADDRESS HEARD",
    help='One interviewer; "" for an address you do not know.',
)
@json_option
def command(
    file: Path | None,
    company: str | None,
    role: str | None,
    start: str | None,
    end: str | None,
    timezone: str | None,
    people: tuple[tuple[str, str, str, str], ...],
    *,
    as_json: bool,
) -> int:
    """Write the frame of an interview file.

    \b
    Example: mailer new acme.md --company Acme --role Engineer --start "2026-06-11 10:00" \\
               --person "Ada Lovelace" "Dear Ada," ada@acme.example "The build takes an hour."

    It asks on a terminal for what the options do not say, and never overwrites a file.
    """
    app = application()
    path = capture.new_interview(
        app,
        file,
        company=company or asked("Company", "--company"),
        role=role or asked("Role", "--role"),
        start=start or asked("Start, local time there (2026-06-11 10:00)", "--start"),
        end=end,
        timezone=timezone,
        people=people or asked_people(),
    )
    if as_json:
        emit({"file": str(path)})
    else:
        say(f"Wrote {path}. Write each person's note in it, then: mailer check {path}")
    return 0


def asked_people() -> list[tuple[str, str, str, str]]:
    """Ask for the people until an empty name: name, greeting, address, what they said."""
    people = [one_person(asked("Who talked with you (their name as they write it)", "--person"))]
    while name := click.prompt("Who else (Enter: nobody)", default="", show_default=False):
        people.append(one_person(name))
    return people


def one_person(name: str) -> tuple[str, str, str, str]:
    """Ask for the rest of one person; the greeting is asked for, never derived from a name."""
    greeting = click.prompt(f"  How you greet {name} (Dear Ms. Rivera,)")
    address = click.prompt("  Address (Enter: not known)", default="", show_default=False)
    heard = click.prompt("  What they said that stayed with you", default="", show_default=False)
    return name, greeting, address, heard
