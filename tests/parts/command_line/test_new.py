"""`mailer new` writes a file that reads, and says of which of the given words one cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

WORDS = {"--company": "Acme", "--role": "Engineer", "--start": "2026-06-11 10:00"}
PERSON = ("Ada Lovelace", "Dear Ada,", "ada@acme.example", "The build takes an hour.")


def arguments(*people: tuple[str, str, str, str], **words: str) -> list[str]:
    """Return the words of a command that works, with these in their place."""
    options = WORDS | {f"--{name}": word for name, word in words.items()}
    named = [part for person in people or (PERSON,) for part in ("--person", *person)]
    return ["new", "acme.md", *(part for option in options.items() for part in option), *named]


def test_a_new_interview_reads(desk: Desk) -> None:
    made = desk.run(*arguments())

    assert made.status == 0, made.err
    assert desk.run("show", "acme.md").status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"start": "11/06/2026"},
            "start: “11/06/2026” is no date and time; write a date and time (`2026-12-01 09:00`)",
        ),
        ({"end": "noon"}, "end: “noon” is no date and time"),
        ({"end": "2026-06-11 09:00"}, "end: the end is not after the start"),
        ({"timezone": "Acme/Town"}, "timezone: “Acme/Town” is no time zone"),
        ({"company": "Ac\x07me"}, "company: found the character U+0007"),
    ],
)
def test_a_word_that_cannot_stand_is_named_by_its_option(words: dict[str, str], said: str, desk: Desk) -> None:
    made = desk.run(*arguments(**words))

    assert (made.status, made.err.startswith(f"mailer: {said}")) == (2, True), made.err
    assert not (desk.folder / "acme.md").exists()


def test_a_person_is_named_by_the_place_on_the_command_line(desk: Desk) -> None:
    made = desk.run(*arguments(PERSON, ("Bob Babbage", "Dear Bob,", "bob@", "")))

    assert made.status == 2
    assert made.err.startswith("mailer: person 2, email: found “bob@”")


def test_a_file_that_is_there_stays(desk: Desk) -> None:
    (desk.folder / "acme.md").write_text("mine")

    made = desk.run(*arguments())

    assert (made.status, "acme.md" in made.err) == (1, True)
    assert (desk.folder / "acme.md").read_text() == "mine"
