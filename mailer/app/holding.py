"""Hand notes to a server that keeps each until its hour (FUTURERELEASE, RFC 4865), where it offers that.

Takes a connection and hours, gives an `Offer` with what must be known before the yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer import schedule
from mailer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.app import App
    from mailer.schedule import Due
    from mailer.sender import Connection, HoldLimits

__all__ = ["Offer", "examine", "terms"]


class Offer(NamedTuple):
    """What a server promises: its limits, and the last hour (aware UTC) they leave; None when it names none."""

    server: str
    limits: HoldLimits
    last: datetime | None


def examine(app: App, connection: Connection, dues: Sequence[Due]) -> Offer:
    """Return what the server offers for these hours.

    Raises UsageError, naming the way out, when it keeps no mails, and for an hour that is now, has passed, or lies
    beyond its limits.
    """
    from mailer import sender

    server, now = app.settings.account().host, app.clock()
    limits = sender.hold_limits(connection.extensions)
    if limits is None:
        raise UsageError(
            f"{server} does not keep mails until their hour (it offers no FUTURERELEASE), so nothing was sent or"
            " queued; leave --hold-on-server out, and `mailer worker` sends them from here"
        )
    last = limits.last(now)
    for due in dues:
        _refuse_beyond(app, due, Offer(server, limits, last), now)
    return Offer(server, limits, last)


def _refuse_beyond(app: App, due: Due, offer: Offer, now: datetime) -> None:
    said = schedule.describe(due, sender_zone=app.settings.timezone, now=now)
    if due.instant <= now:
        raise UsageError(
            f"there is nothing to keep until {said}: nothing was sent or queued; say a later --at, or `mailer send`"
        )
    if offer.last is not None and due.instant > offer.last:
        raise UsageError(
            f"{said}, is later than {offer.server} takes. {_longest(app, offer, due.timezone)} Nothing was sent or"
            " queued; say an earlier --at, or leave --hold-on-server out, and `mailer worker` sends it from here"
        )


def terms(app: App, offer: Offer, dues: Sequence[Due]) -> tuple[str, ...]:
    """Return what a person must know before the yes."""
    zone = dues[0].timezone if dues else app.settings.timezone
    return (
        f"{offer.server} gets them now and keeps each until its hour; your computer may be off.",
        "From here they can then not be listed, changed or called back.",
        _longest(app, offer, zone),
    )


def _longest(app: App, offer: Offer, zone: str) -> str:
    if offer.last is None:
        return "How long it keeps a mail it does not say."
    last = schedule.Due(offer.last, schedule.exactly(offer.last, zone).wall, zone)
    said = schedule.mention(last, sender_zone=app.settings.timezone)
    longest = offer.limits.longest
    for_long = f"for at most {_length(longest.total_seconds())}, now " if longest is not None else ""
    return f"It keeps a mail {for_long}until {said}."


def _length(seconds: float) -> str:
    if seconds >= 2 * 86400:
        return f"{seconds / 86400:.0f} days"
    return f"{seconds / 3600:.0f} h" if seconds >= 2 * 3600 else f"{seconds / 60:.0f} min"
