"""Find the one entry that a person means.

Takes what was typed, gives the Entry; says what comes near when it is none or several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import EntryNotFound
from mailer.outbox import rows, statements
from mailer.outbox.transitions import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailer.database import Database
    from mailer.model import Entry

__all__ = ["find"]

#: So many candidates are read and named.
_NAMED = 5

#: The shortest beginning of an id that counts as one; a person may be called `li`.
_SHORTEST_PREFIX = 3


def find(database: Database, reference: str) -> Entry:
    """Return the entry of an id, of its beginning, of a person's id, or of a reader's name, address or interview.

    Of several that a name means, the one that is still open. Raises EntryNotFound otherwise.
    """
    typed = reference.strip()
    if not typed:
        raise EntryNotFound("no note was named; `mailer outbox` lists them")
    by_id = _by_id(database, typed)
    by_name = _by_person(database, typed) or ({} if by_id else _by_name(database, typed))
    candidates = list((by_id | by_name).values())
    if not candidates:
        raise EntryNotFound(f"the outbox has no note “{typed}”; {_near(database, typed)}")
    still_open = [] if by_id else [entry for entry in candidates if entry.state in OPEN]
    for likely in (candidates, still_open):
        if len(likely) == 1 and len(candidates) <= _NAMED:
            return likely[0]
    named = ", ".join(map(_named, candidates[:_NAMED]))
    more = ", …" if len(candidates) > _NAMED else ""
    raise EntryNotFound(f"“{typed}” may mean {named}{more}; type more of the id")


def _by_id(database: Database, typed: str) -> dict[str, Entry]:
    if len(typed) < _SHORTEST_PREFIX:
        return {}
    prefix = typed.lower()
    values = {"prefix": prefix, "beyond": prefix + "\U0010ffff", "limit": _NAMED + 1}
    return _by_their_ids(database.rows(statements.ENTRIES_BY_PREFIX, values))


def _by_person(database: Database, typed: str) -> dict[str, Entry]:
    return _by_their_ids(database.rows(statements.ENTRIES_BY_PERSON, {"person": typed, "limit": _NAMED + 1}))


def _by_name(database: Database, typed: str) -> dict[str, Entry]:
    return _by_their_ids(database.rows(statements.ENTRIES_BY_NAME, {"name": typed, "limit": _NAMED + 1}))


def _by_their_ids(found: Iterable[rows.Row]) -> dict[str, Entry]:
    return {row["id"]: rows.entry_from(row) for row in found}


def _near(database: Database, typed: str) -> str:
    from difflib import get_close_matches

    newest = [rows.entry_from(row) for row in database.rows(statements.NEWEST, {"limit": 200})]
    names = {name: entry for entry in newest for name in (*entry.people, entry.id)}
    close = get_close_matches(typed, names, n=3, cutoff=0.5)
    if not close:
        return "`mailer outbox` lists them"
    return "did you mean " + ", ".join(_named(names[name]) for name in close) + "?"


def _named(entry: Entry) -> str:
    return f"{entry.id} ({', '.join(entry.people)}, {entry.state})"
