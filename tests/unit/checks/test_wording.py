"""What a template, a merge or a program left in a note."""

from __future__ import annotations

import pytest

from mailer.model import Attachment, GiftKind, Mailbox, Slots
from tests.unit.checks.judging import bringing, judge, letter, mail, rules, said

PDF = Attachment("chart.pdf", "application/pdf", 1500)


# --- empty-body ------------------------------------------------------------------------------------------------


def test_a_note_of_greeting_and_closing_is_empty():
    assert "empty-body" in rules(judge(mail()))


def test_a_note_of_nothing_at_all_is_empty():
    assert "empty-body" in rules(judge(mail(text="")))


def test_a_line_of_dashes_is_no_word():
    assert "empty-body" in rules(judge(mail("---")))


def test_a_three_sentence_note_is_not_empty():
    assert "empty-body" not in rules(judge(mail("Thank you for the tour. It was clear. I would like to come back.")))


def test_a_note_in_another_script_is_not_empty():
    assert "empty-body" not in rules(judge(mail("本日はありがとうございました。")))


def test_an_empty_note_names_the_person():
    assert judge(mail())[0].message == "Willem van der Berg has no note yet."


def test_a_note_without_section_and_slots_is_not_written_yet():
    assert "empty-body" in rules(judge(mail("If not, no harm done.", note={"source": None})))


def test_one_slot_is_a_note():
    note = {"source": None, "slots": Slots(thanks="the tour of line 3")}

    assert "empty-body" not in rules(judge(mail("Thank you for the tour of line 3.", note=note)))


def test_an_empty_note_is_asked_nothing_more():
    assert {f.rule for f in judge(mail())} == {"empty-body"}


def test_a_request_to_pass_the_note_on_is_no_note():
    person = {"email": None, "via": Mailbox("Carmen Ruiz", "hr@ashbury.example")}
    composition = mail("Carmen Ruiz, would you kindly pass this on to Willem van der Berg? Thank you.", person=person)

    assert "empty-body" in rules(judge(composition))


# --- placeholder-left ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Here's a polished draft of your note:",
        "Thank you for meeting me at [Company Name].",
        "I met {{ person.name }} at noon.",
        "{% if gift %} It may be of use. {% endif %}",
        "Thank you, <your name>, for the tour.",
        "We met on XX/XX in the hall.",
        "Thank you for ___ and the tour.",
        "I would like to work at None.",
        "Subject: Thank you",
        "Dear «First_Name», thank you.",
        "The figure is TBD.",
        "Lorem ipsum dolor sit amet.",
        "It was [object Object] that I liked.",
    ],
)
def test_what_a_template_left_open_stops_the_note(words):
    assert "placeholder-left" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "See note [1] and the plan [sic].",
        "A null result is still a result.",
        "Gloves in size XXL, please.",
        "Here is the sheet I promised.",
        "The set {1, 2, 3} is small.",
        "Let me know if you'd like me to come in again.",
        "Nuno's limits are undefined at zero.",
        "You called it « le mur du lundi ».",
        "Scrap fell 5% and yield rose 3%.",
        "The file is line_3_costs.pdf.",
    ],
)
def test_words_that_only_look_like_a_gap_pass(words):
    assert "placeholder-left" not in rules(judge(mail(words)))


def test_a_gap_in_the_greeting_stops_the_note():
    text = letter("Thank you for the tour.", greeting="Dear [Name],")

    assert said("placeholder-left", judge(mail(text=text))) == ["[Name]"]


def test_a_greeting_whose_name_fell_out_stops_the_note():
    assert "placeholder-left" in rules(judge(mail(text=letter("Thank you.", greeting="Dear Ms. ,"))))


def test_a_gap_in_the_subject_stops_the_note():
    assert said("placeholder-left", judge(mail("Thanks.", subject="Thank you, {{ person }}"))) == ["{{ person }}"]


def test_a_gap_in_the_name_of_the_recipient_stops_the_note():
    assert "placeholder-left" in rules(judge(mail("Thanks.", to=Mailbox("<NAME>", "w@harborline.example"))))


def test_a_gap_in_a_file_name_stops_the_note():
    file = Attachment("chart for [Company].pdf", "application/pdf", 1500)

    assert "placeholder-left" in rules(judge(mail("Thanks.", attachments=(file,))))


def test_words_that_stand_in_the_record_are_no_gap():
    interview = {"company": "ABC Corp"}

    assert "placeholder-left" not in rules(judge(mail("I would like to work at ABC Corp."), interview=interview))


def test_a_gap_of_a_link_path_is_no_gap():
    url = "https://castings-monthly.example/a___b"

    assert "placeholder-left" not in rules(judge(bringing(f"The page is {url}.", gift={"url": url})))


def test_a_variable_within_a_link_is_a_gap():
    assert "placeholder-left" in rules(judge(mail("The page is https://a.example/{{slug}}.")))


def test_the_same_gap_twice_is_said_once():
    assert said("placeholder-left", judge(mail("At [Company], I liked [Company]."))) == ["[Company]"]


def test_a_note_in_another_language_is_read_for_gaps_too():
    assert "placeholder-left" in rules(judge(mail("Vielen Dank, [Name]!", language="de")))


# --- attachment-missing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "I have attached the chart you asked for.",
        "I've attached the chart.",
        "Please find attached my notes.",
        "The chart is attached.",
        "Attached is the chart.",
        "The attached PDF has one page.",
        "Have a look; see the attachment.",
        "I have redrawn the chart from your whiteboard, as you wished to keep it, and attached it here:",
        "I enclose the chart.",
        "The chart attached to this email has one page.",
    ],
)
def test_a_file_that_is_only_claimed_stops_the_note(words):
    assert "attachment-missing" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "The lab is attached to the team on 4 West.",
        "I attach great weight to what you said.",
        "We attach importance to the small steps.",
        "I grew attached to the old presses.",
        "No strings are attached.",
        "She redrew the chart and attached it to the wall.",
        "If you'd like the chart, I can attach it to a mail next week.",
        "The form you attached to the invitation was clear.",
        "A paper on attachment theory.",
    ],
)
def test_other_uses_of_the_word_pass(words):
    assert "attachment-missing" not in rules(judge(mail(words)))


def test_a_note_with_its_file_passes():
    gift = {"kind": GiftKind.FILE, "file": "chart.pdf", "url": ""}

    assert "attachment-missing" not in rules(judge(bringing("I have attached it.", gift=gift, attachments=(PDF,))))


def test_a_recorded_file_that_is_not_there_stops_the_note_once(tmp_path):
    gift = {"kind": GiftKind.FILE, "file": "chart.pdf", "url": ""}

    found = judge(bringing("I have attached it.", gift=gift), interview={"path": tmp_path / "harborline.md"})

    assert rules(found) & {"attachment-missing", "gift-file-missing"} == {"gift-file-missing"}


# --- marks-left ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "I liked your **vision**.",
        "Ask Mr./Ms. Lee.",
        "# The tour",
        "``` code",
        "the role(s)",
        "A [write-up](https://a.example/b).",
        "Kupferberg &amp; Co",
    ],
)
def test_marks_that_stay_visible_are_asked_about(words):
    assert "marks-left" in rules(judge(mail(words)))


@pytest.mark.parametrize("words", ["- one\n- two", "Bread and/or butter.", "Line #3 and a 2*3 grid.", "The report(s)."])
def test_marks_that_belong_there_pass(words):
    assert "marks-left" not in rules(judge(mail(words)))


# --- stale-phrase ----------------------------------------------------------------------------------------------


def test_an_old_phrase_is_remarked_on_with_its_better_move():
    finding = next(f for f in judge(mail("I hope this email finds you well.")) if f.rule == "stale-phrase")

    assert finding.excerpt == "I hope this email finds you"
    assert finding.advice == "Open with the thanks and one thing they did."


def test_a_phrase_with_a_curly_apostrophe_is_found():
    assert "stale-phrase" in rules(judge(mail("Please don\u2019t hesitate to write.")))


def test_their_own_words_are_no_old_phrase():
    person = {"heard": ("We need a team player who has a track record.",)}

    assert "stale-phrase" not in rules(judge(mail("You said you need a team player.", person=person)))


def test_a_phrase_within_a_link_is_none():
    assert "stale-phrase" not in rules(judge(mail("The page is https://a.example/heartfelt now.")))


def test_one_phrase_within_another_is_said_once():
    said_once = said("stale-phrase", judge(mail("Thank you again for your time and consideration.")))

    assert len(said_once) == 1


def test_another_language_is_not_read_for_english_phrases():
    assert "stale-phrase" not in rules(judge(mail("heartfelt", language="de")))
