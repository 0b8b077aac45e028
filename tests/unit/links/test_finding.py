"""The links of a note are found where a reader meets them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailer.links import Link, found_in

GOLDEN = Path(__file__).parents[1] / "composer" / "golden"


def test_a_note_has_its_link_with_its_line() -> None:
    html = (GOLDEN / "04-software-engineer.iyer.html").read_text()
    url = "https://remote-teams.example/first-month"

    (link,) = found_in(html)

    assert link == Link(url, url, "remote-teams.example", link.line)
    assert url in html.split("\n")[link.line - 1]


def test_links_come_in_order_and_as_often_as_they_stand_there() -> None:
    html = '<p><a href="https://a.example/x">the <b>article</b></a>\n<a href="mailto:b@c.example">b</a></p><a href="https://a.example/x"></a>'  # fmt: skip

    assert found_in(html) == (
        Link("https://a.example/x", "the article", "a.example", 1),
        Link("mailto:b@c.example", "b", "", 2),
        Link("https://a.example/x", "", "a.example", 2),
    )


def test_an_anchor_without_an_address_is_no_link() -> None:
    assert found_in('<a name="x">here</a> words') == ()


def test_a_link_that_never_ends_is_one() -> None:
    assert found_in('<a href="http://[">a<a href="http://B.example">b') == (
        Link("http://[", "a", "", 1),
        Link("http://B.example", "b", "b.example", 1),
    )


def test_a_picture_says_its_words() -> None:
    assert found_in('<img alt="x"><a href="http://a.example"><img alt="a chart"></a>')[0].text == "a chart"


def test_the_words_of_a_link_cannot_be_turned_around() -> None:
    assert found_in('<a href="http://a.example">a\u202eb</a>')[0].text == "a\ufffdb"


@given(st.text(alphabet="<>/a href=\"':[]b&\n"))
def test_whatever_is_given_is_searched(html: str) -> None:
    assert all(link.line >= 1 for link in found_in(html))
