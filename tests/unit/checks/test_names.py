"""The right firm, the right person, the right conversation."""

from __future__ import annotations

import unicodedata

import pytest

from mailer.model import Attachment, Contact, Gift, GiftKind, Mailbox
from tests.factories import make_gift, make_interview, make_note, make_person
from tests.unit.checks.judging import bringing, judge, letter, mail, rules, said


def other(company):
    """Return another interview, with this employer."""
    from datetime import datetime

    return make_interview(company=company, start=datetime(2026, 5, 4, 9, 0))  # wall time


# --- wrong-company: another's ----------------------------------------------------------------------------------


def test_the_company_of_another_interview_stops_the_note():
    findings = judge(mail("I would like joining Brightwell Foods."), others=[other("Brightwell Foods")])

    assert said("wrong-company", findings) == ["Brightwell Foods"]


def test_the_message_says_whom_you_met():
    findings = judge(mail("I would like joining Brightwell."), others=[other("Brightwell Foods")])

    assert findings[0].message == "The letter says Brightwell; you met Harborline Castings."


@pytest.mark.parametrize(
    ("company", "words"),
    [
        ("The Brightwell Group", "I keep thinking of Brightwell's hall."),
        ("City of Ashbury", "The plan in Ashbury is clear."),
        ("Kupferberg & Söhne GmbH", "The close at Kupferberg and Söhne is long."),
        ("Kupferberg & Söhne GmbH", unicodedata.normalize("NFD", "The close at Kupferberg & Söhne is long.")),
        ("IBM", "I would like to work at IBM."),
        ("Target", "I would like to work at Target."),
    ],
)
def test_a_company_is_known_by_its_distinctive_words(company, words):
    assert "wrong-company" in rules(judge(mail(words), others=[other(company)]))


@pytest.mark.parametrize(
    ("company", "words"),
    [
        ("National Health Service", "The national plan. National figures rose."),
        ("Chicago Bridge Works", "My first job was in Chicago."),
        ("Target", "Target times fell by a third."),
        ("Paris", "I grew up in Paris."),
        ("Monday Labs", "Monday is quiet there."),
        ("Brightwell Foods", "The bright well in the yard."),
        ("Ash", "The Ashes were on."),
        ("Harborline Logistics", "I liked Harborline."),
        ("Harborline Castings", "I liked Harborline Castings."),
        ("Go", "Go on with it."),
    ],
)
def test_common_words_and_places_are_no_company(company, words):
    assert "wrong-company" not in rules(judge(mail(words), others=[other(company)]))


@pytest.mark.parametrize(
    "person",
    [
        {"heard": ("We buy our cores from Brightwell.",)},
        {"role": "Brightwell liaison"},
        {"gift": make_gift(title="How Brightwell did it")},
        {"gift": make_gift(why="It shows what Brightwell measured.")},
    ],
)
def test_a_firm_that_the_record_names_is_no_mistake(person):
    composition = mail("You spoke of Brightwell.", person=person)

    assert "wrong-company" not in rules(judge(composition, others=[other("Brightwell Foods")]))


def test_the_other_firm_in_the_subject_stops_the_note():
    composition = mail("Thank you for the tour.", subject="Thank you from Brightwell")

    assert "wrong-company" in rules(judge(composition, others=[other("Brightwell Foods")]))


def test_the_other_firm_within_a_link_is_no_mistake():
    composition = mail("The page is https://Brightwell.example/Brightwell now.")

    assert "wrong-company" not in rules(judge(composition, others=[other("Brightwell Foods")]))


# --- wrong-company: misspelt -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["I liked Harbourline Castings.", "I liked Harborlin Castings.", "The Harbourline hall.", "Habrorline's hall."],
)
def test_the_company_misspelt_stops_the_note(words):
    assert "wrong-company" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "I liked Harborline's hall.",
        "I liked the Harborlines of this world.",
        "I liked Harborline Castings, and the casting itself.",
        "I liked HARBORLINE CASTINGS.",
        "harborline castings",
        "The harbour line opened.",
    ],
)
def test_the_company_in_its_forms_passes(words):
    assert "wrong-company" not in rules(judge(mail(words)))


@pytest.mark.parametrize(
    ("company", "words"),
    [
        ("Calder Instruments", "Colder days come. Elder care. Caller lists."),
        ("American Rail", "I grew up in America."),
        ("Hoshi Product Studio", "I liked Hoshi Product Studios."),
        ("Kestrel Ledger GmbH", "Kestrel Ledger is careful."),
        ("Mattel", "Matters stand well."),
    ],
)
def test_words_near_a_short_name_pass(company, words):
    assert "wrong-company" not in rules(judge(mail(words), interview={"company": company}))


# --- wrong-name: the greeting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("Dear Dr. Groß,", "Dear Dr. Gross,"),
        ("Hi Priya,", "Hi Prya,"),
        ("Dear Sofía,", "Dear Sofia,"),
        ("Dear Ms. D'Souza,", "Dear Mrs. D'Souza,"),
        ("Dear Marie,", "Dear Maria,"),
        ("Dear Satō-san,", "Thank you for the tour."),
    ],
)
def test_a_first_line_that_is_not_the_stored_greeting_stops_the_note(stored, written):
    composition = mail(text=letter("Thank you for the tour.", greeting=written), person={"greeting": stored})

    assert "wrong-name" in rules(judge(composition))


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("Dear Mr Adébáyọ̀,", unicodedata.normalize("NFD", "Dear Mr Adébáyọ̀,")),
        (unicodedata.normalize("NFD", "Dear Siobhán,"), "Dear Siobhán,"),
        ("Dear Ms. D'Souza,", "Dear Ms. D\u2019Souza,"),
        ("Dear Ms. D\u2019Souza,", "Dear Ms. D'Souza,"),
        ("Dear Dr. Groß,", "Dear\u00a0Dr.\u00a0Groß,"),
        ("Dear Siobhán", "Dear Siobhán,"),
        ("Dear Siobhán,", "Dear Siobhán —"),
        ("佐藤様", "佐藤様"),
    ],
)
def test_the_stored_greeting_in_another_form_passes(stored, written):
    composition = mail(
        text=letter("Thank you for the tour.", greeting=written), person={"greeting": stored, "name": "X", "heard": ()}
    )

    assert "wrong-name" not in rules(judge(composition))


def test_a_body_that_runs_on_after_the_greeting_passes():
    text = "Dear Mr. van der Berg, thank you for the tour of line 3.\n\nSincerely,\nMonique Delacroix-Baker\n"

    assert "wrong-name" not in rules(judge(mail(text=text)))


def test_a_joint_note_may_greet_any_of_its_people():
    people = (make_person(), make_person(id="nunez", name="Sofía Núñez", greeting="Dear Sofía,"))
    composition = mail(text=letter("Thank you.", greeting="Dear Sofía,"), note={"people": people})

    assert "wrong-name" not in rules(judge(composition))


def test_the_line_that_asks_to_pass_the_note_on_may_come_first():
    person = {"email": None, "via": Mailbox("Carmen Ruiz", "hr@ashbury.example")}
    text = "Dear Ms. Ruiz, please pass this on to Willem van der Berg.\n\n" + letter("Thank you for the tour.")

    assert "wrong-name" not in rules(judge(mail(text=text, person=person)))


# --- wrong-name: misspelt --------------------------------------------------------------------------------------


def with_contact(words):
    contact = Contact("Ignacio Peña", "ignacio.pena@lakeshore.example")
    gift = {"kind": GiftKind.CONTACT, "contact": contact, "title": "Ignacio Peña, document control", "url": ""}
    return bringing(words, gift=gift)


@pytest.mark.parametrize(
    "words", ["My colleague Ignacio Peno had that.", "Ask Ignacio Pena.", "My colleague Ignazio Peña."]
)
def test_a_name_with_a_slip_stops_the_note(words):
    assert "wrong-name" in rules(judge(with_contact(words)))


def test_the_message_names_both_spellings():
    finding = judge(with_contact("My colleague Ignacio Peno had that."))[0]

    assert finding.message == "The letter says Peno; the record has Peña."


@pytest.mark.parametrize(
    "words",
    [
        "My colleague Ignacio Peña had that.",
        "Peña's plan, and the Peñas of this world.",
        unicodedata.normalize("NFD", "My colleague Ignacio Peña had that."),
        "IGNACIO PEÑA",
    ],
)
def test_a_stored_name_in_its_forms_passes(words):
    assert "wrong-name" not in rules(judge(with_contact(words)))


def test_two_near_names_that_are_both_stored_pass():
    people = (make_person(id="marie", name="Marie Curie"), make_person(id="maria", name="Maria Curie"))
    composition = mail("Marie was kind.", note={"people": people[1:]})

    assert "wrong-name" not in rules(judge(composition, interview={"people": people}))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lee Sung-min", "See the chart. Let it lie. The Sun shone."),
        ("Nguyễn Thị Mai Anh", "May is busy. And so on. The Main hall. Any day. Thin walls."),
        ("Thomas Hank", "Thank you for the tour."),
        ("Kate King", "Kind of you. Late in the day."),
        ("Mary Stone", "Many thanks for the day. Marry the two plans."),
        ("Berta Lind", "I came from Berlin by train. Line 3. Link by link."),
        ("Marvin Gray", "The Martin Luther hall."),
        ("Dana Fitz", "Data first. The data spoke."),
        ("Rosa Mayer", "Rose Street, and the Mayor of Boston."),
        ("Aneta Wolf", "The Anetta Street depot."),
    ],
)
def test_ordinary_words_near_a_name_pass(name, words):
    assert "wrong-name" not in rules(judge(mail(words, person={"name": name})))


@pytest.mark.parametrize("words", ["Auf diese Weise ging es. Die Weise war gut.", "Das Weiss der Wand."])
def test_where_nouns_have_capitals_a_noun_is_no_name(words):
    assert "wrong-name" not in rules(judge(mail(words, person={"name": "Björn Weiß"}, language="de")))


def test_a_slip_beside_a_title_is_one_in_any_language():
    assert "wrong-name" in rules(
        judge(mail("Ich sprach mit Herr Weiss.", person={"name": "Björn Weiß"}, language="de"))
    )


def test_a_slip_in_a_long_name_may_be_two_letters():
    assert "wrong-name" in rules(judge(mail("With Ms. Achtenburg I agree.", person={"name": "Robin Achterberg"})))


def test_two_letters_of_a_short_name_are_another_name():
    assert "wrong-name" not in rules(judge(mail("I spoke with Ms. Ramone.", person={"name": "Priya Raman"})))


def test_swapped_letters_are_a_slip():
    assert "wrong-name" in rules(judge(mail("I spoke with Ms. Ramna.", person={"name": "Priya Raman"})))


def test_the_senders_own_name_is_no_slip_of_theirs():
    composition = mail(
        "Thanks.", sender=Mailbox("Marie Berk", "m@example.com"), text=letter("Hi.", closing="Marie Berk")
    )

    assert "wrong-name" not in rules(judge(composition))


# --- other-person-topic ----------------------------------------------------------------------------------------

RAMAN_GIFT = make_gift(title="Moving a hot table", url="https://engineering.example/shadow", why="Same lock.")
IYER_GIFT = make_gift(title="A first-month plan", url="https://remote.example/first-month", why="A plan to copy.")
RAMAN = make_person(
    id="raman",
    name="Priya Raman",
    greeting="Hi Priya,",
    heard=("I keep putting off the split of the postings table because of locks.",),
    gift=RAMAN_GIFT,
)
IYER = make_person(
    id="iyer",
    name="Priya Iyer",
    greeting="Hi Priya,",
    heard=("The two people from Recife and Bengaluru found the first month lonely and silent.",),
    gift=IYER_GIFT,
)


def to_raman(words, attachments=()):
    note = make_note(people=(RAMAN,), gift=RAMAN_GIFT, source=words)
    text = letter(words, greeting="Hi Priya,")
    return mail(words, note=note._asdict(), text=text, attachments=attachments)


def of_both(composition):
    return rules(judge(composition, interview={"people": (RAMAN, IYER)}))


def test_the_other_priyas_link_stops_the_note():
    assert "other-person-topic" in of_both(to_raman("Here it is: https://remote.example/first-month"))


def test_the_own_link_passes():
    assert "other-person-topic" not in of_both(to_raman("Here it is: https://engineering.example/shadow"))


def test_a_longer_link_than_the_other_persons_passes():
    assert "other-person-topic" not in of_both(to_raman("Here: https://remote.example/first-months-2"))


def test_what_the_other_person_said_stops_the_note():
    words = "You said that the people from Recife and Bengaluru found the first month lonely."

    assert "other-person-topic" in of_both(to_raman(words))


def test_one_mention_of_a_colleague_passes():
    words = "You keep putting off the split of the postings table because of locks, as Priya Iyer told me."

    assert "other-person-topic" not in of_both(to_raman(words))


def test_their_words_beside_as_many_of_the_readers_own_pass():
    words = (
        "You keep putting off the split of the postings table because of locks."
        " Priya Iyer spoke of the first month, lonely for those from Recife and Bengaluru."
    )

    assert "other-person-topic" not in of_both(to_raman(words))


@pytest.mark.parametrize(
    "words",
    [
        "Write to hanna@library.example.",
        "Write to Hanna@Library.example.",
        "Ring +44 20 7946 0000.",
        "Ask Hanna Tesfaye.",
    ],
)
def test_the_other_persons_contact_stops_the_note(words):
    contact = Contact("Hanna Tesfaye", "hanna@library.example", "+44 20 7946 0000")
    iyer = IYER._replace(gift=Gift(GiftKind.CONTACT, "Hanna", contact=contact))

    findings = judge(to_raman(words), interview={"people": (RAMAN, iyer)})

    assert "other-person-topic" in rules(findings)


def test_the_other_persons_file_stops_the_note():
    iyer = IYER._replace(gift=Gift(GiftKind.FILE, "A chart", file="files/chart.pdf"))
    composition = to_raman("Here it is.", attachments=(Attachment("chart.pdf", "application/pdf", 9),))

    assert "other-person-topic" in rules(judge(composition, interview={"people": (RAMAN, iyer)}))


def test_the_same_gift_for_both_on_purpose_passes():
    iyer = IYER._replace(gift=RAMAN_GIFT)
    composition = to_raman("Here it is: https://engineering.example/shadow")

    assert "other-person-topic" not in rules(judge(composition, interview={"people": (RAMAN, iyer)}))


def test_a_joint_note_may_carry_what_belongs_to_each_of_its_people():
    composition = mail(
        "Here: https://remote.example/first-month",
        note={"people": (RAMAN, IYER), "gift": RAMAN_GIFT},
        text=letter("Here: https://remote.example/first-month", greeting="Hi Priya,"),
    )

    assert "other-person-topic" not in of_both(composition)


# --- greeting-missing ------------------------------------------------------------------------------------------


def ungreeted(paragraph, greeting=""):
    text = "\n\n".join(filter(None, (greeting, paragraph, "Sincerely,\nMonique Delacroix-Baker"))) + "\n"
    return mail(paragraph, person={"greeting": ""}, text=text)


@pytest.mark.parametrize("greeting", ["", "Dear Willem,"])
def test_a_note_to_somebody_without_a_greeting_is_stopped_by_that_alone(greeting):
    found = rules(judge(ungreeted("Thank you for the tour of line 3 by myself.", greeting=greeting)))

    assert "greeting-missing" in found
    assert "wrong-name" not in found


def test_the_missing_greeting_is_asked_for_by_name():
    finding = next(f for f in judge(ungreeted("Thank you for the tour.")) if f.rule == "greeting-missing")

    assert finding.message == "How do you greet Willem van der Berg?"
    assert "Dear Ms. Rivera," in finding.advice


def test_the_missing_greeting_points_at_the_person():
    composition = ungreeted("Thank you for the tour.")

    findings = judge(composition, interview={"lines": {"people[0].name": 7}})

    assert [f.line for f in findings if f.rule == "greeting-missing"] == [7]


def test_a_recorded_greeting_is_not_missing():
    assert "greeting-missing" not in rules(judge(mail("Thank you for the tour.")))


def test_a_joint_note_needs_the_greeting_of_one_of_its_people():
    people = (make_person(greeting=""), make_person(id="nunez", name="Sofía Núñez", greeting="Dear both,"))
    composition = mail("Thanks.", note={"people": people}, text=letter("Thanks.", greeting="Dear both,"))

    assert not {"greeting-missing", "wrong-name"} & rules(judge(composition))
