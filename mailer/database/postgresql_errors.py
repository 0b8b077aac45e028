"""Say what an error of psycopg means to the user.

Source: PostgreSQL's manual, appendix A. A failed connection carries no code, only the words of libpq and the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.database.store import Conflict
from mailer.errors import MailerError, OutboxBusy, StorageError

if TYPE_CHECKING:
    import psycopg

__all__ = ["is_lost", "meaning", "no_connection"]

#: lock_not_available, query_canceled (the time-out), deadlock_detected, serialization_failure.
_BUSY = frozenset({"55P03", "57014", "40P01", "40001"})

#: admin_shutdown, crash_shutdown, cannot_connect_now, idle_in_transaction_session_timeout, idle_session_timeout.
_GONE = frozenset({"57P01", "57P02", "57P03", "25P03", "57P05"})

_WHAT = {
    "25006": "cannot be written, it is a standby or read-only; name the primary in MAILER_OUTBOX",
    "42501": "does not let this user do that; grant it the schema mailer and all its tables, or name their owner",
    "53100": "cannot grow, the server's disk is full; free some space, then run this again",
    "53300": "has no connection left for this user; raise max_connections, or run fewer workers",
    "42P01": "lacks a table of mailer; put back a backup of it, or name another database in MAILER_OUTBOX",
    "XX001": "is damaged; put back a backup of it",
    "XX002": "has a damaged index; REINDEX it, or put back a backup",
}

#: Words of the server and of libpq when no connection comes about, and what helps. They come in English only.
_REFUSALS = (
    ("password authentication failed", "correct the user, or the password in ~/.pgpass or PGPASSWORD"),
    ("no password supplied", "put the password into ~/.pgpass or PGPASSWORD"),
    ("pg_hba.conf", "let this host and user in, in the server's pg_hba.conf"),
    ("Peer authentication failed", "name the user of this system, or a host that asks for a password"),
    ("does not exist", "correct it in MAILER_OUTBOX, or create it (createuser, createdb)"),
    ("starting up", "wait until it is up, then run this again"),
    ("shutting down", "wait until it is up again, then run this again"),
    ("too many clients", "raise max_connections, or run fewer workers"),
)


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether the server has ended the connection, or is about to."""
    return (error.sqlstate or "").startswith("08") or error.sqlstate in _GONE


def meaning(error: psycopg.Error, name: str) -> MailerError:
    """Say what went wrong with a statement on the database called `name`."""
    code = error.sqlstate or ""
    if code.startswith("23"):
        return Conflict(f"{name}: {_words(error)}")
    if code in _BUSY:
        return OutboxBusy(f"another mailer keeps {name} locked; wait until it is done, then run this again")
    return StorageError(f"{name} {_WHAT.get(code, 'cannot be used')} ({_words(error)})")


def no_connection(error: psycopg.Error, name: str, secrets: tuple[str, ...]) -> StorageError:
    """Say why the database called `name` could not be opened."""
    words = _words(error)
    for secret in secrets:
        words = words.replace(secret, "…")
    advice = "see that it runs, that this machine reaches it, and that MAILER_OUTBOX names it"
    for sign, remedy in _REFUSALS:
        if sign in words:
            advice = remedy
            break
    return StorageError(f"{name} cannot be opened: {words}; {advice}")


def _words(error: psycopg.Error) -> str:
    """Return the message without its DETAIL, which repeats values, in one line."""
    said = error.diag.message_primary or str(error)
    return " ".join(said.split()).removeprefix("connection failed: ")
