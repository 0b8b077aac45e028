"""The worked interviews become the mails that were read and found good (golden files)."""

from __future__ import annotations

import re

import pytest

from mailer.composer import Templates
from mailer.composer.theme import plain
from mailer.composer.writing import Draft
from tests.unit.composer.scenario_notes import GOLDEN, LABELS, compose_note, find_note


@pytest.mark.parametrize("label", LABELS)
def test_a_scenario_has_the_text_of_its_golden_file(label):
    composition = compose_note(label)

    assert (GOLDEN / f"{label}.txt").read_text("utf-8") == f"Subject: {composition.subject}\n\n{composition.text}"


@pytest.mark.parametrize("label", LABELS)
def test_a_scenario_has_the_html_of_its_golden_file(label):
    assert (GOLDEN / f"{label}.html").read_text("utf-8") == compose_note(label).html


@pytest.mark.parametrize("label", LABELS)
def test_a_scenario_is_inlined_as_premailer_inlines_it(label):
    interview, note, me = find_note(label)
    composition = compose_note(label)

    nodes = Draft(interview, note, me, Templates()).nodes()

    assert plain(nodes, composition.subject, composition.language, Templates()) == composition.html


@pytest.mark.parametrize("label", ["04-software-engineer.wojcik", "09-sales-rep.achterberg"])
def test_a_note_built_from_slots_stays_under_150_words(label):
    words = re.sub(r"https://\S+", "", compose_note(label).text).split()

    assert len(words) < 150


@pytest.mark.parametrize("label", LABELS)
def test_the_word_gift_stands_in_no_mail(label):
    assert "gift" not in compose_note(label).text.lower()


def test_a_comment_reaches_neither_part():
    composition = compose_note("01-nurse.nguyen")

    assert "What did she show" not in composition.text + composition.html


def test_the_two_slot_notes_of_a_file_do_not_share_their_joints():
    one, other = compose_note("04-software-engineer.wojcik").text, compose_note("09-sales-rep.achterberg").text

    shared = set(re.split(r"(?<=[.!?])\s", one)) & set(re.split(r"(?<=[.!?])\s", other))

    assert shared == set()
