"""The gift paragraph of each kind, joined from the record's words alone."""

from __future__ import annotations

import pytest

from mailer.model import Contact, GiftItem, GiftKind, Slots
from tests.factories import make_gift, make_interview, make_note, make_person
from tests.unit.composer.notes import compose_one, compose_section

NO_SLOTS = Slots()
MOMENT = Slots(moment="that head office wants to know what the training will give back")


def placed(
    *, heard: tuple[str, ...] = ("We lose ten minutes a night.",), slots: Slots = NO_SLOTS, **gift: object
) -> str:
    recorded = make_gift(**gift)
    person = make_person(gift=recorded, heard=heard)
    note = make_note(people=(person,), source="{{ gift }}", gift=recorded, slots=slots)
    return compose_one(make_interview(note=note)).gift_text.rstrip("\n")


def test_an_article_is_named_with_a_bare_link_on_its_own_line():
    assert placed(why="The table could go straight into a letter.") == (
        "You said: “We lose ten minutes a night.” It brought the article below to mind."
        " The table could go straight into a letter.\n"
        "\n"
        "Seventy minutes to nineteen (8 minutes, free, no login)\n"
        "https://castings-monthly.example/changeover-times"
    )


def test_the_moment_stands_for_the_quotation():
    assert placed(slots=MOMENT).startswith(
        "You mentioned that head office wants to know what the training will give back. It brought"
    )


def test_without_a_remark_nothing_is_said_to_have_been_said():
    assert placed(heard=(), why="").splitlines()[0] == "The article below may be of use to you."


@pytest.mark.parametrize(
    ("heard", "quotation"),
    [
        (("Is it so?",), "“Is it so?” It"),
        (("no full stop",), "“no full stop”. It"),
        (("He said “no.”",), "“He said “no.”” It"),
        (("One.", "Two.", "Three."), "“One. … Two.” It"),
        (("over\ntwo  lines.",), "“over two lines.” It"),
    ],
)
def test_a_remark_is_quoted_word_for_word(heard, quotation):
    assert f"You said: {quotation} brought" in placed(heard=heard)


@pytest.mark.parametrize(
    ("minutes", "access", "line"),
    [(1, "", "T (1 minute)"), (None, "free", "T (free)"), (None, "", "T"), (0, "free", "T (0 minutes, free)")],
)
def test_minutes_and_access_stand_behind_the_title(minutes, access, line):
    assert line in placed(title="T", minutes=minutes, access=access).splitlines()


def test_a_list_has_its_items_with_their_notes_and_links():
    items = (
        GiftItem("One"),
        GiftItem("Two", "https://a.example/2"),
        GiftItem("Three", "https://a.example/3", "nearest"),
    )

    assert placed(kind=GiftKind.LIST, title="Ways", why="", minutes=3, access="", url="", items=items) == (
        "You said: “We lose ten minutes a night.” It brought the list below to mind.\n"
        "\n"
        "Ways (3 minutes):\n"
        "\n"
        "- One\n"
        "- Two\n  https://a.example/2\n"
        "- Three (nearest)\n  https://a.example/3"
    )


def test_a_contact_is_named_with_address_and_telephone():
    contact = Contact("Ignacio Peña", "ignacio@a.example", "+1 555 0100")

    assert placed(
        kind=GiftKind.CONTACT,
        title="Ignacio Peña, document control",
        why="He had it too.",
        minutes=None,
        access="",
        contact=contact,
    ) == (
        "You said: “We lose ten minutes a night.” It brought somebody to mind: Ignacio Peña, document control."
        " He had it too.\n"
        "\n"
        "Ignacio Peña\nignacio@a.example\n+1 555 0100"
    )


def test_a_contact_without_a_mail_address_has_no_gap():
    contact = Contact("Ana", phone="555")

    assert placed(kind=GiftKind.CONTACT, title="Ana", minutes=None, access="", contact=contact).endswith("\nAna\n555")


def test_an_attached_card_is_mentioned():
    text = placed(kind=GiftKind.CONTACT, title="Ana", contact=Contact("Ana", "a@a.example"), vcard=True)

    assert text.endswith("\n\nThe address card is attached.")


def test_a_file_is_named():
    assert placed(kind=GiftKind.FILE, title="The chart", why="", minutes=2, access="", file="files/chart.pdf") == (
        "You said: “We lose ten minutes a night.” The file I have attached may be of use there.\n"
        "\n"
        "The chart (2 minutes)\nAttached: chart.pdf"
    )


def test_marks_in_a_title_stay():
    assert "*A* [b](c) 1_2_3 <x> & y (8" in placed(title="*A* [b](c) 1_2_3 <x> & y")


def test_a_joint_note_places_the_one_recorded_gift():
    gift = make_gift()
    people = (make_person(id="a", email=None), make_person(id="b", gift=gift, heard=("B said it.",)))
    note = make_note(people=people, source="{{ gift }}")

    assert "“B said it.”" in compose_one(make_interview(note=note)).gift_text


def test_the_people_of_a_file_get_different_joints():
    people = [make_person(id=f"p{at}", gift=make_gift()) for at in range(3)]
    texts = []
    for person in people:
        note = make_note(people=(person,), source="{{ gift }}", gift=person.gift)
        texts.append(compose_one(make_interview(note=note, people=tuple(people))).text)

    assert len(set(texts)) == 3


def test_a_gift_that_is_not_placed_has_no_text():
    assert compose_section("Hello", gift=make_gift()).gift_text == ""


def test_a_gift_placed_twice_is_told_once():
    once = compose_section("{{ gift }}", gift=make_gift()).gift_text

    assert compose_section("{{ gift }}\n\n{{ gift }}", gift=make_gift()).gift_text == once
