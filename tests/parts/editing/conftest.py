"""Give each test an application with a home of its own, and the worked interviews to change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A Thursday noon in Detroit.
NOW = datetime(2026, 6, 11, 16, 5, 42, tzinfo=UTC)


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    """Return an application of somebody in Detroit, at noon."""
    environment = {
        "MAILER_HOME": str(home),
        "MAILER_TIMEZONE": "America/Detroit",
        "MAILER_FROM": "Monique Delacroix-Baker <monique.delacroix-baker@example.com>",
    }
    app = App(settings.read(options={}, environ=environment), clock=lambda: NOW)
    yield app
    app.close()
