"""What no eye sees: control characters, wrong encodings, and notes that went already."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model import Attachment, Entry, Mailbox, NoteKind, State
from tests.factories import make_interview, make_person
from tests.unit.checks.judging import WILLEM, judge, letter, mail, rules

# --- header-injection ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Thank you\r\nBcc: eve@evil.example"},
        {"subject": "Thank you\nX: y"},
        {"subject": "Thank\x00you"},
        {"subject": "Thank\tyou"},
        {"subject": "Thank\x85you"},
        {"subject": "Thank\u2028you"},
        {"note": {"subject": "Thank you\nBcc: eve@evil.example"}},
        {"to": Mailbox("Willem\r\nBcc: eve@evil.example", "w@harborline.example")},
        {"to": Mailbox("Willem", "w@harborline.example\nRCPT TO:<eve@evil.example>")},
        {"sender": Mailbox("Monique\x1b[2J", "m@example.com")},
        {"attachments": (Attachment("a\r\nX: y.pdf", "application/pdf", 9),)},
        {"person": {"name": "Willem\nvan der Berg"}},
        {"person": {"email": "w@harborline.example\r\nBcc: x"}},
    ],
)
def test_a_control_character_in_a_header_stops_the_note(changes):
    assert "header-injection" in rules(judge(mail("Thank you.", **changes)))


def test_a_long_subject_in_any_script_passes():
    subject = "Thank you for the blindfold, 도윤, and for 佐藤 美咲's chart, Siobhán \u2014 " * 4

    assert "header-injection" not in rules(judge(mail("Thank you.", subject=subject)))


@given(st.characters(categories=["Cc"]), st.integers(0, 20))
def test_no_control_character_anywhere_in_a_subject_passes(character, at):
    subject = "Thank you for the tour"

    assert "header-injection" in rules(judge(mail("Thanks.", subject=subject[:at] + character + subject[at:])))


def test_the_finding_points_to_the_recorded_subject():
    found = judge(mail("Thanks.", subject="a\nb"), interview={"lines": {"people[0].subject": 12}})

    assert found[0].line == 12


# --- broken-text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Teresa MontaÃ±o wrote it.",
        "You donâ€™t say.",
        "The price is Â£20.",
        "KÃ¶nig and Ã–sterreich",
        "Å‚ukasz",
        "Ð¡Ð¿Ð°ÑÐ¸Ð±Ð¾",
        "Great ðŸ˜€ day",
        "A lost \ufffd letter",
        "A C1 \x92 quote",
        "Turn \u202eback\u202c here",
        "Turn \u202dback here",
        "zero\u200bwidth",
        "a\ufeffb",
        "word\u2060joiner",
        "Latin\u200cnon-joiner",
        "An isolate \u2066around\u2069 Latin",
        "mark\u200e",
    ],
)
def test_broken_text_stops_the_note(words):
    assert "broken-text" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "São Tomé, Montaño, Nguyễn Thị Mai Anh, Łukasz, Çelik, Groß",
        "Olúwaṣeun Adébáyọ̀ taught.",
        "شكرا جزيلا على وقتكم",
        "من می\u200cخواهم",
        "שלום\u200f (abc)",
        "धन्यवाद क्\u200dष",
        "ขอบคุณ\u200bครับ",
        "佐藤 美咲, 김도윤",
        "A family 👩\u200d👩\u200d👧 and a flag 🏳\ufe0f\u200d🌈",
        "“CAFɔ said Zoë — naïve… «voilà»",
        "£20, 5°, ½, ©",
        "СПАСИБО и спасибо",
        "Ångström, Äpfel, Õ",
    ],
)
def test_text_of_every_script_passes(words):
    assert "broken-text" not in rules(judge(mail(words)))


def test_a_broken_name_in_to_stops_the_note():
    assert "broken-text" in rules(judge(mail("Thanks.", to=Mailbox("MontaÃ±o", "m@example.com"))))


def test_a_broken_subject_stops_the_note():
    assert "broken-text" in rules(judge(mail("Thanks.", subject="For MontaÃ±o")))


@given(st.text(alphabet="àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßÀÉÖÜ ", min_size=3))
def test_latin_letters_read_as_windows_1252_stop_the_note(text):
    words = text.encode().decode("cp1252", errors="ignore")
    if any(c in text for c in "áâäåæçèéêëìîñòóôöøùúûüß"):
        assert "broken-text" in rules(judge(mail(f"Thank {words} you")))


@given(st.text(alphabet="àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßłńśżźąęğışćčďěňřšťůžőűāēīōū abc", min_size=3))
def test_small_letters_of_europe_pass(text):
    assert "broken-text" not in rules(judge(mail(f"Thank {text} you")))


# --- already-sent ----------------------------------------------------------------------------------------------


def entry(**changes: Any) -> Entry:
    """Return what the outbox holds of the factories' note."""
    moment = datetime(2026, 6, 12, 12, 30, tzinfo=UTC)
    interview = make_interview()
    fields: dict[str, Any] = {
        "id": "e1",
        "state": State.SENT,
        "kind": NoteKind.THANK_YOU,
        "interview": interview.id,
        "people": ("vanderberg",),
        "to": WILLEM,
        "subject": "Thank you",
        "message_id": "<1@example.com>",
        "fingerprint": "0" * 64,
        "due": moment,
        "due_local": moment.replace(tzinfo=None),
        "timezone": interview.timezone,
        "not_before": moment,
        "attempts": 1,
        "created": moment,
        "interview_key": interview.key,
    }
    return Entry(**fields | changes)


def sent(*entries: Entry, **changes: Any) -> set[str]:
    return rules(judge(mail("Thank you for the tour.", **changes), sent=entries))


def test_a_second_note_of_the_kind_stops():
    assert "already-sent" in sent(entry())


def test_a_follow_up_after_a_thank_you_passes():
    assert "already-sent" not in sent(entry(), note={"kind": NoteKind.FOLLOW_UP})


def test_a_second_follow_up_stops():
    assert "already-sent" in sent(entry(kind=NoteKind.FOLLOW_UP), note={"kind": NoteKind.FOLLOW_UP})


def test_another_person_of_the_interview_passes():
    assert "already-sent" not in sent(entry(people=("nunez",), to=Mailbox("Sofía", "s@harborline.example")))


def test_another_interview_passes():
    assert "already-sent" not in sent(entry(interview_key="2026-01-01T10:00/Europe/Berlin", interview="other"))


def test_a_file_that_was_renamed_is_the_same_interview():
    assert "already-sent" in sent(entry(interview="an-older-name"))


def test_a_start_that_was_corrected_is_the_same_interview():
    assert "already-sent" in sent(entry(interview_key="2026-06-11T09:30/America/Detroit"))


def test_an_id_that_was_changed_is_known_by_its_address():
    assert "already-sent" in sent(entry(people=("willem",)))


def test_two_people_of_one_mailbox_are_two():
    people = (make_person(), make_person(id="nunez", name="Sofía Núñez"))
    composition = mail("Thank you for the tour.")

    found = judge(composition, interview={"people": people}, sent=(entry(people=("nunez",)),))

    assert "already-sent" not in rules(found)


def test_two_people_of_one_coordinator_are_two():
    via = Mailbox("Carmen Ruiz", "hr@ashbury.example")
    person = {"email": None, "via": via}

    assert "already-sent" not in sent(entry(people=("gone",), to=via), person=person, to=via)


def test_a_joint_note_stops_when_one_of_its_people_had_theirs():
    people = (make_person(id="nunez"), make_person())

    assert "already-sent" in sent(entry(), note={"people": people})


def test_more_than_one_recipient_stops_the_note():
    assert "already-sent" in sent(to=Mailbox("Both", "a@harborline.example, b@harborline.example"))


def test_a_note_nobody_can_receive_is_no_second_one():
    composition = mail(text=letter("Thank you for the tour."), to=None, person={"email": None})

    assert "already-sent" not in rules(judge(composition))
