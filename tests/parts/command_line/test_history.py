"""A note is compared with earlier ones, and a question that a person answered stays answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.parts.command_line.conftest import INTERVIEW

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk


def rules(desk: Desk, *options: str) -> list[str]:
    """Return the rules that have something to say of the desk's note."""
    return [f["rule"] for f in desk.run("check", "harborline.md", *options, "--json").json["findings"]]


# --- earlier interviews ------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """Give the desk a folder with an earlier interview, and a note in which that firm's name was left."""
    folder = desk.folder / "interviews"
    folder.mkdir()
    (folder / "vossberg.md").write_text(INTERVIEW.replace("Harborline Castings", "Vossberg GmbH"), encoding="utf-8")
    desk.environment["MAILER_INTERVIEWS"] = str(folder)
    desk.edit("the operators on line 3 by myself", "the operators of Vossberg by myself")
    return desk


def test_the_firm_of_an_earlier_interview_is_found_in_a_note(shelf: Desk) -> None:
    assert "wrong-company" in rules(shelf)


def test_without_the_folder_of_interviews_no_earlier_firm_is_known(shelf: Desk) -> None:
    del shelf.environment["MAILER_INTERVIEWS"]

    assert "wrong-company" not in rules(shelf)


def test_a_file_that_does_not_read_keeps_no_other_from_being_compared(shelf: Desk) -> None:
    for name in ("a-broken.md", "z-broken.md"):
        (shelf.folder / "interviews" / name).write_bytes(b"---\ncompany: [\n---\n\xff")

    found = rules(shelf)

    assert "wrong-company" in found
    assert "file-invalid" not in found


def test_a_note_is_no_earlier_one_of_its_own(shelf: Desk) -> None:
    shelf.edit("company: Harborline Castings", "company: Vossberg GmbH")
    (shelf.folder / "interviews" / "same.md").symlink_to(shelf.file)

    assert "wrong-company" not in rules(shelf)


# --- answers -----------------------------------------------------------------------------------------------------------

AS_OF = ("--as-of", "2026-06-15 09:00")


@pytest.fixture
def doubtful(desk: Desk) -> Desk:
    """Give the desk a note that says “yesterday” of Thursday and is looked at on Monday."""
    desk.edit("Thank you for the plant tour,", "Thank you for the plant tour yesterday,")
    return desk


def test_a_question_is_open_until_it_is_answered(doubtful: Desk) -> None:
    before = rules(doubtful, *AS_OF)
    answered = rules(doubtful, *AS_OF, "--answer", "day-word-wrong")

    assert ("day-word-wrong" in before, "day-word-wrong" in answered) == (True, False)
    assert "day-word-wrong" not in rules(doubtful, *AS_OF)


def test_an_answer_holds_only_for_what_was_asked(doubtful: Desk) -> None:
    rules(doubtful, *AS_OF, "--answer", "day-word-wrong")

    assert "day-word-wrong" in rules(doubtful, "--as-of", "2026-06-16 09:00")


def test_an_answer_to_nothing_names_the_questions_that_are_open(doubtful: Desk) -> None:
    answered = doubtful.run("check", "harborline.md", *AS_OF, "--answer", "wrong-name")

    assert answered.status == 2
    assert answered.err == "mailer: no question of the rule “wrong-name” is open here (open: day-word-wrong)\n"


def test_an_answer_where_nothing_was_asked_says_so(desk: Desk) -> None:
    answered = desk.run("check", "harborline.md", *AS_OF, "--answer", "day-word-wrong")

    assert (answered.status, "no question is open" in answered.err) == (2, True)


def test_looking_at_a_note_stores_nothing(doubtful: Desk) -> None:
    rules(doubtful, *AS_OF)

    assert not (doubtful.home / "mailer.db").exists()


# --- people and kinds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "nobody"), "nobody here is called “nobody”; the people are: vanderberg"),
        (("--kind", "follow-up"), "no follow-up to vanderberg is written here; its section begins with “## ID"),
    ],
)
def test_a_note_that_is_not_there_is_named(options: tuple[str, str], said: str, desk: Desk) -> None:
    shown = desk.run("show", "harborline.md", *options)

    assert (shown.status, said in shown.err) == (2, True), shown.err


def test_a_note_to_nobody_can_be_looked_at_and_not_sent(desk: Desk) -> None:
    desk.edit("    email: w.vanderberg@harborline-castings.example\n", "")

    shown, sent = desk.run("show", "harborline.md"), desk.send()

    assert shown.status == 0
    assert (sent.status, "has no address" in sent.out + sent.err) == (1, True), sent.out + sent.err


def test_one_fingerprint_stands_for_one_note(desk: Desk) -> None:
    two = "people:\n  - id: nunez\n    name: Sofía Núñez\n    greeting: Dear Ms. Núñez,\n    email: n@x.example\n"
    desk.edit("people:\n", f"{two}    thanks: the hour in the lab\n")

    sent = desk.send("--expect", "0123456789")

    assert (sent.status, "choose one with --to" in sent.err) == (2, True), sent.out + sent.err
