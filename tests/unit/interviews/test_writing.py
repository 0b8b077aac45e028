"""A file is written whole, and only over what its writer has seen."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from mailer import interviews
from mailer.errors import NoteError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.md"
    path.write_bytes("old ñ\r\n".encode())
    return path


def test_a_file_that_reads_as_expected_is_replaced(file: Path) -> None:
    interviews.write(file, "new\r\nñ\n", expected="old ñ\r\n")

    assert file.read_bytes() == "new\r\nñ\n".encode()


def test_a_file_changed_meanwhile_is_left_alone(file: Path) -> None:
    with pytest.raises(NoteError, match="changed by another program meanwhile; read it again"):
        interviews.write(file, "new", expected="old\n")

    assert file.read_bytes() == "old ñ\r\n".encode()


def test_line_ends_count_as_a_change(file: Path) -> None:
    with pytest.raises(NoteError, match="changed by another program"):
        interviews.write(file, "new", expected="old ñ\n")


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    file.unlink()

    with pytest.raises(NoteError, match="the file is gone; save the text under a new name"):
        interviews.write(file, "new", expected="old ñ\r\n")


def test_a_new_file_is_made(tmp_path: Path) -> None:
    interviews.write(tmp_path / "new.md", "new", expected=None)

    assert (tmp_path / "new.md").read_text() == "new"


def test_a_new_file_never_takes_the_place_of_another(file: Path) -> None:
    with pytest.raises(NoteError, match="a file of this name already; choose another"):
        interviews.write(file, "new", expected=None)

    assert file.read_bytes() == "old ñ\r\n".encode()


def test_a_new_file_follows_the_users_mask(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        interviews.write(tmp_path / "new.md", "new", expected=None)
    finally:
        os.umask(previous)

    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660])
def test_permission_bits_stay(file: Path, mode: int) -> None:
    file.chmod(mode)

    interviews.write(file, "new", expected="old ñ\r\n")

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.md"
    link.symlink_to(file)

    interviews.write(link, "new", expected="old ñ\r\n")

    assert link.is_symlink()
    assert file.read_text() == "new"


def test_nothing_else_is_left_in_the_folder(file: Path, tmp_path: Path) -> None:
    interviews.write(file, "new", expected="old ñ\r\n")
    interviews.write(tmp_path / "b.md", "new", expected=None)

    assert sorted(path.name for path in tmp_path.glob("*") if path.is_file()) == ["a.md", "b.md"]


def test_nothing_is_left_of_a_write_that_fails(file: Path) -> None:
    with pytest.raises(NoteError, match="cannot be written"):
        interviews.write(file, "lone \ud800 surrogate", expected="old ñ\r\n")

    assert [path.name for path in file.parent.glob("*.md")] == ["a.md"]
    assert file.read_bytes() == "old ñ\r\n".encode()


@pytest.mark.parametrize("name", ["absent/a.md", "a.md/b.md", "nul\0.md", "x" * 300 + ".md"])
def test_a_place_that_takes_no_file_is_named(file: Path, name: str) -> None:
    with pytest.raises(NoteError, match="the file cannot be written"):
        interviews.write(file.parent / name, "new", expected=None)


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()

    with pytest.raises(NoteError, match="cannot be written"):
        interviews.write(tmp_path / "folder.md", "new", expected="")


def test_what_revise_gives_is_what_the_next_reader_sees(scenarios: Path) -> None:
    path = scenarios / "05-quality-manager.md"
    text = interviews.read_text(path)

    interviews.write(path, interviews.revise(text, {"company": "Other Castings"}), expected=text)

    assert interviews.read(path).company == "Other Castings"
