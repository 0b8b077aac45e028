"""Notes stand in the order of the people in their file, wherever their sections are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

NUNEZ = """\
  - id: nunez
    name: Sofía Núñez
    greeting: Dear Ms. Núñez,
    email: s.nunez@harborline-castings.example
    thanks: the hour in the lab
"""


def test_a_note_built_of_answers_keeps_its_persons_place(desk: Desk) -> None:
    desk.edit("people:\n", f"people:\n{NUNEZ}")

    shown = desk.run("show", "harborline.md", "--json")

    assert [note["person"] for note in shown.json["notes"]] == ["nunez", "vanderberg"]
