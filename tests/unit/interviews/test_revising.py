"""A change touches the lines of its value and nothing else, however the person wrote the file."""

from __future__ import annotations

import difflib
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.errors import NoteError
from mailer.model import GiftKind, Interview, Sector
from tests.conftest import SCENARIOS
from tests.factories import make_gift
from tests.unit.interviews.files import PATH, one_person, two_people

FILES = sorted(SCENARIOS.glob("[0-9]*.md"))
TEACHER, QUALITY, ENGINEER = (
    SCENARIOS / name for name in ("02-teacher.md", "05-quality-manager.md", "04-software-engineer.md")
)


def revised(path: Path, changes: dict[str, object]) -> tuple[list[str], list[str], Interview]:
    """Return the lines taken away, those added, and the interview of the changed text."""
    text = interviews.read_text(path)
    changed = interviews.revise(text, changes)
    difference = list(difflib.ndiff(text.splitlines(), changed.splitlines()))
    gone, new = ([line[2:] for line in difference if line.startswith(sign)] for sign in ("- ", "+ "))
    return gone, new, interviews.parse(changed.encode(), path)


def refused(text: str, changes: dict[str, object]) -> NoteError:
    with pytest.raises(NoteError) as caught:
        interviews.revise(text, changes)
    return caught.value


# --- what stays -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_change_gives_the_same_text(path: Path) -> None:
    text = interviews.read_text(path)

    assert interviews.revise(text, {}) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_setting_every_value_to_what_it_is_gives_the_same_text(path: Path) -> None:
    interview = interviews.read(path)
    same: dict[str, object] = {
        "company": interview.company,
        "start": interview.start,
        "decision_expected": interview.decision_expected,
        "sector": interview.sector if "sector" in interview.lines else None,
    }
    for index, person in enumerate(interview.people):
        same[f"people[{index}].heard"] = person.heard if len(person.heard) > 1 else person.heard[0]
        same[f"people[{index}].email"] = person.email
        if person.gift:
            same[f"people[{index}].gift.minutes"] = person.gift.minutes
            same[f"people[{index}].gift.why"] = person.gift.why
            same[f"people[{index}].gift.read_on"] = person.gift.read_on
    text = interviews.read_text(path)

    assert interviews.revise(text, same) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_single_value_can_be_changed_alone_and_back(path: Path) -> None:
    text = interviews.read_text(path)
    keys = [
        key
        for key in interviews.read(path).lines
        if key.endswith(("name", "title", "why", "subject", "role", "company"))
    ]

    for key in keys:
        changed = interviews.revise(text, {key: "Another: value, with # marks"})
        lines = list(difflib.unified_diff(text.splitlines(), changed.splitlines(), n=0, lineterm=""))[2:]
        assert len([line for line in lines if line.startswith("+")]) == 1
        assert changed.partition("\n---\n")[2] == text.partition("\n---\n")[2]


def test_windows_line_ends_and_the_byte_order_mark_stay() -> None:
    text = "\ufeff" + two_people("## nunez\nDear Sofía,\n").replace("\n", "\r\n")

    changed = interviews.revise(
        text, {"people[0].heard": ["one", "two\nthree"], "company": "Other", "people[1].role": "x"}
    )

    assert changed.startswith("\ufeff---\r\n")
    assert "\n" not in changed.replace("\r\n", "")
    assert interviews.parse(changed.encode(), PATH).people[0].heard == ("one", "two\nthree")


def test_a_comment_stays_on_the_line_of_a_changed_value() -> None:
    gone, new, _ = revised(QUALITY, {"people[0].name": "Wim van der Berg"})

    assert gone == [
        "    name: Willem van der Berg        # lower-case particles; sorted under B or V, as the user says"
    ]
    assert new == ["    name: Wim van der Berg        # lower-case particles; sorted under B or V, as the user says"]


def test_a_comment_stays_when_the_value_becomes_several_lines() -> None:
    text = one_person("heard: one   # on the stairs\nrole: x\n")

    changed = interviews.revise(text, {"people[0].heard": ["one", "two"]})

    assert "    heard:   # on the stairs\n      - one\n      - two\n    role: x\n" in changed


def test_a_comment_after_a_block_mark_stays() -> None:
    text = one_person("heard: >-  # on the stairs\n  one\n  two\n")

    changed = interviews.revise(text, {"people[0].heard": "three"})

    assert "    heard: >-  # on the stairs\n      three\n---\n" in changed


@pytest.mark.parametrize("heard", ['["a #1", b]', '"a #1"', "'a #1'", '[\n      "a #1",   # first\n      b]'])
def test_a_hash_inside_quotes_is_no_comment(heard: str) -> None:
    text = one_person(f"heard: {heard}   # both\nrole: x\n")

    changed = interviews.revise(text, {"people[0].heard": "c"})

    assert changed.replace('"c"', "c").replace("'c'", "c") == one_person("heard: c   # both\nrole: x\n")


def test_quotes_stay() -> None:
    _, new, _ = revised(QUALITY, {"people[0].gift.title": 'The "nineteen" case'})

    assert new == ['      title: "The \\"nineteen\\" case"']


def test_folded_text_stays_folded() -> None:
    words = "A die change takes us seventy minutes on a good day. " * 4

    gone, new, interview = revised(QUALITY, {"people[0].heard": words})

    assert (len(gone), len(new)) == (2, 3)
    assert all(line.startswith("      ") and len(line) <= 110 for line in new)
    assert interview.people[0].heard == (words.strip(),)


def test_a_wall_time_keeps_the_t_of_the_file() -> None:
    _, new, _ = revised(TEACHER, {"people[0].send": datetime(2026, 4, 22, 9, 5)})  # wall time

    assert new == ["    send: 2026-04-22T09:05"]


def test_an_empty_value_is_filled_in_its_place() -> None:
    text = one_person("role:   # ask her\nheard: x\n")

    assert "    role: Lead   # ask her\n    heard: x\n" in interviews.revise(text, {"people[0].role": "Lead"})


def test_a_list_in_brackets_stays_in_brackets() -> None:
    text = one_person("heard: [one, two]   # both\n")

    assert "    heard: [one, two, 'three, four']   # both\n" in interviews.revise(
        text, {"people[0].heard[2]": "three, four"}
    )


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("company", "Kupferberg & Söhne GmbH", "company: Kupferberg & Söhne GmbH"),
        ("company", "null", "company: 'null'"),
        ("company", "no", "company: no"),
        ("company", "- a", "company: '- a'"),
        ("company", "a #1", "company: 'a #1'"),
        ("company", 'It\'s: "x"', 'company: "It\'s: \\"x\\""'),
        ("company", "  佐藤 😀 ", "company: 佐藤 😀"),
        ("start", datetime(2026, 6, 11, 9, 0), "start: 2026-06-11 09:00"),  # wall time
        ("start", datetime(2026, 6, 11, 9, 0, 30), "start: 2026-06-11 09:00:30"),
        ("decision_expected", date(2026, 7, 1), "decision_expected: 2026-07-01"),
        ("sector", Sector.PUBLIC, "sector: public"),
        ("people[0].gift.minutes", 12, "      minutes: 12"),
    ],
)
def test_a_value_is_written_as_a_person_would(key: str, value: object, line: str) -> None:
    _, new, _ = revised(QUALITY, {key: value})

    assert new == [line]


def test_a_bool_is_true_or_false() -> None:
    gone, new, interview = revised(TEACHER, {"people[1].gift.vcard": False})

    assert (gone, new) == (["      vcard: true"], ["      vcard: false"])
    assert interview.people[1].gift is not None
    assert interview.people[1].gift.vcard is False


def test_text_with_line_breaks_becomes_a_block() -> None:
    _, new, interview = revised(QUALITY, {"people[1].gift.why": "one: two\r\n\r\nthree"})

    assert new == ["      why: |-", "        one: two", "", "        three"]
    assert interview.people[1].gift is not None
    assert interview.people[1].gift.why == "one: two\n\nthree"


def test_a_whole_gift_can_be_replaced() -> None:
    gift = {
        "kind": GiftKind.LIST,
        "title": "Three firms",
        "items": ["one", {"name": "two: 2", "url": "https://a.example/", "note": ""}, "three"],
        "minutes": None,
    }

    gone, new, interview = revised(QUALITY, {"people[0].gift": gift})

    assert len(gone) == 9
    assert new == [
        "      kind: list",
        "      title: Three firms",
        "      items:",
        "        - one",
        "        - name: 'two: 2'",
        "          url: https://a.example/",
        "        - three",
    ]
    assert len(interview.people) == 2


def test_a_person_can_be_added() -> None:
    gone, new, interview = revised(
        QUALITY, {"people[2]": {"name": "Ana Li", "greeting": "Dear Ana,", "heard": ["a", "b"]}}
    )

    assert gone == []
    assert new == ["  - name: Ana Li", "    greeting: Dear Ana,", "    heard:", "      - a", "      - b"]
    assert interview.people[2].id == "ana-li"


# --- keys that are not there yet ----------------------------------------------------------------------------------


def test_a_new_key_stands_where_the_format_lists_it() -> None:
    text = two_people()

    changed = interviews.revise(
        text, {"people[0].email": "a@b.example", "end": "2026-06-11 11:00", "people[0].role": "Lead"}
    )

    assert "start: 2026-06-11 10:00\nend: 2026-06-11 11:00\ntimezone:" in changed
    assert "greeting: Dear Sofía,\n    email: a@b.example\n    role: Lead\n  - id: vanderberg" in changed


def test_a_new_key_goes_after_comments_of_the_line_before_and_not_below_those_that_follow() -> None:
    text = one_person("role: Lead   # hers\n# the next person\n")

    assert "    role: Lead   # hers\n    heard: x\n    # the next person\n" in interviews.revise(
        text, {"people[0].heard": "x"}
    )


def test_missing_mappings_on_the_way_are_made() -> None:
    _, new, interview = revised(QUALITY, {"people[0].via.name": "Ana", "people[0].via.email": "a@b.example"})

    assert new == ["    via:", "      name: Ana", "      email: a@b.example"]
    assert interview.people[0].via is not None


def test_a_first_later_note_makes_its_list() -> None:
    _, new, interview = revised(QUALITY, {"people[1].more[0].kind": "follow-up", "people[1].more[0].subject": "Again"})

    assert new == ["    more:", "      - kind: follow-up", "        subject: Again"]
    assert interview.notes[-1].label == "nunez (follow-up)"


def test_a_null_in_the_way_gives_way() -> None:
    text = one_person("via:   # ask\ngift: null\n")

    changed = interviews.revise(text, {"people[0].via.name": "Ana", "people[0].gift.kind": "file"})

    assert "    via:   # ask\n      name: Ana\n    gift:\n      kind: file\n" in changed


def test_an_empty_file_can_be_filled() -> None:
    text = interviews.revise("---\n---\n", {"company": "A", "people[0].name": "Ana", "role": "B"})

    assert text == "---\ncompany: A\nrole: B\npeople:\n  - name: Ana\n---\n"


# --- removal ----------------------------------------------------------------------------------------------------


def test_none_removes_a_key_with_its_lines() -> None:
    gone, new, _ = revised(QUALITY, {"people[0].gift.why": None, "decision_expected": None})

    assert new == []
    assert [line.split(":")[0].strip() for line in gone][:2] == ["decision_expected", "why"]
    assert len(gone) == 4


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
def test_what_is_empty_removes_like_none(nothing: object) -> None:
    gone, new, _ = revised(QUALITY, {"people[1].heard": nothing})

    assert (len(gone), new) == (1, [])


def test_removing_what_is_not_there_changes_nothing() -> None:
    text = interviews.read_text(QUALITY)

    assert interviews.revise(text, {"end": None, "people[0].via": None, "people[0].more[0].gift.url": None}) != text
    assert interviews.revise(text, {"people[0].via": None, "people[0].via.name": None}) == text


def test_the_key_beside_the_dash_can_go() -> None:
    text = interviews.read_text(QUALITY)

    assert interviews.revise(text, {"people[1].id": None}) == text.replace("id: nunez\n    ", "")


def test_the_key_beside_the_dash_becomes_null_where_a_comment_follows_it() -> None:
    text = "---\npeople:\n  - id: x   # short\n    # as she writes it\n    name: Ana\n---\n"

    assert interviews.revise(text, {"people[0].id": None}) == text.replace("id: x", "id: null")


def test_the_last_key_of_a_mapping_takes_the_mapping_along() -> None:
    text = one_person("role: x\nvia:\n  name: Ana\n")

    assert interviews.revise(text, {"people[0].via.name": None}) == one_person("role: x\n")


def test_an_item_of_a_list_can_go() -> None:
    gone, new, interview = revised(ENGINEER, {"people[2].heard[0]": None, "people[2].gift.items[3]": None})

    assert new == []
    assert len(gone) == 3
    assert interview.people[2].heard == ("People on call mute the pager channel.",)


def test_a_person_can_go() -> None:
    text = two_people()

    assert "vanderberg" not in interviews.revise(text, {"people[1]": None})
    assert "nunez" not in interviews.revise(text, {"people[0]": None})


def test_the_last_key_of_the_file_can_go() -> None:
    assert interviews.revise("---\n# mine\ncompany: A  # b\n---\nx", {"company": None}) == "---\n# mine\n---\nx"


def test_brackets_are_changed_inside() -> None:
    text = "---\npeople: [{name: A, via: {name: X, email: a@b.example}}] # c\n# d\n---\nx"

    text = interviews.revise(
        text, {"people[0].via.name": "Y, Z", "people[0].greeting": "Hi", "people[0].via.email": None}
    )

    assert text == "---\npeople: [{name: A, via: {name: 'Y, Z'}, greeting: Hi}] # c\n# d\n---\nx"


def test_a_file_all_in_brackets_is_changed_there() -> None:
    text = "---\n{company: a, people: [{name: x}]}\n---\n"

    text = interviews.revise(text, {"role": "b", "company": None})

    assert text == "---\n{people: [{name: x}], role: b}\n---\n"


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("compny", "unknown key “compny”; did you mean “company”?"),
        ("people[0].gift.tite", "did you mean “title”?"),
        ("people.name", "needs the number of an item"),
        ("company[0]", "no list"),
        ("company.name", "unknown key"),
        ("[0]", "no dotted key"),
        ("people[0]..name", "no dotted key"),
        ("people[-1].name", "no dotted key"),
        ("people[9].name", "the list has 2 items; [2] appends one"),
        ("people[0].heard[1]", "[1] is asked for in a value that is no list"),
        ("", "no dotted key"),
    ],
)
def test_a_key_that_leads_nowhere_is_refused(key: str, words: str) -> None:
    error = refused(interviews.read_text(QUALITY), {key: "x"})

    assert words in error.problem
    assert (error.path, error.key) == (Path("interview.md"), key)


def test_a_value_below_a_text_is_refused() -> None:
    assert "has no keys" in refused(one_person("via: Ana\n"), {"people[0].via.name": "x"}).problem


@pytest.mark.parametrize("value", ["a\0b", "a\x1bb", "a\ud800b", "a\rb", ["a", "b\x07"], {"name": "a\x85b"}])
def test_a_control_character_is_refused(value: object) -> None:
    assert (
        "cannot be in a mail"
        in refused(
            one_person(), {"people[0].via": value} if isinstance(value, dict) else {"people[0].heard": value}
        ).problem
    )


@pytest.mark.parametrize("value", [math.pi, object(), b"x", make_gift(), datetime(2026, 6, 12, 9, 0, tzinfo=UTC)])
def test_a_value_of_another_type_is_a_mistake_of_the_caller(value: object) -> None:
    with pytest.raises(TypeError):
        interviews.revise(one_person(), {"people[0].send": value})


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\n: :\n  - [\n---\n", "---\na: &x b\n---\n", "---\n? [a]\n: b\n---\n"]
)
def test_a_text_that_cannot_be_read_is_refused(text: str) -> None:
    assert refused(text, {"company": "x"}).path == Path("interview.md")


def test_the_path_is_that_of_the_caller() -> None:
    with pytest.raises(NoteError, match=r"^harborline\.md: "):
        interviews.revise(one_person(), {"x": 1}, path=PATH)


# --- properties -------------------------------------------------------------------------------------------------

KEYS = (
    "company", "end", "locale", "people[0].role", "people[0].heard", "people[0].gift.why", "people[0].gift", "people[0].id", "people[1]",
    "people[0].heard[0]", "people[0].gift.title", "people[1].via.name", "people[0].more[0].subject", "people[1].gift.items[1].note",
)  # fmt: skip
LINES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
VALUES: st.SearchStrategy[Any] = (
    st.none()
    | TEXTS
    | st.lists(TEXTS, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "title", "why"]), TEXTS, max_size=3)
)


def is_empty(value: Any) -> bool:
    """Tell whether nothing is left of a value, so that giving it removes the item it is given for."""
    if isinstance(value, dict | list):
        return all(map(is_empty, value.values() if isinstance(value, dict) else value))
    return value is None or not value.strip()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.sampled_from(KEYS), VALUES)
def test_any_change_reads_back_and_leaves_the_body_or_is_refused(path: Path, key: str, value: object) -> None:
    text = interviews.read_text(path)
    try:
        changed = interviews.revise(text, {key: value})
    except NoteError:
        return

    assert changed.partition("\n---\n")[2] == text.partition("\n---\n")[2]
    assert interviews.revise(changed, {} if key.endswith("]") and is_empty(value) else {key: value}) == changed
