"""Lay out the record for a template: the names that a section of an interview file may use, and no others."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.model import Gift, Interview, Mailbox, Note, Person

__all__ = ["Fields", "NoGift", "Paragraph", "gift_fields", "gift_names", "section_names", "slot_names"]


class Fields:
    """Named values of the record, None where nothing is recorded; printed as a whole it shows `shown`."""

    def __init__(self, shown: str, **fields: Any) -> None:
        self.__dict__.update({name: None if value == "" else value for name, value in fields.items()})
        self._shown = shown

    def __str__(self) -> str:
        """Return the one value that stands for all."""
        return self._shown


class Paragraph(Fields):
    """A gift that is placed as a whole paragraph where it is printed; its fields can be printed one by one too."""

    def __init__(self, fields: Fields, markdown: Callable[[], str]) -> None:
        super().__init__("")
        self.__dict__.update(vars(fields))
        self._markdown = markdown

    def markdown(self) -> str:
        """Render the paragraph, values as literal tokens, and remember that it was placed."""
        return self._markdown()


class NoGift(Paragraph):
    """Stands for `gift` where none is recorded: false in a test, a fault when printed."""

    def __init__(self, person: str) -> None:
        super().__init__(Fields(""), self._refuse)
        self._person = person

    def _refuse(self) -> str:
        raise ValueError(f"{self._person} has no gift recorded; record one, or take {{{{ gift }}}} out")

    def __bool__(self) -> bool:
        """Return false, for `{% if gift %}`."""
        return False


def section_names(interview: Interview, note: Note, me: Mailbox) -> dict[str, Any]:
    """Return the names of a note's section; `gift` is added by the one who renders it."""
    reader = note.reader
    return {
        "greeting": reader.greeting,
        "person": _person(reader),
        "company": interview.company,
        "role": interview.role or None,
        "heard": reader.heard,
        "me": Fields(me.name or me.address, name=me.name, address=me.address, phone=me.phone),
        "interview": _interview(interview),
    }


def slot_names(interview: Interview, note: Note) -> dict[str, Any]:
    """Return what a template that builds a note from its slots may use beside the names of a section."""
    slots = note.slots
    return {
        "turn": _turn(interview, note.people[0]),
        "thanks": slots.thanks or None,
        "moment": slots.moment or None,
        "interest": slots.interest or None,
        "offer": slots.offer or None,
    }


def gift_names(interview: Interview, note: Note, gift: Gift) -> dict[str, Any]:
    """Return what a gift template may use: the words of the person for whom the gift was recorded."""
    owner = next((person for person in note.people if person.gift is gift), note.reader)
    return {
        "gift": gift_fields(gift),
        "turn": _turn(interview, owner),
        "moment": note.slots.moment or None,
        "heard": owner.heard,
        "person": _person(owner),
    }


def _turn(interview: Interview, person: Person) -> int:
    """Return 0, 1 or 2 by the person's place in the file: interviewers compare notes, so joints should differ."""
    ids = [one.id for one in interview.people]
    return ids.index(person.id) % 3 if person.id in ids else 0


def gift_fields(gift: Gift) -> Fields:
    """Return what a template may say of a gift; `details` joins its minutes and access."""
    contact = gift.contact
    return Fields(
        gift.title,
        kind=str(gift.kind),
        title=gift.title,
        why=gift.why,
        minutes=gift.minutes,
        access=gift.access,
        details=", ".join(part for part in (_length(gift), gift.access) if part),
        read_on=gift.read_on,
        url=gift.url,
        entries=tuple(Fields(item.name, name=item.name, url=item.url, note=item.note) for item in gift.items),
        contact=contact and Fields(contact.name, name=contact.name, email=contact.email, phone=contact.phone),
        vcard=gift.vcard,
        filename=PurePosixPath(gift.file).name,
    )


def _length(gift: Gift) -> str:
    if gift.minutes is None:
        return ""
    return "1 minute" if gift.minutes == 1 else f"{gift.minutes} minutes"


def _person(person: Person) -> Fields:
    return Fields(
        person.name,
        id=person.id,
        name=person.name,
        greeting=person.greeting,
        role=person.role,
        email=person.email,
    )


def _interview(interview: Interview) -> Fields:
    return Fields(
        interview.company,
        company=interview.company,
        role=interview.role,
        start=interview.start,
        end=interview.end,
        timezone=interview.timezone,
        decision_expected=interview.decision_expected,
    )
