"""Give each test an outbox of its own, once in a real SQLite file and once in a real PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mailer.outbox import Outbox
from tests.parts.outbox.ledger import opened
from tests.postgresql import needs_postgresql, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.database import Store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def address(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """Return where the test's database is: its home, or a URL; `opened` opens it, also in another process."""
    if request.param == "sqlite":
        yield str(home)
        return
    with server().database() as url:
        yield url


@pytest.fixture
def database(address: str) -> Iterator[Store]:
    """Open the test's database."""
    with closing(opened(address)) as store:
        yield store


@pytest.fixture
def outbox(database: Store) -> Outbox:
    """Return an empty outbox."""
    return Outbox(database)
