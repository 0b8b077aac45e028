"""Keep what was computed before as small JSON files that may vanish, be damaged or be unwritable at any time.

Files are private (0600, folders 0700) and appear whole or not at all. A store that cannot be read has nothing; one that
cannot be written stays as it is.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CompositionStore", "read", "write"]

#: How many compositions one process looks up and stores: a bulk run should not become a run of small files.
_PER_PROCESS = 32
#: How many compositions stay on disk; beyond it the older half goes.
_ON_DISK = 400


def read(path: Path) -> Any:
    """Return the value stored at `path`, None when there is none that reads."""
    import json

    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def write(path: Path, value: Any) -> None:
    """Store a JSON value at `path` atomically, or leave things as they are when the disk will not have it."""
    import json

    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            fresh.unlink()
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(value, file, ensure_ascii=False)
            fresh.replace(path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()


class CompositionStore:
    """Finished words of notes by the hash of all they depend on; for the first few notes of a process only."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._left = _PER_PROCESS if folder else 0

    @property
    def is_open(self) -> bool:
        """Tell whether looking up another note is still worth its time."""
        return self._left > 0

    def get(self, key: str) -> dict[str, str] | None:
        """Return what was stored under `key`, None when nothing sound was; counts as one use."""
        self._left -= 1
        stored = read(self._folder / f"{key}.json") if self._folder else None
        is_sound = isinstance(stored, dict) and all(isinstance(value, str) for value in stored.values())
        return stored if is_sound else None

    def put(self, key: str, value: dict[str, str]) -> None:
        """Store the words of a note, and make room when there are many."""
        if self._folder:
            write(self._folder / f"{key}.json", value)
            self._make_room(self._folder)

    def _make_room(self, folder: Path) -> None:
        with suppress(OSError):
            files = list(folder.glob("*.json"))
            if len(files) > _ON_DISK:
                files.sort(key=lambda file: file.stat().st_mtime_ns)
                for file in files[: len(files) - _ON_DISK // 2]:
                    file.unlink()
