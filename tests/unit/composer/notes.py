"""Compose a small note in one line, for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailer.composer import Templates, compose
from tests.factories import SENDER, make_gift, make_interview, make_note, make_person

if TYPE_CHECKING:
    from mailer.model import Composition, Interview

__all__ = ["compose_one", "compose_section", "compose_slots", "text_of"]


def compose_section(source: str, templates: Templates | None = None, **person: Any) -> Composition:
    """Compose a note to one person from its section."""
    one = make_person(**person)
    return compose_one(make_interview(note=make_note(people=(one,), source=source, gift=one.gift)), templates)


def compose_slots(templates: Templates | None = None, gift: Any = None, **note: Any) -> Composition:
    """Compose a note to one person from its slots."""
    one = make_person(gift=gift)
    return compose_one(make_interview(note=make_note(people=(one,), source=None, gift=gift, **note)), templates)


def compose_one(interview: Interview, templates: Templates | None = None) -> Composition:
    return compose(interview, interview.notes[0], SENDER, templates or Templates())


def text_of(source: str) -> str:
    """Return the text part of a section without its last line end."""
    return compose_section(source, gift=make_gift()).text.rstrip("\n")
