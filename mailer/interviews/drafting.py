"""Write the text of a new interview file, with prompts where the person's own sentences go.

Takes what `mailer new` learned, gives text that `parse` reads. It asks; it puts no sentence into anybody's mouth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailer.interviews.emitting import emit
from mailer.interviews.layout import tidied
from mailer.model import Sector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mailer.model import Gift, Person, Voice

__all__ = ["draft"]

#: One comment for each thing that a note says; the person answers in their own words, and deletes or leaves them.
PROMPTS = (
    "What did they show you or tell you that they did not have to?",
    "What did they say that stayed with you? What you bring them belongs beside it.",
    "Why would you like to work there? One reason that you found on the day.",
    "What can they ask you for, and how do they reach you?",
)
#: Shown below a person without a gift.
GIFT_PROMPT = """\
    # Something of use to them; {{ gift }} in the note places it. With nothing to bring, delete these lines.
    # gift:
    #   kind: article            # article | contact | list | file
    #   title:
    #   url:
    #   why:                     # what they can do with it
    #   read_on:                 # the day you opened it
"""


def draft(  # noqa: PLR0913  # each is a key of the file
    *,
    company: str,
    role: str,
    start: datetime,
    timezone: str,
    people: Sequence[Person],
    end: datetime | None = None,
    decision_expected: date | None = None,
    sector: Sector = Sector.PRIVATE,
    locale: str = "",
    voice: Voice | None = None,
) -> str:
    """Return the text of a new interview file, LF line ends, a section with prompts for each person.

    `start` and `end` are wall times in `timezone`. A person's empty `id` becomes the slug of the name. Raises NoteError
    when the result would not read: no people, no name, an unknown zone, a bad address. A greeting that is not known yet
    is left out.
    """
    from pathlib import Path

    from mailer.interviews.reading import parse

    top = {
        "company": company,
        "role": role,
        "start": _wall_time(start),
        "end": _wall_time(end),
        "timezone": timezone,
        "decision_expected": decision_expected and decision_expected.isoformat(),
        "sector": None if sector is Sector.PRIVATE else sector.value,
        "locale": locale,
        "voice": voice and voice.value,
    }
    named = parse(_front(top, people).encode(errors="surrogatepass"), Path("new interview")).people
    return _front(top, named) + "".join(_section(person) for person in named)


def _front(top: dict[str, Any], people: Sequence[Person]) -> str:
    lines = _commented(_lines(top), "start:", "local time at the employer")
    return f"---\n{lines}people:\n{''.join(_entry(person) for person in people)}---\n"


def _wall_time(value: datetime | None) -> str | None:
    return value.isoformat(" ", timespec="seconds" if value.second else "minutes") if value else None


def _lines(values: dict[str, Any]) -> str:
    """Return the YAML lines of the values that are not empty."""
    filled = _filled(values)
    return emit(filled) if filled else ""


def _filled(value: Any) -> Any:
    """Return texts tidied, and lists and mappings without what is empty."""
    if isinstance(value, dict):
        return {key: inner for key, content in value.items() if (inner := _filled(content))}
    if isinstance(value, list):
        return [inner for content in value if (inner := _filled(content))]
    return tidied(value) if isinstance(value, str) else value


def _commented(lines: str, key: str, comment: str) -> str:
    return "".join(f"{line}    # {comment}\n" if line.startswith(key) else f"{line}\n" for line in lines.splitlines())


def _entry(person: Person) -> str:
    """Return a person as an item of `people:`; an address that is not known is an explicit null."""
    known = {"id": person.id, "name": person.name, "greeting": person.greeting}
    address = _lines({"email": person.email}) or "email: null\n"
    rest = {
        "via": person.via and {"name": person.via.name, "email": person.via.address},
        "role": person.role,
        "heard": list(person.heard) if len(person.heard) > 1 else "".join(person.heard),
        "gift": person.gift and _gift(person.gift),
    }
    lines = (_lines(known) + address + _lines(rest)).splitlines()
    entry = "".join(f"    {line}\n" if line else "\n" for line in lines)
    prompts = "" if person.heard else "    heard:                       # what they said, in their own words\n"
    return "  - " + entry[4:] + prompts + ("" if person.gift else GIFT_PROMPT)


def _gift(gift: Gift) -> dict[str, Any]:
    contact = gift.contact
    return {
        "kind": gift.kind.value,
        "title": gift.title,
        "url": gift.url,
        "contact": contact
        and {
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "consent": contact.consent and contact.consent.isoformat(),
        },
        "vcard": "true" if gift.vcard else None,
        "items": [_item(item.name, item.url, item.note) for item in gift.items],
        "file": gift.file,
        "minutes": gift.minutes and str(gift.minutes),
        "access": gift.access,
        "read_on": gift.read_on and gift.read_on.isoformat(),
        "why": gift.why,
    }


def _item(name: str, url: str, note: str) -> str | dict[str, str]:
    return {"name": name, "url": url, "note": note} if url or note else name


def _section(person: Person) -> str:
    first, second, third, fourth = (f"<!-- {prompt} -->" for prompt in PROMPTS)
    gift = ["{{ gift }}"] if person.gift else []
    paragraphs = ["{{ greeting }}", first, second, *gift, third, fourth, "{{ me.name }}"]
    return f"\n## {person.id}\n\n" + "\n\n".join(paragraphs) + "\n"
