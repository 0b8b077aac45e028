"""Say when a note is sent: from the words a person typed, or by the timing rule; and say it back in words.

Takes words or an interview's hours, gives a `Due`; pure. Wall times are the employer's, in an IANA zone; elapsed time
is counted in UTC, so that two hours are two hours on the night the clocks change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.schedule.hours import ComesTwice, Due, Which, at, exactly, moved, planned, there
    from mailer.schedule.rule import Suggestion, apart, recommended, suggest
    from mailer.schedule.said import brief, briefest, day_said, describe, mention
    from mailer.schedule.typed import instant, parse, recorded

__all__ = [
    "ComesTwice",
    "Due",
    "Suggestion",
    "Which",
    "apart",
    "at",
    "brief",
    "briefest",
    "day_said",
    "describe",
    "exactly",
    "instant",
    "mention",
    "moved",
    "parse",
    "planned",
    "recommended",
    "recorded",
    "suggest",
    "there",
]

#: Each loads on first use: most commands need one of them.
_HOMES = {
    "hours": ("ComesTwice", "Due", "Which", "at", "exactly", "moved", "planned", "there"),
    "rule": ("Suggestion", "apart", "recommended", "suggest"),
    "said": ("brief", "briefest", "day_said", "describe", "mention"),
    "typed": ("instant", "parse", "recorded"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for (PEP 562)."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
