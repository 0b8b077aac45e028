"""Ask which of two hours is meant, where the clocks go back and show a time twice; used by `queue` and `reschedule`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from mailer.cli.output import say
from mailer.schedule import ComesTwice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailer.app import App
    from mailer.schedule import Due, Which

__all__ = ["AT_FORMS", "which_of_two"]

#: What --at takes, for its help.
AT_FORMS = (
    "now, in 2h, tomorrow 8:30, Monday 8:30am, next business day 08:30, Dec 1 noon, or 2026-12-01 09:00;"
    " a zone (Europe/Berlin) or an offset (+01:00) may follow."
)

Result = TypeVar("Result")


def which_of_two(app: App, step: Callable[[Which], Result], *, may_ask: bool) -> Result:
    """Take a step, and again with each answer that it wants on an hour that comes twice; nothing is held meanwhile.

    Raises ComesTwice where nobody can be asked, and click.Abort when the answer is not given: nothing was done then.
    """
    chosen: dict[tuple[datetime, str], Due] = {}

    def choose(twice: ComesTwice) -> Due:
        due = chosen.get((twice.first.wall, twice.first.timezone))
        if due is None:
            raise twice
        return due

    while True:
        try:
            return step(choose)
        except ComesTwice as twice:
            if not may_ask:
                raise
            chosen[twice.first.wall, twice.first.timezone] = asked(app, twice)


def asked(app: App, twice: ComesTwice) -> Due:
    """Ask on the terminal which of the two it is."""
    from mailer.app import planning  # slow to import, and hardly ever needed

    say("This hour comes twice, because the clocks go back:")
    say(f"  1  {planning.describe_due(app, twice.first)}")
    say(f"  2  {planning.describe_due(app, twice.second)}")
    answer: str = click.prompt("Which of the two?", type=click.Choice(["1", "2"]))
    return twice.first if answer == "1" else twice.second
