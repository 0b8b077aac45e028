"""A section is rendered in a sandbox, and every fault names the file and the line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mailer.composer import Templates
from mailer.composer.literals import Literals, expanded
from mailer.composer.record import section_names
from mailer.composer.rendering import render
from mailer.composer.section import section
from mailer.composer.substitution import rendered
from mailer.composer.templates import Source
from mailer.errors import TemplateFault
from tests.factories import SENDER, make_gift, make_interview, make_note
from tests.unit.composer.notes import compose_one, compose_section, text_of


def fault_of(source: str, **person: Any) -> TemplateFault:
    with pytest.raises(TemplateFault) as caught:
        compose_section(source, **person)
    return caught.value


def test_the_names_of_the_record_can_be_printed():
    source = (
        "{{ greeting }}|{{ person }}|{{ person.role }}|{{ company }}|{{ role }}|{{ heard }}|{{ me }}|{{ me.address }}"
        "|{{ interview.start }}|{{ interview.start | weekday }}|{{ interview.end | time }}|{{ interview.start | date }}"
    )

    assert text_of(source) == (
        "Dear Mr. van der Berg,|Willem van der Berg|Plant Manager|Harborline Castings|Quality Manager|A die change on"
        " line 3 takes us seventy minutes on a good day.|Monique Delacroix-Baker|monique.delacroix-baker@example.com"
        "|11 June 2026, 10:00|Thursday|11:30|11 June 2026"
    )


def test_a_date_reads_as_in_the_interviews_country():
    note = make_note(source="{{ interview.decision_expected }}")

    composition = compose_one(make_interview(note=note, decision_expected=date(2026, 6, 26), locale="en-US"))

    assert composition.text == "June 26, 2026\n"


def test_single_fields_of_the_gift_can_be_printed():
    assert text_of("{{ gift.title }}, {{ gift.minutes }} minutes: {{ gift.url }}") == (
        "Seventy minutes to nineteen, 8 minutes: https://castings-monthly.example/changeover-times"
    )


def test_a_condition_of_the_sender_works():
    assert text_of("{% if gift %}yes{% else %}no{% endif %}") == "yes"


def test_no_gift_is_false_in_a_condition():
    assert compose_section("{% if gift %}yes{% else %}no{% endif %}").text == "no\n"


def test_a_gift_that_is_not_recorded_cannot_be_placed():
    fault = fault_of("a\n\n{{ gift }}")

    assert (fault.line, "no gift recorded" in fault.problem) == (22, True)


def test_a_missing_value_is_no_word_of_the_mail():
    fault = fault_of("a\nCall {{ me.phone }}")

    assert (fault.line, "nothing is recorded" in fault.problem) == (21, True)


def test_a_misspelt_name_gets_the_nearest_one():
    fault = fault_of("one\ntwo {{ persn.name }}")

    assert str(fault) == "harborline.md:21: there is no name “persn” here; did you mean “person”?"


def test_a_misspelt_field_gets_the_nearest_one():
    assert "did you mean “title”?" in fault_of("{{ gift.titel }}", gift=make_gift()).problem


def test_a_name_that_is_like_no_other_gets_the_list():
    assert "there are: greeting, person, company" in fault_of("{{ zzz }}").problem


def test_an_unknown_name_fails_in_a_condition_too():
    assert "there is no name “gft”" in fault_of("{% if gft %}x{% endif %}").problem


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\n{{ person", 21), ("{% if gift %}\nx\n", 21), ("a\nb\n{% endif %}", 22), ("{{ greeting | nosuch }}", 20)],
)
def test_a_syntax_error_names_its_line(source, line):
    fault = fault_of(source)

    assert (fault.path.name, fault.line) == ("harborline.md", line)


def test_a_line_is_right_below_a_comment():
    assert fault_of("<!-- one\ntwo\n\nthree -->\ntext\n<!-- x --> more\n{{ persn }}").line == 26


def test_a_comment_inside_a_line_leaves_the_line():
    assert text_of("one <!-- a\nb -->two\nthree") == "one two\nthree"


def test_a_comment_between_lines_leaves_no_gap():
    assert text_of("one\n  <!-- a -->\ntwo") == "one\ntwo"


def test_jinja_in_a_comment_is_not_run():
    assert text_of("one <!-- {{ nosuch }} {% for %} -->") == "one"


def test_a_comment_without_an_end_names_its_line():
    assert (fault_of("a\n\nb <!-- c").line, "never ends" in fault_of("<!-- c").problem) == (22, True)


def test_lines_of_a_section_are_those_of_the_file():
    source = section("a\n<!--\n-->\nb\nc <!-- d\ne --> f\ng", make_interview().path, 10)

    assert (source.text, [source.line(at) for at in range(5)]) == ("a\nb\nc  f\ng", [0, 10, 13, 14, 16])


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ me.__init__.__globals__ }}",
        "{{ greeting.format(1) }}",
        "{{ '%s' % greeting }}",
        "{{ 'x' * 1000000 }}",
        "{{ 2 ** 100 }}",
        "{{ [1] * 1000000 }}",
        "{{ 'x'.join('ab') }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}{{ 'x' * 100 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{% set n = namespace(x='xx') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n = namespace(x='xx') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{{ 'ab' | join(greeting * 3) }}",
        "{% include 'x' %}",
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
        "{{ 1 / 0 }}",
        "{{ greeting() }}",
        "{{ greeting[99].x }}",
    ],
)
def test_what_a_sandbox_forbids_is_a_fault_with_its_line(source):
    assert fault_of(f"a\n{source}").line == 21


def test_a_small_loop_is_allowed():
    assert text_of("{% for i in range(3) %}{{ i }}{{ ', ' if not loop.last }}{% endfor %}") == "0, 1, 2"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "plain",
        "a\r\nb\n",
        "{{ greeting }}",
        "{{person.name}} {{  company  }}\n\n{{ me.name }}\n",
        "}} %} #}",
        "{{ heard }}",
        "x {{ me }}",
    ],
)
def test_a_section_that_only_prints_names_is_rendered_as_jinja_does(source):
    names = section_names(make_interview(), make_note(), SENDER)
    fast, slow = Literals(), Literals()

    quick = rendered(Source(section(source, make_interview().path, 1).text, make_interview().path), names, fast, "")
    by_jinja = render(Source(source, make_interview().path), names, slow)

    assert expanded(quick, fast.values).rstrip("\n") == expanded(by_jinja, slow.values).rstrip("\n")


def test_a_template_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts/article.md.j2").write_bytes(b"\xff")

    with pytest.raises(TemplateFault, match=r"article\.md\.j2: cannot be read"):
        compose_section("{{ gift }}", Templates(tmp_path), gift=make_gift())


def test_a_fault_in_the_users_template_names_that_file(tmp_path):
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts/article.md.j2").write_text("one\n{{ gift.ulr }}\n")

    with pytest.raises(TemplateFault) as caught:
        compose_section("{{ gift }}", Templates(tmp_path), gift=make_gift())

    assert (caught.value.path, caught.value.line) == (tmp_path / "gifts/article.md.j2", 2)


def test_a_template_of_the_user_stands_in_for_the_built_in_one(tmp_path):
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts/article.md.j2").write_text("Read {{ gift.title }}.\n")

    assert (
        compose_section("{{ gift }}", Templates(tmp_path), gift=make_gift()).text
        == "Read Seventy minutes to nineteen.\n"
    )


def test_a_changed_template_is_seen_by_the_same_templates(tmp_path):
    templates = Templates(tmp_path)
    before = compose_section("{{ gift }}", templates, gift=make_gift()).text
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts/article.md.j2").write_text("New")

    assert (before != "New\n", compose_section("{{ gift }}", templates, gift=make_gift()).text) == (True, "New\n")
