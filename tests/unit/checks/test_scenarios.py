"""Good notes by strangers pass: the worked interviews through the real reader and composer."""

from __future__ import annotations

import pytest

from mailer.model import Level
from tests.unit.checks.worked import FILES, STRANGERS, findings


def spoken(name, level):
    return [(f.rule, f.person) for f in findings(name) if f.level is level]


@pytest.mark.parametrize("name", [*FILES, *STRANGERS])
def test_no_worked_note_is_stopped(name):
    assert spoken(name, Level.BLOCK) == []


@pytest.mark.parametrize("name", [name for name in FILES if name != "02-teacher.md"])
def test_no_other_worked_note_is_asked_about(name):
    assert spoken(name, Level.QUESTION) == []


def test_a_contact_for_a_public_school_is_the_one_question():
    assert spoken("02-teacher.md", Level.QUESTION) == [("public-sector-gift", "whitcombe")]


def test_notes_that_wait_for_monday_are_remarked_as_late():
    assert spoken("10-designer.md", Level.HINT) == [("send-late", "sato"), ("send-late", "kim")]


@pytest.mark.parametrize("name", [name for name in FILES if name != "10-designer.md"])
def test_hints_on_worked_notes_are_rare(name):
    assert len(spoken(name, Level.HINT)) <= 1


@pytest.mark.parametrize("name", FILES)
def test_every_finding_on_a_worked_note_points_into_its_file(name):
    assert all(f.line > 0 and f.file.endswith(name) for f in findings(name))


@pytest.mark.parametrize("name", [name for name in STRANGERS if name != "store-leader.md"])
def test_a_good_note_is_asked_nothing(name):
    assert spoken(name, Level.QUESTION) == []


def test_a_short_note_that_lacks_their_words_is_asked_for_them():
    assert spoken("store-leader.md", Level.QUESTION) == [("moment-not-found", "grant")]
