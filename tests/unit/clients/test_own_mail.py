"""Our own mails use nothing that a mail program would not show, and nothing beyond a closed list."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from mailer.clients import CLIENTS, Support, examine
from mailer.composer import Templates, theme
from tests.unit.composer.scenario_notes import GOLDEN

GOLDEN_NOTES = sorted(GOLDEN.glob("*.html"))

#: What the built-in theme may be made of. Before adding a name, see that `examine` gives it no "no" anywhere.
TAGS = set("html head meta title body div p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code hr a em strong br".split())
PROPERTIES = set(
    """
    font-family font-size font-weight line-height margin padding border border-left border-top
    """.split()
)
#: What nobody misses where it is ignored; each has its reason in `mailer.clients.features.HARMLESS`.
HARMLESS_USED = {"html-doctype", "html-meta-color-scheme"}


def every_element() -> str:
    """Return a note with each element that Markdown yields, in the built-in theme."""
    return theme.dressed(tuple(theme._every_element(depth=3)), "Thank you", "en", Templates())


DOCUMENTS = {path.stem: path.read_text(encoding="utf-8") for path in GOLDEN_NOTES} | {"every element": every_element()}


class Parts(HTMLParser):
    """The tags and properties of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.properties: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        declarations = (dict(attrs).get("style") or "").split(";")
        self.properties |= {one.partition(":")[0].strip() for one in declarations}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_mail_program_says_no_to_anything_in_our_mails(name):
    refused = {
        (use.feature, answer.client)
        for use in examine(DOCUMENTS[name])
        for answer in use.answers
        if answer.support is Support.NO and not use.harmless
    }

    assert refused == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_in_our_mails_is_untested(name):
    assert not [u.feature for u in examine(DOCUMENTS[name]) for a in u.answers if a.support is Support.UNKNOWN]


def test_of_what_is_harmless_our_mails_use_only_these():
    refused = {
        use.feature for html in DOCUMENTS.values() for use in examine(html) if use.harmless and use.worst is Support.NO
    }

    assert refused == HARMLESS_USED


@pytest.mark.parametrize("name", DOCUMENTS)
def test_our_mails_are_made_of_the_allowed_tags_and_properties(name):
    parts = Parts(DOCUMENTS[name])

    assert (parts.tags - TAGS, parts.properties - PROPERTIES - {""}) == (set(), set())


def test_the_allowed_properties_have_no_no_anywhere():
    html = f"<p style='{'; '.join(f'{name}: 1px solid' for name in sorted(PROPERTIES))}'>"

    assert not [u.feature for u in examine(html) if u.worst is Support.NO], len(CLIENTS)


def test_the_gate_sees_a_property_that_outlook_ignores():
    html = (
        every_element()
        .replace("<pre style='", "<pre style='white-space:pre-wrap; ")
        .replace('<pre style="', '<pre style="white-space:pre-wrap; ')
    )

    assert "css-white-space" in {u.feature for u in examine(html) if u.worst is Support.NO and not u.harmless}
