"""A note without a section is joined from the user's own words."""

from __future__ import annotations

import re

import pytest

from mailer.model import Mailbox, NoteKind, Slots, Voice
from tests.factories import make_gift, make_interview, make_note, make_person
from tests.unit.composer.notes import compose_one, compose_section, compose_slots

FULL = Slots(
    thanks="the plant tour, and for letting me talk to the operators on line 3",
    interest="the operators were already asking the right questions",
    offer="the audit reports we spoke about",
)
JOINED = {
    Voice.PLAIN: (
        "Dear Mr. van der Berg,\n\n"
        "Thank you for the plant tour, and for letting me talk to the operators on line 3.\n\n"
        "I'd like the role because the operators were already asking the right questions."
        " If you'd like the audit reports we spoke about, just tell me.\n\n"
        "Best wishes,\nMonique Delacroix-Baker\n"
    ),
    Voice.WARM: (
        "Dear Mr. van der Berg,\n\n"
        "Thank you so much for the plant tour, and for letting me talk to the operators on line 3.\n\n"
        "I'd be glad to work with you, because the operators were already asking the right questions."
        " If you'd like the audit reports we spoke about, I'm only a message away.\n\n"
        "Warmly,\nMonique Delacroix-Baker\n"
    ),
    Voice.FORMAL: (
        "Dear Mr. van der Berg,\n\n"
        "Thank you very much for the plant tour, and for letting me talk to the operators on line 3.\n\n"
        "The position appeals to me because the operators were already asking the right questions."
        " If you would like the audit reports we spoke about, please write to me at this address.\n\n"
        "Kind regards,\nMonique Delacroix-Baker\n"
    ),
}


@pytest.mark.parametrize("voice", Voice)
def test_each_voice_joins_the_slots_to_english(voice):
    assert compose_slots(slots=FULL, voice=voice).text == JOINED[voice]


@pytest.mark.parametrize("voice", Voice)
def test_an_empty_slot_leaves_its_sentence_out(voice):
    text = compose_slots(slots=Slots(thanks="the tour"), voice=voice).text

    assert [len(paragraph.splitlines()) for paragraph in text.split("\n\n")] == [1, 1, 2]


@pytest.mark.parametrize("voice", Voice)
def test_an_offer_alone_begins_its_paragraph(voice):
    text = compose_slots(slots=Slots(thanks="the tour", offer="the plan."), voice=voice).text

    assert re.match("If you('d| would) like the plan, ", text.split("\n\n")[2])


@pytest.mark.parametrize("voice", Voice)
def test_a_gift_comes_with_a_way_out(voice):
    text = compose_slots(slots=FULL, voice=voice, gift=make_gift()).text

    assert any(words in text for words in ("No reply needed", "no need to reply", "needs no answer"))


MOMENT = "that the second shift gets no handover"
THOUGHT_OF = {
    (NoteKind.THANK_YOU, Voice.PLAIN): f"You mentioned {MOMENT}. I keep thinking of it.",
    (NoteKind.THANK_YOU, Voice.WARM): f"You mentioned {MOMENT}. It has stayed with me.",
    (NoteKind.THANK_YOU, Voice.FORMAL): f"You mentioned {MOMENT}. I have given it some thought since.",
    (NoteKind.FOLLOW_UP, Voice.PLAIN): f"When we spoke, you mentioned {MOMENT}. I still think of it.",
    (NoteKind.STAY_IN_TOUCH, Voice.PLAIN): f"When we spoke, you mentioned {MOMENT}. I still think of it.",
    (NoteKind.RE_APPLY, Voice.PLAIN): f"When we spoke, you mentioned {MOMENT}. I still think of it.",
}


@pytest.mark.parametrize(("kind", "voice"), THOUGHT_OF)
def test_a_moment_without_a_gift_is_a_paragraph_of_its_own(kind, voice):
    text = compose_slots(slots=FULL._replace(moment=MOMENT), kind=kind, voice=voice).text

    assert text.split("\n\n")[2] == THOUGHT_OF[kind, voice]


@pytest.mark.parametrize("voice", Voice)
def test_a_moment_with_a_gift_is_said_once(voice):
    text = compose_slots(slots=FULL._replace(moment=MOMENT), voice=voice, gift=make_gift()).text

    assert text.count(MOMENT) == 1


@pytest.mark.parametrize("voice", Voice)
def test_without_a_gift_the_note_is_short(voice):
    assert len(compose_slots(slots=FULL, voice=voice).text.split()) < 60


def test_a_slot_that_ends_its_sentence_gets_no_second_stop():
    assert "the tour.\n" in compose_slots(slots=Slots(thanks="the tour. ")).text


def test_marks_in_a_slot_stay():
    assert "Thank you for the *real* tour_1." in compose_slots(slots=Slots(thanks="the *real* tour_1")).text


@pytest.mark.parametrize("kind", [kind for kind in NoteKind if kind is not NoteKind.THANK_YOU])
def test_a_later_note_can_be_built_from_its_gift(kind):
    text = compose_slots(kind=kind, gift=make_gift()).text

    assert re.search(r"\nhttps://castings-monthly\.example/changeover-times\n(.|\n)*Best wishes,", text)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (NoteKind.THANK_YOU, "Thank you for the interview (Quality Manager)"),
        (NoteKind.FOLLOW_UP, "After our interview (Quality Manager)"),
        (NoteKind.STAY_IN_TOUCH, "Since our interview at Harborline Castings"),
        (NoteKind.RE_APPLY, "Applying again: Quality Manager"),
    ],
)
def test_each_kind_has_a_subject_of_its_own(kind, subject):
    assert compose_one(make_interview(note=make_note(kind=kind))).subject == subject


def test_the_recorded_subject_is_taken_as_it_is():
    assert compose_one(make_interview(note=make_note(subject="R&D *now* {{ x }}"))).subject == "R&D *now* {{ x }}"


def test_marks_in_the_role_stay_in_the_subject():
    assert compose_one(make_interview(role="R&D *Lead*")).subject == "Thank you for the interview (R&D *Lead*)"


# --- notes that somebody passes on -----------------------------------------------------------------------------

VIA = Mailbox("Carmen Ruiz", "hr@ashbury.example")


def passed_on(source: str | None, via: Mailbox = VIA) -> str:
    people = (make_person(id="a", email=None, via=via), make_person(id="b", name="Lee Sung-min", email=None))
    note = make_note(people=people, source=source, slots=Slots(thanks="the tour"))
    return compose_one(make_interview(note=note)).text


def test_who_receives_the_note_is_asked_to_pass_it_on_below_the_greeting():
    paragraphs = passed_on("Dear Mr. van der Berg,\n\nThank you.").split("\n\n")

    assert (
        paragraphs[1]
        == "Carmen Ruiz, would you kindly pass this on to Willem van der Berg and Lee Sung-min? Thank you."
    )


def test_a_note_from_slots_asks_it_too():
    assert "would you kindly pass this on" in passed_on(None)


def test_the_request_opens_a_note_that_has_no_greeting():
    assert passed_on("Thank you for the tour.").startswith("Carmen Ruiz, would you")


def test_a_text_that_speaks_of_them_is_left_alone():
    assert "would you" not in passed_on("Dear Mr. van der Berg,\n\nMs. Ruiz kindly passes this on.")


def test_a_mailbox_without_a_name_is_asked_as_well():
    assert "\n\nWould you kindly pass this on to" in passed_on(
        "Dear Mr. van der Berg,\n\nx", Mailbox("", "hr@ashbury.example")
    )


def test_a_note_to_the_person_asks_nobody():
    assert "pass this on" not in compose_section("Dear Mr. van der Berg,\n\nx", via=VIA).text


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("is_passed_on", [False, True])
def test_a_note_to_somebody_without_a_greeting_begins_with_the_thanks(voice, is_passed_on):
    via = {"email": None, "via": Mailbox("Ana Ruiz", "ana@harborline.example")} if is_passed_on else {}

    note = make_note(people=(make_person(greeting="", **via),), source=None, slots=FULL, voice=voice)

    text = compose_one(make_interview(note=note)).text

    assert "Thank you" in text.split("\n\n")[1 if is_passed_on else 0]
