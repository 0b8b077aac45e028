"""The outer form: subject, length, spelling, signature, likeness."""

from __future__ import annotations

import re

import pytest

from mailer.model import Mailbox, NoteKind, Slots
from tests.factories import make_note, make_person
from tests.unit.checks.judging import judge, letter, mail, rules, said

# --- subject-odd -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [
        "Re: our meeting",
        "RE : our meeting",
        "AW: Danke",
        "Fwd: Thank you",
        "SV: tack",
        "THANK YOU FOR THE TOUR",
        "Thank you!!",
        "Thank you \U0001f64f",
        "Thank you ☺",
    ],
)
def test_an_odd_subject_is_asked_about(subject):
    assert "subject-odd" in rules(judge(mail("Thanks.", subject=subject)))


@pytest.mark.parametrize(
    "subject",
    [
        "Reactor hall tour",
        "Thank you, 26-PA-118",
        "Regarding line 3: thanks",
        "Thank you for the blindfold, 도윤",
        "QC and IT",
    ],
)
def test_a_plain_subject_passes(subject):
    assert "subject-odd" not in rules(judge(mail("Thanks.", subject=subject)))


def test_capitals_of_the_record_pass():
    composition = mail("Thanks.", subject="NHS IT QC: thank you", person={"role": "NHS IT QC lead"})

    assert "subject-odd" not in rules(judge(composition))


# --- too-long, length ------------------------------------------------------------------------------------------


def of_words(count):
    """Return paragraphs of short sentences with this many words in the whole letter (eight stand around them)."""
    sentences = ["One two three four five six seven eight nine ten."] * ((count - 8) // 10)
    rest = " ".join(["more"] * ((count - 8) % 10))
    return [
        " ".join([*sentences[i : i + 5], rest if i == 0 else ""]).strip() for i in range(0, max(len(sentences), 1), 5)
    ]


@pytest.mark.parametrize(
    ("count", "rule"), [(420, "too-long"), (221, "too-long"), (195, "length"), (181, "length"), (49, "length")]
)
def test_a_length_outside_the_range_is_told(count, rule):
    assert rule in rules(judge(mail(*of_words(count))))


@pytest.mark.parametrize("count", [220, 200])
def test_two_hundred_words_are_not_too_long(count):
    assert "too-long" not in rules(judge(mail(*of_words(count))))


@pytest.mark.parametrize("count", [180, 165, 50])
def test_the_usual_length_passes(count):
    assert "length" not in rules(judge(mail(*of_words(count))))


def test_links_are_no_words():
    links = " ".join(f"https://a.example/{n}" for n in range(60))

    assert "length" not in rules(judge(mail(*of_words(165), links)))


def test_a_long_paragraph_is_told():
    assert any("paragraph has 100 words" in f.message for f in judge(mail("One two three four five. " * 20)))


def test_a_long_sentence_is_told():
    assert any("sentence has 41 words" in f.message for f in judge(mail("word " * 40 + "end.", "x")))


def test_a_semicolon_parts_a_sentence():
    assert not any("sentence" in f.message for f in judge(mail("word " * 25 + "end; " + "word " * 25 + "end.")))


def test_a_long_subject_is_told():
    assert any(f.rule == "length" and "61 characters" in f.message for f in judge(mail("Thanks.", subject="x" * 61)))


def test_a_short_follow_up_passes():
    composition = mail("Is there news?", note={"kind": NoteKind.FOLLOW_UP})

    assert "length" not in rules(judge(composition))


def test_scripts_without_spaces_are_counted_too():
    assert not any("few" in f.message for f in judge(mail("ありがとうございました。" * 10)))


# --- reader-before-writer --------------------------------------------------------------------------------------


def test_six_sentences_about_oneself_are_remarked_on():
    words = "I came. I saw. I did my part. I'd like my plan. You were there. I went."

    assert "reader-before-writer" in rules(judge(mail(words)))


def test_a_note_about_them_passes():
    assert "reader-before-writer" not in rules(
        judge(mail("You said that your line is long. I saw it. I agree with you."))
    )


# --- signature -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", ["Sincerely,\nM.", "M.", "Sincerely,", "Best,\nMonique"])
def test_an_end_without_the_full_name_is_remarked_on(closing):
    assert "signature" in rules(judge(mail(text=letter("Thank you for the tour.", closing=closing))))


@pytest.mark.parametrize(
    "closing",
    [
        "Sincerely,\nMonique Delacroix-Baker",
        "Sincerely,\n\nMonique Delacroix-Baker, RN\n312-555-0142",
        "Sincerely, Monique Delacroix-Baker",
        "Monique Delacroix-Baker\n\nP.S. The hall was loud.",
        "Monique Delacroix\u2011Baker",
    ],
)
def test_an_end_with_the_name_passes(closing):
    assert "signature" not in rules(judge(mail(text=letter("Thank you for the tour.", closing=closing))))


def test_a_sender_without_a_name_is_not_missed():
    assert "signature" not in rules(judge(mail("Thanks.", sender=Mailbox("", "m@example.com"))))


# --- language-mix ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-GB", "Mr. Smith liked the color."),
        ("en-GB", "The color of the center."),
        ("en-US", "The colour of the centre."),
        ("en-US", "Mr Smith liked the colour."),
    ],
)
def test_two_forms_of_the_other_english_are_remarked_on(locale, words):
    composition = mail(words, person={"greeting": "Dear Willem,"})

    assert "language-mix" in rules(judge(composition, interview={"locale": locale}))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-GB", "The color is fine."),
        ("en-GB", "Mr Smith liked the colour."),
        ("en-US", "Mr. Smith liked the color."),
        ("en", "Mr. Smith liked the colour and the center."),
        ("de", "color center"),
    ],
)
def test_one_word_or_one_english_passes(locale, words):
    assert "language-mix" not in rules(judge(mail(words, language=locale), interview={"locale": locale}))


def test_a_name_of_the_record_is_no_spelling():
    interview = {"locale": "en-GB", "company": "Color Center"}

    assert "language-mix" not in rules(judge(mail("I liked the Color Center."), interview=interview))


# --- notes-near-identical, notes-similar -----------------------------------------------------------------------

TOUR = "Thank you for the tour of line 3 and the hour at the press."
PLAN = "The plan for the second shift that you drew on the wall stayed with me."
TABLE = "I would like to work there because the operators ask the right questions."
SHEET = "If you would like the audit sheet, I can send it on any morning."
NUNEZ = make_person(id="nunez", name="Sofía Núñez", greeting="Dear Sofía,", heard=())


def to_nunez(*paragraphs: str):
    note = make_note(people=(NUNEZ,), source="\n\n".join(paragraphs))
    return mail(note=note._asdict(), text=letter(*paragraphs, greeting="Dear Sofía,"))


def test_the_same_note_with_the_names_changed_stops():
    one = mail("Willem, thank you for the tour.", PLAN, TABLE)
    other = to_nunez("Sofía, thank you for the tour.", PLAN, TABLE)

    assert "notes-near-identical" in rules(judge(one, other))


def test_the_same_sentences_in_another_order_stop():
    assert "notes-near-identical" in rules(judge(mail(TOUR, PLAN, TABLE, SHEET), to_nunez(SHEET, TABLE, PLAN, TOUR)))


def test_only_the_later_note_is_told():
    found = judge(mail(TOUR, PLAN, TABLE), to_nunez(TOUR, PLAN, TABLE))

    assert [f.person for f in found if f.rule == "notes-near-identical"] == ["nunez"]


def test_a_shared_paragraph_is_a_hint():
    one = mail(TOUR, PLAN, "The blue door at the back was open in the morning sun.")
    other = to_nunez(
        "Your two binders lay side by side on the long desk.", PLAN, "I kept a page of notes on the way home."
    )

    assert {"notes-similar", "notes-near-identical"} & rules(judge(one, other)) == {"notes-similar"}


def test_two_notes_that_share_only_the_signature_pass():
    one, other = mail(TOUR, TABLE), to_nunez(PLAN, SHEET)

    assert not {"notes-similar", "notes-near-identical"} & rules(judge(one, other))


def test_short_formulas_are_no_likeness():
    one, other = mail(TOUR, "No reply needed."), to_nunez(PLAN, "No reply needed.")

    assert not {"notes-similar", "notes-near-identical"} & rules(judge(one, other))


def test_the_likeness_is_said_in_per_cent():
    one = mail(TOUR, PLAN, "The blue door at the back was open in the morning sun.")
    other = to_nunez(
        "Your two binders lay side by side on the long desk.", PLAN, "I kept a page of notes on the way home."
    )

    finding = next(f for f in judge(one, other) if f.rule == "notes-similar")

    assert re.fullmatch(r"The notes to Sofía Núñez and Willem van der Berg share 3\d% of their words.", finding.message)


def from_slots(slots: Slots, **person: str):
    words = f"Thank you so much for {slots.thanks}. I would be glad to work with you, because {slots.interest}."
    note = {"source": None, "slots": slots, "people": (make_person(**person),)}
    return mail(words, "If it is of no use to you, never mind it at all.", note=note)


def test_what_a_template_puts_around_two_notes_is_no_likeness():
    one = from_slots(Slots(thanks="the tour of line 3", interest="the operators ask the right questions"))
    other = from_slots(Slots(thanks="the two binders", interest="you mend the form before the rule"), id="nunez")

    assert not {"notes-similar", "notes-near-identical"} & rules(judge(one, other))


def test_two_notes_from_the_same_slots_stop():
    slots = Slots(thanks="the tour of line 3", interest="the operators ask the right questions")

    assert "notes-near-identical" in rules(judge(from_slots(slots), from_slots(slots, id="nunez")))


def test_a_follow_up_may_come_back_to_what_the_first_note_said():
    one = mail(TOUR, PLAN, TABLE)
    later = mail("Two weeks have gone by since we spoke.", PLAN, TABLE, note={"kind": NoteKind.FOLLOW_UP})

    assert "notes-near-identical" not in rules(judge(one, later))


def test_a_follow_up_that_is_the_first_note_again_stops():
    later = mail(TOUR, PLAN, TABLE, note={"kind": NoteKind.FOLLOW_UP})

    finding = next(f for f in judge(mail(TOUR, PLAN, TABLE), later) if f.rule == "notes-near-identical")

    assert finding.message == "The follow-up and the thank-you note to Willem van der Berg are nearly the same."


def test_a_single_note_has_no_twin():
    assert said("notes-near-identical", judge(mail(TOUR))) == []
