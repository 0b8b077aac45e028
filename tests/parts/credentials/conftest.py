"""Give tests a keyring of files, chosen as a user chooses one: by the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def use_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Choose a backend by module and class for this process and those it starts; gives the file keyring's file."""
    import keyring.core

    items = tmp_path / "keyring.json"

    def use(name: str) -> Path:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        monkeypatch.setenv("PYTHONPATH", str(PROJECT))
        monkeypatch.setenv("FILE_KEYRING", str(items))
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)  # what keyring chose earlier in this process
        return items

    yield use
    monkeypatch.undo()
