"""The text part and the html part of a note say the same, and where they do not it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.preview import Difference, Side, compare

GOLDEN = Path(__file__).parents[1] / "composer" / "golden"
NOTES = sorted(path.stem for path in GOLDEN.glob("*.txt"))


def golden(name: str) -> tuple[str, str]:
    text = (GOLDEN / f"{name}.txt").read_text().partition("\n\n")[2]
    return text, (GOLDEN / f"{name}.html").read_text()


@pytest.mark.parametrize("name", NOTES)
def test_our_own_notes_say_the_same_twice(name: str) -> None:
    assert compare(*golden(name)) == ()


@pytest.mark.parametrize("name", NOTES)
def test_a_wrapped_text_part_says_the_same(name: str) -> None:
    from mailer.mime import flow

    text, html = golden(name)

    assert compare(flow(text), html) == ()


def test_a_word_that_only_the_text_has_is_told_with_its_line() -> None:
    assert compare("Dear Ana,\n\nThank you very much.", "<p>Dear Ana,</p><p>Thank you much.</p>") == (
        Difference(Side.TEXT, "very", 3),
    )


def test_words_at_the_end_of_the_html_alone_are_told_with_the_last_line() -> None:
    assert compare("Dear Ana,\n\nThank you.\n", "<p>Dear Ana,</p><p>Thank you.</p><p>Sent from a tool</p>") == (
        Difference(Side.HTML, "Sent from a tool", 3),
    )


def test_words_that_were_replaced_are_told_from_both_sides() -> None:
    assert compare("at noon today", "<p>at <b>one</b> today</p>") == (
        Difference(Side.TEXT, "noon", 1),
        Difference(Side.HTML, "one", 1),
    )


def test_a_link_shows_its_address_after_its_words() -> None:
    html = '<p>Read <a href="https://a.example/x">this article</a>.</p>'

    assert compare("Read this article <https://a.example/x>.", html) == ()
    assert compare("Read this article.", html)[-1] == Difference(Side.HTML, "article <https://a.example/x>.", 1)


def test_another_address_is_a_difference() -> None:
    html = '<p><a href="https://b.example/">https://a.example/</a></p>'

    assert compare("https://a.example/", html) == (Difference(Side.HTML, "<https://b.example/>", 1),)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- one\n- two\n", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. one\n4. two\n", '<ol start="3"><li>one</li><li><p>two</p></li></ol>'),
        ("> said\n> more\n", "<blockquote><p>said<br>more</p></blockquote>"),
        ("one\n\n* * *\n\ntwo", "<p>one</p><hr><p>two</p>"),
        ("I’m here", "<p>I'm here</p>"),
        ("a\u00a0b", "<p>a&nbsp;b</p>"),
        ("cafe\u0301", "<p>café</p>"),
        ("bold", "<p>b<b>ol</b>d</p>"),
        ("write to me@a.example", '<p>write to <a href="mailto:me@a.example">me@a.example</a></p>'),
        ("https://a.example/ü", '<p><a href="https://a.example/%C3%BC">https://a.example/ü</a></p>'),
        ("seen", "<html><head><title>Unseen</title><style>p{}</style></head><body>seen</body></html>"),
    ],
)
def test_these_say_the_same(text: str, html: str) -> None:
    assert compare(text, html) == ()


def test_hidden_words_count_as_words() -> None:
    assert compare("Hello", '<p>Hello</p><p style="display:none">Act now</p>') == (Difference(Side.HTML, "Act now", 1),)


def test_long_texts_without_a_common_word_are_one_difference_each() -> None:
    text = "\n".join(f"a{n}" for n in range(3000))
    html = " ".join(f"b{n}" for n in range(3000))

    assert [difference.side for difference in compare(text, html)] == [Side.TEXT, Side.HTML]


@given(st.text(), st.text(alphabet="<>/apli&;\"'=! -d b"))
def test_whatever_is_given_is_compared(text: str, html: str) -> None:
    assert all(difference.line >= 1 for difference in compare(text, html))
