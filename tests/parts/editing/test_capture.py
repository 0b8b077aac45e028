"""What was typed after an interview is kept until it is a file, and becomes one with nothing else required."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.app import App, drafting
from mailer.app.capture import (
    Capture,
    CapturedPerson,
    add_person,
    capture_kept,
    drop_capture,
    keep_capture,
    written,
)
from mailer.app.editing import SectionChange, opened, save
from mailer.errors import FileChanged, StorageError, UsageError
from mailer.model import Level, NoteKind
from mailer.settings import Settings
from tests.unit.interviews.files import one_person, two_people

ADA = CapturedPerson("Ada Lovelace", "The build takes an hour.\n\nNobody reads the log.", "at the whiteboard")
ACME = Capture("Acme & Söhne", "Engineer", people=(ADA,))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- before it is a file --------------------------------------------------------------------------------------------


def test_what_was_typed_is_there_again(app: App) -> None:
    capture = Capture("", "  half a wo", "11 ju", "", (ADA, CapturedPerson(heard="who was this?")))

    keep_capture(app, capture)

    assert capture_kept(app) == capture
    assert mode_of(app.settings.home / "capture.json") == 0o600
    assert [path.name for path in app.settings.home.iterdir()] == ["capture.json"]


def test_what_is_typed_later_takes_the_place_of_it(app: App) -> None:
    keep_capture(app, ACME)
    keep_capture(app, ACME._replace(role="Lead"))

    assert capture_kept(app) == ACME._replace(role="Lead")


def test_nothing_kept_is_none_and_makes_no_home(app: App) -> None:
    drop_capture(app)

    assert capture_kept(app) is None
    assert not app.settings.home.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 5000,
        json.dumps(ACME._asdict() | {"role": 1}).encode(),
        json.dumps({"company": "x", "people": [{"name": "a", "age": 3}]}).encode(),
        json.dumps({"company": "x", "people": [None]}).encode(),
        json.dumps({"company": "x", "people": {"name": "a"}}).encode(),
        json.dumps({"company": "x" * 10_001, "people": []}).encode(),
        b" " * 300_000,
    ],
)
def test_a_damaged_capture_is_put_aside(app: App, content: bytes) -> None:
    app.settings.home.mkdir()
    (app.settings.home / "capture.json").write_bytes(content)

    assert capture_kept(app) is None
    assert capture_kept(app) is None
    assert (app.settings.home / "capture.json.damaged").read_bytes() == content


def test_more_than_can_be_kept_is_refused_and_the_last_stays(app: App) -> None:
    keep_capture(app, ACME)

    for capture in (
        Capture("x" * 10_001),
        Capture(people=(ADA,) * 51),
        Capture(people=(ADA._replace(heard="é" * 9000),) * 9),
    ):
        with pytest.raises(UsageError, match="more than can be kept"):
            keep_capture(app, capture)
    assert capture_kept(app) == ACME


def test_a_home_that_cannot_be_written_is_said(app: App) -> None:
    app.settings.home.write_text("a file")

    with pytest.raises(StorageError):
        keep_capture(app, ACME)


# --- the file -------------------------------------------------------------------------------------------------------


def test_a_company_a_role_and_a_name_are_enough(app: App) -> None:
    path = written(app, Capture("Acme", "Engineer", people=(CapturedPerson("Ada Lovelace"),)))

    interview = interviews.read(path)
    assert (path.name, interview.start.isoformat(), interview.timezone) == (
        "acme.md",
        "2026-06-11T12:05:00",
        "America/Detroit",
    )
    assert (interview.people[0].name, interview.people[0].greeting, interview.people[0].email) == (
        "Ada Lovelace",
        "",
        None,
    )


def test_a_note_to_somebody_just_captured_is_stopped_for_the_greeting(app: App) -> None:
    path = written(app, ACME)

    found = drafting.drafts(app, drafting.read(app, [path]))[0].findings

    assert {f.rule for f in found if f.level is Level.BLOCK} == {"empty-body", "greeting-missing"}


def test_what_was_typed_stands_in_the_file(app: App) -> None:
    person = ADA._replace(address=" ada@acme.example ", greeting="Dear Ada,")

    path = written(
        app, Capture("Acme", "Engineer", "2026-06-10 09:30", "Europe/Berlin", (person, CapturedPerson("Bob")))
    )

    interview = interviews.read(path)
    ada = interview.people[0]
    assert (interview.start.isoformat(), interview.timezone) == ("2026-06-10T09:30:00", "Europe/Berlin")
    assert (ada.greeting, ada.email) == ("Dear Ada,", "ada@acme.example")
    assert ada.heard == ("The build takes an hour.", "Nobody reads the log.")
    assert path.read_text().count("<!-- Where in the talk: at the whiteboard -->") == 1
    assert [note.source for note in interview.notes] == [None, None]


def test_the_folder_is_the_users_alone(app: App) -> None:
    path = written(app, ACME)

    assert path.parent == app.settings.home / "interviews"
    assert mode_of(path.parent) == 0o700


def test_the_other_interviews_of_the_folder_are_what_the_rules_compare_with(app: App) -> None:
    path = written(app, ACME)
    written(app, ACME._replace(company="Initech", start="2026-06-09 10:00"))
    section = SectionChange(("ada-lovelace",), NoteKind.THANK_YOU, "Dear Ada,\n\nThank you for the hour at Initech.")
    save(app, path, expected_version=opened(app, path).version, changes={}, section=section)

    found = drafting.drafts(app, drafting.read(app, [path]))[0].findings

    assert "wrong-company" in {finding.rule for finding in found}


def test_a_name_that_is_taken_gets_a_number(app: App) -> None:
    names = [written(app, ACME._replace(start=f"2026-06-0{day} 10:00")).name for day in (1, 2, 3)]

    assert names == ["acme-sohne.md", "acme-sohne-2.md", "acme-sohne-3.md"]


def test_what_was_kept_is_forgotten_once_the_file_is_there(app: App) -> None:
    keep_capture(app, ACME)
    (app.settings.home / "interviews").write_text("in the way")

    with pytest.raises(StorageError):
        written(app, ACME)
    assert capture_kept(app) == ACME

    (app.settings.home / "interviews").unlink()
    written(app, ACME)
    assert capture_kept(app) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"company": " "}, "the company is missing"),
        ({"role": ""}, "the role is missing"),
        ({"people": ()}, "nobody is named yet"),
        ({"people": (CapturedPerson(" "),)}, "nobody is named yet"),
        ({"people": (CapturedPerson(), ADA, CapturedPerson(heard="Hm."))}, "person 3 has no name"),
        ({"people": (ADA._replace(address="ada"),)}, "person 1, email: found “ada”"),
        ({"people": (ADA._replace(where="a\x1bb"),)}, "U+001B"),
        ({"start": "soon"}, "start: “soon” is no date and time"),
        ({"timezone": "Acme/Town"}, "timezone: “Acme/Town” is no time zone"),
    ],
)
def test_what_is_missing_or_cannot_stand_is_said_in_words(app: App, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        written(app, ACME._replace(**changes))

    assert words in str(caught.value)
    assert not app.interviews_folder.exists()


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("->!<`~#{%\n x"), max_size=20), st.text(st.sampled_from("-#>:\n\"'x "), max_size=10))
def test_any_words_about_the_place_stay_a_comment(where: str, heard: str) -> None:
    capture = ACME._replace(people=(ADA._replace(where=where, heard=heard), CapturedPerson("Bob")))

    with TemporaryDirectory() as folder:
        home = Path(folder)
        path = written(App(Settings(home, home / "config.env", "Europe/Berlin")), capture)
        interview, body = interviews.read(path), path.read_text().partition("\n---\n")[2]

    assert [note.source for note in interview.notes] == [None, None]
    assert body.count("-->") == (9 if where.split() else 8)


# --- one more person ------------------------------------------------------------------------------------------------


def test_somebody_can_be_added_to_a_file(app: App, tmp_path: Path) -> None:
    path = tmp_path / "harborline.md"
    path.write_text(two_people("## nunez\nDear Sofía,\n\nThanks.\n"))
    before = opened(app, path)

    after = add_person(app, path, expected_version=before.version, person=ADA)

    assert after.interview.people[2].heard == ("The build takes an hour.", "Nobody reads the log.")
    assert after.text.endswith(
        "\n## ada-lovelace\n\n{{ greeting }}\n\n<!-- Where in the talk: at the whiteboard -->\n\n{{ me.name }}\n"
    )
    assert after.text.startswith(before.text.partition("---\n## ")[0])
    assert path.read_text() == after.text
    assert [note.source for note in after.interview.notes][:2] == ["Dear Sofía,\n\nThanks.\n", None]


def test_a_sole_note_without_a_heading_stays_its_persons(app: App, tmp_path: Path) -> None:
    path = tmp_path / "harborline.md"
    path.write_text(one_person(body="\nDear Sofía,\n\nThanks.\n"))

    after = add_person(
        app, path, expected_version=opened(app, path).version, person=CapturedPerson("Bob", greeting="Hi Bob,")
    )

    assert [note.label for note in after.interview.notes] == ["nunez", "bob"]
    assert after.interview.notes[0].source == "Dear Sofía,\n\nThanks.\n"
    assert after.text.endswith("---\n\n## nunez\n\nDear Sofía,\n\nThanks.\n")


def test_nobody_is_added_to_a_file_that_was_changed(app: App, tmp_path: Path) -> None:
    path = tmp_path / "harborline.md"
    path.write_text(one_person())

    with pytest.raises(FileChanged):
        add_person(app, path, expected_version="0" * 16, person=ADA)
    with pytest.raises(UsageError, match="person 2 has no name"):
        add_person(app, path, expected_version=opened(app, path).version, person=ADA._replace(name=""))
    with pytest.raises(UsageError, match="person 2, email: found “ada”"):
        add_person(app, path, expected_version=opened(app, path).version, person=ADA._replace(address="ada"))

    assert path.read_text() == one_person()
