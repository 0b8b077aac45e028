"""Read whether, and how long, a server keeps a mail before it delivers it: FUTURERELEASE (RFC 4865).

Takes what EHLO offers, gives `HoldLimits`; takes an hour, gives the parameter of MAIL. Pure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HoldLimits", "hold_limits", "hold_parameter"]

KEYWORD = "futurerelease"

#: RFC 4865 3: an interval has at most nine digits.
MAX_DIGITS = 9


class HoldLimits(NamedTuple):
    """How long the server keeps a mail, and until when at most (aware UTC); None for what it does not say."""

    longest: timedelta | None
    until: datetime | None

    def last(self, now: datetime) -> datetime | None:
        """Return the last hour (aware UTC) that a mail handed in at `now` may have; None when no limit is known."""
        by_length = [now + self.longest] if self.longest is not None else []
        by_date = [self.until] if self.until is not None else []
        return min(by_length + by_date, default=None)


def hold_limits(extensions: Mapping[str, str]) -> HoldLimits | None:
    """Return the limits that EHLO names; None when the server does not keep mails at all.

    `FUTURERELEASE 2592000 2026-12-23T08:30:00Z`: the longest interval in seconds, and the last moment. What does not
    read so is no limit known, and the server's reply to MAIL decides. Source: RFC 4865 3.
    """
    if KEYWORD not in extensions:
        return None
    interval, _, moment = extensions[KEYWORD].strip().partition(" ")
    is_interval = interval.isascii() and interval.isdigit() and len(interval) <= MAX_DIGITS
    return HoldLimits(timedelta(seconds=int(interval)) if is_interval else None, _moment(moment.strip()))


def hold_parameter(hour: datetime) -> str:
    """Return the parameter of MAIL that has the server keep a mail until `hour` (aware), in whole seconds.

    HOLDUNTIL, not HOLDFOR: a slow conversation does not move the hour. A fraction is rounded up, so that the mail does
    not leave early. Source: RFC 4865 4, RFC 3339 5.6.
    """
    whole = hour.astimezone(UTC)
    if whole.microsecond:
        whole = whole.replace(microsecond=0) + timedelta(seconds=1)
    return f"HOLDUNTIL={whole:%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
