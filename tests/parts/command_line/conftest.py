"""Give each test an interview of one note, and the settings of its writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.command import Finished, clean_environment, run_mailer
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.terminal import Terminal

READER = "w.vanderberg@harborline-castings.example"

INTERVIEW = """\
---
company: Harborline Castings
role: Quality Manager
start: 2026-06-11 10:00
end: 2026-06-11 11:30
timezone: America/Detroit
people:
  - id: vanderberg
    name: Willem van der Berg
    greeting: Dear Mr. van der Berg,
    email: w.vanderberg@harborline-castings.example
    heard: A die change on line 3 takes us seventy minutes on a good day.
    subject: Thank you for the tour of line 3
---

## vanderberg

Dear Mr. van der Berg,

Thank you for the plant tour, and for letting me talk to the operators on line 3 by myself about the die change.

The post interests me even more after seeing line 3, because the operators were already asking the right questions.
Please write if you would like the audit reports we spoke about.

Sincerely,
Monique Delacroix-Baker
"""


@dataclass(frozen=True)
class Desk:
    """Somebody's folder with the interview file in it, and the settings they work with."""

    folder: Path
    environment: dict[str, str]

    @property
    def file(self) -> Path:
        """Return the interview file."""
        return self.folder / "harborline.md"

    @property
    def home(self) -> Path:
        """Return MAILER_HOME, which no command has made yet."""
        return self.folder / "mailer-home"

    def edit(self, old: str, new: str) -> None:
        """Replace a passage that stands once in the interview file."""
        text = self.file.read_bytes().decode()
        assert text.count(old) == 1
        self.file.write_bytes(text.replace(old, new).encode())

    def uses(self, server: SmtpServer, **settings: str) -> None:
        """Hand in mail at this server from now on."""
        self.environment["MAILER_SMTP_HOST"] = server.host
        self.environment["MAILER_SMTP_PORT"] = str(server.port)
        self.environment.update(settings)

    def run(self, *arguments: str | Path, prefix: Sequence[str] = ()) -> Finished:
        """Run one command in the folder, by way of the command `prefix`."""
        return run_mailer(*arguments, environment=self.environment, cwd=self.folder, prefix=prefix)

    def on_terminal(
        self, *arguments: str | Path, columns: int = 120, settings: Mapping[str, str] | None = None
    ) -> Terminal:
        """Run one command in the folder, at a terminal so wide that understands colours unless `settings` differ."""
        from tests.terminal import Terminal

        environment = self.environment | {"NO_COLOR": "", "TERM": "xterm-256color"} | dict(settings or {})
        return Terminal(*arguments, environment=environment, cwd=self.folder, columns=columns)

    def send(self, *options: str) -> Finished:
        """Send the interview's note without a question."""
        return self.run("send", self.file.name, "--yes", *options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a writer's desk whose server is absent."""
    environment = clean_environment(tmp_path) | {
        "MAILER_FROM": "Monique Delacroix-Baker <monique.delacroix-baker@example.com>",
        "MAILER_TIMEZONE": "America/Detroit",
        "MAILER_SMTP_HOST": "127.0.0.1",
        "MAILER_SMTP_PORT": "1",
        "MAILER_SMTP_SECURITY": "none",
        "MAILER_AUTH": "none",
    }
    desk = Desk(tmp_path, environment)
    desk.file.write_text(INTERVIEW, encoding="utf-8")
    return desk


@pytest.fixture
def server(desk: Desk) -> Iterator[SmtpServer]:
    """Run a server that takes everything, and have the desk use it."""
    with SmtpServer() as running:
        desk.uses(running)
        yield running
