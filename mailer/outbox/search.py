"""Find the one entry that a person means.

Takes what was typed, gives the Entry; says what comes near when it is none or several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import EntryNotFound
from mailer.outbox import rows, statements
from mailer.outbox.transitions import OPEN

if TYPE_CHECKING:
    from mailer.database import Database
    from mailer.model import Entry

__all__ = ["find"]

#: So many candidates are read and named.
_NAMED = 5


def find(database: Database, reference: str) -> Entry:
    """Return the entry of an id, of its beginning, of a person's id, or of a reader's name, address or interview.

    Of several that a name means, the one that is still open. Raises EntryNotFound otherwise.
    """
    typed = reference.strip()
    if not typed:
        raise EntryNotFound("no note was named; `mailer outbox` lists them")
    candidates = _by_id_or_person(database, typed) or _by_name(database, typed)
    if candidates:
        return _the_one(typed, candidates)
    raise EntryNotFound(f"the outbox has no note “{typed}”; {_near(database, typed)}")


def _by_id_or_person(database: Database, typed: str) -> list[Entry]:
    """Give both, for a person's id may look like the beginning of another note's."""
    prefix = {"prefix": typed.lower(), "beyond": typed.lower() + "\U0010ffff", "limit": _NAMED + 1}
    person = {"person": typed, "limit": _NAMED + 1}
    found = database.rows(statements.ENTRIES_BY_PREFIX, prefix) + database.rows(statements.ENTRIES_BY_PERSON, person)
    return list({row["id"]: rows.entry_from(row) for row in found}.values())


def _by_name(database: Database, typed: str) -> list[Entry]:
    values = {"name": typed, "limit": _NAMED + 1}
    return [rows.entry_from(row) for row in database.rows(statements.ENTRIES_BY_NAME, values)]


def _the_one(typed: str, candidates: list[Entry]) -> Entry:
    if len(candidates) == 1:
        return candidates[0]
    still_open = [entry for entry in candidates if entry.state in OPEN]
    if len(still_open) == 1 and len(candidates) <= _NAMED:
        return still_open[0]
    named = ", ".join(_named(entry) for entry in candidates[:_NAMED])
    more = ", …" if len(candidates) > _NAMED else ""
    raise EntryNotFound(f"“{typed}” may mean {named}{more}; type more of the id")


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
