"""Prove that a process is alive, or dead, by an operating system's lock on its file; never by a clock.

Takes MAILER_HOME, gives a `Worker` that lives as long as its lock, and finds the locks that nobody holds any more.
For the workers of one machine.
A sleeping laptop stops every clock but keeps every lock; a killed process keeps none.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailer.database import make_private_folder
from mailer.errors import StorageError
from mailer.outbox.liveness import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LockFiles"]

#: A sweeper may take a new lock file for a stale one between its making and its locking; once more is enough.
_TRIES = 5


class LockFiles:
    """The lock files of the workers of one MAILER_HOME, which must be on a local disk.

    Raises StorageError when MAILER_HOME cannot be written.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / "workers"

    def worker(self) -> Worker:
        """Return a worker that is alive, for every other process, until its `close` or the end of this process."""
        make_private_folder(self._folder)
        for _ in range(_TRIES):
            worker_id = os.urandom(6).hex()
            path = self._path(worker_id)
            file = _new_file(path)
            if _lock(file) and _is_at(path, file):
                return _Locking(worker_id, path, file)
            os.close(file)
        raise StorageError(f"{path} cannot be locked; put MAILER_HOME on a local disk")

    @contextmanager
    def proof_of_death(self, owner: str) -> Iterator[bool]:
        """Tell whether the worker of `owner` is dead; while inside, the lock is held, so that one process sweeps it.

        A file that is gone proves it too: a live worker has one. (If a person removed it the gate still protects the
        note.)
        """
        path = self._path(owner.partition(":")[0])
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

    def forget_the_dead(self) -> None:
        """Remove the files of workers that died; one that is held, or just being made, stays."""
        try:
            paths = list(self._folder.iterdir())
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

    def _path(self, worker_id: str) -> Path:
        return self._folder / f"{worker_id}.lock"


class _Locking(Worker):
    """A worker that holds the lock of its file."""

    def __init__(self, worker_id: str, path: Path, file: int) -> None:
        super().__init__(worker_id)
        self._path = path
        self._file = file

    def close(self) -> None:
        """Let go of the lock and remove its file."""
        if self._file >= 0:
            _remove(self._path, self._file)
            self._file = -1


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
