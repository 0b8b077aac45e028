"""A web address is taken apart into what may be asked for, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.links.requests import target


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://A.example", "https://a.example/"),
        ("https://a.example:443/x#part", "https://a.example/x"),
        ("http://a.example:8080?q=ü v", "http://a.example:8080/?q=%C3%BC%20v"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"),
        ("https://a.example./x%20y", "https://a.example/x%20y"),
        ("http://[::1]:81/", "http://[::1]:81/"),
        (" https://a.example/\n", "https://a.example/"),
    ],
)
def test_an_address_is_written_as_it_is_asked_for(url: str, opened: str) -> None:
    where = target(url)

    assert where is not None
    assert where.url == opened


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "javascript:alert(1)",
        "a.example",
        "https://",
        "https://user@a.example/",
        "https://:@a.example/",
        "https://a.example:0/",
        "https://a.example:x/",
        "https://a b.example/",
        "https://a%0d%0aX.example/",
        "https://[fe80::1%25eth0]/",
        "https://[/",
    ],
)
def test_these_are_no_address_to_open(url: str) -> None:
    assert target(url) is None


@given(st.text(max_size=60).map(lambda rest: "http://a.example/" + rest))
def test_nothing_in_an_address_can_begin_another_line(url: str) -> None:
    where = target(url)

    assert where is None or (where.url.isascii() and where.url.isprintable() and " " not in where.url)
