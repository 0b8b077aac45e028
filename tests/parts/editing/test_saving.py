"""A save changes what was asked for, keeps the person's comments, and never goes over another change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mailer.app.editing import SectionChange, opened, save, slots_of, version
from mailer.errors import FileChanged, NoteError
from mailer.model import NoteKind

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App


@pytest.fixture
def file(scenarios: Path) -> Path:
    """Return a worked interview with comments in it."""
    return scenarios / "05-quality-manager.md"


def test_a_file_is_opened_with_its_text_and_version(app: App, file: Path) -> None:
    found = opened(app, file)

    assert found.text.encode() == file.read_bytes()
    assert (found.version, len(found.version)) == (version(found.text), 16)
    assert found.interview.people[0].id == "vanderberg"


def test_a_save_changes_values_and_a_section_and_keeps_every_other_line(app: App, file: Path) -> None:
    before = opened(app, file)
    section = SectionChange(("nunez",), NoteKind.FOLLOW_UP, "Dear Sofía,\n\nThank you again.")

    after = save(
        app, file, expected_version=before.version, changes={"people[0].role": "Works Manager"}, section=section
    )

    kept = [line for line in before.text.splitlines() if line in after.text.splitlines()]
    assert len(before.text.splitlines()) - len(kept) <= 1
    assert "# lower-case particles; sorted under B or V, as the user says" in after.text
    assert file.read_bytes().decode() == after.text
    assert after.interview.people[0].role == "Works Manager"
    assert after.interview.notes[-1].source == "Dear Sofía,\n\nThank you again.\n"


def test_a_save_that_changes_nothing_writes_nothing(app: App, file: Path) -> None:
    before = opened(app, file)
    stamp = file.stat()

    after = save(app, file, expected_version=before.version, changes={"company": before.interview.company})

    assert after.version == before.version
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (stamp.st_ino, stamp.st_mtime_ns)


def test_a_file_that_was_changed_underneath_is_left_and_shown(app: App, file: Path) -> None:
    before = opened(app, file)
    file.write_bytes(file.read_bytes() + b"\n<!-- by another hand -->\n")
    now = file.read_bytes().decode()

    with pytest.raises(FileChanged) as caught:
        save(app, file, expected_version=before.version, changes={"company": "Other"})

    assert (caught.value.text, caught.value.version) == (now, version(now))
    assert file.read_bytes().decode() == now


def test_of_saves_at_the_same_moment_one_wins_and_the_others_are_told(app: App, file: Path) -> None:
    before = opened(app, file)

    def save_as(name: str) -> str:
        try:
            return save(app, file, expected_version=before.version, changes={"company": name}).interview.company
        except FileChanged:
            return ""

    with ThreadPoolExecutor(8) as pool:
        saved = [name for name in pool.map(save_as, map("Firm {}".format, range(8))) if name]

    assert saved == [opened(app, file).interview.company]


@pytest.mark.parametrize("changes", [{"people[0].name": None}, {"start": "soon"}, {"people[0].gift.url": "x"}])
def test_a_change_after_which_the_file_would_not_read_leaves_it(
    app: App, file: Path, changes: dict[str, object]
) -> None:
    before = opened(app, file)

    with pytest.raises(NoteError):
        save(app, file, expected_version=before.version, changes=changes)

    assert file.read_bytes().decode() == before.text


def test_a_file_that_is_gone_is_not_made_anew(app: App, file: Path) -> None:
    before = opened(app, file)
    file.unlink()

    with pytest.raises(NoteError):
        save(app, file, expected_version=before.version, changes={"company": "Other"})

    assert not file.exists()


def test_the_slots_of_a_note_come_by_name(app: App, scenarios: Path) -> None:
    notes = opened(app, scenarios / "04-software-engineer.md").interview.notes

    slots = slots_of(notes[-1])

    assert list(slots) == ["thanks", "moment", "interest", "offer"]
    assert slots["interest"] == "a team that reviews incidents that openly is what I'm after"
