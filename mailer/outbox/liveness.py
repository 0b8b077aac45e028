"""Prove that a process is alive, or dead, by an operating system's lock on its file; never by a clock.

Takes MAILER_HOME, gives a `Worker` that lives as long as its lock, and finds the locks that nobody holds any more.
A sleeping laptop stops every clock but keeps every lock; a killed process keeps none.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from mailer.database import make_private_folder
from mailer.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["Worker", "proof_of_death", "remove_stale_locks"]


#: A sweeper may take a new lock file for a stale one between its making and its locking; once more is enough.
_TRIES = 5


class Worker:
    """A process that delivers; it is alive, for every other process, until `close` or its end.

    Raises StorageError when MAILER_HOME cannot be written.
    """

    def __init__(self, home: Path) -> None:
        make_private_folder(_folder(home))
        for _ in range(_TRIES):
            self.id = os.urandom(6).hex()
            self._path = _folder(home) / f"{self.id}.lock"
            self._file = _new_file(self._path)
            if _lock(self._file) and _is_at(self._path, self._file):
                return
            os.close(self._file)
        raise StorageError(f"{self._path} cannot be locked; put MAILER_HOME on a local disk")

    def __enter__(self) -> Self:
        """Give the worker itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def execution(self) -> str:
        """Return a fresh owner's name for one delivery of one note; the same process may meet a note twice."""
        return f"{self.id}:{os.urandom(6).hex()}"

    def close(self) -> None:
        """Let go of the lock and remove its file; what it still owns may be swept now."""
        if self._file >= 0:
            _remove(self._path, self._file)
            self._file = -1


@contextmanager
def proof_of_death(home: Path, owner: str) -> Iterator[bool]:
    """Tell whether the worker of `owner` is dead; while inside, the lock is held, so that only one process sweeps it.

    A file that is gone proves it too: a live worker has one. (If a person removed it the gate still protects the note.)
    """
    path = _folder(home) / f"{owner.partition(':')[0]}.lock"
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield True
        return
    except OSError as exc:
        raise StorageError(f"{path} cannot be opened: {exc.strerror}; make it yours") from exc
    try:
        yield _lock(file)
    finally:
        os.close(file)


def remove_stale_locks(home: Path) -> None:
    """Remove the files of workers that died; one that is held, or just being made, stays."""
    try:
        paths = list(_folder(home).iterdir())
    except FileNotFoundError:
        return
    for path in paths:
        try:
            file = os.open(path, os.O_RDWR)
        except OSError:
            continue
        if _lock(file):
            _remove(path, file)
        else:
            os.close(file)


def _folder(home: Path) -> Path:
    return home / "workers"


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as exc:
        raise StorageError(f"{path} cannot be made: {exc.strerror}; make its folder writable") from exc


def _is_at(path: Path, file: int) -> bool:
    """Tell whether the open file is still the one at `path`."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(file: int) -> bool:
        """Take the exclusive lock if it is free."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _remove(path: Path, file: int) -> None:
        """Close and remove: Windows removes no open file, and nobody opens one whose id is never used again."""
        os.close(file)
        path.unlink(missing_ok=True)

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Take the exclusive lock if it is free; it belongs to this opening of the file, not to the process."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _remove(path: Path, file: int) -> None:
        """Remove while the lock is held, then close."""
        path.unlink(missing_ok=True)
        os.close(file)
