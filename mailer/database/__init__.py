"""Keep what must not be lost: one SQLite file in MAILER_HOME, or a PostgreSQL that many machines share.

Takes a folder or a URL, gives a `Store` whose transactions are durable when they return. The only home of sqlite3 and
psycopg.
"""

from __future__ import annotations

from mailer.database.sqlite import Database, make_private_folder
from mailer.database.store import Conflict, Row, Store

__all__ = ["Conflict", "Database", "Row", "Store", "make_private_folder"]
