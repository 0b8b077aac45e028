"""Say what the ledger asks of a database, so that it runs on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mailer.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    Values = Sequence[object] | Mapping[str, object]

__all__ = ["Conflict", "Row", "Store"]


class Conflict(StorageError):
    """A row breaks a rule of the schema, which its caller should have seen before."""


class Row(Protocol):
    """What a statement gives: columns by name or position."""

    def __getitem__(self, column: str | int, /) -> Any:
        """Return the value of one column."""


class Store(Protocol):
    """One database, opened at the first use; for one thread.

    Everything it does raises StorageError (out of reach, unreadable, unwritable, full, of a newer mailer) or OutboxBusy
    (another process kept its lock for too long).
    """

    @property
    def name(self) -> str:
        """Return how errors call it: a path, or a URL without its password."""

    @property
    def exists(self) -> bool:
        """Tell whether there is something to open, without making it."""

    def another(self) -> Store:
        """Return another connection to the same database, for another thread."""

    def rows(self, statement: str, values: Values = ()) -> Sequence[Row]:
        """Run one statement, inside the open transaction if there is one, and give all its rows; raises Conflict."""

    def change(self, statement: str, values: Values = ()) -> int:
        """Run one statement that changes rows and gives none, and count them; raises Conflict."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make what happens inside one durable change, or none if it raises; inside another one it joins that."""

    def lock(self, table: str) -> None:
        """Keep other writers of a table away until the transaction ends; readers are not kept."""

    def fault(self) -> tuple[str, str] | None:
        """Look for damage, and for settings that lose what was stored; return what is wrong and its remedy, or None."""

    def close(self) -> None:
        """Close it; the next use opens it again."""
