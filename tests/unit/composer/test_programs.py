"""The built-in templates give without Jinja2 what they give with it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer import programs, record
from mailer.composer.literals import Literals, expanded
from mailer.composer.prepare import shipped_programs
from mailer.composer.record import Fields, NoGift, Paragraph
from mailer.composer.rendering import render
from mailer.composer.substitution import printed
from mailer.composer.templates import BUILT_IN, Templates
from mailer.composer.translating import translated
from mailer.errors import TemplateFault
from mailer.model import Contact, GiftItem, GiftKind, Slots
from tests.factories import SENDER, make_gift, make_interview, make_note, make_person

TEMPLATES = Templates()
NAMES = [f"{file.parent.name}/{file.name}" for file in sorted(BUILT_IN.glob("*/*.j2")) if file.parent.name != "theme"]
maybe = st.sampled_from(["", "some words", "Ends here."])
items = st.builds(GiftItem, st.just("One"), maybe, maybe)
contacts = st.builds(Contact, st.just("Ana"), maybe, maybe)
gifts = st.builds(
    make_gift,
    kind=st.sampled_from(GiftKind),
    why=maybe,
    minutes=st.sampled_from([None, 1, 8]),
    access=maybe,
    url=maybe,
    items=st.lists(items, max_size=3).map(tuple),
    contact=contacts,
    vcard=st.booleans(),
    file=st.just("files/a.pdf"),
)
slots = st.builds(Slots, maybe, maybe, maybe, maybe)


def names_of(gift: Any, filled: Slots, heard: tuple[str, ...], *, is_placed: bool) -> dict[str, Any]:
    person = make_person(heard=heard, gift=gift)
    note = make_note(people=(person,), slots=filled, gift=gift)
    interview = make_interview(note=note)
    paragraph = Paragraph(record.gift_fields(gift), lambda: "THE GIFT") if is_placed else NoGift("x")
    return {
        **record.section_names(interview, note, SENDER),
        **record.slot_names(interview, note),
        **record.gift_names(interview, note, gift),
        "gifts": paragraph if is_placed else None,
        "readers": "A and B",
        "via": Fields("", name=filled.offer, address="a@a.example"),
    }


@given(st.sampled_from(NAMES), gifts, slots, st.lists(maybe.filter(bool), max_size=3).map(tuple), st.booleans())
def test_a_program_writes_what_jinja_writes(name, gift, filled, heard, is_placed):
    source = TEMPLATES.source(name)
    names = names_of(gift, filled, heard, is_placed=is_placed)
    fast, slow = Literals(), Literals()

    steps = programs.program(source.text) or []
    try:
        quick = "".join(programs.run(steps, names, lambda value: printed(value, fast, "")))
    except (ValueError, AttributeError):  # a value that is not recorded: Jinja2 says so too
        quick = "a fault"
    try:
        by_jinja = render(source, names, slow)
    except TemplateFault:
        by_jinja = "a fault"

    assert expanded(quick, fast.values).rstrip("\n") == expanded(by_jinja, slow.values).rstrip("\n")


def test_the_shipped_programs_are_those_of_the_templates():
    assert json.loads(programs.SHIPPED.read_text("utf-8")) == shipped_programs()


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_template_has_its_program(name):
    assert programs.program(TEMPLATES.source(name).text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in b if a %}{% endfor %}",
        "{% for a in b %}{% else %}x{% endfor %}",
        "{% if a %}{% set b = 1 %}{% endif %}",
        "{% macro m() %}{% endmacro %}",
        "{{ a() }}",
        "{{ a | join(', ') }}",
        "{{ a | upper }}",
        "{{ a + b }}",
    ],
)
def test_what_no_program_can_say_is_left_to_jinja(text):
    with pytest.raises(ValueError, match="no program has"):
        translated(text)


def test_every_kind_of_step_is_run_as_jinja_runs_it():
    text = (
        "{% set x = ['a', 'b'][n] %}{% if not n %}0{% elif n and x %}{{ x }}{% else %}2{% endif %}"
        "{% for y in z %}{{ y or x }}{% endfor %}{{ x }}"
    )
    names = {"n": 1, "z": ("p", "", "q")}

    assert "".join(programs.run(translated(text), names, str)) == "bpbqb"


def test_a_note_with_a_gift_needs_no_jinja():
    program = (
        "import sys; from mailer.composer import Templates, compose;"
        "from tests.factories import SENDER, make_gift, make_interview, make_note, make_person;"
        "g = make_gift(); n = make_note(people=(make_person(gift=g),), gift=g, source='Hi\\n\\n{{ gift }}\\n\\n{{ me.name }}');"
        "i = make_interview(note=n); compose(i, n, SENDER, Templates());"
        "print([m for m in ('jinja2', 'premailer', 'lxml') if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


def test_a_damaged_file_of_programs_costs_only_time(tmp_path, monkeypatch):
    (tmp_path / "programs.json").write_text("[")
    monkeypatch.setattr(programs, "SHIPPED", tmp_path / "programs.json")
    programs._shipped.cache_clear()
    try:
        assert programs.program(TEMPLATES.source("gifts/article.md.j2").text) is None
    finally:
        programs._shipped.cache_clear()
