"""Show how a statement for SQLite becomes one for psycopg."""

from __future__ import annotations

import pytest

from mailer.database.dialect import for_psycopg


@pytest.mark.parametrize(
    ("statement", "turned"),
    [
        ("SELECT * FROM entry WHERE id = :id", "SELECT * FROM entry WHERE id = %(id)s"),
        ("VALUES (:seq,:old_state)", "VALUES (%(seq)s,%(old_state)s)"),
        ("SELECT now()::text, x::bigint", "SELECT now()::text, x::bigint"),
        ("SELECT :at::bigint", "SELECT %(at)s::bigint"),
        ("SELECT ':id', 'it''s :id'", "SELECT ':id', 'it''s :id'"),
        ('SELECT ":id"', 'SELECT ":id"'),
        ("SELECT 5 % 3 WHERE x LIKE '50%'", "SELECT 5 %% 3 WHERE x LIKE '50%%'"),
        ("SELECT 1 -- not :this 100%\n, :that", "SELECT 1 -- not :this 100%%\n, %(that)s"),
        ("SELECT 1 /* not :this */", "SELECT 1 /* not :this */"),
        ("SELECT 1 /*postgresql FOR UPDATE SKIP LOCKED */", "SELECT 1 FOR UPDATE SKIP LOCKED "),
    ],
)
def test_a_statement_is_turned(statement: str, turned: str):
    assert for_psycopg(statement) == turned.encode()
