"""The eight worked interviews read, and say what their README says of them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mailer import interviews
from mailer.model import Gift, GiftItem, GiftKind, Interview, Mailbox, Note, NoteKind, Sector, Slots, Voice
from tests.conftest import SCENARIOS

NAMES = sorted(path.name for path in SCENARIOS.glob("[0-9]*.md"))


def read(name: str) -> Interview:
    return interviews.read(SCENARIOS / name)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def notes(name: str) -> dict[str, Note]:
    return {note.label: note for note in read(name).notes}


def gift_of(name: str, label: str) -> Gift:
    gift = notes(name)[label].gift
    assert gift is not None
    return gift


def test_find_gives_the_interviews_of_the_folder_and_not_its_readme() -> None:
    assert [path.name for path in interviews.find(SCENARIOS)] == NAMES


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("01-nurse.md", ["obrien", "nguyen"]),
        ("02-teacher.md", ["adebayo", "whitcombe"]),
        ("04-software-engineer.md", ["raman", "iyer", "wojcik"]),
        ("05-quality-manager.md", ["vanderberg", "nunez"]),
        ("07-accountant.md", ["gross", "celik"]),
        ("09-sales-rep.md", ["fitzgerald", "achterberg"]),
        ("10-designer.md", ["sato", "kim"]),
        ("12-policy-analyst.md", ["dsouza", "okonjo", "lee", "petrov"]),
    ],
)
def test_people_stand_in_the_order_of_the_file(name: str, ids: list[str]) -> None:
    assert [person.id for person in read(name).people] == ids


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("12")])
def test_everybody_has_one_thank_you(name: str) -> None:
    interview = read(name)

    assert [note.people for note in interview.notes] == [(person,) for person in interview.people]
    assert {note.kind for note in interview.notes} == {NoteKind.THANK_YOU}


@pytest.mark.parametrize(
    ("name", "label", "kind"),
    [
        ("01-nurse.md", "obrien", GiftKind.ARTICLE),
        ("01-nurse.md", "nguyen", GiftKind.LIST),
        ("02-teacher.md", "adebayo", GiftKind.ARTICLE),
        ("02-teacher.md", "whitcombe", GiftKind.CONTACT),
        ("04-software-engineer.md", "raman", GiftKind.ARTICLE),
        ("04-software-engineer.md", "iyer", GiftKind.ARTICLE),
        ("04-software-engineer.md", "wojcik", GiftKind.LIST),
        ("05-quality-manager.md", "vanderberg", GiftKind.ARTICLE),
        ("05-quality-manager.md", "nunez", GiftKind.CONTACT),
        ("07-accountant.md", "gross", GiftKind.ARTICLE),
        ("07-accountant.md", "celik", GiftKind.ARTICLE),
        ("09-sales-rep.md", "fitzgerald", GiftKind.LIST),
        ("09-sales-rep.md", "achterberg", GiftKind.ARTICLE),
        ("10-designer.md", "sato", GiftKind.FILE),
        ("10-designer.md", "kim", GiftKind.ARTICLE),
        ("12-policy-analyst.md", "dsouza", GiftKind.ARTICLE),
    ],
)
def test_each_note_brings_the_gift_of_its_person(name: str, label: str, kind: GiftKind) -> None:
    assert gift_of(name, label).kind is kind


def test_the_nurse_scenario_has_its_top_values() -> None:
    interview = read("01-nurse.md")

    assert interview == Interview(
        path=SCENARIOS / "01-nurse.md",
        company="Riverbend Community Hospital",
        role="Registered Nurse, 4 West",
        start=at("2026-03-06T14:00"),
        end=at("2026-03-06T15:15"),
        timezone="America/Chicago",
        people=interview.people,
        notes=interview.notes,
        decision_expected=date(2026, 3, 20),
        sector=Sector.PRIVATE,
        locale="en-US",
        voice=Voice.WARM,
        lines=interview.lines,
    )


def test_one_remark_and_a_list_of_remarks_both_become_a_tuple() -> None:
    obrien, nguyen = read("01-nurse.md").people

    assert obrien.heard == ("The seven o'clock handover loses ten minutes most nights to phones and call lights.",)
    assert nguyen.heard == (
        "My preceptors get new graduates back to back; two asked for a break this winter.",
        "I have to propose a schedule in April.",
    )


def test_quoted_items_keep_their_colons() -> None:
    items = gift_of("01-nurse.md", "nguyen").items

    assert items[0] == GiftItem("Six weeks on, three off: two preceptors share one graduate")


def test_a_section_keeps_its_comment_and_begins_on_the_line_of_it() -> None:
    note = notes("01-nurse.md")["nguyen"]

    assert (note.source or "").startswith(
        "<!-- What did she show or tell you that she did not have to? -->\n\nDear Mai Anh,"
    )
    assert note.line == 69


def test_a_section_ends_before_the_next_heading_with_one_line_feed() -> None:
    assert (notes("01-nurse.md")["obrien"].source or "").endswith("Warmly,\nTeresa Montaño, RN\n")


def test_the_teacher_scenario_keeps_the_texts_own_unicode() -> None:
    assert read("02-teacher.md").people[0].greeting == "Dear Mr Adébáyọ̀,"
    assert read("02-teacher.md").people[0].name == "Olúwaṣeun Adébáyọ̀"


def test_the_teacher_scenario_has_a_contact_with_consent_and_a_vcard() -> None:
    gift = gift_of("02-teacher.md", "whitcombe")

    assert gift.vcard is True
    assert gift.contact is not None
    assert (gift.contact.email, gift.contact.consent) == ("hanna.tesfaye@city-library.example", date(2026, 4, 21))


def test_the_teacher_scenario_has_times_with_a_t() -> None:
    interview = read("02-teacher.md")

    assert (interview.start, interview.end) == (at("2026-04-21T09:30"), at("2026-04-21T12:00"))
    assert (interview.sector, notes("02-teacher.md")["adebayo"].send) == (Sector.PUBLIC, at("2026-04-22T08:15"))


def test_a_note_from_slots_has_no_source_and_stands_after_the_written_ones() -> None:
    note = read("04-software-engineer.md").notes[2]

    assert (note.label, note.source, note.line) == ("wojcik", None, 43)
    assert note.slots == Slots(
        thanks="the incident walk-through, and for showing me one of your own bad nights",
        interest="a team that reviews incidents that openly is what I'm after",
        offer="the timeline of the outage I described, without the customer's name",
    )


def test_items_of_a_list_may_have_links_and_remarks() -> None:
    assert gift_of("04-software-engineer.md", "wojcik").items[2] == GiftItem(
        "A clinic network, 260 to 60", "https://notes.example/alert-cleanups/clinics", "nearest to your setup"
    )


def test_folded_text_is_one_line() -> None:
    assert read("05-quality-manager.md").people[0].heard == (
        "A die change on line 3 takes us seventy minutes on a good day, and head office asks every quarter why we run such long batches.",
    )


def test_every_key_knows_its_line() -> None:
    lines = read("05-quality-manager.md").lines

    assert lines["company"] == 2
    assert lines["people[0]"] == 12
    assert lines["people[0].heard"] == 17
    assert lines["people[0].gift.url"] == 23
    assert lines["people[1].gift.contact.consent"] == 44


def test_a_title_may_hold_a_colon_in_quotes() -> None:
    assert gift_of("07-accountant.md", "gross").title == "From eleven days to six: a group close in a mid-sized firm"


def test_an_interview_without_an_end_takes_an_hour() -> None:
    assert read("09-sales-rep.md").end == at("2026-08-17T14:00")


def test_a_person_may_have_a_voice_of_their_own() -> None:
    assert notes("09-sales-rep.md")["achterberg"].voice is Voice.PLAIN
    assert notes("10-designer.md")["kim"].voice is Voice.FORMAL


def test_a_file_gift_names_its_file_relative_to_the_interview() -> None:
    assert gift_of("10-designer.md", "sato").file == "files/dusk-contrast-chart.pdf"


def test_a_joint_note_is_for_all_its_people_with_the_gift_of_the_first() -> None:
    interview = read("12-policy-analyst.md")

    assert [note.people for note in interview.notes] == [interview.people]
    assert interview.notes[0].gift == interview.people[0].gift
    assert interview.notes[0].subject == "Thank you to the panel, 26-PA-118"


def test_the_joint_note_goes_to_the_person_who_passes_it_on() -> None:
    note = read("12-policy-analyst.md").notes[0]

    assert note.recipient == Mailbox("Carmen Ruiz", "hr-recruitment@ashbury-city.example")
    assert note.is_passed_on
