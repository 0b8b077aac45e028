"""The features that an HTML document really uses are found, each with its line and with every group's answer."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.clients import CLIENTS, Support, data_date, examine, source
from mailer.clients.features import DETECTORS, HARMLESS, NOT_LOOKED_FOR
from mailer.clients.record import SHIPPED

#: How many features caniemail 2.0.2 has.
FEATURES = 307

#: For each kind of trait, a document that has it.
SAMPLES = {
    "tag": "<{0} id=x>",
    "attribute": "<p {0}='1'>",
    "input": "<input type='{0}'>",
    "button": "<button type='{0}'>",
    "link": "<a href='{0}:x'>",
    "meta": "<meta name='{0}' content='x'>",
    "image": "<img src='https://a.example/x.{0}?y=1'>",
    "property": "<p style='{0}:1'>",
    "value": "<p style='{0}'>",
    "keyword": "<p style='height:{0}'>",
    "unit": "<p style='height:1{0}'>",
    "function": "<p style='height:{0}(1)'>",
    "media": "<style>@media screen and ({0}:x) {{ p {{ color:red }} }}</style>",
    "pseudo-class": "<style>p:{0}{{}}</style>",
    "pseudo-element": "<style>p::{0}{{}}</style>",
    "rule": "<style>@{0} x {{}}</style>",
}

#: The traits whose sample does not follow from their name.
SPECIAL = {
    "comment": "<!-- x -->",
    "doctype": "<!DOCTYPE html>",
    "css-comment": "<style>/* x */</style>",
    "important": "<p style='color:red !important'>",
    "variable": "<p style='--x:1'>",
    "nesting": "<style>p { b { color:red } }</style>",
    "link #": "<a href='#below'>",
    "image base64": "<img src='data:image/png;base64,AAAA'>",
    "image svg": "<img src='data:image/svg+xml,x'>",
    "rule import": "<style>@import url(x.css);</style>",
    "selector adjacent-sibling": "<style>a + p {}</style>",
    "selector attribute": "<style>[href] {}</style>",
    "selector chaining": "<style>.a.b {}</style>",
    "selector child": "<style>a>p {}</style>",
    "selector class": "<style>.a {}</style>",
    "selector descendant": "<style>a p {}</style>",
    "selector general-sibling": "<style>a ~ p {}</style>",
    "selector grouping": "<style>a, p {}</style>",
    "selector id": "<style>#a {}</style>",
    "selector type": "<style>a {}</style>",
    "selector universal": "<style>* {}</style>",
}
PAIRS = [(slug, trait) for slug, traits in DETECTORS.items() for trait in traits]


def sample(trait: str) -> str:
    kind, _, name = trait.partition(" ")
    return SPECIAL.get(trait) or SAMPLES[kind].format(name)


def found(html: str) -> dict[str, int]:
    return {use.feature: use.line for use in examine(html)}


def support(html: str, feature: str) -> dict[str, str]:
    [use] = [use for use in examine(html) if use.feature == feature]
    return {answer.client: str(answer.support) for answer in use.answers}


@pytest.mark.parametrize(("slug", "trait"), PAIRS)
def test_each_feature_is_found_by_each_of_its_traits(slug, trait):
    assert slug in found(sample(trait))


def test_every_feature_of_the_data_is_looked_for_or_named_as_not_looked_for():
    assert (len(DETECTORS) + len(NOT_LOOKED_FOR), DETECTORS.keys() & NOT_LOOKED_FOR.keys()) == (FEATURES, set())


def test_what_ships_holds_each_feature_that_is_looked_for():
    assert json.loads(SHIPPED.read_text())["features"].keys() == DETECTORS.keys()


def test_every_harmless_feature_is_looked_for():
    assert HARMLESS.keys() <= DETECTORS.keys()


def test_the_data_says_where_it_comes_from_and_of_which_day():
    assert (source().package, source().version, data_date()) == ("caniemail", "2.0.2", date(2026, 5, 13))


def test_both_notices_of_the_data_ship_beside_it():
    notice = (SHIPPED.parent / "NOTICE").read_text()

    assert "Copyright (c) 2019 Rémi Parmentier" in notice
    assert "Copyright © Andrew Powell" in notice
    assert notice.count("Permission is hereby granted, free of charge") == 2


def test_the_groups_are_shown_in_their_order():
    assert [client.id for client in CLIENTS] == [
        "gmail",
        "outlook-classic",
        "outlook",
        "apple-mail",
        "yahoo",
        "thunderbird",
        "proton",
    ]


def test_yes_partly_no_and_unknown_are_kept_apart():
    words = {answer.support for _, trait in PAIRS for use in examine(sample(trait)) for answer in use.answers}

    assert words == set(Support)


def test_the_worst_program_of_a_group_speaks_for_it_and_is_named():
    [use] = [use for use in examine("<a href='#x'>") if use.feature == "html-anchor-links"]
    [gmail] = [answer for answer in use.answers if answer.client == "gmail"]

    assert (gmail.support, gmail.note.startswith("iOS: ")) == (Support.NO, True)


def test_only_the_latest_version_of_a_program_counts():
    assert support("<p style='box-sizing:x'>", "css-box-sizing")["outlook-classic"] == "no"
    assert support("<p style='max-width:9px'>", "css-max-width")["apple-mail"] == "yes"


def test_an_answer_carries_its_note():
    [use] = [use for use in examine("<p style='margin:0'>") if use.feature == "css-margin"]

    assert "Negative values are not supported" in use.answers[0].note


def test_a_use_says_its_age_its_page_and_its_worst_answer():
    [use] = [use for use in examine("<p style='white-space:pre'>") if use.feature == "css-white-space"]

    assert (use.tested, use.url, use.worst) == (
        date(2019, 2, 28),
        "https://www.caniemail.com/features/css-white-space/",
        Support.NO,
    )


LINES = """<!DOCTYPE html>
<html>
<style type="text/css">
/* one */
p { float:
  left }
@media (hover) {
  a:hover { opacity: .5 }
}
</style>
<p
  align="left"
  style="color:red;
         width:1vw">x</p>
<table><tr><td><table>
"""


def test_each_feature_is_found_on_its_first_line():
    lines = found(LINES)

    assert {
        slug: lines[slug]
        for slug in (
            "html-doctype html-style css-comments css-float css-at-media css-at-media-hover css-pseudo-class-hover "
            "css-opacity html-p html-align css-unit-vw html-table"
        ).split()
    } == {
        "html-doctype": 1,
        "html-style": 3,
        "css-comments": 4,
        "css-float": 5,
        "css-at-media": 7,
        "css-at-media-hover": 7,
        "css-pseudo-class-hover": 8,
        "css-opacity": 8,
        "html-p": 11,
        "html-align": 12,
        "css-unit-vw": 14,
        "html-table": 15,
    }


def test_features_come_in_the_order_of_the_document():
    lines = [use.line for use in examine(LINES)]

    assert lines == sorted(lines)


def test_a_line_counts_the_same_whatever_ends_it():
    assert found(LINES) == found(LINES.replace("\n", "\r\n")) == found(LINES.replace("\n", "\r"))


def test_a_snippet_shows_the_declaration_alone():
    [use] = [use for use in examine("<p style='color:red; float:left; margin:0'>") if use.feature == "css-float"]

    assert use.snippet == "float:left"


def test_what_a_document_does_not_use_is_not_reported():
    html = "<p>display:flex @media (hover) <!-- <table> --> &lt;video&gt;</p><!--[if mso]><table><![endif]--><body>"

    assert set(found(html)) == {"html-p", "html-comments"}


def test_a_page_for_outlook_alone_does_not_hide_what_follows():
    html = "<![if !mso]><video></video><![endif]><!--[if gte mso 9]><xml></xml><![endif]--><svg></svg>"

    assert {"html-video", "html-svg"} <= found(html).keys()


def test_a_pair_of_functions_inside_each_other_is_read():
    assert {"css-unit-calc", "css-variables", "css-unit-rem"} <= found("<p style='width:calc(1rem + var(--x))'>").keys()


@pytest.mark.parametrize(
    "value", ["url(x.webp)", "url('x.webp')", "#fff url( https://a.example/x.webp?y#z ) no-repeat"]
)
def test_an_image_of_a_style_tells_its_format(value):
    assert "image-webp" in found(f'<p style="background:{value}">')


def test_an_image_in_the_mail_itself_has_no_format_here():
    assert set(found("<img src='cid:logo.webp@x'>")) == {"html-img"}


def test_selectors_inside_a_pseudo_class_are_read():
    assert {"css-pseudo-class-not", "css-selector-class", "css-selector-child"} <= found(
        "<style>p:not(.a > b) {}</style>"
    ).keys()


def test_steps_of_an_animation_are_no_selectors():
    features = found("<style>@keyframes x { from { opacity: 0 } 50% { opacity: 1 } }</style>").keys()

    assert {"css-at-keyframes", "css-opacity"} <= features
    assert "css-selector-type" not in features


PIECES = st.sampled_from(
    "< > </ <! <!-- --> <![ <![if ]> <![CDATA[ ]]> <? & &# \" ' = / { } ( ) [ ] ; : @ , \\ \n \r \f \0 * + ~ # . ! "
    "<style> </style> <p style=' <p style=\" @media @import url( data:image/png;base64, <img src= <svg /> <script> px "
    "<!DOCTYPE a:hover{ <title> <textarea> <plaintext> ://[ é 😀 -- /* */ --x:".split(" ")
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_hostile_html_gives_features_and_no_error(html):
    uses = examine(html)

    last = html.replace("\r\n", "\n").replace("\r", "\n").count("\n") + html.count("\f") + 1
    assert all(1 <= use.line <= last and len(use.answers) == len(CLIENTS) for use in uses)


HUGE = 200_000


@pytest.mark.parametrize(
    "piece",
    "<a <a> <!-- <!--> <![if <![CDATA[ <p/ <p\ta=' <style> <p\tstyle='(((' <style>{ <style>@media{ <style>a( & &#x <? "
    "<p\ta\n <style>a:not(".split(),
)
def test_a_huge_hostile_document_is_read_in_one_go(piece):
    html = piece * (HUGE // len(piece)) + ">"

    assert len(examine(html)) < FEATURES


def test_rules_nested_without_end_are_read_to_a_depth():
    assert "css-nesting" in found(f"<style>{'p{' * 5000}{'}' * 5000}</style>")
