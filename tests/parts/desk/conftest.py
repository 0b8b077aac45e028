"""Give the desk's tests an interview of yesterday, an application that hands in at a practice server, and its clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App, drafting
from mailer.sandbox import Sandbox
from tests.parts.command_line.conftest import INTERVIEW
from tests.parts.credentials.conftest import use_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.app.drafting import Draft

__all__ = ["ASKED_ABOUT", "MORNING", "STOPPED", "Desk", "use_keyring"]

#: A sentence that a check asks about, and one that it stops.
ASKED_ABOUT = ("Please write if you would like the audit reports we spoke about.\n", "")
STOPPED = ("Please write", "The file is attached. Please write")

#: The Friday after the interview, 08:30 in Detroit and 14:30 in Berlin, when the desk's clock begins to run.
MORNING = datetime(2026, 6, 12, 12, 30, tzinfo=UTC)


@dataclass
class Desk:
    """One MAILER_HOME at a practice server, with a clock that runs, and can be set forth."""

    home: Path
    folder: Path
    sandbox: Sandbox
    ahead: timedelta = field(default_factory=lambda: MORNING - datetime.now(tz=UTC))
    options: dict[str, str] = field(default_factory=dict)

    def clock(self) -> datetime:
        """Return the moment by this desk's clock."""
        return datetime.now(tz=UTC) + self.ahead

    def environment(self) -> dict[str, str]:
        """Return the settings, as a command reads them from its environment."""
        return {
            "MAILER_HOME": str(self.home),
            "MAILER_FROM": "Monique Delacroix-Baker <monique.delacroix-baker@example.com>",
            "MAILER_SMTP_HOST": "127.0.0.1",
            "MAILER_SMTP_PORT": str(self.sandbox.smtp_port),
            "MAILER_SMTP_SECURITY": "none",
            "MAILER_AUTH": "none",
            "MAILER_TIMEZONE": "Europe/Berlin",
            "MAILER_NOTIFY": "no",
            **self.options,
        }

    def app(self) -> App:
        """Wire another application, as each thread and process needs one."""
        return App(settings.read(options={}, environ=self.environment()), clock=self.clock)

    def write(self, *changes: tuple[str, str], name: str = "harborline.md") -> Path:
        """Write the interview of yesterday, with passages replaced by others."""
        self.folder.mkdir(exist_ok=True)
        text = INTERVIEW.replace("2026-06-11", f"{self.clock() - timedelta(days=1):%Y-%m-%d}")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = self.folder / name
        path.write_text(text)
        return path

    def draft(self, app: App, path: Path | None = None) -> Draft:
        """Return the first note of a file, judged as of now."""
        found = drafting.read(app, [path or self.write()])
        return drafting.drafts(app, found, moment=lambda *_: app.clock())[0]


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "inbox") as running:
        yield running


@pytest.fixture
def desk(home: Path, tmp_path: Path, practice: Sandbox) -> Desk:
    return Desk(home, tmp_path / "interviews", practice)


@pytest.fixture
def app(desk: Desk) -> Iterator[App]:
    wired = desk.app()
    yield wired
    wired.close()
