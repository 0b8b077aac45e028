"""Read the entries of `people:` into persons and what is planned for each of them.

Takes nodes with their places, gives frozen values; the body of the file plays no part here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.interviews.fields import (
    QUOTES_NEEDED,
    Fields,
    Place,
    address,
    choice,
    day,
    entries,
    flag,
    line_of_text,
    link,
    optional,
    prose,
    whole_minutes,
)
from mailer.interviews.nodes import Mapping, Scalar, Sequence
from mailer.model import Contact, Gift, GiftItem, GiftKind, Mailbox, NoteKind, Person, Slots, Voice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailer.interviews.nodes import Node

    SendReader = Callable[[Node, Place], datetime | None]

__all__ = [
    "GIFT_KEYS",
    "KEYS_OF_KIND",
    "MAX_PEOPLE",
    "PERSON_KEYS",
    "PLAN_KEYS",
    "Plan",
    "Profile",
    "read_people",
]

MAX_PEOPLE = 50
MAX_ID_LENGTH = 64
MIN_ITEMS, MAX_ITEMS = 2, 12

SLOT_KEYS = ("thanks", "moment", "interest", "offer")
PLAN_KEYS = ("gift", "subject", "send", "voice", *SLOT_KEYS)
PERSON_KEYS = ("id", "name", "greeting", "email", "via", "role", "heard", *PLAN_KEYS, "more")
GIFT_KEYS = ("kind", "title", "why", "minutes", "access", "read_on")
#: What each kind of gift needs beside the keys that all kinds may carry; `vcard` is the only one that may be absent.
KEYS_OF_KIND = {
    GiftKind.ARTICLE: ("url",),
    GiftKind.CONTACT: ("contact", "vcard"),
    GiftKind.LIST: ("items",),
    GiftKind.FILE: ("file",),
}


class Plan(NamedTuple):
    """What one person's entry says of one kind of note; `voice` is None when it is left to the interview.

    `send` is as in a Note; None with `has_send` when it says `best`.
    """

    kind: NoteKind
    line: int
    gift: Gift | None
    subject: str
    send: datetime | None
    slots: Slots
    voice: Voice | None
    has_send: bool = False


class Profile(NamedTuple):
    """A person and the plans for their notes; the thank-you always has one, and comes first."""

    person: Person
    plans: dict[NoteKind, Plan]


def read_people(node: Node, place: Place, read_send: SendReader) -> tuple[Profile, ...]:
    """Return the people of the file in order, each with a unique id; `read_send` reads the hours of their notes.

    Raises NoteError for none or more than fifty.
    """
    items = entries(node, place, "a list of people, each with “- name:”")
    if not items:
        raise place.fault("found an empty list, expected at least one person with “- name:”")
    if len(items) > MAX_PEOPLE:
        raise place.fault(f"found {len(items)} people, expected at most {MAX_PEOPLE}; split the file")
    fields = [Fields(item, at, PERSON_KEYS) for item, at in items]
    ids = _ids(fields)
    return tuple(_profile(entry, identifier, read_send) for entry, identifier in zip(fields, ids, strict=True))


# --- ids -------------------------------------------------------------------------------------------------------


def _ids(fields: list[Fields]) -> list[str]:
    """Return the ids in order: those that are written, and for the others a slug that is still free."""
    written = [entry.get("id", _identifier, "") for entry in fields]
    taken: dict[str, int] = {}
    for index, identifier in enumerate(written):
        if identifier and identifier.casefold() in taken:
            first = fields[taken[identifier.casefold()]].place_of("id").line
            raise fields[index].place_of("id").fault(f"the id “{identifier}” is that of line {first} too; change one")
        if identifier:
            taken[identifier.casefold()] = index
    return [
        identifier or _free_slug(entry, index, taken)
        for index, (identifier, entry) in enumerate(zip(written, fields, strict=True))
    ]


def _identifier(node: Node, place: Place) -> str:
    import re

    expected = "an id of ASCII letters, digits, “-”, “_” or “.”"
    text = line_of_text(node, place, expected)
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?", text) or len(text) > MAX_ID_LENGTH:
        raise place.unexpected(node, f"{expected}, at most {MAX_ID_LENGTH}")
    return text


def _free_slug(entry: Fields, index: int, taken: dict[str, int]) -> str:
    from mailer.interviews.slugs import slug

    stem = slug(entry.need("name", line_of_text), MAX_ID_LENGTH - 3) or f"person-{index + 1}"
    candidate, count = stem, 1
    while candidate in taken:
        count += 1
        candidate = f"{stem}-{count}"
    taken[candidate] = index
    return candidate


# --- persons and plans -----------------------------------------------------------------------------------------


def _profile(fields: Fields, identifier: str, read_send: SendReader) -> Profile:
    thank_you = _plan(fields, NoteKind.THANK_YOU, read_send)
    person = Person(
        id=identifier,
        name=fields.need("name", line_of_text),
        greeting=fields.get("greeting", line_of_text, ""),
        email=fields.get("email", optional(address), None),
        via=fields.get("via", optional(_mailbox), None),
        role=fields.get("role", line_of_text, ""),
        heard=fields.get("heard", _remarks, ()),
        gift=thank_you.gift,
        line=fields.place.line,
    )
    later: list[Plan] = fields.get("more", lambda node, place: _later_plans(node, place, read_send), [])
    return Profile(person, {plan.kind: plan for plan in [thank_you, *later]})


def _plan(fields: Fields, kind: NoteKind, read_send: SendReader) -> Plan:
    return Plan(
        kind=kind,
        line=fields.place.line,
        gift=fields.get("gift", optional(_gift), None),
        subject=fields.get("subject", line_of_text, ""),
        send=fields.get("send", read_send, None),
        has_send="send" in fields,
        slots=Slots(*(fields.get(slot, prose, "") for slot in SLOT_KEYS)),
        voice=fields.get("voice", optional(choice(Voice)), None),
    )


def _later_plans(node: Node, place: Place, read_send: SendReader) -> list[Plan]:
    found: dict[NoteKind, Plan] = {}
    for item, at in entries(node, place, "a list of later notes, each with “- kind: follow-up”"):
        fields = Fields(item, at, ("kind", *PLAN_KEYS))
        kind = fields.need("kind", choice(NoteKind, but=(NoteKind.THANK_YOU,)))
        if kind in found:
            raise fields.place_of("kind").fault(f"{kind} is that of line {found[kind].line} too; a kind is sent once")
        found[kind] = _plan(fields, kind, read_send)
    return list(found.values())


def _mailbox(node: Node, place: Place) -> Mailbox:
    fields = Fields(node, place, ("name", "email"))
    return Mailbox(fields.need("name", line_of_text), fields.need("email", address))


def _remarks(node: Node, place: Place) -> tuple[str, ...]:
    """Return what a person said, in their words: one text, or a list of texts, none of them empty."""
    if not isinstance(node, Sequence):
        text = prose(node, place, "what they said: text, or a list of texts")
        return (text,) if text else ()
    remarks = [(prose(item, at), at) for item, at in entries(node, place, "a list")]
    empty = next((at for text, at in remarks if not text), None)
    if empty:
        raise empty.fault("found nothing, expected what they said; delete the item if there is none")
    return tuple(text for text, _ in remarks)


# --- gifts -----------------------------------------------------------------------------------------------------


def _gift(node: Node, place: Place) -> Gift:
    """Return a gift whose keys fit its kind; raises NoteError for one that is missing or belongs to another kind."""
    all_keys = (*GIFT_KEYS, *(key for keys in KEYS_OF_KIND.values() for key in keys))
    kind = Fields(node, place, all_keys).need("kind", choice(GiftKind))
    elsewhere = {
        key: f"it belongs to a gift of kind {other}, this one is {kind}"
        for other in GiftKind
        for key in KEYS_OF_KIND[other]
    }
    fields = Fields(node, place, (*GIFT_KEYS, *KEYS_OF_KIND[kind]), elsewhere=elsewhere)
    return Gift(
        kind=kind,
        title=fields.need("title", line_of_text),
        why=fields.get("why", prose, ""),
        minutes=fields.get("minutes", optional(whole_minutes), None),
        access=fields.get("access", line_of_text, ""),
        read_on=fields.get("read_on", optional(day), None),
        url=fields.need("url", link) if kind is GiftKind.ARTICLE else "",
        contact=fields.need("contact", _contact) if kind is GiftKind.CONTACT else None,
        vcard=fields.get("vcard", flag, False),
        items=fields.need("items", _items) if kind is GiftKind.LIST else (),
        file=fields.need("file", line_of_text) if kind is GiftKind.FILE else "",
        line=place.line,
    )


def _contact(node: Node, place: Place) -> Contact:
    """Return a contact that can be reached; one without `consent` reads, and is stopped by a check."""
    fields = Fields(node, place, ("name", "email", "phone", "consent"))
    contact = Contact(
        name=fields.need("name", line_of_text),
        email=fields.get("email", address, ""),
        phone=fields.get("phone", _phone, ""),
        consent=fields.get("consent", optional(day), None),
    )
    if not contact.email and not contact.phone:
        raise place.fault("neither email nor phone is given; one of them is required")
    return contact


def _phone(node: Node, place: Place) -> str:
    text = line_of_text(node, place, "a telephone number")
    if not any(character.isdecimal() for character in text):
        raise place.unexpected(node, "a telephone number")
    return text


def _items(node: Node, place: Place) -> tuple[GiftItem, ...]:
    items = entries(node, place, f"a list of {MIN_ITEMS} to {MAX_ITEMS} items")
    if not MIN_ITEMS <= len(items) <= MAX_ITEMS:
        raise place.fault(f"found {len(items)} items, expected {MIN_ITEMS} to {MAX_ITEMS}")
    return tuple(_item(item, at) for item, at in items)


def _item(node: Node, place: Place) -> GiftItem:
    """Return an item, a text or a mapping."""
    if isinstance(node, Scalar):
        name = line_of_text(node, place)
        if not name:
            raise place.fault("found nothing, expected text, or the keys name, url and note")
        return GiftItem(name)
    keys = ("name", "url", "note")
    if isinstance(node, Mapping) and not any(node.find(key) for key in keys):
        raise place.unexpected(node, f"text, or the keys name, url and note; {QUOTES_NEEDED}")
    fields = Fields(node, place, keys)
    return GiftItem(
        name=fields.need("name", line_of_text),
        url=fields.get("url", link, ""),
        note=fields.get("note", line_of_text, ""),
    )
