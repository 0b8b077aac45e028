"""The theme is inlined as premailer would inline it, without running premailer on every note."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.composer import Templates, inlining, theme
from mailer.composer.literals import cleaned
from mailer.composer.markup import parse
from mailer.composer.templates import BUILT_IN
from mailer.composer.theme import dressed, plain, shipped_record
from mailer.errors import TemplateFault
from tests.unit.composer.notes import compose_section

if TYPE_CHECKING:
    from pathlib import Path

CSS = (BUILT_IN / "theme/plain.css").read_text()
HTML = (BUILT_IN / "theme/plain.html.j2").read_text()

BLOCKS = [
    "- one\n- two\n    - inner *x*\n        1. deeper",
    "1. a\n\n2. b\n\n    more\n\n    > quoted",
    "> said *so*\n>\n> - listed `c`",
    "    a < b & c\n\n    d",
    "### The **plan**",
    "* * *",
    'See [the *letter*](https://a.example/é?a=1&b=[2]$%20\'(){}|^`"x) or <https://b.example/ü>, [q](https://c.example/"x").',
    "`a & <b>`\n_x_ \u00a0 & &amp; \"q\" 'r' > <NAME> 佐藤 😀 \u202b",
    "line\nline  \nline",
]
words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cn"]), max_size=30).map(cleaned)
marks = st.text(alphabet="ab *_`[]()<>&\"'\\#->.!1\n\t +~|@/:=", max_size=60)
documents = st.lists(st.one_of(words, marks, st.sampled_from(BLOCKS)), max_size=8).map("\n\n".join)


def make_theme(folder: Path, css: str = CSS, html: str = HTML) -> Templates:
    (folder / "theme").mkdir(parents=True, exist_ok=True)
    (folder / "theme/plain.css").write_text(css)
    (folder / "theme/plain.html.j2").write_text(html)
    return Templates(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents, words)
def test_any_note_is_inlined_as_premailer_inlines_it(source, subject):
    nodes, subject = parse(source), " ".join(subject.split())

    assert dressed(nodes, subject, "en", Templates()) == plain(nodes, subject, "en", Templates())


@pytest.mark.parametrize(
    "css",
    [
        "li > p { margin: 0 } p { margin: 1em }",
        "blockquote blockquote p em { margin: 1px } div.mail li p, .mail ul { padding: 0 } #x p { margin: 2px }",
        "p { font-family: \"A & B\", 'C'; margin: 0 !important } P { padding: 0 }",
        "a:hover { margin: 0 } p { margin: 1px }",
        "@media screen { p { margin: 0 } } p { margin: 1px }",
        "p:first-child { margin: 0 } p + p { margin: 2px } a[href] { padding: 0 } * { margin: 9px }",
        "",
    ],
    ids=["children", "descendants", "quotes", "hover", "media", "siblings", "none"],
)
def test_any_theme_is_inlined_as_premailer_inlines_it(css, tmp_path):
    templates = make_theme(tmp_path, css)
    nodes = parse("\n\n".join(BLOCKS))

    assert dressed(nodes, "A & <B>", "en", templates) == plain(nodes, "A & <B>", "en", templates)


@pytest.mark.parametrize(
    "html",
    [
        HTML.replace("{{ subject }}", "{{ subject | upper }}"),
        HTML.replace("{{ content }}", "{% if dir == 'rtl' %}<i>{% endif %}{{ content }}{# x #}"),
        HTML.replace('<div class="mail">', '<div class="mail" title="{{ subject }}">'),
        HTML.replace(
            "<style>",
            '<style data-premailer="ignore">@media (prefers-color-scheme: dark) { a { color: #9cf } }</style>\n<style>',
        ),
        HTML.replace("<style>", '<style media="print">p { margin: 0 }</style>\n<style>'),
        HTML.replace("<!DOCTYPE html>", "<!doctype html>"),
        HTML.replace('<div class="mail">\n', '<div class="mail"><p>Hello</p>').replace("\n</div>", "<p>Bye</p></div>"),
    ],
    ids=["filter", "condition", "attribute", "ignored", "print", "doctype", "words"],
)
def test_any_page_is_inlined_as_premailer_inlines_it(html, tmp_path):
    templates = make_theme(tmp_path, html=html)
    nodes = parse("\n\n".join(BLOCKS))

    assert dressed(nodes, "A & <B>", "he", templates) == plain(nodes, "A & <B>", "he", templates)


def test_a_dark_rule_stays_word_for_word(tmp_path):
    rule = "@media (prefers-color-scheme: dark) { a { color: #9cf !important } }"
    templates = make_theme(
        tmp_path, html=HTML.replace("<style>", f'<style data-premailer="ignore">{rule}</style><style>')
    )

    assert f"<style>{rule}</style>" in dressed(parse("x"), "s", "en", templates)


def test_the_shipped_record_is_what_premailer_does_today():
    assert json.loads(theme.SHIPPED.read_text()) == shipped_record()


def test_a_changed_theme_is_seen_at_once(tmp_path):
    templates = make_theme(tmp_path)
    before = dressed(parse("x"), "s", "en", templates)
    make_theme(tmp_path, CSS + " p { margin: 7px } ")

    assert (before.count("7px"), dressed(parse("x"), "s", "en", templates).count("7px")) == (0, 1)


def test_a_theme_is_learned_once_and_then_read_from_the_cache(tmp_path):
    templates = make_theme(tmp_path / "own", "p { margin: 3px }")
    templates.cache = tmp_path / "cache"
    dressed(parse("x"), "s", "en", templates)
    [file] = (tmp_path / "cache/themes").iterdir()
    record = json.loads(file.read_text())
    record["styles"]["p"] = "margin:4px"
    file.write_text(json.dumps(record))
    theme._records.clear()

    assert 'style="margin:4px"' in dressed(parse("x"), "s", "en", templates)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", '{"shell": 1}', '{"shell": ["a"], "styles": {"p": 1}, "ancestors": []}']
)
def test_a_damaged_record_is_made_anew(damage, tmp_path):
    templates = make_theme(tmp_path / "own", "p { margin: 5px }")
    templates.cache = tmp_path / "cache"
    dressed(parse("x"), "s", "en", templates)
    [file] = (tmp_path / "cache/themes").iterdir()
    file.write_text(damage)
    theme._records.clear()

    assert 'style="margin:5px"' in dressed(parse("x"), "s", "en", templates)


@pytest.mark.parametrize("css", ["@import url(https://a.example/x.css);", "p{margin:0}\n@IMPORT 'x.css';"])
def test_a_theme_that_imports_is_refused_with_its_line(css, tmp_path):
    with pytest.raises(TemplateFault, match=rf"plain\.css:{css.count(chr(10)) + 1}: .*load nothing from elsewhere"):
        dressed(parse("x"), "s", "en", make_theme(tmp_path, css))


def test_a_theme_that_links_is_refused_whatever_else_it_holds(tmp_path):
    html = HTML.replace(
        "<style>", '<link rel="stylesheet" href="https://a.example/x.css">\n{% if 1 %}{% endif %}<style>'
    )

    with pytest.raises(TemplateFault, match=r"plain\.html\.j2:9: "):
        dressed(parse("x"), "s", "en", make_theme(tmp_path, html=html))


@pytest.mark.parametrize("tag", ["iframe", "IFRAME", "frame", "object", "embed"])
def test_a_theme_that_frames_another_page_is_refused(tag, tmp_path):
    html = HTML.replace("<style>", f'<{tag} src="https://a.example/x">\n<style>')

    with pytest.raises(TemplateFault, match="load nothing from elsewhere"):
        dressed(parse("x"), "s", "en", make_theme(tmp_path, html=html))


def test_a_page_that_does_not_render_names_its_line(tmp_path):
    with pytest.raises(TemplateFault, match=r"plain\.html\.j2:2: there is no name “lnag”"):
        dressed(parse("x"), "s", "en", make_theme(tmp_path, html=HTML.replace("{{ lang }}", "{{ lnag }}")))


def test_an_import_that_slips_through_opens_no_socket(monkeypatch):
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: tried.append(address))

    inlining.inlined(
        "<!DOCTYPE html><html><head><style>@import url(http://127.0.0.1:9/x.css); p{margin:0}</style></head><body><p>x</p></body></html>"
    )

    assert tried == []


def test_premailer_is_quiet_about_a_bad_theme():
    document = "<!DOCTYPE html><html><head><style>@import url(x.css); p{margin:;colour:red;} }{</style></head><body><p>x</p></body></html>"
    program = f"from mailer.composer.inlining import inlined; inlined({document!r})"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_note_of_the_built_in_theme_needs_no_premailer(tmp_path):
    program = (
        "import sys; from mailer.composer import Templates; from mailer.composer.markup import parse;"
        "from mailer.composer.theme import dressed; dressed(parse('- a *b*'), 's', 'en', Templates());"
        "print([m for m in ('premailer', 'lxml', 'cssutils', 'jinja2') if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


@pytest.mark.parametrize(
    ("locale", "tag", "direction"),
    [
        ("en-US", "en-US", "ltr"),
        ("", "en", "ltr"),
        ("ar", "ar", "rtl"),
        ("he-IL", "he-IL", "rtl"),
        ('"><x', "en", "ltr"),
    ],
)
def test_the_page_says_its_language_and_direction(locale, tag, direction):
    from tests.factories import make_interview
    from tests.unit.composer.notes import compose_one

    composition = compose_one(make_interview(locale=locale))

    assert (composition.language, f'<html lang="{tag}" dir="{direction}">' in composition.html) == (tag, True)


def test_the_page_looks_like_a_mail_that_a_person_wrote():
    html = compose_section("Dear X,\n\n- a\n\n> b").html

    assert not [
        mark for mark in ("<table", "width:", "background", "color:", "<img", "<style", 'class="p') if mark in html
    ]


def test_the_subject_is_the_escaped_title():
    from tests.factories import make_interview, make_note
    from tests.unit.composer.notes import compose_one

    html = compose_one(make_interview(note=make_note(subject="R&D <x> 'y'"))).html

    assert "<title>R&amp;D &lt;x&gt; 'y'</title>" in html
