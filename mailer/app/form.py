"""Show a person's entry as the text fields of a form, and turn filled-in fields into changes of the file.

Takes an `Opened` file, a person's place in it and a kind of note, gives fields by name, and back: a mapping of dotted
keys for `editing.save`. Only what differs from the fields as they were shown becomes a change.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailer import interviews
from mailer.errors import NoteError, UsageError
from mailer.interviews.entries import KEYS_OF_KIND
from mailer.interviews.fields import Place, address, choice, day, flag, line_of_text, link, prose, whole_minutes
from mailer.interviews.layout import tidied
from mailer.interviews.nodes import Scalar
from mailer.interviews.sending import send_reader
from mailer.model import GiftKind, NoteKind, Voice
from mailer.workdays import MONDAY_TO_FRIDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mailer.app.editing import Opened

    Fields = Mapping[str, str]
    Changes = dict[str, object]

__all__ = ["FIELDS", "differing", "paragraphs", "person_changes", "person_fields", "refuse"]

#: The fields of a person whatever the note, and those of one note; both are keys of the file.
_OF_PERSON = ("name", "greeting", "email", "role")
_OF_NOTE = ("subject", "send", "voice", "thanks", "moment", "interest", "offer")
#: The fields of what the note brings, by the steps to their keys below `gift`, in the order of the file.
_OF_GIFT = {
    "gift_kind": ("kind",),
    "gift_title": ("title",),
    "gift_url": ("url",),
    "gift_contact_name": ("contact", "name"),
    "gift_contact_email": ("contact", "email"),
    "gift_contact_phone": ("contact", "phone"),
    "gift_contact_consent": ("contact", "consent"),
    "gift_vcard": ("vcard",),
    "gift_items": ("items",),
    "gift_file": ("file",),
    "gift_why": ("why",),
    "gift_minutes": ("minutes",),
    "gift_access": ("access",),
    "gift_read_on": ("read_on",),
}
#: What somebody types when they have something to bring; the rest may be filled in for them.
_TYPED = ("gift_url", "gift_contact_name", "gift_contact_email", "gift_items", "gift_file", "gift_why")

FIELDS = (*_OF_PERSON, "heard", *_OF_NOTE, *_OF_GIFT)

#: What each field is called, and the reader of the file that a text in it must satisfy.
_READERS: dict[str, tuple[str, Callable[[Any, Place], object]]] = {
    "name": ("name", line_of_text),
    "greeting": ("greeting", line_of_text),
    "email": ("address", address),
    "role": ("role", line_of_text),
    "heard": ("what they said", prose),
    "subject": ("subject", line_of_text),
    "voice": ("voice", choice(Voice)),
    "thanks": ("thanks", prose),
    "moment": ("moment", prose),
    "interest": ("interest", prose),
    "offer": ("offer", prose),
    "gift_kind": ("kind of what you bring", choice(GiftKind)),
    "gift_title": ("title", line_of_text),
    "gift_url": ("link", link),
    "gift_contact_name": ("contact's name", line_of_text),
    "gift_contact_email": ("contact's address", address),
    "gift_contact_phone": ("contact's telephone number", line_of_text),
    "gift_contact_consent": ("day of the contact's consent", day),
    "gift_vcard": ("vCard", flag),
    "gift_items": ("list", prose),
    "gift_file": ("file", line_of_text),
    "gift_why": ("use to them", prose),
    "gift_minutes": ("minutes to read", whole_minutes),
    "gift_access": ("access", line_of_text),
    "gift_read_on": ("day you opened it", day),
}
_TRUE = frozenset({"true", "on", "yes", "1"})
_WALL_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)")


def person_fields(before: Opened, index: int, kind: NoteKind = NoteKind.THANK_YOU) -> dict[str, str]:
    """Return every field of FIELDS for a person and their note of this kind, "" where the file says nothing.

    Texts are those of the file. `heard` has a blank line between remarks, `gift_items` a line `name | url | note` for
    each item, `gift_vcard` is "true" or "". Raises UsageError when there is no such person.
    """
    person, plan, _ = _entry(before, index, kind)
    gift = plan.get("gift") or {}
    heard, items = person.get("heard", ""), gift.get("items") or []
    fields = {name: person.get(name, "") for name in _OF_PERSON}
    fields |= {"heard": heard if isinstance(heard, str) else "\n\n".join(heard)}
    fields |= {name: plan.get(name, "") for name in _OF_NOTE}
    fields |= {name: _at(gift, steps) for name, steps in _OF_GIFT.items() if name != "gift_items"}
    fields |= {"gift_items": "\n".join(map(_line, items)), "gift_vcard": _flag(fields["gift_vcard"])}
    return {name: fields[name] for name in FIELDS}


def person_changes(
    before: Opened, index: int, fields: Fields, kind: NoteKind = NoteKind.THANK_YOU
) -> Mapping[str, object]:
    """Return the changes that make the file say what the fields say, in the order in which to make them.

    A field that is left out stays as it is, and names that are no field are passed over. The keys of a follow-up and
    the other later notes go to `more`, which gets an item for the kind when it has none. Another kind of gift drops
    the keys that only the old one has; an emptied kind or title drops the gift. Another name keeps the person's id.

    Raises UsageError, which names the field in words, for what the file may not hold.
    """
    person, plan, prefix = _entry(before, index, kind)
    shown = person_fields(before, index, kind)
    filled = {name: _cleaned(name, fields[name], shown[name]) for name in FIELDS if name in fields}
    new = {name: value for name, value in filled.items() if value != shown[name]}
    _refuse_bad(new, before)
    changes = _person_changes(before, index, person, new)
    planned: Changes = {f"{prefix}.{name}": new[name] for name in _OF_NOTE if name in new}
    planned |= _gift_changes(f"{prefix}.gift", plan.get("gift") or {}, shown, new)
    if planned and not plan and kind is not NoteKind.THANK_YOU:
        planned = {f"{prefix}.kind": kind.value, **planned}
    return changes | planned


def differing(
    before: Opened, index: int, fields: Fields, kind: NoteKind = NoteKind.THANK_YOU
) -> tuple[tuple[str, str], ...]:
    """Return the filled-in fields that say something else than the file does: what each is called, and its words."""
    shown = person_fields(before, index, kind)
    filled = ((name, _cleaned(name, fields[name], shown[name])) for name in FIELDS if name in fields)
    return tuple((_called(name), value) for name, value in filled if value != shown[name])


def _called(name: str) -> str:
    return "hour of the note" if name == "send" else _READERS[name][0]


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the parts of a text between its blank lines."""
    return tuple(part for part in re.split(r"\n{2,}", tidied(text.replace("\r\n", "\n"))) if part)


def refuse(what: str, text: str, reader: Callable[[Any, Place], object], path: Path) -> None:
    """Raise UsageError, which begins with `what`, unless a reader of the file takes the text."""
    try:
        reader(Scalar(0, 0, 0, '"', text), Place(path, {}, what, 0))
    except NoteError as exc:
        raise UsageError(exc.problem) from exc


# --- the entry as it stands ------------------------------------------------------------------------------------


def _entry(before: Opened, index: int, kind: NoteKind) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return a person's values, those of their note of this kind, and the dotted key of the latter."""
    people = _people(before.text, before.path, before.cache)
    if not 0 <= index < len(people):
        raise UsageError(f"there is no person {index + 1} in {before.path}; it has {len(people)}")
    person, prefix = people[index], f"people[{index}]"
    if kind is NoteKind.THANK_YOU:
        return person, person, prefix
    later = person.get("more", [])
    at = next((at for at, plan in enumerate(later) if plan["kind"] == kind), len(later))
    return person, later[at] if at < len(later) else {}, f"{prefix}.more[{at}]"


@lru_cache(maxsize=2)
def _people(text: str, path: Path, cache: Path | None) -> list[dict[str, Any]]:
    """Return the values of the file's people, for reading alone; the same file is asked for until it is saved."""
    people: list[dict[str, Any]] = interviews.values(text, path=path, cache=cache)["people"]
    return people


def _at(gift: dict[str, Any], steps: tuple[str, ...]) -> str:
    value: Any = gift
    for step in steps:
        value = value.get(step, "") if isinstance(value, dict) else ""
    return str(value)


def _line(item: str | dict[str, str]) -> str:
    """Return a list's item on one line, `name | url | note`, what is missing at the end left out."""
    if isinstance(item, str):
        return item
    parts = [item.get(key, "") for key in ("name", "url", "note")]
    while not parts[-1]:
        parts.pop()
    return " | ".join(parts)


# --- the fields as they come back ------------------------------------------------------------------------------


def _cleaned(name: str, value: str, shown: str) -> str:
    text = tidied(value.replace("\r\n", "\n"))
    if name == "gift_vcard":
        return _flag(text)
    wall_time = _WALL_TIME.fullmatch(text) if name == "send" else None
    return ("T" if "T" in shown else " ").join(wall_time.groups()) if wall_time else text


def _flag(text: str) -> str:
    return "true" if text.lower() in _TRUE else ""


def _refuse_bad(new: Fields, before: Opened) -> None:
    interview = before.interview
    of_hour = send_reader(interview.end, interview.timezone, MONDAY_TO_FRIDAY)
    readers = {**_READERS, "send": (_called("send"), of_hour)}
    for name, value in new.items():
        if value:
            what, reader = readers[name]
            refuse(what, value, reader, before.path)


def _person_changes(before: Opened, index: int, person: dict[str, Any], new: Fields) -> Changes:
    key = f"people[{index}]"
    changes: Changes = {}
    if "name" in new:
        if not new["name"]:
            raise UsageError("the name is missing; write it as they do")
        changes |= {} if "id" in person else {f"{key}.id": before.interview.people[index].id}
    changes |= {f"{key}.{name}": new[name] for name in _OF_PERSON if name in new}
    if "heard" in new:
        changes |= _list_changes(f"{key}.heard", person.get("heard"), list(paragraphs(new["heard"])))
    return changes


def _gift_changes(key: str, old: dict[str, Any], shown: Fields, new: Fields) -> Changes:
    fields = {**shown, **new}
    if not any(name in new for name in _OF_GIFT):
        return {}
    if old and not fields["gift_kind"]:  # no kind is nothing to bring
        return {key: None}
    if not fields["gift_title"]:
        if not old and any(fields[name] for name in _TYPED):
            raise UsageError("what you bring has no title yet; write one, or clear its other fields")
        return {key: None} if old else {}
    if not fields["gift_kind"]:
        raise UsageError(f"what you bring has no kind; choose one of {', '.join(GiftKind)}")
    elsewhere = {k for kind, keys in KEYS_OF_KIND.items() if kind != fields["gift_kind"] for k in keys}
    changes: Changes = {f"{key}.{name}": None for name in old if name in elsewhere}
    for name, steps in _OF_GIFT.items():
        if name in new and steps[0] not in elsewhere and name != "gift_items":
            changes[".".join((key, *steps))] = new[name]
    if "gift_items" in new and "items" not in elsewhere:
        changes |= _list_changes(f"{key}.items", old.get("items"), _items(new["gift_items"], old.get("items") or []))
    return changes


def _items(text: str, old: list[Any]) -> list[Any]:
    """Return the items that the lines say; a line as it was shown is the item that it was."""
    known = {_line(item): item for item in old}
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [known[line] if line in known else _item(line, number) for number, line in enumerate(lines, 1)]


def _item(line: str, number: int) -> str | dict[str, str]:
    name, url, note = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
    if not name:
        raise UsageError(f"list, line {number}: there is no name before the first “|”")
    if url and "://" not in url:
        raise UsageError(f"list, line {number}: “{url[:40]}” is no web address; write name | https://… | note")
    return {"name": name, "url": url, "note": note} if url or note else name


def _list_changes(key: str, old: Any, wanted: list[Any]) -> Changes:
    """Return the changes of single items that make a list the wanted one, so that the others keep their comments."""
    if not wanted or not isinstance(old, list):
        return {key: wanted[0] if len(wanted) == 1 and isinstance(wanted[0], str) else wanted}
    first = next((at for at, (a, b) in enumerate(zip(old, wanted, strict=False)) if a != b), min(len(old), len(wanted)))
    surplus = max(len(old) - len(wanted), 0)
    if surplus and old[first + surplus :] == wanted[first:]:
        return {f"{key}[{at}]": None for at in reversed(range(first, first + surplus))}
    differs = [at for at in range(first, len(wanted)) if wanted[at : at + 1] != old[at : at + 1]]
    changes: Changes = {f"{key}[{at}]": wanted[at] for at in differs}
    return changes | {f"{key}[{at}]": None for at in reversed(range(len(wanted), len(old)))}
