"""How a text is taken apart, and how far two words are from each other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.checks.letter import read_letter
from mailer.checks.words import (
    count_words,
    cut_links,
    fold,
    is_within,
    links,
    proper_words,
    sentences,
    stems,
    straighten,
    words,
)

WORD = st.text(alphabet="abcé", max_size=7)


def distance(a, b):
    """Return the optimal string alignment distance by its table: the oracle."""
    rows = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(WORD, WORD, st.integers(0, 2))
def test_nearness_agrees_with_the_table_of_distances(a, b, limit):
    assert is_within(a, b, limit) == (distance(a, b) <= limit)


@given(WORD, WORD, st.integers(0, 2))
def test_nearness_does_not_depend_on_the_order(a, b, limit):
    assert is_within(a, b, limit) == is_within(b, a, limit)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Núñez", "nunez"), ("Groß", "gross"), ("Łukasz", "lukasz"), ("Nguyễn", "nguyen"), ("Zoë", "zoe")],
)
def test_a_name_folds_to_its_bare_letters(name, plain):
    assert fold(name) == plain


@given(st.text())
def test_straightening_twice_changes_nothing_more(text):
    assert straighten(straighten(text)) == straighten(text)


@given(st.text())
def test_both_normal_forms_straighten_alike(text):
    assert straighten(unicodedata.normalize("NFD", text)) == straighten(unicodedata.normalize("NFC", text))


def test_stems_join_the_forms_of_a_word():
    assert stems("We train the leads.") & stems("Training for your lead") == {"train"}


def test_links_and_addresses_are_no_content_words():
    assert stems("https://train.example/training and ana@train.example") == frozenset()


def test_words_keep_apostrophes_and_part_hyphens():
    assert words("O'Brien's Okonjo-Bassey, 4 West") == ["O'Brien's", "Okonjo", "Bassey", "West"]


@pytest.mark.parametrize(
    ("text", "count"),
    [("One two.", 2), ("- one — two", 2), ("See https://a.example/b c@d.example now", 2), ("", 0), ("ありがとう", 3)],
)
def test_words_are_counted_as_a_reader_does(text, count):
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Smith came. He saw.", 2),
        ("A.J. Petrov asked. It is done!", 2),
        ("At 10.30 it was 5.1 per cent.", 1),
        ("“Is it?” she said. No.", 3),
        ("One line\nanother line", 2),
        ("First: second", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_pauses(text, count):
    assert len(sentences(text)) == count


@given(st.text(alphabet="ab .!?:\"'\n)", max_size=60))
def test_sentences_lose_no_letter(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See (https://a.example/b_(c)), now.", ["https://a.example/b_(c)"]),
        ("<https://a.example/b>;", ["https://a.example/b"]),
        ("“https://a.example/b”!", ["https://a.example/b"]),
        ("see:https://a.example", ["https://a.example"]),
        ("no link ://", []),
    ],
)
def test_links_are_taken_without_what_surrounds_them(text, found):
    assert links(text) == found


def test_the_stop_after_a_link_ends_its_sentence():
    assert cut_links("See https://a.example/b. Then go.") == "See . Then go."


@given(st.text(max_size=80))
def test_no_link_is_left_after_cutting(text):
    assert "://" not in cut_links(text)


def test_a_capital_word_knows_its_place():
    found = {p.word: p for p in proper_words("Thank you, Priya Raman. Line 3 and Mr. Lee's plan")}

    assert (found["Thank"].is_first, found["Line"].is_first, found["Lee"].is_first) == (True, True, False)
    assert (found["Priya"].before, found["Priya"].after, found["Raman"].after) == ("", "Raman", "")
    assert found["Lee"].before == "Mr"


def read(text, *, is_passed_on=False):
    return read_letter(text, greetings=["Dear Ana,"], sender="Bo Ek", is_passed_on=is_passed_on)


@pytest.mark.parametrize(
    ("text", "greeting", "body", "closing"),
    [
        ("Dear Ana,\n\nOne.\n\nTwo.\n\nYours,\nBo Ek", "Dear Ana,", ("One.", "Two."), ("Yours,\nBo Ek",)),
        ("Dear Ana,\nOne.\n\nBo", "Dear Ana,", ("One.",), ("Bo",)),
        ("Dear Ana, one more.\n\nBo", "Dear Ana, one more.", ("one more.",), ("Bo",)),
        ("Hello there!\n\nOne.\n\nYours,\n\nBo Ek", "Hello there!", ("One.",), ("Yours,", "Bo Ek")),
        ("One.\n\nTwo.", "One.", ("One.", "Two."), ()),
        ("Dear Ana,\n\nOne.\n\nThank you again.", "Dear Ana,", ("One.", "Thank you again."), ()),
        ("Dear Ana,\n\nOne.\n\nBo Ek\n\nP.S. Two.", "Dear Ana,", ("One.", "P.S. Two."), ("Bo Ek",)),
        ("", "", (), ()),
    ],
)
def test_a_letter_is_parted_as_the_eye_does(text, greeting, body, closing):
    found = read(text)

    assert (found.greeting, found.body, found.closing) == (greeting, body, closing)


@given(st.text(alphabet="ab,.\n -", max_size=60))
def test_any_text_is_parted(text):
    found = read(text, is_passed_on=True)

    assert "".join("".join(found.body + found.closing).split()) in "".join(text.split())
