"""Know when a note goes out if nobody says otherwise; takes an interview, gives an instant."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import schedule

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.app import App
    from mailer.model import Interview, Note
    from mailer.schedule import Due

__all__ = ["expected", "rule"]


def expected(app: App, interview: Interview, note: Note, *, now: datetime) -> datetime:
    """Return when a note queued at `now` would go out: at its `send` while that lies ahead, else by the rule."""
    if note.send:
        aware = note.send if note.send.tzinfo else note.send.replace(tzinfo=ZoneInfo(interview.timezone))
        return max(aware.astimezone(UTC), now)
    return rule(app, interview, now=now).instant


def rule(app: App, interview: Interview, *, now: datetime) -> Due:
    """Return the hour that the timing rule recommends for an interview's notes."""
    return schedule.recommended(
        interview.start,
        interview.end,
        zone=interview.timezone,
        decision_expected=interview.decision_expected,
        now=now,
        workdays=app.settings.workdays,
    )
