"""The fields of a form say what the file says, and change what was changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.app.editing import Opened, opened, save
from mailer.app.form import FIELDS, person_changes, person_fields
from mailer.errors import NoteError, UsageError
from mailer.model import GiftKind, NoteKind
from tests.conftest import SCENARIOS
from tests.unit.interviews.files import PATH, one_person

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App

FILES = sorted(SCENARIOS.glob("[0-9]*.md"))
LATER = NoteKind.FOLLOW_UP


def as_opened(text: str) -> Opened:
    return Opened(PATH, text, interviews.version(text), interviews.parse(text.encode(), PATH))


def filled(text: str, kind: NoteKind = NoteKind.THANK_YOU, /, **fields: str) -> str:
    """Return the text after these fields of its first person were filled in."""
    return interviews.revise(text, person_changes(as_opened(text), 0, fields, kind))


def refused(text: str, **fields: str) -> str:
    with pytest.raises(UsageError) as caught:
        person_changes(as_opened(text), 0, fields)
    return str(caught.value)


ARTICLE = one_person(
    "heard:\n  - One.   # on the stairs\n  - Two.\n"
    "gift:\n  kind: article   # mine\n  title: A plan\n  url: https://a.example/plan\n  minutes: 8\n  why: It is short.\n"
)
LIST = one_person(
    "gift:\n  kind: list\n  title: Three firms\n  items:\n    - name: One   # first\n      url: https://a.example/1\n"
    "      note: near you\n    - Two\n    - name: Three\n      note: closed\n"
)


# --- there and back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_fields_of_every_scenario_given_back_change_no_byte(
    path: Path, line_end: str, app: App, scenarios: Path
) -> None:
    file = scenarios / path.name
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", line_end.encode()))
    before = opened(app, file)

    for index in range(len(before.interview.people)):
        for kind in NoteKind:
            fields = person_fields(before, index, kind)
            given_back = {name: value.replace("\n", "\r\n") for name, value in fields.items()}
            changes = person_changes(before, index, given_back, kind)
            assert save(app, file, expected_version=before.version, changes=changes).text == before.text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_fields_of_every_scenario_fill_an_empty_entry(path: Path) -> None:
    before = as_opened(interviews.read_text(path))

    for index in range(len(before.interview.people)):
        fields = person_fields(before, index)
        fields["send"] = fields["send"].replace("T", " ")
        text = filled(one_person(), **fields)
        assert person_fields(as_opened(text), 0) == fields
        later = filled(one_person(), LATER, **fields)
        assert person_fields(as_opened(later), 0, LATER) == fields


WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
TEXTS = st.lists(WORDS, max_size=4).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([ARTICLE, LIST]), st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=4))
def test_any_fields_read_back_as_they_were_given_or_are_refused_in_words(text: str, fields: dict[str, str]) -> None:
    try:
        changed = filled(text, **fields)
        after = person_fields(as_opened(changed), 0)
    except (UsageError, NoteError):
        return

    assert filled(changed, **after) == changed
    for name in {"thanks", "moment", "interest", "offer", "role"} & set(fields):
        assert after[name].split() == fields[name].split()


# --- what becomes a change ----------------------------------------------------------------------------------------


def test_only_fields_that_differ_become_changes() -> None:
    before = as_opened(ARTICLE)

    changes = person_changes(before, 0, person_fields(before, 0) | {"role": "Lead", "gift_minutes": "9"})

    assert changes == {"people[0].role": "Lead", "people[0].gift.minutes": "9"}


def test_remarks_are_parted_by_blank_lines() -> None:
    assert "    heard:\n      - one\n      - two\n" in filled(one_person(), heard="one\r\n\r\n\r\ntwo\r\n")
    assert "    heard: one\n" in filled(one_person(), heard="one")


def test_a_remark_that_stays_keeps_its_comment() -> None:
    assert "- One.   # on the stairs\n      - Two, and more.\n      - Three.\n" in filled(
        ARTICLE, heard="One.\n\nTwo, and more.\n\nThree."
    )
    assert filled(ARTICLE, heard="One.") == ARTICLE.replace("      - Two.\n", "")
    assert "heard" not in filled(ARTICLE, heard=" \n")


def test_another_kind_of_gift_drops_the_keys_of_the_old_one() -> None:
    text = filled(ARTICLE, gift_kind="file", gift_file="files/plan.pdf", gift_url="https://a.example/plan")

    gift = as_opened(text).interview.people[0].gift
    assert gift is not None
    assert (gift.kind, gift.file, gift.url, gift.why) == (GiftKind.FILE, "files/plan.pdf", "", "It is short.")
    assert "url" not in text
    assert "# mine" in text


def test_a_contact_is_filled_in_field_by_field() -> None:
    text = filled(
        ARTICLE,
        gift_kind="contact",
        gift_contact_name="Ana Ruiz",
        gift_contact_phone="+1 555",
        gift_contact_consent="2026-06-11",
        gift_vcard="on",
    )

    gift = as_opened(text).interview.people[0].gift
    assert gift is not None
    assert gift.contact is not None
    assert (gift.contact.name, gift.contact.phone, gift.vcard) == ("Ana Ruiz", "+1 555", True)
    assert "vcard" not in filled(text, gift_vcard="")


def test_an_emptied_title_removes_the_gift() -> None:
    assert "gift" not in filled(ARTICLE, gift_title="", gift_url="https://a.example/other")


def test_a_gift_without_a_title_is_asked_for_one_and_not_lost() -> None:
    assert "has no title yet" in refused(one_person(), gift_kind="article", gift_url="https://a.example/")
    assert filled(one_person(), gift_kind="article", gift_read_on="2026-06-11") == one_person()


def test_items_stand_on_lines() -> None:
    before = as_opened(LIST)

    assert person_fields(before, 0)["gift_items"] == "One | https://a.example/1 | near you\nTwo\nThree |  | closed"


def test_an_item_that_stays_keeps_its_comment() -> None:
    text = filled(
        LIST, gift_items="One | https://a.example/1 | near you\nTwo | https://a.example/2\nThree || closed\nFour"
    )

    items = as_opened(text).interview.people[0].gift.items  # type: ignore[union-attr]  # the file above has a gift
    assert [tuple(item) for item in items] == [
        ("One", "https://a.example/1", "near you"),
        ("Two", "https://a.example/2", ""),
        ("Three", "", "closed"),
        ("Four", "", ""),
    ]
    assert "- name: One   # first" in text


def test_a_later_note_has_an_entry_of_its_own() -> None:
    text = filled(ARTICLE, LATER, subject="Again", thanks="the call", gift_title="")
    again = filled(text, LATER, subject="Once more", role="Lead")

    assert "    more:\n      - kind: follow-up\n        subject: Again\n        thanks: the call\n" in text
    assert again == text.replace("Again", "Once more").replace("Dear Sofía,\n", "Dear Sofía,\n    role: Lead\n")
    assert filled(ARTICLE, LATER, subject="", role="Lead").count("more:") == 0


def test_the_hour_of_a_picker_keeps_the_form_of_the_file() -> None:
    text = one_person("send: 2026-06-12 08:30   # early\n")

    assert filled(text, send="2026-06-12T08:30") == text
    assert filled(text, send="2026-06-12T09:00") == text.replace("08:30", "09:00")


def test_another_name_keeps_the_id_that_its_section_goes_by() -> None:
    text = one_person(body="## sofia-nunez-ibanez\nDear Sofía,\n").replace("id: nunez\n    ", "")

    changed = filled(text, name="Sofía Núñez")

    assert as_opened(changed).interview.people[0].id == "sofia-nunez-ibanez"
    assert as_opened(changed).interview.people[0].name == "Sofía Núñez"


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"gift_minutes": "abc"}, "minutes to read: found “abc”, expected a whole number of minutes"),
        ({"gift_read_on": "11/06/2026"}, "day you opened it: found “11/06/2026”, expected a day"),
        ({"gift_url": "a.example"}, "link: found “a.example”, expected a web address"),
        ({"gift_kind": "artcle"}, "kind of what you bring: found “artcle”"),
        ({"email": "nobody"}, "address: found “nobody”, which is no e-mail address"),
        ({"send": "soon"}, "hour of the note: “soon” is no"),
        ({"voice": "loud"}, "voice: found “loud”"),
        ({"subject": "a\nb"}, "subject: found a line break"),
        ({"thanks": "a\x1bb"}, "thanks: found the character U+001B"),
        ({"name": ""}, "the name is missing"),
        ({"gift_kind": "list", "gift_items": "One\n| https://a.example/"}, "list, line 2: there is no name"),
        ({"gift_kind": "list", "gift_items": "One | near you"}, "list, line 1: “near you” is no web address"),
    ],
)
def test_a_field_that_cannot_stand_is_named_in_words(fields: dict[str, str], words: str) -> None:
    assert words in refused(ARTICLE, **fields)


def test_somebody_who_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no person 2"):
        person_fields(as_opened(ARTICLE), 1)
