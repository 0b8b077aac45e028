"""Pages are compiled once, and what was compiled is run only while it is whole and nobody else's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mailer.web.rendering import Pages

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "This link was used before."


def rendered(cache: Path | None) -> str:
    return Pages(cache).render("refused.html.j2", sentence=SENTENCE)


def test_a_page_is_the_same_from_what_was_compiled_before(tmp_path):
    first = rendered(tmp_path)

    assert list((tmp_path / "pages").iterdir())
    assert rendered(tmp_path) == first == rendered(None)


@pytest.mark.parametrize("damage", [b"", b"\x00" * 200])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    first = rendered(tmp_path)
    (kept, *_) = (tmp_path / "pages").iterdir()
    kept.write_bytes(damage)

    assert rendered(tmp_path) == first
    assert kept.read_bytes() != damage


def test_without_a_cache_nothing_is_made(tmp_path):
    assert SENTENCE in rendered(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_a_folder_that_others_may_write_is_not_used(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages").chmod(0o770)

    assert SENTENCE in rendered(tmp_path)
    assert not list((tmp_path / "pages").iterdir())
