"""Keep the ledger in a PostgreSQL: its session, migrations, transactions, and a lost connection.

Takes a URL, gives a `PostgresDatabase` whose transactions are durable on the server when they return. The only module
that imports psycopg.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from mailer.database import address
from mailer.database.dialect import for_psycopg
from mailer.database.postgresql_errors import is_lost, meaning, no_connection
from mailer.database.postgresql_schema import MIGRATIONS, SCHEMA
from mailer.errors import SettingsError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from mailer.database.store import Values

    Connection = psycopg.Connection[Any]
    Cursor = psycopg.Cursor[Any]

__all__ = ["PostgresDatabase"]

#: How long a statement waits for the lock of another process, as on SQLite.
LOCK_TIMEOUT_S = 10.0

#: How long a statement may take in all; the whole of a very long outbox is listed in less.
STATEMENT_TIMEOUT_S = 120.0

#: A process that stopped inside a transaction holds its locks no longer than this.
IDLE_IN_TRANSACTION_S = 60.0

#: The oldest one that was supported when this was written.
OLDEST_SERVER = 130000

#: Found by libpq in seconds, a dead host is not waited for: see PostgreSQL's manual, 34.1.2. A URL may say otherwise.
DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "fallback_application_name": "mailer",
}

#: Makes a session safe whatever the server's defaults are. The keepalives are the server's, for a host that vanished.
_SESSION = """
    SELECT set_config('search_path', :schema, false), set_config('synchronous_commit', 'on', false),
        set_config('lock_timeout', :lock_ms, false), set_config('statement_timeout', :statement_ms, false),
        set_config('idle_in_transaction_session_timeout', :idle_ms, false),
        set_config('tcp_keepalives_idle', '20', false), set_config('tcp_keepalives_interval', '5', false),
        set_config('tcp_keepalives_count', '3', false)
"""

#: The same for what joins somebody's transaction, until its end.
_JOINED_SESSION = """
    SELECT set_config('search_path', :schema, true), set_config('synchronous_commit', 'on', true)
"""

#: These read the catalogue itself. `to_regclass` answers from what this session knew before it waited for a lock.
_IS_MADE = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = :schema AND tablename = 'schema_version')"

_HAS_SCHEMA = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :schema)"

_VERSION = f"SELECT coalesce(max(version), 0) AS version FROM {SCHEMA}.schema_version"  # noqa: S608  # a constant

#: Any number that no other program of the database takes for its advisory locks.
_MIGRATION_LOCK = 0x6D61696C_00000001


class PostgresDatabase:
    """A PostgreSQL database, reached at the first use; for one thread.

    Everything it does raises StorageError (out of reach, no rights, full, or of a newer mailer) or OutboxBusy (another
    process kept its lock for `lock_timeout_s`). After a lost connection the next use makes a new one, but not inside
    the transaction that it was lost in. A commit during which it is lost raises StorageError: its fate is unknown.
    """

    def __init__(self, url: str, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        self._url = url
        try:
            self.name, self._secrets = address.read(url)
            self._parameters: dict[str, Any] = {**DEFAULTS, **conninfo_to_dict(url)}
        except (ValueError, psycopg.ProgrammingError):  # whose text may repeat a part of a password
            raise SettingsError("the URL in MAILER_OUTBOX cannot be read; correct it") from None
        self._lock_timeout_s = lock_timeout_s
        self._connection: Connection | None = None
        self._is_inside = False

    @classmethod
    def joined(cls, connection: Connection) -> PostgresDatabase:
        """Return a database that works inside the transaction of somebody else, on their connection, until its end.

        They begin and end it; the schema must be there. `connection` must not be in autocommit mode.
        """
        return _Joined(connection)

    def another(self) -> PostgresDatabase:
        """Return another connection to the same database, for another thread."""
        return PostgresDatabase(self._url, lock_timeout_s=self._lock_timeout_s)

    def __repr__(self) -> str:
        """Name it without its password."""
        return f"<PostgresDatabase {self.name}>"

    def __enter__(self) -> Self:
        """Give the database itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connection; the next use makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def exists(self) -> bool:
        """Tell whether its tables were made, without making them; connects."""
        if self._connection is not None:
            return True
        with self._connected() as connection:
            return _is_made(connection)

    def rows(self, statement: str, values: Values = ()) -> list[Row]:
        """Run one statement, inside the open transaction if there is one, and give all its rows.

        Outside of one, a reading whose connection turns out lost is done again on a new one.
        Raises Conflict besides what the class says.
        """
        try:
            return _fetched(self._open(), statement, values)
        except psycopg.Error as exc:
            if not self._is_over(exc) or self._is_inside or not statement.lstrip().startswith("SELECT"):
                raise meaning(exc, self.name) from exc
        try:
            return _fetched(self._open(), statement, values)
        except psycopg.Error as exc:
            raise meaning(exc, self.name) from exc

    def change(self, statement: str, values: Values = ()) -> int:
        """Run one statement that changes rows and gives none, and count them; raises Conflict besides."""
        try:
            return self._open().execute(for_psycopg(statement), values).rowcount
        except psycopg.Error as exc:
            raise meaning(exc, self.name) from exc

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside one durable change, or none if it raises.

        Each statement sees what was committed before it (READ COMMITTED). Inside another transaction it joins that one.
        """
        if self._is_inside:
            yield
            return
        self._begin()
        self._is_inside = True
        try:
            yield
            self._commit()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._is_inside = False

    def lock(self, table: str) -> None:
        """Keep other writers of a table away until the transaction ends; readers are not kept."""
        self.rows(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

    def fault(self) -> tuple[str, str] | None:
        """Say when a power cut would make the server forget a commit, None otherwise; it looks for damage by itself."""
        off = [name for name in ("fsync", "full_page_writes") if self.rows(f"SHOW {name}")[0][0] != "on"]
        if not off:
            return None
        what = " and ".join(off)
        return f"{self.name} runs with {what} off; after a power cut notes could go out twice", f"turn {what} on there"

    # --- the connection ---------------------------------------------------------------------------------------

    def _open(self) -> Connection:
        if self._connection is None:
            if self._is_inside:
                raise StorageError(f"the connection to {self.name} was lost, and nothing was stored; run this again")
            self._connection = self._prepared()
        return self._connection

    def _prepared(self) -> Connection:
        connection = self._connected()
        try:
            _migrate(connection, self.name)
        except psycopg.Error as exc:
            connection.close()
            raise meaning(exc, self.name) from exc
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self) -> Connection:
        try:
            connection = psycopg.connect(**self._parameters, autocommit=True)
        except psycopg.Error as exc:
            raise no_connection(exc, self.name, self._secrets) from exc
        try:
            _refuse_old(connection, self.name)
            values = {
                "schema": SCHEMA,
                "lock_ms": str(round(self._lock_timeout_s * 1000)),
                "statement_ms": str(round(STATEMENT_TIMEOUT_S * 1000)),
                "idle_ms": str(round(IDLE_IN_TRANSACTION_S * 1000)),
            }
            _fetched(connection, _SESSION, values)
        except psycopg.Error as exc:
            connection.close()
            raise meaning(exc, self.name) from exc
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_over(self, error: psycopg.Error) -> bool:
        """Tell whether the connection is lost; then it is closed, and forgotten."""
        connection = self._connection
        if connection is None or not (connection.closed or is_lost(error)):
            return False
        self.close()
        return True

    # --- a transaction's ends ---------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin; on a connection that was lost since its last use, on a new one."""
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
        try:
            _fetched(self._open(), begin)
        except psycopg.Error as exc:
            if not self._is_over(exc):
                raise meaning(exc, self.name) from exc
            self.rows(begin)

    def _commit(self) -> None:
        connection = self._open()
        try:
            cursor = connection.execute("COMMIT")
        except psycopg.Error as exc:
            if self._is_over(exc):
                raise StorageError(
                    f"the connection to {self.name} was lost while a change was being stored; whether it was, nobody"
                    " knows. Look with mailer outbox, then run this again"
                ) from exc
            raise meaning(exc, self.name) from exc
        if cursor.statusmessage != "COMMIT":  # an error inside was passed over: PostgreSQL rolls back, and says so here
            raise StorageError(f"{self.name} did not store the change; run this again")

    def _roll_back(self) -> None:
        connection = self._connection
        if connection is None or connection.info.transaction_status is TransactionStatus.IDLE:
            return
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:  # the server rolls back what it has lost
            self.close()


class _Joined(PostgresDatabase):
    """Works in a transaction that others begin and end."""

    def __init__(self, connection: Connection) -> None:
        if connection.autocommit:
            raise ValueError("only a connection that is not in autocommit mode has a transaction to join")
        info = connection.info
        self.name = f"postgresql://{info.user}@{info.host}/{info.dbname}"
        self._secrets = ()
        self._connection = connection
        self._is_inside = True
        self._is_prepared = False

    def another(self) -> PostgresDatabase:
        """Refuse: whose connection is joined knows where the database is, this does not."""
        raise TypeError("a joined database cannot make another connection; ask its owner for one")

    @property
    def exists(self) -> bool:
        """Tell whether its tables were made."""
        return _is_made(self._open())

    def close(self) -> None:
        """Leave the connection to its owner."""

    def _open(self) -> Connection:
        connection = self._connection
        if connection is None or connection.closed:
            raise StorageError(f"the connection to {self.name} was lost, and nothing was stored; run this again")
        if not self._is_prepared:
            self._is_prepared = True
            _fetched(connection, _JOINED_SESSION, {"schema": SCHEMA})
        return connection


class Row:
    """A row of a result: columns by name or position."""

    __slots__ = ("_columns", "_values")

    def __init__(self, columns: dict[str, int], values: Sequence[Any]) -> None:
        self._columns = columns
        self._values = values

    def __getitem__(self, column: str | int) -> Any:
        """Return the value of one column."""
        return self._values[self._columns[column] if isinstance(column, str) else column]

    def __iter__(self) -> Iterator[Any]:
        """Give the values in order."""
        return iter(self._values)


def _rows_by_name(cursor: Cursor) -> Callable[[Sequence[Any]], Row]:
    columns = {column.name: position for position, column in enumerate(cursor.description or ())}
    return lambda values: Row(columns, values)


def _fetched(connection: Connection, statement: str, values: Values = ()) -> list[Row]:
    with connection.cursor(binary=True, row_factory=_rows_by_name) as cursor:
        cursor.execute(for_psycopg(statement), values)
        return cursor.fetchall() if cursor.description else []


# --- the schema ---------------------------------------------------------------------------------------------------


def _refuse_old(connection: Connection, name: str) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        raise StorageError(
            f"{name} is PostgreSQL {connection.info.server_version // 10000}; the outbox needs"
            f" {OLDEST_SERVER // 10000} or later"
        )


def _is_made(connection: Connection) -> bool:
    return bool(_fetched(connection, _IS_MADE, {"schema": SCHEMA})[0][0])


def _migrate(connection: Connection, name: str) -> None:
    """Bring the schema up to date; of two processes that try at once the second finds it done."""
    if not _is_old(connection, name):
        return
    with connection.transaction():
        _fetched(connection, "SELECT pg_advisory_xact_lock(:lock)", {"lock": _MIGRATION_LOCK})
        if not _is_made(connection):
            _make_schema(connection)
        version: int = _fetched(connection, _VERSION)[0]["version"]
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            connection.execute(script.encode())
            _fetched(connection, "INSERT INTO schema_version (version) VALUES (:version)", {"version": number})


def _is_old(connection: Connection, name: str) -> bool:
    if not _is_made(connection):
        return True
    version: int = _fetched(connection, _VERSION)[0]["version"]
    if version > len(MIGRATIONS):
        raise StorageError(
            f"{name} was written by a newer mailer (schema {version}, this one knows {len(MIGRATIONS)}); upgrade"
            " mailer, or name another database in MAILER_OUTBOX"
        )
    return version < len(MIGRATIONS)


def _make_schema(connection: Connection) -> None:
    """Make the schema, unless an administrator has: that needs a right on the database."""
    if not _fetched(connection, _HAS_SCHEMA, {"schema": SCHEMA})[0][0]:
        connection.execute(f"CREATE SCHEMA {SCHEMA}".encode())
    connection.execute(b"CREATE TABLE schema_version (version integer PRIMARY KEY)")
