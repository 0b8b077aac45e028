"""A new file reads back as what was given, asks for the person's own words, and puts none into it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mailer import interviews
from mailer.errors import NoteError
from mailer.model import Contact, Gift, GiftItem, GiftKind, Interview, Mailbox, Person, Sector, Voice
from tests.factories import make_gift, make_person
from tests.unit.interviews.files import PATH

START = datetime(2026, 6, 11, 10, 0)  # wall time at the employer


def drafted(*people: Person, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "company": "Harborline: Castings & Söhne",
        "role": "Quality Manager",
        "start": START,
        "timezone": "America/Detroit",
        "people": people or (make_person(),),
    }
    return interviews.draft(**fields | changes)


def read_back(text: str) -> Interview:
    return interviews.parse(text.encode(), PATH)


def bare(person: Person) -> Person:
    """Return the person without lines of the file."""
    return person._replace(line=0, gift=person.gift and person.gift._replace(line=0))


def test_the_top_of_the_file_reads_back() -> None:
    interview = read_back(
        drafted(
            end=datetime(2026, 6, 11, 11, 30),  # wall time
            decision_expected=date(2026, 6, 26),
            sector=Sector.PUBLIC,
            locale="en-US",
            voice=Voice.WARM,
        )
    )

    assert (interview.company, interview.start, interview.end.hour, interview.timezone) == (
        "Harborline: Castings & Söhne", START, 11, "America/Detroit",
    )  # fmt: skip
    assert (interview.decision_expected, interview.sector, interview.locale, interview.voice) == (
        date(2026, 6, 26), Sector.PUBLIC, "en-US", Voice.WARM,
    )  # fmt: skip


@pytest.mark.parametrize(
    "person",
    [
        make_person(),
        make_person(email=None, via=Mailbox("Carmen: Ruiz", "hr@ashbury.example")),
        make_person(heard=("one: two", "three\nfour")),
        make_person(heard=(), role=""),
        make_person(gift=make_gift()),
        make_person(
            gift=Gift(GiftKind.CONTACT, "T", contact=Contact("A", "a@b.example", "1", date(2026, 6, 11)), vcard=True)
        ),
        make_person(gift=Gift(GiftKind.LIST, "T", items=(GiftItem("a: b"), GiftItem("c", "https://d.example/", "e")))),
        make_person(gift=Gift(GiftKind.FILE, "T", file="files/a b.pdf")),
        make_person(name="佐藤 美咲", greeting="Dear Satō-san,"),
    ],
)
def test_a_person_reads_back_as_given(person: Person) -> None:
    assert [bare(found) for found in read_back(drafted(person)).people] == [person]


def test_an_id_that_is_not_given_is_made_and_written() -> None:
    text = drafted(make_person(id="", name="Sofía Núñez"), make_person(id="", name="佐藤"))

    assert "  - id: sofia-nunez\n" in text
    assert "\n## person-2\n" in text


def test_every_person_gets_a_section_that_asks_and_is_no_note_yet() -> None:
    text = drafted(make_person(), make_person(id="nunez"))

    assert text.count("<!-- What did they show you or tell you that they did not have to? -->") == 2
    assert [note.source for note in read_back(text).notes] == [None, None]


def test_a_section_becomes_a_note_with_the_first_word_of_ones_own() -> None:
    text = drafted().replace("<!-- What did they show", "Thank you for the tour.\n\n<!-- What did they show")

    assert "Thank you for the tour." in (read_back(text).notes[0].source or "")


def test_only_a_gift_that_is_recorded_is_placed() -> None:
    body = "{{ greeting }}"

    assert "{{ gift }}" not in drafted().partition(body)[2]
    assert "{{ gift }}" in drafted(make_person(gift=make_gift())).partition(body)[2]


def test_the_commented_gift_works_once_its_marks_are_taken_off() -> None:
    text = drafted()
    lines = [
        line.replace("    # ", "    ", 1) if line.startswith(("    # gift", "    #   ")) else line
        for line in text.splitlines()
    ]
    filled = "\n".join(lines).replace("title:", "title: T").replace("url:", "url: https://a.example/")

    gift = read_back(filled).people[0].gift

    assert gift is not None
    assert gift.title == "T"


def test_an_unknown_address_is_an_explicit_null() -> None:
    assert "    email: null\n" in drafted(make_person(email=None))


def test_the_file_ends_lines_as_unix_does_and_the_last_one_too() -> None:
    text = drafted()

    assert "\r" not in text
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"company": ""}, "company"),
        ({"company": "a\nb"}, "company"),
        ({"company": "a\x1bb"}, "company"),
        ({"company": "a\ud800b"}, "company"),
        ({"timezone": "Detroit"}, "timezone"),
        ({"locale": "en_US"}, "locale"),
        ({"end": START}, "end"),
        ({"people": ()}, "people"),
        ({"people": (make_person(name=""),)}, "people[0].name"),
        ({"people": (make_person(email="nobody"),)}, "people[0].email"),
        ({"people": (make_person(), make_person())}, "people[1].id"),
    ],
)
def test_what_would_not_read_back_is_refused(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(NoteError) as caught:
        drafted(**changes)

    assert caught.value.key == key
