"""Gather the words of an interview file that are never findings by themselves.

Takes an interview and its sender, gives a `Record` of straightened text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.words import cut_links, straighten, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.model import Gift, Interview, Mailbox, Person

__all__ = ["Record", "gift_words", "read_record"]


class Record(NamedTuple):
    """The record's own words.

    `own` is company, names, roles, gift titles and `heard`; `whole` adds everything that the file says of people and
    gifts, and what the person gives thanks for; `names` are the words of the names it stores, as written; `known` are
    all its words but those of links and addresses, `lowered` the same in lower case.
    """

    own: str
    whole: str
    names: frozenset[str]
    known: frozenset[str]
    lowered: frozenset[str]

    def holds(self, excerpt: str) -> bool:
        """Tell whether the excerpt stands in company, names, roles, gift titles or `heard`; case does not count."""
        return excerpt.strip().lower() in self.own


def gift_words(gift: Gift) -> Iterator[str]:
    """Yield every text of a gift."""
    yield from (gift.title, gift.why, gift.access, gift.url, gift.file)
    if gift.contact:
        yield from (gift.contact.name, gift.contact.email, gift.contact.phone)
    for item in gift.items:
        yield from (item.name, item.url, item.note)


def _all_gifts(interview: Interview) -> list[Gift]:
    later = [note.gift for note in interview.notes if note.gift]
    return [person.gift for person in interview.people if person.gift] + later


def _names(person: Person) -> Iterator[str]:
    yield person.name
    if person.via:
        yield person.via.name


def read_record(interview: Interview, sender: Mailbox) -> Record:
    """Return the record of an interview and of who writes its notes."""
    gifts = _all_gifts(interview)
    names = [name for person in interview.people for name in _names(person)]
    names += [gift.contact.name for gift in gifts if gift.contact]
    roles = [person.role for person in interview.people]
    heard = [said for person in interview.people for said in person.heard]
    own = [interview.company, interview.role, *names, *roles, *heard, *(gift.title for gift in gifts)]
    greetings = [person.greeting for person in interview.people]
    thanks = [note.slots.thanks for note in interview.notes]
    whole = [*own, *greetings, *thanks, sender.name, *(text for gift in gifts for text in gift_words(gift))]
    text = straighten("\n".join(whole))
    plain = cut_links(text)
    return Record(
        own=straighten("\n".join(own)).lower(),
        whole=text,
        names=frozenset(words(straighten("\n".join(names + greetings)))),
        known=frozenset(words(plain)),
        lowered=frozenset(words(plain.lower())),
    )
