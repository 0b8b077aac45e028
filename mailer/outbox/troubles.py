"""Keep why the due notes of an account wait: one row from the first time it was met until it is over.

Takes a database and a Trouble, tells whether it is news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.model import Trouble
from mailer.outbox import rows, statements

if TYPE_CHECKING:
    from mailer.database import Store

__all__ = ["clear", "current", "every", "record"]


def record(database: Store, trouble: Trouble) -> Trouble:
    """Keep the trouble and return it with the moment when it began: that of the same kind before, else its own.

    Nothing is written when it is known in the same words.
    """
    with database.transaction():
        before = current(database, trouble.account)
        if before and before.kind == trouble.kind:
            trouble = trouble._replace(since=before.since)
        if before != trouble:
            values = trouble._asdict() | {"since": rows.stored(trouble.since)}
            database.rows(statements.SET_TROUBLE, values)
        return trouble


def current(database: Store, account: str) -> Trouble | None:
    """Return what keeps the account's notes waiting, None when nothing is known to."""
    found = database.rows(statements.TROUBLE, {"account": account})
    if not found:
        return None
    return _trouble(account, found[0])


def every(database: Store) -> tuple[Trouble, ...]:
    """Return what keeps notes waiting, one of each account that has any."""
    return tuple(_trouble(row["account"], row) for row in database.rows(statements.TROUBLES))


def clear(database: Store, account: str) -> Trouble | None:
    """Forget the trouble, because it is over; return what it was, None when there was none."""
    over = current(database, account)
    if over:
        database.rows(statements.DROP_TROUBLE, {"account": account})
    return over


def _trouble(account: str, row: rows.Row) -> Trouble:
    return Trouble(row["kind"], row["sentence"], rows.instant_from(row["since"]), account)
