"""Remember which questions of `check` a person has answered, each for the text that it was asked of.

Takes the key of a finding (rule, person and text in one hash), gives the keys that are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from mailer.database import Database

__all__ = ["Answers"]

#: `created` is for people who read the table; nothing is decided by it, so the database's clock serves.
_ADD = """
    INSERT INTO answer (key, rule, interview, person, created)
    VALUES (:key, :rule, :interview, :person, strftime('%s', 'now') * 1000000)
    ON CONFLICT (key) DO NOTHING
"""

_KEYS = "SELECT key FROM answer"

_KEY = "SELECT key FROM answer WHERE key = :key"


class Answers:
    """The answered questions in one database.

    Any method raises StorageError or OutboxBusy.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: str, *, rule: str, interview: str, person: str) -> None:
        """Remember an answer; one that is known already stays as it is."""
        self._database.rows(_ADD, {"key": key, "rule": rule, "interview": interview, "person": person})

    def keys(self, among: Collection[str] | None = None) -> frozenset[str]:
        """Return the keys that are answered, all of them or those `among` the given ones."""
        if among is None:
            return frozenset(row["key"] for row in self._database.rows(_KEYS))
        return frozenset(key for key in among if self._database.rows(_KEY, {"key": key}))
