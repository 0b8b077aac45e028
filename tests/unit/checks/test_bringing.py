"""The thing a note brings: there, allowed, and free to be left."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mailer.model import Attachment, Contact, GiftItem, GiftKind, NoteKind, Sector
from tests.factories import make_gift, make_note, make_person
from tests.unit.checks.judging import bringing, judge, mail, noon, rules, said

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://castings-monthly.example/changeover-times"
PLACED = f"You said the die change is long. It may help you.\n\nSeventy minutes to nineteen\n{URL}"


def contact(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": "Ignacio Peña",
        "email": "ignacio.pena@lakeshore.example",
        "consent": date(2026, 6, 11),
    }
    return {"kind": GiftKind.CONTACT, "title": "Ignacio Peña", "url": "", "contact": Contact(**fields | changes)}


# --- gift-file-missing -----------------------------------------------------------------------------------------


def with_file(folder: Path, name: str):
    gift = {"kind": GiftKind.FILE, "file": name, "url": ""}
    return judge(bringing("Here it is.", gift=gift), interview={"path": folder / "harborline.md"})


def test_a_file_that_is_not_there_stops_the_note_and_says_so(tmp_path):
    finding = next(f for f in with_file(tmp_path, "files/chart-v2.pdf") if f.rule == "gift-file-missing")

    assert finding.message == f"There is no file “files/chart-v2.pdf” in {tmp_path}."
    assert finding.advice == "Put it there, or mend the name."


def test_a_small_file_below_the_folder_passes(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "chart.pdf").write_bytes(b"%PDF-1.4" + bytes(1500))

    assert "gift-file-missing" not in rules(with_file(tmp_path, "files/chart.pdf"))


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "files").mkdir()

    assert "gift-file-missing" in rules(with_file(tmp_path, "files"))


def test_a_file_outside_the_folder_stops_the_note(tmp_path):
    (tmp_path / "secret.pdf").write_bytes(b"x")
    (tmp_path / "notes").mkdir()

    assert "gift-file-missing" in rules(with_file(tmp_path / "notes", "../secret.pdf"))


# --- gift-not-placed -------------------------------------------------------------------------------------------


def test_a_recorded_gift_that_the_text_lacks_stops_the_note():
    assert "gift-not-placed" in rules(judge(bringing("Thank you for the tour.")))


@pytest.mark.parametrize(
    ("gift", "words"),
    [
        ({}, f"Here: {URL}"),
        ({"url": f"{URL}?utm_source=x"}, f"Here: {URL}"),
        (contact(), "Write to Ignacio.Pena@lakeshore.example, he said."),
        (contact(email="", phone="+1 313 555 0100"), "Ring +1 313 555 0100."),
        (
            {"kind": GiftKind.LIST, "url": "", "items": (GiftItem("Chez Odile"), GiftItem("Le Fil"))},
            "Chez Odile is near.",
        ),
        ({"kind": GiftKind.LIST, "url": "", "items": (GiftItem("A", url=URL), GiftItem("B"))}, f"- A: {URL}"),
        ({"kind": GiftKind.FILE, "url": "", "file": "files/chart.pdf"}, "chart.pdf is here."),
    ],
)
def test_a_gift_that_the_text_carries_by_hand_passes(gift, words):
    assert "gift-not-placed" not in rules(judge(bringing(words, gift=gift)))


def test_a_gift_that_was_placed_passes():
    assert "gift-not-placed" not in rules(judge(bringing(PLACED, gift_text=PLACED)))


def test_a_file_that_is_attached_passes():
    file = Attachment("chart.pdf", "application/pdf", 9)
    gift = {"kind": GiftKind.FILE, "url": "", "file": "files/chart.pdf"}

    assert "gift-not-placed" not in rules(judge(bringing("Here it is.", gift=gift, attachments=(file,))))


def test_a_contact_whose_card_is_attached_passes_by_name():
    card = Attachment("Ignacio Peña.vcf", "text/vcard", 9)

    assert "gift-not-placed" not in rules(
        judge(bringing("Ignacio Peña can help you.", gift=contact(), attachments=(card,)))
    )


def test_without_a_gift_nothing_is_missed():
    assert "gift-not-placed" not in rules(judge(mail("Thank you for the tour.")))


def test_a_joint_note_brings_the_gift_of_each():
    people = (make_person(gift=make_gift()), make_person(id="nunez", gift=make_gift(url="https://other.example/a")))
    composition = mail(f"Here: {URL}", note={"people": people, "gift": people[0].gift})

    assert "gift-not-placed" in rules(judge(composition))


# --- gift-tangible ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gift",
    [
        {"title": "A coffee voucher for the team"},
        {"title": "Gift card", "why": "It holds $20."},
        {"why": "Lunch is on me."},
        {"title": "Two tickets to the match"},
        {"title": "A box of chocolates for the ward"},
        {"why": "I would love to treat you to dinner."},
        {"title": "A table at Chez Odile", "why": "My treat."},
        {"title": "A £10 voucher"},
    ],
)
def test_a_thing_of_money_value_stops_the_note(gift):
    assert "gift-tangible" in rules(judge(bringing(PLACED, gift=gift)))


def test_money_value_in_the_paragraph_stops_the_note():
    words = f"I have put a coffee voucher inside.\n\nSeventy minutes to nineteen\n{URL}"

    assert "gift-tangible" in rules(judge(bringing(words, gift_text=words)))


@pytest.mark.parametrize(
    "gift",
    [
        {"title": "How Giftware Ltd halved its returns"},
        {"title": "The voucher desk you run, in figures"},
        {"title": "How a clinic dropped its ticket queue"},
        {"title": "Five quiet French restaurants in the South End"},
        {"title": "What a customer pays for a lunch menu"},
        {"title": "How voucher fraud was found"},
        {"why": "It treats the same steps."},
        {"title": "A deck of cards for design reviews"},
        {"title": "Coffee, and how it is roasted"},
    ],
)
def test_a_thing_to_know_passes(gift):
    assert "gift-tangible" not in rules(judge(bringing(PLACED, gift=gift)))


def test_their_own_vouchers_are_no_gift_of_money_value():
    person = {"heard": ("We lost a coffee voucher for every guest.",)}
    gift = {"title": "A coffee voucher for every guest: what it costs"}

    assert "gift-tangible" not in rules(judge(bringing(PLACED, gift=gift, person=person)))


# --- contact-without-consent -----------------------------------------------------------------------------------


def test_a_contact_without_a_date_of_consent_stops_the_note():
    assert "contact-without-consent" in rules(
        judge(bringing("Ask ignacio.pena@lakeshore.example.", gift=contact(consent=None)))
    )


def test_a_contact_who_agrees_after_the_sending_stops_the_note():
    composition = bringing("Ask ignacio.pena@lakeshore.example.", gift=contact(consent=date(2026, 6, 13)))

    assert "contact-without-consent" in rules(judge(composition, send_at=noon(day=12)))


def test_a_contact_who_agreed_on_the_day_itself_passes():
    composition = bringing("Ask ignacio.pena@lakeshore.example.", gift=contact(consent=date(2026, 6, 12)))

    assert "contact-without-consent" not in rules(judge(composition, send_at=noon(day=12)))


def test_a_contact_gift_without_its_contact_stops_the_note():
    assert "contact-without-consent" in rules(judge(bringing("Ask him.", gift=contact() | {"contact": None})))


# --- gift-use-unclear ------------------------------------------------------------------------------------------


def test_a_title_and_a_link_alone_are_asked_about():
    words = ("It was clear.", f"Seventy minutes to nineteen\n{URL}", "It was long.")

    assert "gift-use-unclear" in rules(judge(bringing(*words)))


@pytest.mark.parametrize(
    "words",
    [
        (f"The table could go into your letter.\n{URL}",),
        (f"Seventy minutes to nineteen\n{URL}", "The table could go into your letter."),
        ("The table could go into your letter:", f"Seventy minutes to nineteen\n{URL}"),
        ("You said it is long. It brought this to mind:", f"Seventy minutes to nineteen\n{URL}"),
    ],
)
def test_a_use_in_the_paragraph_or_beside_it_passes(words):
    assert "gift-use-unclear" not in rules(judge(bringing(*words)))


def test_in_another_language_no_english_you_is_missed():
    words = f"Das hilft.\n{URL}"

    assert "gift-use-unclear" not in rules(judge(bringing(words, language="de")))


# --- way-out-missing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        "No reply needed.",
        "Please ignore it if not of use.",
        "Use it, or leave it.",
        "It needs no answer.",
        "Never mind it.",
    ],
)
def test_a_sentence_that_lets_them_passes(way):
    assert "way-out-missing" not in rules(judge(bringing(f"It may help you.\n{URL}", way)))


def test_a_gift_without_a_way_out_is_asked_about():
    assert "way-out-missing" in rules(judge(bringing(f"It may help you.\n{URL}", "I am sure of it.")))


@pytest.mark.parametrize(
    "request_words",
    ["Tell me by Friday what you think of it.", "What do you think?", "Could you send me your thoughts?"],
)
def test_a_request_in_its_paragraph_is_asked_about_in_spite_of_a_way_out(request_words):
    assert "way-out-missing" in rules(judge(bringing(f"It may help you. {request_words}\n{URL}", "No reply needed.")))


def test_a_question_that_they_asked_is_no_request():
    person = {"heard": ("Could you send me the chart?",)}
    words = f"You said: “Could you send me the chart?” Here it is.\n{URL}"

    assert "way-out-missing" not in rules(judge(bringing(words, "No reply needed.", person=person)))


def test_a_title_that_asks_is_no_request():
    title = "What do you think of changeovers?"
    words = f"It may help you.\n{title}\n{URL}"

    assert "way-out-missing" not in rules(judge(bringing(words, "No reply needed.", gift={"title": title})))


def test_a_note_without_a_gift_needs_no_way_out():
    assert "way-out-missing" not in rules(judge(mail("Thank you for the tour.")))


# --- public-sector-gift ----------------------------------------------------------------------------------------


def in_public(gift):
    return rules(judge(bringing(PLACED, gift=gift), interview={"sector": Sector.PUBLIC}))


@pytest.mark.parametrize(
    "gift",
    [
        contact(),
        {"kind": GiftKind.FILE, "file": "a.pdf"},
        {"access": ""},
        {"access": "login"},
        {"access": "free for members"},
    ],
)
def test_what_is_not_said_to_be_free_and_public_is_asked_about(gift):
    assert "public-sector-gift" in in_public(gift)


@pytest.mark.parametrize("access", ["public document, free", "free PDF on the web", "open access", "no charge"])
def test_a_free_public_document_passes(access):
    assert "public-sector-gift" not in in_public({"access": access})


def test_a_private_firm_is_asked_nothing():
    assert "public-sector-gift" not in rules(judge(bringing(PLACED, gift={"access": ""})))


# --- gift-unread -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read_on", [None, date(2026, 7, 1)])
def test_an_article_nobody_opened_is_asked_about(read_on):
    assert "gift-unread" in rules(judge(bringing(PLACED, gift={"read_on": read_on})))


def test_an_article_that_was_read_passes():
    assert "gift-unread" not in rules(judge(bringing(PLACED)))


def test_a_contact_is_not_read():
    assert "gift-unread" not in rules(judge(bringing(PLACED, gift=contact() | {"read_on": None})))


# --- gift-details ----------------------------------------------------------------------------------------------


def test_a_bare_link_is_remarked_on_for_minutes_and_access():
    found = judge(bringing(PLACED, gift={"minutes": None, "access": ""}))

    assert [f.advice for f in found if f.rule == "gift-details"] == ["Add the minutes.", "Add the access."]


def test_minutes_and_access_in_the_text_pass():
    words = f"Seventy minutes to nineteen (6 minutes, no login)\n{URL}"

    assert "gift-details" not in rules(judge(bringing(words, gift={"minutes": None, "access": ""})))


def test_a_second_link_is_remarked_on():
    assert said("gift-details", judge(bringing(f"{PLACED} and https://b.example/c"))) == ["https://b.example/c"]


def test_links_of_a_list_pass():
    words = f"- A: {URL}\n- B\n  https://b.example/c"

    assert "gift-details" not in rules(judge(bringing(words)))


def test_a_later_note_brings_its_own_gift_only():
    later = make_note(kind=NoteKind.FOLLOW_UP, people=(make_person(gift=make_gift()),), gift=None)

    assert "gift-not-placed" not in rules(judge(mail("Thank you.", note=later._asdict())))
