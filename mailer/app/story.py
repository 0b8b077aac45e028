"""Tell an entry's story in plain words, what will become of it, and which steps a person may take now.

Takes an entry and its events, gives sentences in the second person; what the server said stands as it came.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from mailer import schedule
from mailer.app import ledger
from mailer.app.standing import WAITS, brief_hour
from mailer.errors import Stage
from mailer.model import State
from mailer.outbox.transitions import TRANSITIONS, Step
from mailer.schedule.naming import place

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.model import Entry, Event

__all__ = ["Future", "Moment", "Outlook", "Possible", "future", "outlook", "possible", "timeline"]


# --- what will become of it --------------------------------------------------------------------------------------


class Future(StrEnum):
    """What happens to an entry if nobody does anything."""

    GOES_AT_ITS_HOUR = "goes at its hour"
    TRIED_AGAIN = "is tried again"
    GOES_AT_ONCE = "goes as soon as something delivers"
    KEPT = "is kept by the server until its hour"
    ARRIVED = "should have arrived"
    NOTHING = "nothing"


def future(entry: Entry, *, now: datetime) -> Future:
    """Return what happens to an entry by itself, as of `now` (aware UTC)."""
    if entry.state is State.HELD:
        return Future.KEPT if entry.due > now else Future.ARRIVED
    if entry.state not in WAITS:
        return Future.NOTHING
    if entry.due > now:
        return Future.GOES_AT_ITS_HOUR
    return Future.TRIED_AGAIN if entry.not_before > now else Future.GOES_AT_ONCE


class Outlook(NamedTuple):
    """What becomes of an entry, a sentence on it, and the server's last words ("" when it said nothing)."""

    future: Future
    sentence: str
    reply: str = ""


def outlook(app: App, entry: Entry) -> Outlook:
    """Say what becomes of an entry, in one sentence that names its reader."""
    coming = future(entry, now=app.clock())
    hour, name = brief_hour(app, entry), entry.to.name or entry.to.address
    again = f"{ledger.by_own_clock(app, entry.not_before):%H:%M}"
    said = _COMING[coming] if coming is not Future.NOTHING else _STANDING[entry.state]
    reply = entry.last_reply
    words = f"{reply.code} {reply.text}" if reply and reply.code else ""
    return Outlook(coming, said.format(name=name, hour=hour, again=again), words)


_COMING = {
    Future.GOES_AT_ITS_HOUR: "Your note to {name} goes out {hour}.",
    Future.TRIED_AGAIN: "Your note to {name} could not go yet; it is tried again at {again}.",
    Future.GOES_AT_ONCE: "Your note to {name} is due and goes out as soon as it can.",
    Future.KEPT: "The server has your note to {name} and keeps it until {hour}.",
    Future.ARRIVED: "Your note to {name} should have arrived: the server kept it until {hour}.",
}

_STANDING = {
    State.CLAIMED: "Your note to {name} is being sent.",
    State.TRANSMITTING: "Your note to {name} is being sent.",
    State.SENT: "The server took your note to {name}.",
    State.FAILED: "Your note to {name} was not sent, and nothing tries it again by itself.",
    State.UNCERTAIN: "Nobody knows whether your note to {name} arrived.",
    State.CANCELLED: "You cancelled your note to {name}; it was not sent.",
    State.MISSED: "Your note to {name} missed its hour, {hour}; it was not sent.",
}


# --- what can be done --------------------------------------------------------------------------------------------


class Possible(NamedTuple):
    """A step that a person may take now, and what it means; with `needs_hour` a new hour must be said."""

    step: Step
    meaning: str
    needs_hour: bool = False


#: In the order in which they are offered.
_STEPS = (Step.SETTLE_SENT, Step.SETTLE_UNSENT, Step.RETRY, Step.RESTORE, Step.RESCHEDULE, Step.CANCEL)

_MEANINGS = {
    Step.CANCEL: "It is not sent; until its hour you can undo that.",
    Step.RESTORE: "It goes out at its hour after all.",
    Step.RESCHEDULE: "It goes out at another hour that you choose.",
    Step.RETRY: "It is tried again at once.",
    Step.SETTLE_SENT: "You found that it arrived: it counts as sent.",
    Step.SETTLE_UNSENT: "You found that it did not arrive: it is sent again.",
}

#: Without an hour that lies ahead some of them mean something else.
_TOO_LATE = {
    Step.CANCEL: "It is not sent.",
    Step.RESTORE: "Its own hour has passed; it goes out at another one that you choose.",
}


def possible(entry: Entry, *, now: datetime) -> tuple[Possible, ...]:
    """Return the steps that a person may take with an entry as of `now` (aware UTC), those that matter most first."""
    has_passed = entry.due <= now
    return tuple(
        Possible(
            step,
            (has_passed and _TOO_LATE.get(step)) or _MEANINGS[step],
            needs_hour=step is Step.RESCHEDULE or (step is Step.RESTORE and has_passed),
        )
        for step in _STEPS
        if entry.state in TRANSITIONS[step][0] and _makes_sense(step, entry, now)
    )


def _makes_sense(step: Step, entry: Entry, now: datetime) -> bool:
    """Tell apart what the ledger would allow, but helps nobody."""
    if step is Step.RETRY and entry.state is State.SCHEDULED:
        return future(entry, now=now) is Future.TRIED_AGAIN
    if entry.state is State.HELD:
        return entry.due <= now
    return True


# --- what happened -----------------------------------------------------------------------------------------------


class Moment(NamedTuple):
    """One step of a story: `at` is by the user's own clocks; `reply` are the server's words as they came, "" for none.

    `why` is what mailer itself noted of it, "" when the sentence says it all.
    """

    at: datetime
    state: State
    sentence: str
    reply: str = ""
    why: str = ""


def timeline(app: App, entry: Entry) -> tuple[Moment, ...]:
    """Return what happened to an entry, in order, in plain words."""
    now = app.clock()
    return tuple(_moment(app, event, now) for event in ledger.story(app, entry))


def _moment(app: App, event: Event, now: datetime) -> Moment:
    sentence, detail = _told(event, now)
    reply, why = _parted(detail)
    return Moment(ledger.by_own_clock(app, event.at), event.to_state, sentence, reply, why)


#: What a step means, by where it led and how its detail begins; the first that fits. What follows is kept.
_TOLD: tuple[tuple[State, str, str], ...] = (
    (State.SCHEDULED, "queued for ", "You queued it for {hour}."),
    (State.SCHEDULED, "rescheduled to ", "You gave it another hour: {hour}."),
    (State.SCHEDULED, "tried again later: ", "It could not be handed over yet and is tried again later."),
    (State.SCHEDULED, "not held: ", "The server would not keep it until its hour, so it goes out from here."),
    (State.SCHEDULED, "to be tried again", "You had it tried again."),
    (State.SCHEDULED, "the cancel was undone", "You undid the cancel."),
    (State.SCHEDULED, "a person found it unsent", "You found that it did not arrive, so it is sent again."),
    (
        State.SCHEDULED,
        "its process died before the final dot",
        "mailer was cut off before the note was handed over: surely nothing was sent.",
    ),
    (State.SCHEDULED, "the engine lost it", "The workers lost it, so it waits again."),
    (State.SCHEDULED, "not tried: ", "It was not tried, and waits again."),
    (State.SCHEDULED, "the clocks of ", "Its hour was kept as you meant it, because the clocks there change."),
    (State.SCHEDULED, "", "It waits again, untried."),
    (State.QUEUED, "handed to the workers", "It was handed to the workers that share this outbox."),
    (State.CLAIMED, "try ", "mailer began to send it{again}."),
    (State.TRANSMITTING, "the final dot may go out", "The whole note was with the server; only its word was missing."),
    (State.SENT, "a person found it sent", "You found that it arrived."),
    (State.SENT, "", "The server took it."),
    (State.HELD, "the server keeps it: ", "The server took it and keeps it until its hour."),
    (State.FAILED, "the server refused it for good: ", "The server refused it for good."),
    (State.FAILED, "no try succeeded within two days: ", "No try succeeded within two days, so it was given up."),
    (State.FAILED, "given up: ", "It was given up."),
    (State.FAILED, "", "It was not sent, and nothing tries it again by itself."),
    (
        State.UNCERTAIN,
        "",
        "The line broke after the whole note was handed over, so nobody knows whether it arrived.",
    ),
    (State.CANCELLED, "cancelled", "You cancelled it."),
    (State.MISSED, "its hour has long passed", "Its hour had long passed, so it was not sent; you are asked instead."),
)


def _told(event: Event, now: datetime) -> tuple[str, str]:
    """Return the sentence of a step, and what of its detail the sentence does not say."""
    for state, beginning, sentence in _TOLD:
        if state is event.to_state and event.detail.startswith(beginning):
            rest = event.detail[len(beginning) :]
            if beginning == "the clocks of ":
                return sentence, event.detail
            if "{hour}" in sentence:
                return sentence.format(hour=_hour(rest, now)), ""
            if "{again}" in sentence:
                return sentence.format(again=_try(rest)), ""
            return sentence, rest
    return f"It is {event.to_state} now.", event.detail


def _hour(rest: str, now: datetime) -> str:
    """Return the hour of an event in words: `2026-11-24 08:30 Europe/Berlin` as `Tue 24 Nov, 08:30 in Berlin`."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (\S+)", rest)
    if found is None:
        return rest
    wall = datetime.fromisoformat(found[1])
    return f"{schedule.day_said(wall.date(), today=now.date())}, {wall:%H:%M} in {place(found[2])}"


def _try(rest: str) -> str:
    number = rest.partition(",")[0]
    return "" if number == "1" else f", try {number}"


def _parted(detail: str) -> tuple[str, str]:
    """Part what the server said (it begins with a reply code, RFC 5321 4.2) from what mailer noted."""
    bare = detail
    for stage in Stage:
        bare = bare.removesuffix(f" ({stage})")
    return (bare, "") if re.match(r"[2-5]\d\d\b", bare) else ("", bare)
