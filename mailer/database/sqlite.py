"""Keep one SQLite file: its folder, pragmas, migrations, transactions, and what its errors mean.

Takes a folder, by default MAILER_HOME, gives a `Database` whose transactions are durable when they return.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Self

from mailer.database.sqlite_schema import MIGRATIONS
from mailer.database.store import Conflict
from mailer.errors import MailerError, OutboxBusy, StorageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from mailer.database.store import Values

__all__ = ["Database", "make_private_folder"]

#: How long a statement waits for another process's lock; a 20 MB attachment is stored in about 0.2 s.
BUSY_TIMEOUT_S = 10.0

#: After a large commit the write-ahead log is cut back to this.
WAL_KEPT_BYTES = 4 * 1024 * 1024

#: The oldest SQLite with RETURNING.
OLDEST_SQLITE = (3, 35, 0)


class Database:
    """The SQLite file of one home, `mailer.db` unless told otherwise, opened at the first use; for one thread.

    Everything it does raises StorageError (unreadable, unwritable, full, damaged, or of a newer mailer) or OutboxBusy
    (another process kept its lock for `busy_timeout_s`).
    """

    def __init__(self, home: Path, *, name: str = "mailer.db", busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.home = home
        self.path = home / name
        self.name = str(self.path)
        self._busy_timeout_s = busy_timeout_s
        self._connection: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Tell whether there is a file to open, without making one."""
        return self.path.exists()

    def another(self) -> Database:
        """Return another connection to the same file, for another thread."""
        return Database(self.home, name=self.path.name, busy_timeout_s=self._busy_timeout_s)

    def __enter__(self) -> Self:
        """Give the database itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rows(self, statement: str, values: Values = ()) -> list[sqlite3.Row]:
        """Run one statement, inside the open transaction if there is one, and give all its rows.

        Raises Conflict besides what the class says.
        """
        import sqlite3

        try:
            return self._open().execute(statement, values).fetchall()
        except sqlite3.Error as exc:
            raise _meaning(exc, self.path) from exc

    def change(self, statement: str, values: Values = ()) -> int:
        """Run one statement that changes rows and gives none, and count them; raises Conflict besides."""
        import sqlite3

        try:
            return self._open().execute(statement, values).rowcount
        except sqlite3.Error as exc:
            raise _meaning(exc, self.path) from exc

    def transaction(self) -> AbstractContextManager[None]:
        """Make what happens inside one durable change, or none if it raises.

        Takes the write lock at once (BEGIN IMMEDIATE). Inside another transaction it joins that one.
        """
        is_inside = self._connection is not None and self._connection.in_transaction
        return nullcontext() if is_inside else self._outermost_transaction()

    @contextmanager
    def _outermost_transaction(self) -> Iterator[None]:
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self._open().in_transaction:  # SQLite has rolled back by itself when the disk was full
                self.rows("ROLLBACK")
            raise

    def lock(self, table: str) -> None:
        """Keep other writers of a table away until the transaction ends; the whole file is already locked."""

    def fault(self) -> tuple[str, str] | None:
        """Read the whole file; return what is wrong with it and its remedy, None when nothing is."""
        found: str = self.rows("PRAGMA quick_check")[0][0]
        if found == "ok":
            return None
        remedy = f"keep a copy of {self.path} and of the files beside it, then restore a backup"
        return f"{self.path} is damaged: {found}", remedy

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._prepared()
        return self._connection

    def _prepared(self) -> sqlite3.Connection:
        connection = self._connected()
        try:
            _set_pragmas(connection)
            if self._is_old(connection):
                self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self) -> sqlite3.Connection:
        import sqlite3

        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StorageError(f"Python's SQLite is {sqlite3.sqlite_version}; the outbox needs 3.35 or later")
        _make_private_file(self.path)
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        return connection

    def _is_old(self, connection: sqlite3.Connection) -> bool:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise StorageError(
                f"{self.path} was written by a newer mailer (schema {version}, this one knows {len(MIGRATIONS)});"
                " upgrade mailer, or set another MAILER_HOME"
            )
        return version < len(MIGRATIONS)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the schema up to date; of two processes that try at once the second finds it done."""
        self._use_write_ahead_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        for script in MIGRATIONS[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")

    def _use_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        """Switch to WAL, once for the file; SQLite's busy time-out does not cover this switch, so wait here."""
        import sqlite3

        deadline = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)
            else:
                return


def make_private_folder(folder: Path) -> None:
    """Make sure that `folder` exists; a new one is the user's alone (0700), whatever the umask.

    Raises StorageError.
    """
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as exc:
        raise StorageError(
            f"the folder {folder} cannot be made: {exc.strerror}; set MAILER_HOME to a folder that you can write"
        ) from exc


def _make_private_file(path: Path) -> None:
    """Create the file as the user's alone (0600); SQLite gives the files beside it the same mode.

    An existing one is never opened here: closing it would drop the locks that this process holds on it (POSIX).
    """
    make_private_folder(path.parent)
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            path.chmod(0o600)
    except FileExistsError:
        return
    except OSError as exc:
        raise StorageError(
            f"{path} cannot be made: {exc.strerror}; make its folder writable, or set another MAILER_HOME"
        ) from exc


def _set_pragmas(connection: sqlite3.Connection) -> None:
    """Ask for commits that survive a power cut: with NORMAL a note could be forgotten to have gone out."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
    if sys.platform == "darwin":  # where fsync alone leaves the data in the drive's cache
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")


def _statements(script: str) -> list[str]:
    """Part a script without triggers into statements; `executescript` would commit the transaction."""
    bare = "\n".join(line.split("--")[0] for line in script.splitlines())
    return [statement for statement in bare.split(";") if statement.strip()]


def _meaning(error: sqlite3.Error, path: Path) -> MailerError:
    """Say what an SQLite error means to the user. Source: https://www.sqlite.org/rescode.html."""
    import sqlite3

    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(f"{path}: {error}")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return OutboxBusy(f"another mailer keeps {path} locked; wait until it is done, then run this again")
    what = {
        sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space, then run this again",
        sqlite3.SQLITE_READONLY: "cannot be written; make it and its folder writable, or set another MAILER_HOME",
        sqlite3.SQLITE_PERM: "cannot be opened; make it and its folder yours, or set another MAILER_HOME",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened; make its folder readable and writable, or set another MAILER_HOME",
        sqlite3.SQLITE_IOERR: "cannot be read or written; see whether its disk is full, failing or gone",
        sqlite3.SQLITE_CORRUPT: "is damaged; put back a copy of it, or move it away and queue its notes again",
        sqlite3.SQLITE_NOTADB: "is no database of mailer; put back a copy of it, or move it away",
    }.get(code, "cannot be used")
    return StorageError(f"{path} {what} ({error})")
