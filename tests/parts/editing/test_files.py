"""Interview files have safe names in addresses, and files are put beside them without harm to any other."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import attachments
from mailer.app.files import files_beside, interview_files, store_file
from mailer.errors import AttachmentFault, StorageError
from tests.unit.interviews.files import one_person

if TYPE_CHECKING:
    from mailer.app import App


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(one_person())
    return path


# --- interview files ------------------------------------------------------------------------------------------------


def test_the_files_given_come_first_and_those_of_the_folder_once(app: App, tmp_path: Path) -> None:
    given_file = made(tmp_path / "Harborline Castings.md")
    kept = made(app.interviews_folder / "acme.md")
    (app.interviews_folder / "notes.txt").write_text("x")

    found = interview_files(app, [given_file, kept])

    assert list(found.items()) == [("harborline-castings", given_file), ("acme", kept)]


def test_two_files_of_one_name_have_two_slugs(app: App, tmp_path: Path) -> None:
    paths = [made(tmp_path / name) for name in ("a/acme.md", "b/Acme.md", "acme-2.md", "c/acme.md")]

    assert interview_files(app, paths) == dict(zip(("acme", "acme-2", "acme-2-2", "acme-3"), paths, strict=True))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("..%2f..%2fetc.md", "2f-2fetc"),
        ("<script>.md", "script"),
        ("株式会社.md", "interview"),
        ("a\u202eb\nc.md", "a-b-c"),
        ("x" * 200 + ".md", "x" * 60),
    ],
)
def test_a_hostile_name_is_safe_in_an_address(app: App, tmp_path: Path, name: str, slug: str) -> None:
    assert list(interview_files(app, [made(tmp_path / name)])) == [slug]


def test_a_folder_that_is_not_there_has_no_files(app: App) -> None:
    assert interview_files(app, []) == {}


# --- files beside ---------------------------------------------------------------------------------------------------


def test_the_files_beside_an_interview_are_listed_by_relative_name(tmp_path: Path) -> None:
    path = made(tmp_path / "work" / "acme.md")
    for name in ("plan.pdf", "files/b.pdf", "files/a b.pdf", "files/deep/c.pdf", ".hidden", ".git/x", "Other.MD"):
        made(path.parent / name)
    (path.parent / "link.pdf").symlink_to(path)
    (path.parent / "up").symlink_to(tmp_path)

    assert files_beside(path) == ("files/a b.pdf", "files/b.pdf", "plan.pdf")


def test_no_more_than_two_hundred_are_listed(tmp_path: Path) -> None:
    for number in range(205):
        (tmp_path / f"{number:03}.pdf").touch()

    assert files_beside(tmp_path / "acme.md")[-1] == "199.pdf"


def test_a_folder_that_is_gone_lists_nothing(tmp_path: Path) -> None:
    assert files_beside(tmp_path / "gone" / "acme.md") == ()


# --- a file that is brought -----------------------------------------------------------------------------------------


def test_a_file_is_stored_beside_the_interview_and_can_be_attached(tmp_path: Path) -> None:
    path = made(tmp_path / "acme.md")

    name = store_file(path, "Plan für Linie 3.pdf", b"%PDF")

    assert name == "files/Plan für Linie 3.pdf"
    assert attachments.locate(tmp_path, name)[0].read_bytes() == b"%PDF"
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert files_beside(path) == (name,)


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = made(tmp_path / "acme.md")

    names = [store_file(path, "plan.pdf", content) for content in (b"1", b"2", b"3")]

    assert names == ["files/plan.pdf", "files/plan-2.pdf", "files/plan-3.pdf"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.pdf", "plan.pdf"),
        ("a\x00b\u202efdp.exe", "abfdp.exe"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("a\nb\tc.pdf", "a b c.pdf"),
        ("nul.pdf", "_nul.pdf"),
        ('<a>:"b"|?.pdf', "-a---b---.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("plan.\u200bpdf", "plan.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_a_name_is_cleaned(tmp_path: Path, given_name: str, name: str) -> None:
    assert store_file(made(tmp_path / "acme.md"), given_name, b"x") == f"files/{name}"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40) | st.text(st.sampled_from("./\\ con:\u202e\ud800"), max_size=20))
def test_any_name_becomes_one_plain_part_of_a_path(name: str) -> None:
    with TemporaryDirectory() as folder:
        relative = store_file(made(Path(folder) / "acme.md"), name, b"x")
        attachments.locate(Path(folder), relative)
        (stored,) = (found.name for found in Path(folder, "files").iterdir())

    assert relative == f"files/{stored}"
    assert stored.isprintable()
    assert not re.search(r'[/\\<>:"|?*]', stored)
    assert stored.strip(". ") == stored != ""


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "acme.md")

    with pytest.raises(AttachmentFault, match="more than the 20,971,520"):
        store_file(path, "film.mp4", bytes(attachments.MAX_FILE_BYTES + 1))
    assert files_beside(path) == ()


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = made(tmp_path / "work" / "acme.md")
    (path.parent / "files").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(AttachmentFault, match="is a link"):
        store_file(path, "plan.pdf", b"x")


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    path = made(tmp_path / "acme.md")
    (tmp_path / "files").write_text("x")

    with pytest.raises(StorageError):
        store_file(path, "plan.pdf", b"x")
