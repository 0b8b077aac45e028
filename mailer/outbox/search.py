"""Find the one entry that a person means.

Takes what was typed, gives the Entry; says what comes near when it is none or several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import EntryNotFound
from mailer.outbox import rows, statements
from mailer.outbox.transitions import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mailer.database import Store
    from mailer.model import Entry, State

__all__ = ["find", "find_all"]

#: So many candidates are named when a reference is not clear.
_NAMED = 5

#: So many of a name are looked at to find the one that is meant; a person with more needs an id.
_READ = 100

#: More than any outbox holds, and a limit that every database takes.
_EVERY = 2**31 - 1

#: The shortest beginning of an id that counts as one; a person may be called `li`.
_SHORTEST_PREFIX = 3


def find(database: Store, reference: str, *, able: Collection[State] = ()) -> Entry:
    """Return the entry of an id, of its beginning, of a person's id, or of a reader's name, address or interview.

    Of several that a name means, the one in a state of `able`, else the one that is still open. Raises EntryNotFound
    otherwise, naming what comes near.
    """
    typed = reference.strip()
    by_id, by_name = _candidates(database, typed, _READ + 1)
    candidates = list((by_id | by_name).values())
    if not candidates:
        raise EntryNotFound(f"the outbox has no note “{typed}”; {_near(database, typed)}")
    choices = [candidates]
    if not by_id and len(candidates) <= _READ:
        choices += [[e for e in candidates if e.state in able], [e for e in candidates if e.state in OPEN]]
    for likely in choices:
        if len(likely) == 1:
            return likely[0]
    unclear = next(filter(None, choices[1:]), candidates)
    named = ", ".join(map(_named if by_id else _told_apart, unclear[:_NAMED]))
    more = ", …" if len(unclear) > _NAMED else ""
    raise EntryNotFound(f"“{typed}” may mean {named}{more}; {'type more of the id' if by_id else 'name it by its id'}")


def find_all(database: Store, reference: str) -> list[Entry]:
    """Return every entry that an id, its beginning or a name means, newest first; raises EntryNotFound for none."""
    typed = reference.strip()
    by_id, by_name = _candidates(database, typed, _EVERY)
    if not by_id and not by_name:
        raise EntryNotFound(f"the outbox has no note “{typed}”; {_near(database, typed)}")
    return list((by_id | by_name).values())


def _candidates(database: Store, typed: str, limit: int) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """Return what it means as an id, and as a name, each by its id; what reads as an id is no reader's name."""
    if not typed:
        raise EntryNotFound("no note was named; `mailer outbox` lists them")
    by_id = _by_id(database, typed, limit)
    return by_id, _by_person(database, typed, limit) or ({} if by_id else _by_name(database, typed, limit))


def _by_id(database: Store, typed: str, limit: int) -> dict[str, Entry]:
    if len(typed) < _SHORTEST_PREFIX:
        return {}
    prefix = typed.lower()
    values = {"prefix": prefix, "beyond": prefix + "\U0010ffff", "limit": limit}
    return _by_their_ids(database.rows(statements.ENTRIES_BY_PREFIX, values))


def _by_person(database: Store, typed: str, limit: int) -> dict[str, Entry]:
    return _by_their_ids(database.rows(statements.ENTRIES_BY_PERSON, {"person": typed, "limit": limit}))


def _by_name(database: Store, typed: str, limit: int) -> dict[str, Entry]:
    return _by_their_ids(database.rows(statements.ENTRIES_BY_NAME, {"name": typed, "limit": limit}))


def _by_their_ids(found: Iterable[rows.Row]) -> dict[str, Entry]:
    return {row["id"]: rows.entry_from(row) for row in found}


def _near(database: Store, typed: str) -> str:
    from difflib import get_close_matches

    newest = [rows.entry_from(row) for row in database.rows(statements.NEWEST, {"limit": 200})]
    names = {name: entry for entry in newest for name in (*entry.people, entry.id)}
    close = get_close_matches(typed, names, n=3, cutoff=0.5)
    if not close:
        return "`mailer outbox` lists them"
    return "did you mean " + ", ".join(_named(names[name]) for name in close) + "?"


def _named(entry: Entry) -> str:
    return f"{entry.id} ({', '.join(entry.people)}, {entry.state})"


def _told_apart(entry: Entry) -> str:
    return f"{entry.id} ({entry.kind} to {', '.join(entry.people)} for {entry.interview}, {entry.state})"
