"""Parsed front matter may be kept on disk; whatever happens to it there, the same interview is read."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import interviews
from mailer.errors import NoteError
from mailer.interviews import nodes, scanning
from tests.conftest import SCENARIOS
from tests.unit.interviews.files import PATH, one_person

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(SCENARIOS.glob("[0-9]*.md"))
TEXT = one_person(body="Dear Sofía,\n")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "harborline.md"
    path.write_text(TEXT)
    return path


def kept(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_reads_the_same_through_the_cache_as_without_it(path: Path, cache: Path) -> None:
    plain = interviews.read(path)

    first = interviews.read(path, cache=cache)
    second = interviews.read(path, cache=cache)

    assert plain == first == second
    assert plain.lines == first.lines == second.lines


def test_the_second_reading_takes_the_tree_from_the_cache(file: Path, cache: Path) -> None:
    front = TEXT.split("---\n")[1]
    nodes.remember(cache, front, scanning.scan(front.replace("Harborline Castings", "Kept Castings"), file))

    assert interviews.read(file, cache=cache).company == "Kept Castings"


def test_a_changed_body_uses_the_same_tree(file: Path, cache: Path) -> None:
    interviews.read(file, cache=cache)
    file.write_text(TEXT + "Another line.\n")

    assert interviews.read(file, cache=cache).notes[0].source == "Dear Sofía,\nAnother line.\n"
    assert len(kept(cache)) == 1


def test_changed_front_matter_is_parsed_anew(file: Path, cache: Path) -> None:
    interviews.read(file, cache=cache)
    file.write_text(TEXT.replace("Quality Manager", "Plant Manager"))

    assert interviews.read(file, cache=cache).role == "Plant Manager"
    assert len(kept(cache)) == 2


def test_a_file_that_does_not_follow_the_format_is_refused_through_the_cache_too(file: Path, cache: Path) -> None:
    file.write_text(one_person("emial: x\n"))

    for _ in range(2):
        with pytest.raises(NoteError, match=r"harborline\.md:10: people\[0\]\.emial: unknown key"):
            interviews.read(file, cache=cache)


def test_the_cache_is_private(file: Path, cache: Path) -> None:
    os.umask(previous := os.umask(0))
    os.umask(0)
    try:
        interviews.read(file, cache=cache)
    finally:
        os.umask(previous)

    folders = [cache.parent, cache, *(path for path in cache.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept(cache)} == {0o600}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'["x",2,0,1,"","a"]',
        b'["t",2,0,1,""]',
        b'["t","2",0,1,"","a"]',
        b'["m",2,0,1,"",[["t"]]]',
        b'["m",2,0,1,"",[1]]',
        b'["s",2,0,1,"",[["t",2,0,1,"",7]]]',
        b"[" * 100_000,
        b'["s",2,0,1,"",[' * 100_000,
    ],
)
def test_a_damaged_tree_is_parsed_anew_and_mended(content: bytes, file: Path, cache: Path) -> None:
    interviews.read(file, cache=cache)
    (tree,) = kept(cache)
    good = tree.read_bytes()
    tree.write_bytes(sha256(content).hexdigest().encode() + b"\n" + content)

    assert interviews.read(file, cache=cache) == interviews.read(file)
    assert tree.read_bytes() == good


@settings(deadline=None)
@given(data=st.data())
def test_a_tree_with_a_damaged_byte_is_not_used(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("cache")
    nodes.remember(cache, "a: b\n", scanning.scan("a: b\n", PATH))
    (tree,) = kept(cache)
    content = bytearray(tree.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    tree.write_bytes(content)

    assert nodes.recall(cache, "a: b\n") is None


def test_a_folder_in_place_of_a_tree_is_let_be(file: Path, cache: Path) -> None:
    interviews.read(file, cache=cache)
    (tree,) = kept(cache)
    tree.unlink()
    tree.mkdir()

    assert interviews.read(file, cache=cache) == interviews.read(file)


def test_a_cache_that_cannot_be_made_is_let_be(file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    assert interviews.read(file, cache=tmp_path / "taken") == interviews.read(file)
    assert interviews.read(file, cache=tmp_path / "taken" / "below") == interviews.read(file)


def test_a_half_written_tree_of_a_process_that_died_does_no_harm(file: Path, cache: Path) -> None:
    interviews.read(file, cache=cache)
    (tree,) = kept(cache)
    tree.rename(tree.with_suffix(f".{os.getpid()}.tmp"))

    assert interviews.read(file, cache=cache) == interviews.read(file)


def test_the_cache_forgets_its_oldest_trees(cache: Path) -> None:
    for count in range(nodes.MAX_CACHE_FILES + 20):
        text = f"a: {count}\n"
        nodes.remember(cache, text, nodes.Scalar(2, 0, 1, "", str(count)))
        (folder,) = cache.iterdir()
        newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(count, count)) if count < 20 else None

    assert len(kept(cache)) == nodes.MAX_CACHE_FILES
    assert nodes.recall(cache, "a: 0\n") is None
    assert nodes.recall(cache, f"a: {nodes.MAX_CACHE_FILES + 19}\n") is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_tree_survives_json(path: Path) -> None:
    tree = scanning.scan(path.read_text().split("---\n")[1], path).to_json()

    assert nodes.from_json(json.loads(json.dumps(tree))).to_json() == tree


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=7), max_leaves=20
    )
)
def test_any_json_is_a_tree_or_refused(tree: Any) -> None:
    with contextlib.suppress(ValueError):
        assert nodes.from_json(tree).to_json() == tree


def test_a_tree_with_a_lone_surrogate_can_be_kept(cache: Path) -> None:
    content = one_person('role: "\\ud800"').encode()

    for _ in range(2):
        with pytest.raises(NoteError, match=r"U\+D800"):
            interviews.parse(content, PATH, cache=cache)
