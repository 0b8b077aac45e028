"""The start of a page tells its title and whether it asks for money, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.links.pages import decoded, is_html, paywall_hints, title

NOT_FREE = "it marks itself as not free to read"
SUBSCRIBE = "it asks to subscribe"
SIGN_IN = "it asks to sign in"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<title>A &amp; B</title>", "A & B"),
        ('<TITLE lang="en">\n a\n b </TITLE>', "a b"),
        ("<titles>no</titles>", ""),
        ("<title>cut off", ""),
        ("", ""),
        ("<title>a</title><title>b</title>", "a"),
    ],
)
def test_a_title_is_read(page: str, expected: str) -> None:
    assert title(page) == expected


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        ("ü".encode(), "text/html", "ü"),
        ("ü".encode("latin-1"), "text/html; charset=ISO-8859-1", "ü"),
        (b'<meta charset="windows-1252">\x93', "text/html", '<meta charset="windows-1252">“'),
        ("ü".encode(), "text/html; charset=nonsense", "ü"),
        (b"\xff", "text/html", "\ufffd"),
    ],
)
def test_a_page_is_decoded_by_what_it_says(content: bytes, content_type: str, expected: str) -> None:
    assert decoded(content, content_type) == expected


@pytest.mark.parametrize(
    ("page", "hints"),
    [
        ('{"isAccessibleForFree":false}', (NOT_FREE,)),
        ('{"isAccessibleForFree" : "False"}', (NOT_FREE,)),
        ('{"isAccessibleForFree":"http://schema.org/False"}', (NOT_FREE,)),
        ('<meta itemprop="isAccessibleForFree" content="false">', (NOT_FREE,)),
        ('{"isAccessibleForFree":true}', ()),
        ("<p>Already a <b>subscriber</b>?</p>", (SUBSCRIBE,)),
        ("<p>Réservé aux abonnés</p>", (SUBSCRIBE,)),
        ("<p>Please log in to continue</p>", (SIGN_IN,)),
        ("<script>var a = 'subscribe to continue'</script>", ()),
        ("<style>.for-subscribers-only</style><p>Free</p>", ()),
        ("<script>subscribers only", ()),
    ],
)
def test_a_page_is_hinted_at(page: str, hints: tuple[str, ...]) -> None:
    assert paywall_hints(page) == hints


@pytest.mark.parametrize("content_type", ["text/html", "Text/HTML; charset=x", "application/xhtml+xml"])
def test_these_are_pages(content_type: str) -> None:
    assert is_html(content_type)


@pytest.mark.parametrize("content_type", ["", "application/pdf", "text/htmlx"])
def test_these_are_no_pages(content_type: str) -> None:
    assert not is_html(content_type)


@pytest.mark.parametrize("piece", ["<title", "<", "<script", "isAccessibleForFree ", "<title>", "</", "&"])
def test_a_page_of_one_piece_without_an_end_is_read_in_one_pass(piece: str) -> None:
    page = piece * (64 * 1024 // len(piece))

    assert (title(page), paywall_hints(page)) == ("", ())


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_is_given_is_read(content: bytes, content_type: str) -> None:
    page = decoded(b"<title>" + content + b"</title>", content_type)

    assert title(page).encode().isspace() is False
    assert isinstance(paywall_hints(page), tuple)
