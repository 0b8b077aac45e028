"""The links of a mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.checks.addresses import clean_url, host_of
from tests.factories import make_gift
from tests.unit.checks.judging import bringing, judge, mail, rules


def html(anchor):
    return f'<html lang="en"><body><p>{anchor}</p></body></html>'


@pytest.mark.parametrize(
    "words",
    [
        "See http://notes.example/a.",
        "See ftp://notes.example/a",
        "See file:///home/me/chart.pdf",
        r"See C:\Users\me\chart.pdf",
        r"See \\server\share\chart.pdf",
        "See https://me:secret@notes.example/a",
        "See https://bank.example@evil.example/a",
        "See https://192.168.0.1/a",
        "See https://3232235521/a",
        "See https://0x7f.1/a",
        "See https://[::1]/a",
        "See https://localhost/a",
        "See https://localhost:8000/a",
        "See https://printer.local/a",
        "See https://intranet/a",
        "See https://bit.ly/3xYz",
        "See https://www.tinyurl.com/abc",
        "See https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "See HTTP://NOTES.EXAMPLE/A",
        "(http://notes.example/a)",
    ],
)
def test_a_bad_link_stops_the_note(words):
    assert "bad-link" in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "words",
    [
        "See https://notes.example/a.",
        "See https://notes.example/s",
        "See https://youtu.be/abc",
        "See https://notes.example:8443/a?b=c#d",
        "See https://notes.example/wiki/Line_(3)",
        "See <https://notes.example/a>.",
        "Mail ana@notes.example or see notes.example.",
        "The ratio is 3://4 at most, a/b and and/or.",
        "https://bücher.example/ü",
        "https://medium.example/@someone/post",
    ],
)
def test_a_good_link_passes(words):
    assert "bad-link" not in rules(judge(mail(words)))


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="https://evil.example/a">https://notes.example/a</a>',
        '<a href="https://evil.example/a">notes.example</a>',
        '<a href="https://evil.example/a"><b>www.notes.example/a</b></a>',
        '<a href="https://notes.example.evil.example/">https://notes.example/</a>',
        '<a class="x" href="mailto:eve@evil.example">ana@notes.example</a>',
        '<a href="https://evil.example/?a=1&amp;b=2">https://notes.example/?a=1&amp;b=2</a>',
    ],
)
def test_a_link_that_shows_another_host_stops_the_note(anchor):
    assert "bad-link" in rules(judge(mail("See it.", html=html(anchor))))


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="https://notes.example/a">https://notes.example/a</a>',
        '<a href="https://www.notes.example/a?b&amp;c">notes.example</a>',
        '<a href="https://notes.example/a">the write-up on Node.js</a>',
        '<a href="https://nodejs.example/a">Node.js</a>',
        '<a href="https://notes.example/a">costs.pdf</a>',
        '<a href="mailto:ana@notes.example?subject=Hi">ana@notes.example</a>',
        '<a href="tel:+13125550142">312-555-0142</a>',
        '<a href="https://notes.example/a"></a>',
    ],
)
def test_a_link_that_shows_its_host_or_words_passes(anchor):
    assert "bad-link" not in rules(judge(mail("See it.", html=html(anchor))))


def test_a_bad_link_of_the_record_points_to_its_line():
    gift = make_gift(url="http://notes.example/a")
    composition = bringing("Here: http://notes.example/a", gift={"url": gift.url}, note={"source": "{{ gift }}"})

    finding = judge(composition, interview={"lines": {"people[0].gift.url": 17}})[0]

    assert (finding.rule, finding.line) == ("bad-link", 17)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/b?utm_source=newsletter", "https://a.example/b"),
        ("https://a.example/b?page=4&utm_medium=x&fbclid=1#part", "https://a.example/b?page=4#part"),
        ("https://a.example/b?GCLID=1", "https://a.example/b"),
        ("https://a.example/b?mc_cid=1&q=utm_source", "https://a.example/b?q=utm_source"),
    ],
)
def test_tracking_is_asked_about_and_the_clean_link_shown(url, clean):
    finding = next(f for f in judge(mail(f"See {url}")) if f.rule == "link-tracking")

    assert finding.advice == f"Use {clean} instead."


@pytest.mark.parametrize("url", ["https://a.example/b?page=4", "https://a.example/b?", "https://a.example/utm_source"])
def test_a_link_without_tracking_passes(url):
    assert "link-tracking" not in rules(judge(mail(f"See {url}")))


@given(st.text(alphabet="abc?&=#utm_%/.:@[]", max_size=40))
def test_cleaning_a_link_twice_changes_nothing_more(tail):
    once = clean_url(f"https://a.example/{tail}")

    assert clean_url(once) == once


@given(st.text(max_size=40))
def test_any_text_after_a_scheme_has_a_host_or_none(tail):
    assert "/" not in host_of(f"https://{tail}")
