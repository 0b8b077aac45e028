"""What only this person, after this talk, could say; and what does not belong."""

from __future__ import annotations

import pytest

from mailer.model import NoteKind, Slots
from tests.unit.checks.judging import judge, mail, rules, said

# --- thanks-generic --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Thank you for your time.",
        "Thank you for the opportunity to interview for the role.",
        "Thank you so much for meeting with me yesterday. I appreciate it.",
        "Thanks for the interview at Harborline Castings.",
        "It was a long day. The hall was loud. The presses ran. Thank you for the tour of line 3.",
        "The hall was loud.",
    ],
)
def test_thanks_for_nothing_in_particular_are_asked_about(words):
    assert "thanks-generic" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "Thank you for walking me round the ward.",
        "Thank you for your time, and for the tour of line 3.",
        "I am grateful for the straight answer on overtime.",
        "I really appreciated your drawing the schema freehand.",
        "The hall was loud. Thank you for the ear plugs.",
    ],
)
def test_thanks_for_one_thing_they_did_pass(words):
    assert "thanks-generic" not in rules(judge(mail(words)))


def test_the_request_to_pass_the_note_on_does_not_count_as_thanks():
    from mailer.model import Mailbox

    person = {"email": None, "via": Mailbox("Carmen Ruiz", "hr@ashbury.example")}
    words = (
        "Carmen Ruiz, would you kindly pass this on to Willem van der Berg? Thank you.",
        "Thank you for your time.",
    )

    assert said("thanks-generic", judge(mail(*words, person=person))) == ["Thank you for your time."]


@pytest.mark.parametrize("rule", ["thanks-generic", "moment-not-found", "interest-without-reason", "offer-missing"])
def test_a_follow_up_needs_no_thanks_of_its_own(rule):
    assert rule not in rules(judge(mail("Is there news?", note={"kind": NoteKind.FOLLOW_UP})))


@pytest.mark.parametrize("rule", ["thanks-generic", "interest-without-reason", "offer-missing", "pay-talk"])
def test_a_note_in_another_language_is_not_asked_for_english_words(rule):
    words = "Vielen Dank für die Führung. My salary expectation."

    assert rule not in rules(judge(mail(words, language="de-DE")))


def test_a_note_that_reads_like_no_english_is_not_asked_for_english_words():
    words = "Herzlichen Dank für die offenen Worte und die Führung durch die Leitwarte, bei der ich viel gelernt habe."

    assert not {"thanks-generic", "offer-missing"} & rules(judge(mail(words)))


# --- moment-not-found ------------------------------------------------------------------------------------------


def test_a_note_about_the_weather_is_asked_where_their_words_are():
    assert "moment-not-found" in rules(judge(mail("The weather was fine.")))


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("The handover loses ten minutes to phones.", "You said the handover loses ten minutes lost to phones."),
        ("We train the leads in autumn.", "The training of your shift leads."),
        ("May I keep the chart?", "Here is the chart."),
        ("一番大切なのは人です。", "The weather was fine."),
    ],
)
def test_two_of_their_words_in_one_paragraph_pass(heard, words):
    assert "moment-not-found" not in rules(judge(mail(words, person={"heard": (heard,)})))


def test_two_words_in_two_paragraphs_are_no_moment():
    person = {"heard": ("The handover loses minutes to phones.",)}

    assert "moment-not-found" in rules(judge(mail("The handover is at seven.", "My phones ring.", person=person)))


def test_a_person_of_whom_nothing_is_recorded_passes():
    assert "moment-not-found" not in rules(judge(mail("The weather was fine.", person={"heard": ()})))


# --- interest-without-reason -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "I remain interested.",
        "I would love to join your team.",
        "I am very interested in the Quality Manager position at Harborline Castings.",
        "The presses ran well.",
    ],
)
def test_a_wish_without_a_reason_is_asked_about(words):
    assert "interest-without-reason" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "I'd like the job because the operators already asked the right questions.",
        "I'd be glad to teach in a department that talks about remembering as well as covering.",
        "I want to work with you: the binder is a problem I know.",
        "Line 3 is the reason I'd like to join.",
    ],
)
def test_a_wish_with_a_reason_passes(words):
    assert "interest-without-reason" not in rules(judge(mail(words)))


def test_an_interest_slot_is_a_reason():
    note = {"source": None, "slots": Slots(thanks="the tour", interest="it rocks")}

    assert "interest-without-reason" not in rules(judge(mail("I would like the role because it rocks.", note=note)))


# --- offer-missing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Thank you again.", "I look forward to it.", "It was a fine day."])
def test_an_end_without_an_offer_is_asked_about(words):
    assert "offer-missing" in rules(judge(mail("Thank you for the tour.", words)))


@pytest.mark.parametrize(
    "words",
    [
        "The audit reports are yours, if you'd like them.",
        "Call me at 617-555-0188.",
        "My address is monique@example.com.",
        "I'm free after four on any day.",
        "Should you wish to see the list, just say so.",
        "You can reach me here any afternoon.",
    ],
)
def test_an_offer_or_a_way_to_reach_the_sender_passes(words):
    assert "offer-missing" not in rules(judge(mail("Thank you for the tour.", words)))


def test_a_postscript_may_hold_the_offer():
    text = "Dear Mr. van der Berg,\n\nThank you.\n\nSincerely,\nMonique Delacroix-Baker\n\nP.S. If you'd like the list, ask me.\n"

    assert "offer-missing" not in rules(judge(mail(text=text)))


# --- pay-talk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "My salary expectation is on the form.",
        "I have another offer.",
        "I can start in May.",
        "My notice period is three months.",
        "My holiday in August is booked.",
        "The salary range you named suits me.",
        "I would ask about the relocation package.",
    ],
)
def test_the_senders_own_terms_are_asked_about(words):
    assert "pay-talk" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "It shows what the training paid back.",
        "Your team pays attention to detail.",
        "They bought the press for 40,000 euros.",
        "The offer of the audit reports stands.",
        "Take it or leave it.",
        "The holiday season is long.",
        "A payments team moved a table.",
    ],
)
def test_pay_in_a_story_passes(words):
    assert "pay-talk" not in rules(judge(mail(words)))


def test_pay_that_they_spoke_of_passes():
    person = {"heard": ("We ask for the salary expectation of everyone.",)}

    assert "pay-talk" not in rules(judge(mail("You asked for my salary expectation.", person=person)))


# --- sensitive-topic -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Your website has a bug.",
        "I hope your wife is better.",
        "You looked tired.",
        "I found two typos on your careers page.",
        "Your app is rather slow.",
        "God bless you.",
        "As for my political views, they are plain.",
        "Get well soon.",
    ],
)
def test_private_matters_and_criticism_are_asked_about(words):
    assert "sensitive-topic" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "You said the binder is behind.",
        "Your form filled in from a real visit is here.",
        "The plan keeps you on your shelf, for a slow day.",
        "Whatever the address, the weight of it is yours.",
        "Your policy team found errors in the plan of another firm.",
        "You looked at the chart for a while.",
    ],
)
def test_their_own_words_and_other_uses_pass(words):
    assert "sensitive-topic" not in rules(judge(mail(words)))


def test_what_they_said_themselves_passes():
    person = {"heard": ("Our website has a bug, and your eyes are fresh.",)}

    assert "sensitive-topic" not in rules(judge(mail("You said your website has a bug.", person=person)))
