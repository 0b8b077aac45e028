"""Turn a statement as SQLite reads it into one as psycopg reads it.

Takes SQL with named parameters (`:name`), gives SQL with psycopg's (`%(name)s`). What only PostgreSQL needs stands in a
comment `/*postgresql … */`, which SQLite skips and which is opened here.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["for_psycopg"]

#: A quoted text or name, a comment, a cast, a parameter, or a percent sign.
_TOKENS = re.compile(
    r"'[^']*'|\"[^\"]*\"|/\*postgresql (.*?)\*/|/\*.*?\*/|--[^\n]*|::|:([a-z_][a-z0-9_]*)|%", re.DOTALL
)


@cache
def for_psycopg(statement: str) -> bytes:
    """Return the statement in psycopg's words; each is turned once."""
    return _TOKENS.sub(_turned, statement).encode()


def _turned(token: re.Match[str]) -> str:
    addition, parameter = token.groups()
    if addition is not None:
        return str(addition)
    if parameter is not None:
        return f"%({parameter})s"
    return token[0].replace("%", "%%")
