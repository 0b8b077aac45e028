"""Keep what must not be lost: one SQLite file in MAILER_HOME, or a PostgreSQL that many machines share.

Takes a folder or a URL, gives a `Store` whose transactions are durable when they return. The only home of sqlite3 and
psycopg.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mailer.database.sqlite import Database, make_private_folder
from mailer.database.store import Conflict, Row, Store
from mailer.errors import SettingsError

if TYPE_CHECKING:
    from mailer.model import Secret

__all__ = ["Conflict", "Database", "Row", "Store", "make_private_folder", "store"]


def store(where: Path | Secret | None, home: Path) -> Store:
    """Return the database of an outbox: the SQLite file at a path, by default of MAILER_HOME; or that at a URL.

    Only for a URL is psycopg imported. Raises SettingsError when it is not installed.
    """
    if where is None:
        return Database(home)
    if isinstance(where, Path):
        return Database(where.parent, name=where.name)
    try:
        from mailer.database.postgresql import PostgresDatabase
    except ImportError as exc:
        raise SettingsError(
            "MAILER_OUTBOX names a PostgreSQL, and what talks to one is not installed; run"
            f" pip install 'interview-mailer[cluster]' ({exc})"
        ) from exc
    return PostgresDatabase(where.value)
