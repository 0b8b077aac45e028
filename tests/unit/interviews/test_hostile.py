"""Whatever bytes a file holds, reading it gives an interview or a NoteError, and soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.errors import NoteError
from tests.conftest import SCENARIOS
from tests.unit.interviews.files import PATH, TOP, fault, one_person

if TYPE_CHECKING:
    import random

FILES = [path.read_bytes() for path in sorted(SCENARIOS.glob("[0-9]*.md"))]
#: Pieces that mean something to YAML, to Markdown or to the reader.
PIECES = (
    "\n", "\r\n", "\r", " ", "  ", "\t", ":", ": ", "-", "- ", "---\n", "...\n", "?", "? ", "#", "##", "## ", "[", "]", "{", "}",
    ",", "&a ", "*a", "!x ", "!!python/object:os.system ", "%YAML 1.1\n", "<<: ", "|", "|9\n", ">-\n", "'", '"', "\\", '"\\x00"',
    '"\\ud800"', '"\\U00110000"', "\x00", "\x85", "\u2028", "\ufeff", "\ufffe", "<!--", "-->", "```\n", "~~~", "null", "~", "yes",
    "company", "people", "gift", "kind", "items", "start", "2026-13-45 99:99", "0001-01-01 00:00", "9999-12-31 23:59", "Europe/",
    "(follow-up)", "id: a", "name", "\N{PILE OF POO}", "é",
)  # fmt: skip


def survives(content: bytes) -> bool:
    try:
        interviews.parse(content, PATH)
    except NoteError as error:
        return bool(str(error))
    return True


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_an_interview_or_a_note_error(content: bytes) -> None:
    assert survives(content)


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=100))
def test_any_front_matter_gives_an_interview_or_a_note_error(front: str, body: str) -> None:
    assert survives(f"---\n{front}\n---\n{body}".encode(errors="surrogatepass"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_heap_of_yaml_marks_gives_an_interview_or_a_note_error(pieces: list[str]) -> None:
    assert survives(f"---\n{''.join(pieces)}\n---\n## a\n".encode())


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_value_gives_an_interview_or_a_note_error(pieces: list[str]) -> None:
    assert survives(one_person(f"heard: {''.join(pieces)}").encode())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_a_damaged_interview_gives_an_interview_or_a_note_error(content: bytes, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(content))
        cut = chance.choice((0, 0, 1, 1, 5, 40))
        piece = chance.choice((*PIECES, chance.randbytes(1).decode("latin-1"))).encode()
        content = content[:at] + piece + content[at + cut :]

    assert survives(content)


def test_an_alias_is_refused_with_its_line() -> None:
    error = fault(f"---\n{TOP}locale: *a\npeople: []\n---\n")

    assert (error.line, "alias" in error.problem) == (6, True)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))

    assert "anchor" in fault(f"---\n{bomb}---\n").problem


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [x]", "!x y", "!!str 8", "!<tag:yaml.org,2002:str> y", "! y"]
)
def test_a_tag_is_refused_and_never_resolved(tag: str) -> None:
    error = fault(f"---\ncompany: {tag}\n---\n")

    assert error.line == 2
    assert "tag" in error.problem


@pytest.mark.parametrize("mark", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_is_refused_whatever_it_is_made_of(mark: str) -> None:
    problem = fault(f"---\ncompany:\n {mark * 100_000}\n---\n").problem

    assert "levels deep" in problem or "not YAML" in problem


def test_too_many_values_are_refused() -> None:
    assert "more than 20,000 values" in fault("---\n" + "a: b\n" * 30_000 + "---\n").problem


def test_a_second_document_is_refused() -> None:
    assert "second YAML document" in fault("---\ncompany: a\n...\nrole: b\n---\n").problem


def test_a_document_mark_with_content_is_refused() -> None:
    assert "second YAML document" in fault("---\n--- {company: a}\n---\n").problem


def test_a_file_of_more_than_a_mebibyte_is_refused_before_it_is_looked_at() -> None:
    assert "larger than 1,048,576 bytes" in fault(b"\xff" * (1024 * 1024 + 1)).problem


def test_a_file_of_just_a_mebibyte_reads() -> None:
    text = one_person(body="Dear Sofía,\n")
    room = 1024 * 1024 - len(text.encode())

    interview = interviews.parse((text + "x" * room).encode(), PATH)

    assert len(interview.notes[0].source or "") > room


def test_an_escape_beyond_unicode_is_refused() -> None:
    assert "out of range" in fault('---\ncompany: "\\U00110000"\n---\n').problem


@pytest.mark.parametrize("escape", ["\\x00", "\\x1b", "\\x85", "\\ud800", "\\u2028", "\\r"])
def test_an_escaped_control_character_is_refused_with_its_key(escape: str) -> None:
    error = fault(one_person(f'role: "a{escape}b"'))

    assert error.key == "people[0].role"
    assert "cannot be in a mail" in error.problem


def test_an_error_shows_no_character_that_a_terminal_acts_on() -> None:
    assert str(fault('---\n"\\x1b[31m": 1\n---\n')).isprintable()
