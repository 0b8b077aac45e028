"""Read the key `send`: the hour of a note, counted from the interview and never from the day of the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import UsageError
from mailer.interviews.fields import line_of_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailer.interviews.fields import Place
    from mailer.interviews.nodes import Node
    from mailer.workdays import Workdays

__all__ = ["send_reader"]


def send_reader(ended: datetime, timezone: str, workdays: Workdays) -> Callable[[Node, Place], datetime | None]:
    """Return the reader of `send` for an interview that ended so (naive wall time); it gives what `recorded` gives."""

    def read_send(node: Node, place: Place) -> datetime | None:
        from mailer import schedule

        words = line_of_text(node, place, "the hour of a note, such as 2026-06-12 08:30")
        try:
            return schedule.recorded(words, ended=ended, zone=timezone, workdays=workdays)
        except UsageError as exc:
            raise place.fault(str(exc)) from exc

    return read_send
