"""The text part reads as if it had been typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer import links
from tests.factories import make_gift
from tests.unit.composer.notes import compose_section, text_of

PLAIN = {
    "a line break stays": ("Warmly,\nTeresa Montaño", "Warmly,\nTeresa Montaño"),
    "two spaces at a line end are one break": ("one  \ntwo", "one\ntwo"),
    "paragraphs are parted by one empty line": ("a\n\n\n\nb", "a\n\nb"),
    "emphasis is plain words": ("so *very* **good** and _fine_", "so very good and fine"),
    "a name with an underscore stays": ("the file line_3_costs.pdf", "the file line_3_costs.pdf"),
    "a link shows its address": ("see [the letter](https://a.example/b)", "see the letter <https://a.example/b>"),
    "a link that is its address stays bare": ("[https://a.example/b](https://a.example/b)", "https://a.example/b"),
    "an address in angle brackets is bare": ("<https://a.example/b>", "https://a.example/b"),
    "a reference link shows its address": ("[it][1]\n\n[1]: https://a.example/", "it <https://a.example/>"),
    "a mail link shows its address": ("[write](mailto:a@b.example)", "write <a@b.example>"),
    "a link to a script is text": ("[x](javascript:alert)", "x"),
    "a link in a link is one link": (
        "[a <https://b.example/> c](https://d.example/)",
        "a <https://b.example/> c <https://d.example/>",
    ),
    "a list has hyphens": ("* one\n* two", "- one\n- two"),
    "a numbered list keeps its first number": ("3. three\n4. four", "3. three\n4. four"),
    "a year at the start of a sentence stays": ("2026. What a year", "2026. What a year"),
    "nested items hang under their item": (
        "1. one\n    - inner\n      wrapped\n2. two",
        "1. one\n   - inner\n     wrapped\n2. two",
    ),
    "a loose list has room": ("- one\n\n- two\n\n    more", "- one\n\n- two\n\n  more"),
    "a quotation is quoted": ("> said\n> so\n>\n> twice", "> said\n> so\n>\n> twice"),
    "code is literal": ("`a < b & *c*`", "a < b & *c*"),
    "code in lines keeps its lines": ("```\na\nb\n```", "a\nb"),
    "a code block is indented": ("    if a < b:\n        c()", "    if a < b:\n        c()"),
    "a heading is a line": ("### The plan\n\ntext", "The plan\n\ntext"),
    "a number sign without a space is no heading": ("#1 of the list", "#1 of the list"),
    "a row of dashes is no heading": ("Teresa\n---\nNurse", "Teresa\n\n* * *\n\nNurse"),
    "a tag is shown as typed": ("Dear <NAME>, <b>you</b>", "Dear <NAME>, <b>you</b>"),
    "a block of html is shown as typed": ("<div>\nx\n</div>", "<div>\nx\n</div>"),
    "an entity is shown as typed": ("R&amp;D &nbsp; &#38;", "R&amp;D &nbsp; &#38;"),
    "an image is shown as typed": ("![a](https://i.example/x.png)", "![a](https://i.example/x.png)"),
    "an escaped mark is a mark": (r"2\*3\*4", "2*3*4"),
    "a sentence may open with a plus": ("+1 from me", "+1 from me"),
}


@pytest.mark.parametrize(("source", "text"), PLAIN.values(), ids=PLAIN)
def test_markdown_reads_as_typed(source, text):
    assert text_of(source) == text


def test_no_link_stands_in_another():
    html = compose_section("[a <https://b.example/> [c](https://e.example/) d](https://d.example/)").html

    assert html.count("<a ") == 1


def test_a_bare_address_is_a_link_to_itself():
    html = compose_section("See https://a.example/x_y?a=1&b=2).").html

    assert '<a href="https://a.example/x_y?a=1&amp;b=2">https://a.example/x_y?a=1&amp;b=2</a>).' in html


def test_a_mail_address_is_a_link():
    assert '<a href="mailto:ana@a.example">ana@a.example</a>.' in compose_section("Write to ana@a.example.").html


def test_http_is_not_made_a_link():
    assert "<a " not in compose_section("See http://a.example/ now").html


def test_a_note_without_words_has_an_empty_text():
    assert compose_section("<!-- nothing yet -->\n").text == ""


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://a.example/b.", "https://a.example/b"),
        ("https://a.example/(b)", "https://a.example/(b)"),
        ("https://a.example/b)", "https://a.example/b"),
        ("https://a.example/b?c=[d]", "https://a.example/b?c=[d]"),
        ("https://a.example/b”", "https://a.example/b"),
        ("https://a.example/b!”…", "https://a.example/b"),
    ],
)
def test_an_address_ends_before_the_signs_of_the_sentence(typed, address):
    assert next(links.linked(typed))[0] == address


@given(st.text(alphabet="ab:/.@ ()https*_,é\n"))
def test_finding_addresses_loses_no_character(text):
    assert "".join(label for label, _ in links.linked(text)) == text


@given(st.text(min_size=1, max_size=40))
def test_a_value_of_the_record_comes_out_character_for_character(value):
    printable = "".join(c for c in value if c.isprintable()) or "x"

    text = compose_section("Name: {{ person.name }}|", name=printable).text

    assert text == f"Name: {re.sub(' +', ' ', printable)}|\n"


@pytest.mark.parametrize(
    "name",
    [
        "A_B*",
        "*x*",
        "1. First",
        "# no heading",
        "D'Souza & Söhne",
        "<b>",
        "[a](b)",
        "`c`",
        "{{ me }}",
        "    code",
        "\\*",
        "> q",
        "- i",
        "a@b",
        "&amp;",
    ],
)
def test_a_value_with_marks_is_shown_with_its_marks(name):
    assert compose_section("{{ person.name }}\n\nend", name=name).text == f"{name.strip()}\n\nend\n"


def test_an_address_in_a_value_becomes_a_link():
    html = compose_section("{{ person.role }}", role="see https://a.example/x_y_z, or a_b@c.example").html

    assert '<a href="https://a.example/x_y_z">https://a.example/x_y_z</a>, or <a href="mailto:a_b@c.example">' in html


def test_a_value_inside_an_address_belongs_to_it():
    html = compose_section("https://a.example/{{ person.id }}/x", id="b_c").html

    assert '<a href="https://a.example/b_c/x">https://a.example/b_c/x</a>' in html


def test_a_value_in_code_is_literal():
    assert "<code" in compose_section("`{{ person.name }}`", name="a&b").html


def test_a_broken_character_is_shown_as_broken():
    assert compose_section("a\x00b\ufdd0c {{ person.name }}", name="x\x07y").text == "a\ufffdb\ufffdc x\ufffdy\n"


def test_a_placed_paragraph_is_its_own_text():
    composition = compose_section("Hello\n\n{{ gift }}\n\nBye", gift=make_gift())

    assert composition.gift_text
    assert composition.gift_text in composition.text
