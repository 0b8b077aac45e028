"""Decide what follows a failed delivery: another try and when, giving up, or a person's word.

Takes the error and the entry's history, gives one decision; pure.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import OutcomeUnknown, Permanent

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.errors import DeliveryError

__all__ = ["AskPerson", "GiveUp", "RetryAt", "after_deaths", "decide", "delay"]

#: RFC 5321 4.5.4.1 asks for at least 30 minutes between tries of a relay; a person who waits may try sooner at first.
LONGEST_DELAY = timedelta(hours=4)

#: After that a thank-you would puzzle more than please (RFC 5321 4.5.4.1 gives mail at large 4 to 5 days).
GIVE_UP_AFTER = timedelta(days=2)

#: A process may be killed, or a battery empty, a few times on end; then the note itself may be what kills it.
DEATHS_AT_ONCE = 3
DEATHS_AT_MOST = 8

#: Notes postponed together come back apart.
LARGEST_JITTER = 0.10


class RetryAt(NamedTuple):
    """Try again at `at` (aware UTC), not before."""

    at: datetime


class GiveUp(NamedTuple):
    """Never try again by itself."""

    reason: str


class AskPerson(NamedTuple):
    """Nobody knows whether it was sent, so a person decides."""


def decide(  # noqa: PLR0913  # each is a fact of its own
    error: DeliveryError,
    *,
    attempt: int,
    first_tried: datetime,
    now: datetime,
    first_delay_s: float,
    jitter: float,
) -> RetryAt | GiveUp | AskPerson:
    """Decide by the class of `error` alone, after try number `attempt` (from 1).

    A Temporary one is tried again at `now + delay(…)`, until two days after `first_tried`.
    """
    if isinstance(error, OutcomeUnknown):
        return AskPerson()
    if isinstance(error, Permanent):
        return GiveUp("the server refused it for good")
    if now - first_tried >= GIVE_UP_AFTER:
        return GiveUp("no try succeeded within two days")
    return RetryAt(now + delay(attempt, first_delay_s=first_delay_s, jitter=jitter))


def delay(attempt: int, *, first_delay_s: float, jitter: float) -> timedelta:
    """Return `min(first_delay_s * 2^(attempt - 1), 4 h)`, lengthened by `jitter` (0 to 1) tenths."""
    doublings = min(attempt - 1, 32)
    planned = min(first_delay_s * 2.0**doublings, LONGEST_DELAY.total_seconds())
    return timedelta(seconds=planned * (1 + LARGEST_JITTER * jitter))


def after_deaths(deaths: int, *, now: datetime, first_delay_s: float) -> RetryAt | GiveUp:
    """Decide about a note, surely unsent, on which processes died so many times on end (from 1).

    At once after the first three, then later and later, until it is given up for a person to look at.
    """
    if deaths >= DEATHS_AT_MOST:
        return GiveUp(
            f"mailer died {deaths} times on end before it could send this note, so it is not tried again by itself;"
            " look at the note and at what ended mailer, then run mailer outbox retry"
        )
    if deaths <= DEATHS_AT_ONCE:
        return RetryAt(now)
    return RetryAt(now + delay(deaths - DEATHS_AT_ONCE, first_delay_s=first_delay_s, jitter=0.0))
