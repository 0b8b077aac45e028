"""A file that does not read is refused in words that name line, key, what was found and what is expected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailer import interviews
from mailer.errors import NoteError
from tests.unit.interviews.files import PATH, TOP, fault, file_of, one_person, two_people


def said(text: str | bytes) -> tuple[int, str, str]:
    error = fault(text)
    return error.line, error.key, error.problem


# --- the file ---------------------------------------------------------------------------------------------------


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match=r"absent\.md: there is no such file; .*`mailer new`"):
        interviews.read(tmp_path / "absent.md")


def test_a_folder_is_no_interview(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="folder or device"):
        interviews.read(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")

    with pytest.raises(NoteError, match="folder or device"):
        interviews.read(tmp_path / "pipe.md")


def test_a_file_behind_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "a.md")

    with pytest.raises(NoteError, match="cannot be read"):
        interviews.read(tmp_path / "a.md")


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(NoteError, match="cannot be read"):
        interviews.read(Path("a\0b.md"))


def test_a_folder_that_is_not_there_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="folder cannot be listed"):
        interviews.find(tmp_path / "absent")


def test_bytes_that_are_no_utf8_name_the_byte_and_its_line() -> None:
    assert said(one_person().encode() + "Señora\n".encode("latin-1"))[0] == 11
    assert "byte 0xf1 is no UTF-8" in fault("Señora\n".encode("latin-1")).problem


def test_utf_16_is_refused() -> None:
    assert "save the file in the encoding UTF-8" in fault(one_person().encode("utf-16")).problem


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\u2029", "\r"])
def test_a_control_character_in_the_body_is_named_with_its_line(character: str) -> None:
    error = fault(one_person(body=f"Dear Sofía,\nThank{character}you\n"))

    assert error.line == 12
    assert f"U+{ord(character):04X}" in error.problem


def test_a_nul_in_the_front_matter_is_named_with_its_line() -> None:
    assert said("---\ncompany: a\0b\n---\n")[0] == 2


# --- the front matter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Dear Sofía,\n", "\n---\n", "----\n", "company: x\n---\n", "# x\n"])
def test_missing_front_matter_says_how_a_file_begins(text: str) -> None:
    assert "front matter is missing; the first line must be “---”" in fault(text).problem


@pytest.mark.parametrize("text", ["---", "---\n", "---\ncompany: x", "---\ncompany: x\n ---\n", "---\n----\n"])
def test_front_matter_without_an_end_is_refused(text: str) -> None:
    assert "not closed; put a line “---” after" in fault(text).problem


@pytest.mark.parametrize("front", ["", "\n\n", "# only a comment\n", "null\n"])
def test_empty_front_matter_names_the_keys_that_it_needs(front: str) -> None:
    assert "needs company, role, start, timezone, people" in fault(f"---\n{front}---\n").problem


@pytest.mark.parametrize("front", ["- a\n- b\n", "just words\n"])
def test_front_matter_must_be_keys_with_values(front: str) -> None:
    assert "expected keys with values" in fault(f"---\n{front}---\n").problem


def test_a_colon_in_a_value_is_explained() -> None:
    line, _, problem = said(f"---\n{TOP}locale: a: b\n---\n")

    assert line == 6
    assert "put the whole value in double quotes" in problem


def test_a_tab_as_indentation_is_explained() -> None:
    line, _, problem = said(f"---\n{TOP}people:\n\t- name: x\n---\n")

    assert line == 7
    assert "a tab indents" in problem


@pytest.mark.parametrize(
    ("front", "line", "words"),
    [
        ("company: a\nrole: [\n", 4, "not closed"),
        ("company: a\n  role: b\n", 3, "double quotes"),
        ("company: a\nrole\n", 4, "without “:”"),
        ("company: @home\n", 2, "reserves"),
        ("company: a\n b\n- c\n", 4, "indentation"),
        ("company: %a\n", 2, "reserves"),
    ],
)
def test_broken_yaml_is_refused_near_the_slip_with_advice(front: str, line: int, words: str) -> None:
    error = fault(f"---\n{front}---\n")

    assert "not YAML" in error.problem
    assert words in error.problem
    assert abs(error.line - line) <= 1


@pytest.mark.parametrize("opened", ['"Engineer', "'Engineer", "[Engineer, Lead", "{Engineer: Lead"])
def test_a_quote_or_bracket_that_is_not_closed_names_the_line_where_it_was_opened(opened: str) -> None:
    error = fault(f"---\ncompany: a\nrole: {opened}\nlocale: en\nvoice: plain\n---\n")

    assert error.line == 3
    assert "that was opened here is not closed" in error.problem


@pytest.mark.parametrize("key", ["company", "role", "start", "timezone"])
def test_a_missing_top_key_is_named(key: str) -> None:
    top = "".join(f"{line}\n" for line in TOP.splitlines() if not line.startswith(key))

    assert said(one_person(top=top)) == (1, key, f"{key}: this key is missing; it is required")


def test_people_are_required() -> None:
    assert said(f"---\n{TOP}---\n") == (1, "people", "people: this key is missing; it is required")


def test_a_person_without_name_is_refused_at_the_person() -> None:
    text = file_of("  - id: nunez\n    greeting: Dear Sofía,\n")

    assert said(text) == (7, "people[0].name", "people[0].name: this key is missing; it is required")


@pytest.mark.parametrize("nothing", ["", "null", "~", '""', "' '"])
def test_a_required_key_without_a_value_is_refused_at_the_key(nothing: str) -> None:
    text = file_of(f"  - greeting: Dear Sofía,\n    name: {nothing}\n")

    assert said(text) == (8, "people[0].name", "people[0].name: found nothing, but this key is required")


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        (one_person(top=TOP + "compny: x\n"), 6, "compny", "unknown key “compny”; did you mean “company”?"),
        (one_person("emial: a@b.example\n"), 10, "people[0].emial", "did you mean “email”?"),
        (one_person("Role: x\n"), 10, "people[0].Role", "did you mean “role”?"),
        (one_person("xyzzy: 1\n"), 10, "people[0].xyzzy", "(known here: id, name, greeting, email,"),
        (one_person("via: {name: a, mail: a@b.example}\n"), 10, "people[0].via.mail", "did you mean “email”?"),
        (one_person("gift:\n  kind: article\n  titel: x\n"), 12, "people[0].gift.titel", "did you mean “title”?"),
        (one_person("<<: {role: x}\n"), 10, "people[0].<<", "unknown key “<<”"),
        (one_person("more:\n  - kind: follow-up\n    sned: x\n"), 12, "people[0].more[0].sned", "did you mean “send”?"),
    ],
)
def test_an_unknown_key_names_its_line_and_the_nearest_known_one(text: str, line: int, key: str, words: str) -> None:
    error = fault(text)

    assert (error.line, error.key) == (line, key)
    assert words in error.problem


def test_a_duplicate_key_names_both_lines() -> None:
    line, key, problem = said(one_person("role: a\nrole: b\n"))

    assert (line, key) == (11, "people[0].role")
    assert "stands twice, first on line 10" in problem


def test_a_key_that_is_no_word_is_refused() -> None:
    assert "expected a key" in fault(f"---\n{TOP}? [a, b]\n: c\n---\n").problem


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ("role: [a, b]", "role", "found a list, expected text on one line"),
        ("role: {a: b}", "role", "found keys with values, expected text on one line"),
        ("role: |\n  a\n  b", "role", "found a line break, expected text on one line"),
        ('subject: "a\\nBcc: x@y.example"', "subject", "found a line break"),
        ("heard: {a: b}", "heard", "found keys with values, expected what they said"),
        ("heard: [He said: yes]", "heard[0]", "put the whole text in quotes"),
        ("heard: [a, [b]]", "heard[1]", "found a list, expected text"),
        ("heard: [a, '']", "heard[1]", "found nothing, expected what they said"),
        ("thanks: [a]", "thanks", "found a list, expected text"),
        ("id: [a]", "id", "found a list, expected an id"),
        ("voice: shouting", "voice", "found “shouting”, expected one of plain, warm, formal"),
        ("voice: formel", "voice", "did you mean “formal”?"),
        ("send: tomorrow", "send", "“tomorrow” is no time to send at; write a date and an hour (`2026-12-01 09:00`)"),
        ("send: 2026-06-12", "send", "is no time to send at"),
        ("send: 24/11 09:00", "send", "“24/11 09:00” is no time to send at"),
        ("send: 2026-06-12 25:00", "send", "names an hour that no clock shows"),
        ("send: 2026-06-12 8", "send", "may be 8 in the morning or in the evening; write `8am` or `8pm`"),
        ("send: 2026-02-30 08:00", "send", "there is no day 2026-02-30"),
        ("send: 2026-06-12 08:00+15:00", "send", "“+15:00” is no offset of any clock"),
        ("send: 2026-06-12 08:00 Mars/Olympus", "send", "“Mars/Olympus” is no time zone"),
        ("send: 2026-03-29 02:30 Europe/Berlin", "send", "the first time after that is 03:00 (+02:00)"),
        ("send: 2026-10-25 02:30 Europe/Berlin", "send", "`2026-10-25 02:30+02:00` for the first time"),
        ("send: now", "send", "`now` would be another hour each time the file is read; write a date"),
        ("send: 0026-06-12 08:00", "send", "in a year from 1970 to 2199"),
        ("send: ２０２６-06-12 08:00", "send", "is no time to send at"),
        ("send: [08:00]", "send", "expected the hour of a note, such as 2026-06-12 08:30"),
        ("via: someone", "via", "found “someone”, expected keys with values"),
        ("via: {name: a}", "via.email", "this key is missing"),
        ("via: {email: a@b.example}", "via.name", "this key is missing"),
        ("via: {name: a, email: null}", "via.email", "found nothing"),
        ("more: follow-up", "more", "found “follow-up”, expected a list of later notes"),
        ("more: [{subject: x}]", "more[0].kind", "this key is missing"),
        ("more: [{kind: thank-you}]", "more[0].kind", "expected one of follow-up, stay-in-touch, re-apply"),
        ("more: [{kind: followup}]", "more[0].kind", "did you mean “follow-up”?"),
        ("more: [{kind: re-apply}, {kind: re-apply}]", "more[1].kind", "a kind is sent once"),
        ("gift: a book", "gift", "found “a book”, expected keys with values"),
    ],
)
def test_a_value_of_the_wrong_type_says_what_was_found_and_expected(lines: str, key: str, words: str) -> None:
    text = (
        one_person(lines + "\n").replace("    id: nunez\n", "") if lines.startswith("id") else one_person(lines + "\n")
    )
    text = text.replace("- id: nunez\n    name", "- name") if lines.startswith("id") else text

    error = fault(text)

    assert error.key == f"people[0].{key}"
    assert words in error.problem


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ("start: soon", "start", "found “soon”, expected a local time"),
        ("end: 2026-06-11 09:00", "end", "the end is not after the start"),
        ("end: 2026-06-11 10:00", "end", "the end is not after the start"),
        ("timezone: Detroit", "timezone", "did you mean “America/Detroit”?"),
        ("timezone: europe/berlin", "timezone", "did you mean “Europe/Berlin”?"),
        ("timezone: America/New York", "timezone", "did you mean “America/New_York”?"),
        ("timezone: America/Detriot", "timezone", "did you mean “America/Detroit”?"),
        ("timezone: ../../etc/passwd", "timezone", "expected an IANA time zone"),
        ("timezone: America", "timezone", "expected an IANA time zone"),
        ("timezone: posix/Europe/Berlin", "timezone", "expected an IANA time zone"),
        ("timezone: localtime", "timezone", "expected an IANA time zone"),
        ("timezone: zone.tab", "timezone", "expected an IANA time zone"),
        ("timezone: [a]", "timezone", "found a list"),
        ("decision_expected: 2026-06-26 10:00", "decision_expected", "expected a day such as 2026-06-11"),
        ("decision_expected: 26.06.2026", "decision_expected", "expected a day such as 2026-06-11"),
        ("sector: goverment", "sector", "expected one of private, public"),
        ("locale: en_US", "locale", "with hyphens"),
        ("locale: English (UK)", "locale", "a language tag"),
        ("people: Sofía", "people", "found “Sofía”, expected a list of people"),
        ("people: []", "people", "found an empty list, expected at least one person"),
        ("people: [Sofía]", "people[0]", "found “Sofía”, expected keys with values"),
    ],
)
def test_a_wrong_top_value_says_what_was_found_and_expected(lines: str, key: str, words: str) -> None:
    name = lines.partition(":")[0]
    kept = "".join(f"{line}\n" for line in one_person().splitlines()[:-1] if not line.startswith(f"{name}:"))
    kept = "".join(f"{line}\n" for line in kept.splitlines() if not line.startswith("  ")) if name == "people" else kept

    error = fault(f"{kept}{lines}\n---\n")

    assert error.key == key
    assert words in error.problem


def test_fifty_people_read_and_one_more_does_not() -> None:
    person = "  - {name: Sofía, greeting: 'Dear Sofía,'}\n"

    assert len(interviews.parse(file_of(person * 50).encode(), PATH).people) == 50
    assert "found 51 people, expected at most 50" in fault(file_of(person * 51)).problem


@pytest.mark.parametrize("identifier", ["a b", "a,b", "a(b)", "-a", "é", "a" * 65])
def test_an_id_that_a_heading_could_not_name_is_refused(identifier: str) -> None:
    text = file_of(f"  - id: {identifier}\n    name: Sofía\n    greeting: Dear Sofía,\n")

    assert "expected an id of ASCII letters" in fault(text).problem


def test_an_id_that_stands_twice_names_both_lines() -> None:
    person = "    name: Sofía\n    greeting: Dear Sofía,\n"

    error = fault(file_of(f"  - id: nunez\n{person}  - id: Nunez\n{person}"))

    assert (error.line, error.key) == (10, "people[1].id")
    assert "that of line 7 too" in error.problem


# --- gifts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gift", "key", "words"),
    [
        ("{title: x}", "kind", "this key is missing"),
        ("{kind: book, title: x}", "kind", "expected one of article, contact, list, file"),
        ("{kind: artcle, title: x}", "kind", "did you mean “article”?"),
        ("{kind: article, url: https://a.example/}", "title", "this key is missing"),
        ("{kind: article, title: x}", "url", "this key is missing"),
        ("{kind: article, title: x, url: null}", "url", "found nothing"),
        ("{kind: article, title: x, url: a.example/b}", "url", "begins with https://"),
        ("{kind: article, title: x, url: 'javascript:alert(1)'}", "url", "begins with https://"),
        ("{kind: article, title: x, url: 'https://'}", "url", "begins with https://"),
        ("{kind: article, title: x, url: 'https://a.example/b c'}", "url", "has no space"),
        (
            "{kind: article, title: x, url: https://a.example/, file: b.pdf}",
            "file",
            "gift of kind file, this one is article",
        ),
        (
            "{kind: article, title: x, url: https://a.example/, items: [a, b]}",
            "items",
            "gift of kind list, this one is article",
        ),
        (
            "{kind: file, title: x, file: a.pdf, url: https://a.example/}",
            "url",
            "gift of kind article, this one is file",
        ),
        ("{kind: list, title: x, items: [a, b], vcard: true}", "vcard", "gift of kind contact, this one is list"),
        ("{kind: file, title: x}", "file", "this key is missing"),
        ("{kind: list, title: x}", "items", "this key is missing"),
        ("{kind: list, title: x, items: a}", "items", "found “a”, expected a list of 2 to 12 items"),
        ("{kind: list, title: x, items: [a]}", "items", "found 1 items, expected 2 to 12"),
        ("{kind: list, title: x, items: [a,b,c,d,e,f,g,h,i,j,k,l,m]}", "items", "found 13 items, expected 2 to 12"),
        ("{kind: list, title: x, items: [a, ~]}", "items[1]", "found nothing, expected text, or the keys"),
        ("{kind: list, title: x, items: [a, [b]]}", "items[1]", "found a list, expected keys with values"),
        ("{kind: list, title: x, items: [a, {url: https://a.example/}]}", "items[1].name", "this key is missing"),
        (
            "{kind: list, title: x, items: [a, {Chez Odile: quiet}]}",
            "items[1]",
            "put the whole text in quotes",
        ),
        ("{kind: list, title: x, items: [a, {name: b, url: c}]}", "items[1].url", "begins with https://"),
        ("{kind: contact, title: x}", "contact", "this key is missing"),
        ("{kind: contact, title: x, contact: {email: a@b.example}}", "contact.name", "this key is missing"),
        ("{kind: contact, title: x, contact: {name: a}}", "contact", "neither email nor phone is given"),
        ("{kind: contact, title: x, contact: {name: a, email: b}}", "contact.email", "it has no @"),
        ("{kind: contact, title: x, contact: {name: a, phone: b}}", "contact.phone", "expected a telephone number"),
        ("{kind: contact, title: x, contact: {name: a, phone: 1, consent: yes}}", "contact.consent", "expected a day"),
        (
            "{kind: contact, title: x, vcard: yes, contact: {name: a, phone: 1}}",
            "vcard",
            "found “yes”, expected true or false",
        ),
        ("{kind: file, title: x, file: a, minutes: eight}", "minutes", "found “eight”, expected a whole number"),
        ("{kind: file, title: x, file: a, minutes: 0}", "minutes", "from 1 to 1440"),
        ("{kind: file, title: x, file: a, minutes: -5}", "minutes", "from 1 to 1440"),
        ("{kind: file, title: x, file: a, minutes: 1.5}", "minutes", "expected a whole number"),
        ("{kind: file, title: x, file: a, minutes: 99999999999}", "minutes", "expected a whole number"),
        ("{kind: file, title: x, file: a, read_on: 11/06/2026}", "read_on", "expected a day such as 2026-06-11"),
    ],
)
def test_a_gift_that_does_not_fit_its_kind_is_refused_at_the_key(gift: str, key: str, words: str) -> None:
    error = fault(one_person(f"gift: {gift}\n"))

    assert error.key == f"people[0].gift.{key}"
    assert words in error.problem


# --- sections ---------------------------------------------------------------------------------------------------


def test_a_heading_that_is_no_id_names_the_line_and_the_ids() -> None:
    error = fault(two_people("\n## vandenberg\n\nDear Mr. van der Berg,\n"))

    assert error.line == 15
    assert "“## vandenberg” names no id of this file; did you mean “vanderberg”?" in error.problem
    assert "(ids here: nunez, vanderberg)" in error.problem


def test_a_heading_that_is_a_name_gets_its_id_proposed() -> None:
    assert "did you mean “vanderberg”?" in fault(two_people("## Willem van der Berg\n")).problem


@pytest.mark.parametrize(
    "heading", ["## nunez, x", "## x, nunez", "## ,nunez", "##", "## nunez vanderberg", "##x", "   ## x"]
)
def test_each_id_of_a_heading_must_be_known(heading: str) -> None:
    assert "names no id of this file" in fault(two_people(f"{heading}\n")).problem


def test_an_id_twice_in_a_heading_is_refused() -> None:
    assert "names an id twice" in fault(two_people("## nunez, nunez\n")).problem


def test_an_unknown_kind_of_note_in_a_heading_names_the_nearest() -> None:
    error = fault(two_people("## nunez (followup)\n"))

    assert error.line == 14
    assert "“(followup)” in the heading is no kind of note" in error.problem
    assert "did you mean “follow-up”?" in error.problem


@pytest.mark.parametrize(
    "body",
    [
        "## nunez\na\n## nunez\nb\n",
        "## nunez\na\n## nunez (thank-you)\nb\n",
        "## nunez, vanderberg\na\n## vanderberg\nb\n",
        "## nunez (follow-up)\na\n## nunez(follow-up)\nb\n",
    ],
)
def test_two_notes_of_a_kind_to_one_person_are_refused_at_the_second(body: str) -> None:
    error = fault(two_people(body))

    assert error.line == 16
    assert "on line 14 already; keep one of the two" in error.problem


def test_text_above_the_first_heading_belongs_to_nobody() -> None:
    error = fault(two_people("\nDear Sofía,\n\n## nunez\nDear Sofía,\n"))

    assert error.line == 15
    assert "text before the first heading is nobody's note" in error.problem


def test_text_without_any_heading_belongs_to_nobody_among_several() -> None:
    assert "(ids here: nunez, vanderberg)" in fault(two_people("Dear both,\n")).problem


def test_text_above_a_heading_is_a_second_thank_you_to_an_only_person() -> None:
    assert (
        "has a thank-you note on line 11 already"
        in fault(one_person(body="Dear Sofía,\n## nunez\nDear Sofía,\n")).problem
    )


def test_a_comment_that_is_not_closed_names_the_line_where_it_begins() -> None:
    error = fault(two_people("## nunez\nThanks <!-- why?\n## vanderberg\nThanks\n"))

    assert error.line == 15
    assert "the comment (<!--) that begins here is not closed" in error.problem


def test_a_code_block_that_is_not_closed_names_the_line_where_it_begins() -> None:
    error = fault(two_people("## nunez\n````\n```\n## vanderberg\nThanks\n"))

    assert error.line == 15
    assert "the code block (````) that begins here is not closed" in error.problem
