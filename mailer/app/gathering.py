"""Gather, over all interviews, whom you met and what you bring them.

Takes the judged drafts of each interview, gives one `Met` for each person and one `Brought` for each gift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.app import standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Gift, Interview, Person

__all__ = ["Brought", "Met", "brought", "met"]


class Met(NamedTuple):
    """Somebody you met in an interview, and where each note to them stands, in words."""

    person: Person
    interview: Interview
    slug: str
    states: tuple[str, ...]


class Brought(NamedTuple):
    """Something useful, for whom, and where the note that brings it stands."""

    gift: Gift
    person: Person
    interview: Interview
    slug: str
    state: str


def met(app: App, drafts_of: Mapping[str, Sequence[Draft]]) -> tuple[Met, ...]:
    """Return everybody, the latest interview first, in the order of its file."""
    return tuple(
        Met(person, drafts[0].interview, slug, tuple(states[person.id]))
        for slug, drafts in _latest_first(drafts_of)
        for states in [_states(app, drafts)]
        for person in drafts[0].interview.people
    )


def _states(app: App, drafts: Sequence[Draft]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {person.id: [] for person in drafts[0].interview.people}
    for stands in standing.standings(app, drafts):
        for person in stands.draft.note.people:
            found[person.id].append(stands.state)
    return found


def brought(app: App, drafts_of: Mapping[str, Sequence[Draft]]) -> tuple[Brought, ...]:
    """Return every gift that is recorded, the latest interview first, in the order of its notes."""
    return tuple(_brought(app, drafts_of))


def _brought(app: App, drafts_of: Mapping[str, Sequence[Draft]]) -> Iterator[Brought]:
    for slug, drafts in _latest_first(drafts_of):
        for stands in standing.standings(app, drafts):
            note = stands.draft.note
            for gift in note.gifts:
                person = next((p for p in note.people if p.gift is gift), note.people[0])
                yield Brought(gift, person, stands.draft.interview, slug, stands.state)


def _latest_first(drafts_of: Mapping[str, Sequence[Draft]]) -> list[tuple[str, Sequence[Draft]]]:
    held = [(slug, drafts) for slug, drafts in drafts_of.items() if drafts]
    return sorted(held, key=lambda pair: pair[1][0].interview.start, reverse=True)
