"""What a valid file means: values, ids, sections and the notes they become."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mailer import interviews
from mailer.model import Contact, Gift, GiftItem, GiftKind, Mailbox, Note, NoteKind, Slots, Voice
from tests.unit.interviews.files import TOP, file_of, one_person, parsed, two_people

if TYPE_CHECKING:
    from pathlib import Path


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def only_note(text: str) -> Note:
    (note,) = parsed(text).notes
    return note


def gift_of(lines: str) -> Gift | None:
    return parsed(one_person(f"gift: {lines}\n")).people[0].gift


# --- the file as bytes ------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    text = one_person(body="Dear Sofía,\n")

    assert parsed("\ufeff" + text) == parsed(text)


def test_windows_line_ends_read_like_others_with_the_same_lines() -> None:
    text = one_person("heard: |\n  one\n  two\n", body="Dear Sofía,\n\nThank you.\n")
    windows = text.replace("\n", "\r\n")

    assert parsed(windows) == parsed(text)


def test_the_opening_and_closing_lines_may_end_in_blanks() -> None:
    assert parsed(one_person().replace("---\n", "---  \t\n")) == parsed(one_person())


def test_a_file_without_a_final_line_feed_reads() -> None:
    assert parsed(one_person().removesuffix("\n")) == parsed(one_person())
    assert only_note(one_person(body="Dear Sofía,")).source == "Dear Sofía,\n"


def test_a_rule_in_the_body_is_no_end_of_front_matter() -> None:
    assert only_note(one_person(body="one\n\n---\n\ntwo\n")).source == "one\n\n---\n\ntwo\n"


def test_find_leaves_out_what_is_no_interview(tmp_path: Path) -> None:
    for name, content in {
        "b.md": "---\n", "a.md": "\ufeff---  \r\n", "README.md": "# Title\n", ".hidden.md": "---\n", "c.txt": "---\n", "d.md": "----\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(content)
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "gone.md").symlink_to(tmp_path / "absent")

    assert interviews.find(tmp_path) == (tmp_path / "a.md", tmp_path / "b.md")


def test_the_text_for_revising_has_its_line_ends_and_mark(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf---\r\n")

    assert interviews.read_text(tmp_path / "a.md") == "\ufeff---\r\n"


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["no", "08", "14:00", "0x1F", "1e3", "2026-06-11", "yes", "on", "null and void", "=", "true"]
)
def test_a_word_that_yaml_1_1_takes_for_something_else_stays_itself(word: str) -> None:
    assert parsed(one_person(f"role: {word}\n")).people[0].role == word


@pytest.mark.parametrize("nothing", ["", " ~", " null", " Null", " # none"])
def test_an_optional_key_without_a_value_is_as_if_absent(nothing: str) -> None:
    keys = ("email", "via", "role", "heard", "gift", "subject", "send", "thanks", "voice", "more")
    lines = "".join(f"{key}:{nothing}\n" for key in keys)

    assert parsed(one_person(lines))._replace(lines={}) == parsed(one_person())._replace(lines={})


def test_a_quoted_null_is_a_word() -> None:
    assert parsed(one_person("role: 'null'\n")).people[0].role == "null"


def test_texts_lose_the_blanks_around_them_and_at_their_line_ends() -> None:
    person = parsed(one_person('role: "  Lead\\t of  \\t"\nheard: "\\n one  \\n\\n two \\n"\n')).people[0]

    assert (person.role, person.heard) == ("Lead  of", ("one\n\n two",))


def test_seconds_are_allowed_in_times() -> None:
    assert only_note(one_person("send: 2026-06-12T08:30:15\n")).send == at("2026-06-12T08:30:15")


def test_the_top_values_have_defaults() -> None:
    interview = parsed(one_person())

    assert (interview.sector.value, interview.voice, interview.locale, interview.decision_expected) == (
        "private", Voice.PLAIN, "", None,
    )  # fmt: skip


@pytest.mark.parametrize("tag", ["en", "en-US", "pt-BR", "zh-Hant-TW", "de-CH-1996", "x-whatever"])
def test_language_tags_of_bcp_47_are_taken(tag: str) -> None:
    assert parsed(one_person(top=TOP + f"locale: {tag}\n")).locale == tag


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "EST5EDT", "Asia/Kolkata"])
def test_every_zone_of_the_iana_database_is_taken(name: str) -> None:
    assert parsed(one_person(top=TOP.replace("America/Detroit", name))).timezone == name


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-06-11T10:00", "2026-06-11T11:00"),
        ("2026-12-31T23:30", "2027-01-01T00:30"),
        ("2026-03-29T01:30", "2026-03-29T03:30"),  # the clocks go forward at 02:00
        ("2026-10-25T02:30", "2026-10-25T02:30"),  # the clocks go back at 03:00
    ],
)
def test_the_default_end_is_an_hour_of_elapsed_time_later(start: str, end: str) -> None:
    top = f"company: a\nrole: b\nstart: {start}\ntimezone: Europe/Berlin\n"

    interview = parsed(one_person(top=top))

    zone = ZoneInfo("Europe/Berlin")
    elapsed = interview.end.replace(tzinfo=zone).astimezone(UTC) - interview.start.replace(tzinfo=zone).astimezone(UTC)
    assert (interview.end, elapsed.total_seconds()) == (at(end), 3600)


def test_an_end_in_the_repeated_hour_may_read_earlier_than_the_start() -> None:
    top = "company: a\nrole: b\nstart: 2026-10-25 02:45\nend: 2026-10-25 02:15\ntimezone: Europe/Berlin\n"

    assert parsed(one_person(top=top)).end == at("2026-10-25T02:15")


def test_a_via_is_a_mailbox() -> None:
    person = parsed(one_person("email: null\nvia: {name: Carmen Ruiz, email: hr@ashbury.example}\n")).people[0]

    assert (person.email, person.via) == (None, Mailbox("Carmen Ruiz", "hr@ashbury.example"))


# --- gifts ------------------------------------------------------------------------------------------------------


def test_an_article_has_what_every_gift_may_have() -> None:
    gift = gift_of(
        "{kind: article, title: T, url: https://a.example/b, why: W, minutes: 08, access: free, read_on: 2026-06-11}"
    )

    assert gift == Gift(GiftKind.ARTICLE, "T", "W", 8, "free", date(2026, 6, 11), url="https://a.example/b", line=10)


def test_a_contact_may_lack_consent_which_is_for_a_check_to_stop() -> None:
    gift = gift_of("{kind: contact, title: T, contact: {name: A, phone: +49 30 1}}")

    assert gift is not None
    assert gift.contact == Contact("A", "", "+49 30 1", None)


def test_a_list_mixes_texts_and_items_with_links() -> None:
    gift = gift_of("{kind: list, title: T, items: [no, {name: b, url: http://c.example/d, note: e}]}")

    assert gift is not None
    assert gift.items == (GiftItem("no"), GiftItem("b", "http://c.example/d", "e"))


@pytest.mark.parametrize(("word", "is_wanted"), [("true", True), ("TRUE", True), ("false", False), ("null", False)])
def test_a_vcard_is_attached_when_it_says_true(word: str, is_wanted: bool) -> None:  # the value expected
    gift = gift_of(f"{{kind: contact, title: T, vcard: {word}, contact: {{name: A, phone: 1}}}}")

    assert gift is not None
    assert gift.vcard is is_wanted


# --- ids --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Sofía Núñez Ibáñez", "sofia-nunez-ibanez"),
        ("Siobhán O'Brien", "siobhan-obrien"),
        ("Siobhán O’Brien", "siobhan-obrien"),
        ("Dr. Jürgen Groß", "dr-jurgen-gross"),
        ("Łukasz Wójcik", "lukasz-wojcik"),
        ("Olúwaṣeun Adébáyọ̀", "oluwaseun-adebayo"),
        ("A.J. Petrov", "a-j-petrov"),
        ("İbrahim Çelik", "ibrahim-celik"),
        ("佐藤 美咲", "person-1"),
        ("Ирина", "person-1"),
        ("김도윤 (Do-yun)", "do-yun"),
        ("x" * 300, "x" * 61),
    ],
)
def test_an_id_defaults_to_the_ascii_slug_of_the_name(name: str, identifier: str) -> None:
    interview = parsed(file_of(f"  - name: {name}\n    greeting: Hello,\n", body=f"## {identifier}\nHello,\n"))

    assert (interview.people[0].id, interview.notes[0].source) == (identifier, "Hello,\n")


def test_slugs_never_take_an_id_that_is_written_or_taken() -> None:
    person = "  - {name: Ana Li, greeting: 'Hello,'}\n"
    people = person + person + "  - {name: Bo, id: Ana-Li-2, greeting: 'Hello,'}\n" + person

    assert [p.id for p in parsed(file_of(people)).people] == ["ana-li", "ana-li-3", "Ana-Li-2", "ana-li-4"]


# --- sections ---------------------------------------------------------------------------------------------------


def test_with_one_person_the_whole_body_is_the_note() -> None:
    note = only_note(one_person(body="\n\nDear Sofía,\n\nThank you.\n\n"))

    assert (note.source, note.line) == ("Dear Sofía,\n\nThank you.\n", 13)


def test_with_one_person_the_heading_may_stand_too() -> None:
    note = only_note(one_person(body="## nunez\n\nDear Sofía,\n"))

    assert (note.source, note.line) == ("Dear Sofía,\n", 13)


def test_one_persons_later_note_stands_below_a_body_without_heading() -> None:
    first, second = parsed(one_person(body="Dear Sofía,\n\n## nunez (follow-up)\nHello again,\n")).notes

    assert (first.label, first.source) == ("nunez", "Dear Sofía,\n")
    assert (second.label, second.source) == ("nunez (follow-up)", "Hello again,\n")


@pytest.mark.parametrize("body", ["", "\n\n", "<!-- why? -->\n", "## nunez\n", "## nunez\n\n<!-- a\n\n## x\n -->\n"])
def test_a_body_without_a_word_leaves_the_note_to_the_slots(body: str) -> None:
    note = only_note(one_person("thanks: the tour\n", body=body))

    assert (note.source, note.line, note.slots) == (None, 7, Slots("the tour"))


def test_prompts_between_placeholders_are_no_note_yet() -> None:
    body = "{{ greeting }}\n\n<!-- What did they show you? -->\n\n{{gift}}\n\n{{ me.name }}\n"

    assert only_note(one_person(body=body)).source is None


@pytest.mark.parametrize(
    "body", ["{{ gift }}\n", "<!-- why? -->\n{{ heard }}\n", "<!-- why? -->\n{{ greeting }} Thanks.\n"]
)
def test_a_section_with_anything_of_its_own_is_a_note(body: str) -> None:
    assert only_note(one_person(body=body)).source == body


def test_comments_above_the_first_heading_belong_to_nobody() -> None:
    notes = parsed(two_people("<!-- written on the train -->\n\n## nunez\nDear Sofía,\n")).notes

    assert [(note.label, note.source) for note in notes] == [("nunez", "Dear Sofía,\n"), ("vanderberg", None)]


def test_prompts_above_an_only_persons_heading_are_no_second_note() -> None:
    assert only_note(one_person(body="<!-- why? -->\n## nunez\nDear Sofía,\n")).source == "Dear Sofía,\n"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- ## x -->",
        "<!--\n## x\n-->",
        "a <!-- b\n## x\n--> c",
        "<!-- a --> <!--\n## x\n-->",
        "```\n## x\n```",
        "~~~ text\n## x\n```\n## y\n~~~~",
        "   ```\n## x\n``\n   ```",
        "    ## x",
        "### x",
        "# x",
        "a ## x",
        "\\## x",
        "- ## x",
        "``` a ` b\n\nc",
    ],
)
def test_what_only_looks_like_a_heading_stays_in_the_text(text: str) -> None:
    notes = parsed(two_people(f"## nunez\nbefore\n{text}\nafter\n## vanderberg\nHello,\n")).notes

    assert [note.source for note in notes] == [f"before\n{text}\nafter\n", "Hello,\n"]


@pytest.mark.parametrize(
    "heading",
    [
        "##nunez",
        "##  nunez  ",
        "## nunez ##",
        "  ## nunez",
        "## nunez <!-- hers -->",
        "##\tnunez",
        "## nunez (thank-you)",
    ],
)
def test_a_heading_may_be_written_in_every_usual_way(heading: str) -> None:
    assert only_note(one_person(body=f"{heading}\nDear Sofía,\n")).source == "Dear Sofía,\n"


# --- notes ------------------------------------------------------------------------------------------------------

LATER = """\
    subject: First subject
    voice: warm
    gift: {kind: file, title: T, file: a.pdf}
    more:
      - kind: follow-up
        subject: Second subject
        send: 2026-06-25 09:00
        gift: {kind: file, title: U, file: b.pdf}
      - kind: re-apply
        voice: formal
        thanks: the second look
"""


def test_every_person_has_a_thank_you_even_without_a_word_for_it() -> None:
    notes = parsed(two_people()).notes

    assert [(n.label, n.kind, n.source, n.line, n.slots) for n in notes] == [
        ("nunez", NoteKind.THANK_YOU, None, 7, Slots()),
        ("vanderberg", NoteKind.THANK_YOU, None, 10, Slots()),
    ]


def test_notes_stand_in_the_order_of_kinds_then_people() -> None:
    notes = parsed(two_people("## vanderberg (follow-up)\nHello again,\n## vanderberg\nHello,\n", LATER)).notes

    assert [note.label for note in notes] == ["nunez", "vanderberg", "vanderberg (follow-up)", "vanderberg (re-apply)"]


@pytest.mark.parametrize(("heading", "first"), [("carol, ann", "carol, ann"), ("ann, carol", "ann, carol")])
def test_a_joint_note_stands_where_the_first_of_its_people_does(heading: str, first: str) -> None:
    people = "".join(f"  - id: {n}\n    name: {n}\n    greeting: Dear {n},\n" for n in ("ann", "bob", "carol"))

    notes = parsed(file_of(people, f"## bob\nDear Bob,\n## {heading}\nDear both,\n")).notes

    assert [", ".join(person.id for person in note.people) for note in notes] == [first, "bob"]


def test_a_later_section_takes_gift_and_subject_of_its_own_entry() -> None:
    note = parsed(two_people("## vanderberg (follow-up)\nHello again,\n", LATER)).notes[2]

    assert note.gift is not None
    assert (note.gift.title, note.subject, note.send, note.voice) == (
        "U", "Second subject", at("2026-06-25T09:00"), Voice.WARM,
    )  # fmt: skip


def test_a_later_entry_without_section_is_built_from_its_slots() -> None:
    note = parsed(two_people(more=LATER)).notes[-1]

    assert (note.label, note.source, note.line) == ("vanderberg (re-apply)", None, 21)
    assert (note.slots, note.voice, note.gift) == (Slots("the second look"), Voice.FORMAL, None)


def test_a_later_section_needs_no_entry() -> None:
    note = parsed(two_people("## nunez (stay-in-touch)\nHello,\n")).notes[2]

    assert (note.kind, note.gift, note.subject, note.send) == (NoteKind.STAY_IN_TOUCH, None, "", None)


def test_a_joint_note_takes_what_the_first_person_who_has_one_gives() -> None:
    note = parsed(two_people("## nunez, vanderberg\nDear both,\n", LATER)).notes[0]

    assert note.gift is not None
    assert (note.gift.title, note.subject, note.voice) == ("T", "First subject", Voice.WARM)


def test_a_joint_note_stands_in_the_order_of_its_heading() -> None:
    (note,) = parsed(two_people("## vanderberg,nunez\nDear both,\n")).notes

    assert [person.id for person in note.people] == ["vanderberg", "nunez"]


def test_a_joint_later_note_leaves_the_thank_yous_apart() -> None:
    notes = parsed(two_people("## nunez, vanderberg (follow-up)\nHello again,\n", LATER)).notes

    assert [note.label for note in notes] == ["nunez", "vanderberg", "nunez (follow-up)", "vanderberg (re-apply)"]
    assert notes[2].subject == "Second subject"


def test_the_voice_of_the_interview_is_for_those_without_one() -> None:
    interview = parsed(two_people(more=LATER).replace("people:", "voice: formal\npeople:"))

    assert [note.voice for note in interview.notes[:2]] == [Voice.FORMAL, Voice.WARM]


@pytest.mark.parametrize("line", ["", "    greeting:\n", "    greeting: null\n", '    greeting: ""\n'])
def test_a_greeting_that_nobody_has_said_yet_reads_as_none(line: str) -> None:
    assert parsed(file_of(f"  - name: Sofía\n{line}")).people[0].greeting == ""
