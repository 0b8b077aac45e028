"""The words that a finding speaks of are marked where they stand, and not one other byte of the note changes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.preview import marked_html, marked_text

GOLDEN = Path(__file__).parents[1] / "composer" / "golden"
NGUYEN = (GOLDEN / "01-nurse.nguyen.html").read_text()


def unmarked(html: str) -> str:
    return re.sub(r'<mark data-n="[^"]*">|</mark>', "", html)


def marked(html: str, *excerpts: str) -> str:
    return marked_html(html, [(str(n), excerpt) for n, excerpt in enumerate(excerpts, start=1)]).html


class Nesting(HTMLParser):
    """Note every element that is closed by another's end tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # only the order of tags counts
        if tag not in {"br", "hr", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.crossed.append(tag)


def test_an_excerpt_is_wrapped_where_it_stands() -> None:
    assert marked("<p>Dear Ana, hello</p>", "Ana") == '<p>Dear <mark data-n="1">Ana</mark>, hello</p>'


def test_an_excerpt_that_runs_through_elements_is_marked_in_each() -> None:
    assert marked("<p>so <b>very</b> good<br>\nindeed</p>", "very good indeed") == (
        '<p>so <b><mark data-n="1">very</mark></b><mark data-n="1"> good</mark><br>\n<mark data-n="1">indeed</mark></p>'
    )


def test_an_excerpt_across_paragraphs_is_found() -> None:
    assert marked("<p>one.</p><p>Two</p>", "one. Two") == (
        '<p><mark data-n="1">one.</mark></p><p><mark data-n="1">Two</mark></p>'
    )


@pytest.mark.parametrize(
    ("html", "excerpt", "wrapped"),
    [
        ("<p>It’s here</p>", "It's here", "It’s here"),
        ("<p>R&amp;D &lt;now&gt;</p>", "R&D <now>", "R&amp;D &lt;now&gt;"),
        ("<p>Q&A</p>", "A", "A"),
        ("<p>a&nbsp;\n  b</p>", "a b", "a&nbsp;\n  b"),
        ("<p>cafe\u0301 noir</p>", "café", "cafe\u0301"),
        ("<p>café noir</p>", "cafe\u0301 noir", "café noir"),
        ("<p>\u1112\u1161\u11ab</p>", "한", "\u1112\u1161\u11ab"),
        ("<p>an annual plan</p>", "annual", "annual"),
        ("<p>plan an</p>", "an", "an"),
        ("<p>a < b</p>", "b", "b"),
        ('<p title="a > b">b</p>', "b", "b"),
    ],
)
def test_an_excerpt_is_found_as_the_checks_quote_it(html: str, excerpt: str, wrapped: str) -> None:
    result = marked(html, excerpt)

    assert f'<mark data-n="1">{wrapped}</mark>' in result
    assert unmarked(result) == html


@pytest.mark.parametrize(
    ("html", "excerpt", "marks"),
    [
        ("<ul><li>one</li>\n<li>two</li></ul>", "- one - two", ["one", "two"]),
        ("<ol><li>one</li></ol>", "1. one", ["one"]),
        ("<blockquote>so\nhe said</blockquote>", "> so > he said", ["so\nhe said"]),
        ('<p>see <a href="https://a.example">this</a>.</p>', "see this <https://a.example>.", ["see ", "this", "."]),
        ("<p>one - two</p>", "one - two", ["one - two"]),
    ],
)
def test_signs_that_only_the_text_has_do_not_count(html: str, excerpt: str, marks: list[str]) -> None:
    assert re.findall(r'<mark data-n="1">(.*?)</mark>', marked(html, excerpt), re.DOTALL) == marks


def test_whole_words_go_before_parts_of_words() -> None:
    assert marked("<p>plan an outing</p>", "an") == '<p>plan <mark data-n="1">an</mark> outing</p>'


def test_where_two_excerpts_overlap_the_first_has_the_words() -> None:
    assert marked("<p>one two three</p>", "one two", "two three") == (
        '<p><mark data-n="1">one two</mark><mark data-n="2"> three</mark></p>'
    )


def test_an_excerpt_inside_another_parts_it_when_it_comes_first() -> None:
    assert marked("<p>one two three</p>", "two", "one two three") == (
        '<p><mark data-n="2">one </mark><mark data-n="1">two</mark><mark data-n="2"> three</mark></p>'
    )


def test_an_excerpt_that_is_covered_whole_counts_as_found() -> None:
    result = marked_html("<p>one two</p>", [("a", "one two"), ("b", "two"), ("c", "three"), ("d", "")])

    assert result.found == ("a", "b")
    assert result.html == '<p><mark data-n="a">one two</mark></p>'


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>Ana</title></head><body></body></html>",
        "<style>Ana{}</style>",
        "<script>Ana</script>",
        "<!-- Ana -->",
        '<p title="Ana">x</p>',
        "<textarea>Ana</textarea>",
        "<!DOCTYPE Ana>",
        "<p Ana",
    ],
)
def test_nothing_is_marked_where_nobody_reads(html: str) -> None:
    assert marked_html(html, [("1", "Ana")]) == (html, ())


def test_a_label_cannot_leave_its_attribute() -> None:
    assert marked_html("<p>a</p>", [('"><script>', "a")]).html == (
        '<p><mark data-n="&quot;&gt;&lt;script&gt;">a</mark></p>'
    )


def test_a_golden_note_stays_well_formed() -> None:
    excerpts = [
        "With thanks, Teresa",
        "three off: two preceptors share one graduate Pairs by shift",
        "preceptor",
        "4 West",
    ]

    result = marked(NGUYEN, *excerpts)
    nesting = Nesting()
    nesting.feed(result)

    assert nesting.crossed == []
    assert [result.count(f'data-n="{n}"') for n in (1, 2, 3, 4)] == [2, 2, 1, 1]
    assert unmarked(result) == NGUYEN


words = st.sampled_from(["one", "two", "Ana", "&amp;", "&", "&notit;", "'", "’", "e\u0301", "é", " ", "\n", "<", ">", '"', "한", "\u1112\u1161"])  # fmt: skip
tags = st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<br>", "<head>", "</head>", "<title>", "</title>", "<!--", "-->", '<a href="one">', "<a x='", "</", "<style>", "</style>", "<svg>"])  # fmt: skip
sources = st.lists(st.one_of(words, words, tags, st.text(max_size=3)), max_size=25).map("".join)
pairs = st.lists(st.tuples(st.sampled_from(["1", "2", 'x"']), st.lists(words, max_size=4).map("".join)), max_size=4)


@given(sources, pairs)
def test_without_its_marks_the_html_is_the_one_that_came_in(html: str, excerpts: list[tuple[str, str]]) -> None:
    assert unmarked(marked_html(html, excerpts).html) == html


@given(sources, pairs)
def test_marks_are_never_nested_and_never_empty(html: str, excerpts: list[tuple[str, str]]) -> None:
    pieces = re.findall(r'<mark data-n="[^"]*">(.*?)</mark>', marked_html(html, excerpts).html, re.DOTALL)

    assert all(piece.strip() and "<mark" not in piece for piece in pieces)


@given(sources, pairs)
def test_the_pieces_of_a_text_join_to_it(text: str, excerpts: list[tuple[str, str]]) -> None:
    assert "".join(words for words, _ in marked_text(text, excerpts)) == text


def test_a_text_comes_in_pieces_with_their_labels() -> None:
    assert marked_text("Dear Ana,\nthank  you", [("1", "Ana, thank you"), ("2", "Dear")]) == (
        ("Dear", "2"),
        (" ", ""),
        ("Ana,\nthank  you", "1"),
    )


def test_a_text_without_excerpts_is_one_piece() -> None:
    assert marked_text("Dear Ana", []) == (("Dear Ana", ""),)


def test_an_empty_text_has_no_pieces() -> None:
    assert marked_text("", [("1", "a")]) == ()


def test_a_tag_that_never_ends_is_read_in_one_pass() -> None:
    html = '<a "' * 100_000 + "Ana"

    assert marked_html(html, [("1", "Ana")]).html == html
