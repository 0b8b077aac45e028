"""Give each test an outbox of its own in a real SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    """Open the database of the test's home."""
    with Database(home) as opened:
        yield opened


@pytest.fixture
def outbox(database: Database) -> Outbox:
    """Return an empty outbox."""
    return Outbox(database)
