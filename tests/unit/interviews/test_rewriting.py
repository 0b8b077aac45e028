"""A change of one section touches its lines and nothing else, however the person wrote the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.errors import NoteError
from mailer.model import NoteKind
from tests.conftest import SCENARIOS
from tests.unit.interviews.files import PATH, one_person, two_people

FILES = sorted(SCENARIOS.glob("[0-9]*.md"))
THANKS, LATER = NoteKind.THANK_YOU, NoteKind.FOLLOW_UP
NUNEZ, BOTH = ("nunez",), ("nunez", "vanderberg")


def refused(text: str, source: str, ids: tuple[str, ...] = NUNEZ, kind: NoteKind = THANKS) -> NoteError:
    with pytest.raises(NoteError) as caught:
        interviews.rewrite(text, ids, kind, source)
    return caught.value


def body_of(text: str) -> str:
    return text.partition("\n---\n")[2]


# --- what stays -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_giving_every_section_as_it_is_gives_the_same_text(path: Path) -> None:
    text = interviews.read_text(path)

    for note in interviews.read(path).notes:
        ids = [person.id for person in note.people]
        source = interviews.section_source(text, ids, note.kind)
        assert interviews.rewrite(text, ids, note.kind, source or "") == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_section_can_be_changed_alone_and_back(path: Path) -> None:
    text = interviews.read_text(path)

    for note in interviews.read(path).notes:
        ids = [person.id for person in note.people]
        source = interviews.section_source(text, ids, note.kind)
        if source is not None:
            changed = interviews.rewrite(text, ids, note.kind, "Dear you,\n\nThanks.\n")
            assert changed == text.replace(source, "Dear you,\n\nThanks.\n")
            assert interviews.rewrite(changed, ids, note.kind, source) == text


def test_windows_line_ends_and_the_byte_order_mark_stay() -> None:
    text = "\ufeff" + two_people("\n## nunez\n\nHi Sofía,\n\n\n## vanderberg\nDear Willem,").replace("\n", "\r\n")

    changed = interviews.rewrite(text, NUNEZ, THANKS, "Hello,\n\nThanks.\n")

    assert changed == text.replace("Hi Sofía,", "Hello,\r\n\r\nThanks.")


def test_a_form_may_give_windows_line_ends() -> None:
    text = two_people("## nunez\nDear Sofía,\n")

    assert body_of(interviews.rewrite(text, NUNEZ, THANKS, "Hello,\r\n\r\nThanks.")) == "## nunez\nHello,\n\nThanks.\n"


def test_the_blank_lines_around_a_section_stay() -> None:
    text = two_people("\n\n## nunez  ##\n\n\nHi Sofía,\n\n\n\n## vanderberg\nDear Willem,\n")

    assert interviews.rewrite(text, NUNEZ, THANKS, "\n\nHello,\n\n") == text.replace("Hi Sofía,", "Hello,")


def test_comments_of_other_sections_and_above_all_of_them_stay() -> None:
    text = two_people("<!-- mine -->\n## nunez\na\n## vanderberg\n<!-- ask -->\nb\n")

    assert interviews.rewrite(text, NUNEZ, THANKS, "c") == text.replace("a\n##", "c\n##")


def test_a_section_of_the_same_person_for_another_kind_stays() -> None:
    text = two_people("## nunez\na\n\n## nunez (follow-up)\nb\n")

    assert interviews.rewrite(text, NUNEZ, LATER, "c") == text.replace("b\n", "c\n")


def test_a_joint_section_is_found_in_any_order() -> None:
    text = two_people("## nunez, vanderberg\na\n")

    assert interviews.rewrite(text, BOTH[::-1], THANKS, "c") == text.replace("a\n", "c\n")


# --- sections that come and go ----------------------------------------------------------------------------------


def test_a_section_that_is_not_there_goes_below_a_heading_at_the_end() -> None:
    text = two_people("\n## nunez\n\na\n")

    changed = interviews.rewrite(text, ("vanderberg",), LATER, "b")

    assert changed == text + "\n## vanderberg (follow-up)\n\nb\n"


@pytest.mark.parametrize("body", ["", "\n", "\n## nunez\na", "## nunez\na\n\n"])
def test_a_new_section_stands_apart_however_the_file_ends(body: str) -> None:
    text = two_people(body)

    changed = interviews.rewrite(text, ("vanderberg",), THANKS, "b")

    assert changed.startswith(text)
    assert changed.endswith("\n\n## vanderberg\n\nb\n")
    assert "\n\n\n" not in changed


def test_a_file_that_ends_with_its_front_matter_can_get_a_section() -> None:
    text = one_person().removesuffix("\n")

    assert interviews.rewrite(text, NUNEZ, THANKS, "a") == text + "\n\n## nunez\n\na\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## nunez", "## nunez\n\nc\n"),
        ("## nunez\n", "## nunez\n\nc\n"),
        ("## nunez\n## vanderberg\nb\n", "## nunez\n\nc\n\n## vanderberg\nb\n"),
        ("## nunez\n\n## vanderberg\nb\n", "## nunez\n\nc\n\n## vanderberg\nb\n"),
    ],
)
def test_a_heading_without_text_is_filled_below(before: str, after: str) -> None:
    assert body_of(interviews.rewrite(two_people(before), NUNEZ, THANKS, "c")) == after


def test_an_empty_source_removes_the_section_with_its_heading() -> None:
    text = two_people("\n## nunez\n\na\n\n## vanderberg\n\nb\n")

    assert body_of(interviews.rewrite(text, NUNEZ, THANKS, " \n")) == "\n## vanderberg\n\nb\n"


def test_removing_what_is_not_there_changes_nothing() -> None:
    text = two_people("\n## nunez\n\na\n")

    assert interviews.rewrite(text, NUNEZ, LATER, "") == text


def test_a_section_that_comes_and_goes_again_and_again_leaves_no_heap_of_blank_lines() -> None:
    text = two_people("\n## nunez\n\na\n")
    once = interviews.rewrite(interviews.rewrite(text, NUNEZ, LATER, "b"), NUNEZ, LATER, "")

    assert interviews.rewrite(interviews.rewrite(once, NUNEZ, LATER, "b"), NUNEZ, LATER, "") == once


def test_the_body_of_a_file_with_one_person_is_the_section() -> None:
    text = one_person(body="\nDear Sofía,\n\nThanks.\n\n")

    assert interviews.section_source(text, NUNEZ, THANKS) == "Dear Sofía,\n\nThanks.\n"
    assert body_of(interviews.rewrite(text, NUNEZ, THANKS, "Hello.")) == "\nHello.\n\n"
    assert body_of(interviews.rewrite(text, NUNEZ, THANKS, "")) == "\n\n"


def test_a_later_note_leaves_a_body_without_a_heading_alone() -> None:
    text = one_person(body="Dear Sofía,\n")

    assert body_of(interviews.rewrite(text, NUNEZ, LATER, "b")) == "Dear Sofía,\n\n## nunez (follow-up)\n\nb\n"


def test_a_note_without_a_heading_can_be_given_one() -> None:
    text = one_person(body="\nDear Sofía,\n\n## nunez (follow-up)\nb\n")

    headed = interviews.with_heading(text)

    assert body_of(headed) == "\n## nunez\n\nDear Sofía,\n\n## nunez (follow-up)\nb\n"
    assert interviews.with_heading(headed) == headed


# --- the section as it stands -----------------------------------------------------------------------------------


def test_a_section_comes_with_its_comments() -> None:
    text = two_people("## nunez\r\n<!-- ask -->\r\n{{ greeting }}\r\n")

    assert interviews.section_source(text, NUNEZ, THANKS) == "<!-- ask -->\n{{ greeting }}\n"


def test_a_section_that_is_not_there_is_none_and_an_empty_one_is_empty() -> None:
    text = two_people("## nunez\n")

    assert interviews.section_source(text, NUNEZ, THANKS) == ""
    assert interviews.section_source(text, ("vanderberg",), THANKS) is None
    assert interviews.section_source(text, BOTH, THANKS) is None


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a\n## vanderberg\nb", "line 2 of the text: “## vanderberg” would begin a section of its own"),
        ("##\n", "line 1 of the text: “## ” would begin"),
        ("a\n<!-- b\n", "line 2 of the text: the comment (<!--) that begins here is not closed"),
        ("```\na\n", "line 1 of the text: the code block (```) that begins here is not closed"),
        ("a\n\x1b[0m", "line 2 of the text: the character U+001B cannot be in a mail"),
        ("a\ud800", "line 1 of the text: the character U+D800"),
        ("a\rb", "line 1 of the text: the character U+000D"),
    ],
)
def test_a_source_that_would_be_more_than_a_section_is_refused(source: str, words: str) -> None:
    error = refused(two_people("## nunez\na\n"), source)

    assert words in error.problem
    assert error.path == Path("interview.md")


@pytest.mark.parametrize(
    "source", ["### Thanks\n", "`## vanderberg`\n", "```\n## vanderberg\n```\n", "<!--\n## x\n-->\n"]
)
def test_marks_that_begin_no_section_stay(source: str) -> None:
    text = two_people("## nunez\na\n\n## vanderberg\nb\n")

    assert interviews.section_source(interviews.rewrite(text, NUNEZ, THANKS, source), NUNEZ, THANKS) == source


@pytest.mark.parametrize("ids", [(), ("nobody",), ("nunez", "nunez"), ("nunez (follow-up)",)])
def test_a_note_to_nobody_of_the_file_is_refused(ids: tuple[str, ...]) -> None:
    assert "ids here: nunez, vanderberg" in refused(two_people(), "a", ids).problem


def test_a_second_note_of_a_kind_to_one_person_is_refused() -> None:
    assert "keep one of the two" in refused(two_people("## nunez, vanderberg\na\n"), "b").problem


def test_a_change_that_would_leave_a_comment_of_the_heading_open_is_refused() -> None:
    text = two_people("## nunez <!-- ask her\n-->\na\n")

    assert "is not closed" in refused(text, "b").problem


@pytest.mark.parametrize("text", ["", "---\n---\n", two_people("## nobody\na\n")])
def test_a_text_that_is_no_interview_file_is_refused(text: str) -> None:
    assert refused(text, "a")


def test_a_text_that_grows_beyond_the_limit_is_refused() -> None:
    assert "larger than" in refused(two_people(), "a" * 1024 * 1024).problem


def test_the_path_is_that_of_the_caller() -> None:
    with pytest.raises(NoteError, match=r"^harborline\.md: "):
        interviews.rewrite(one_person(), NUNEZ, THANKS, "## x", path=PATH)


# --- properties -------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["## nunez", "## vanderberg", "##", "<!--", "-->", "```", "~~~", "a", "", " ", "---", "{{", "\r"]
)
SOURCES = st.lists(PIECES | st.text(max_size=8), max_size=6).map("\n".join)


@settings(max_examples=100, deadline=None)
@given(SOURCES, SOURCES, SOURCES, st.sampled_from([(NUNEZ, THANKS), (BOTH, THANKS), (NUNEZ, LATER)]), st.booleans())
def test_any_source_reads_back_alone_or_is_refused(
    first: str, second: str, source: str, of: tuple[tuple[str, ...], NoteKind], is_windows: bool
) -> None:
    text = two_people(f"## nunez\n{first}\n## vanderberg (follow-up)\n{second}\n")
    text = text.replace("\r\n", "\n").replace("\n", "\r\n") if is_windows else text
    try:
        changed = interviews.rewrite(text, *of, source)
    except NoteError:
        return

    kept = interviews.section_source(changed, *of)
    assert (kept or "").strip() == source.replace("\r\n", "\n").strip()
    assert interviews.rewrite(changed, *of, source) == changed
    for other in ((NUNEZ, THANKS), (("vanderberg",), LATER)):
        if other != of:
            assert interviews.section_source(changed, *other) == interviews.section_source(text, *other)
    assert changed.startswith(text.partition("## ")[0])
