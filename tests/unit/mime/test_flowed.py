"""Text is wrapped for old readers, and a reader that unflows gets it back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mime import flow

URL = "https://castings-monthly.example/" + "changeover-times/" * 8


def unflow(flowed: str) -> str:
    """Read format=flowed as RFC 3676 4.1 to 4.5 says, independently of the writer."""
    paragraphs: list[tuple[int, str]] = []
    is_open = False
    for line in flowed.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_soft = content.endswith(" ") and content != "-- "
        if is_open and depth == paragraphs[-1][0] and content != "-- ":
            paragraphs[-1] = (depth, paragraphs[-1][1] + content)
        else:
            paragraphs.append((depth, content))
        is_open = is_soft
    return "\n".join(">" * depth + (" " if depth and text else "") + text for depth, text in paragraphs)


def trimmed(text: str) -> str:
    """Drop the spaces at the ends of lines, which format=flowed cannot hold, but for the signature separator."""

    def line(logical: str) -> str:
        marks = logical[: len(logical) - len(logical.lstrip(">"))]
        is_separator = logical in {"-- ", f"{marks} -- "}
        return logical if is_separator else logical.rstrip(" ")

    return "\n".join(map(line, text.split("\n")))


words = st.sampled_from(
    ["a", "--", ">", ">>", "From", "-", "*", "tour", URL, "x" * 80, "謝" * 90, "naïve", "\u00a0", "\t"]
)
lines = st.lists(st.tuples(words, st.sampled_from([" ", "  ", "   ", ""])), max_size=40).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
texts = st.lists(
    st.one_of(lines, st.text(alphabet=" >-aé\t", max_size=200), st.sampled_from(["-- ", "> -- ", "", ">", "> quoted"])),
    max_size=12,
).map("\n".join)


@given(texts)
def test_what_was_flowed_unflows_to_the_same_text(text: str) -> None:
    assert unflow(flow(text)) == trimmed(text)


@given(st.text(alphabet=st.characters(exclude_characters="\r", codec="utf-8"), max_size=400))
def test_any_unicode_unflows_to_the_same_text(text: str) -> None:
    assert unflow(flow(text)) == trimmed(text)


@given(texts)
def test_a_line_longer_than_the_width_holds_one_word_that_cannot_be_cut(text: str) -> None:
    for line in flow(text).split("\n"):
        visible = line.lstrip(">").removeprefix(" ").rstrip(" ").removeprefix("-- ").lstrip(" ")
        assert len(line.rstrip(" ")) <= 73 or " " not in visible


def test_a_paragraph_breaks_after_the_last_word_that_fits() -> None:
    flowed = flow("word " * 30)

    assert [len(line) for line in flowed.split("\n")] == [70, 70, 9]


def test_every_line_but_the_last_of_a_paragraph_ends_in_a_space() -> None:
    first, second, third = flow("word " * 30).split("\n")

    assert first.endswith("word ")
    assert second.endswith("word ")
    assert third.endswith("word")


def test_a_line_of_72_columns_stays_as_it_is() -> None:
    line = "x" * 35 + " " + "y" * 36

    assert flow(line) == line


@pytest.mark.parametrize("word", [URL, "謝" * 100])
def test_a_word_without_spaces_is_never_cut(word: str) -> None:
    assert word in flow(f"Here it is: {word} and more").replace(" \n", " ").split(" ")


def test_a_quote_keeps_its_marks_on_every_line() -> None:
    assert all(line.startswith("> word") for line in flow("> " + "word " * 30).split("\n"))


@pytest.mark.parametrize("line", ["From here on", ">no quote", " indented"])
def test_a_line_that_would_be_misread_is_stuffed_with_a_space(line: str) -> None:
    assert flow(line) == " " + line


def test_the_signature_separator_keeps_its_space() -> None:
    assert flow("Regards\n-- \nMonique") == "Regards\n-- \nMonique"


def test_a_dash_before_a_long_word_makes_no_signature_separator() -> None:
    assert "-- " not in flow(f"{'x' * 70} -- {URL} and").split("\n")


def test_a_list_item_indented_by_hand_keeps_its_indent() -> None:
    assert unflow(flow("- an item\n  its link")) == "- an item\n  its link"
