"""Wire the parts into one application: the only place that makes them, the only way in for every face.

Takes settings, a clock and a source of tokens, gives an `App` that makes each part when it is first asked for. The
modules of this package are the verbs that commands and pages call, in the order of the line: `capture`, `editing`,
`drafting`, `planning`, `delivery`, `ledger`; and `account` beside it. Each imports only what it joins, so that a
command pays only for what it does.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailer.answers import Answers
    from mailer.composer import Templates
    from mailer.database import Database, Store
    from mailer.outbox import Liveness, Outbox
    from mailer.settings import Settings

__all__ = ["App", "start"]


def utc_now() -> datetime:
    """Return the current instant; the only reading of the machine's clock."""
    return datetime.now(tz=UTC)


def random_token() -> str:
    """Return 32 hex digits that nobody can guess."""
    return os.urandom(16).hex()


def start(*, config: Path | None = None, home: Path | None = None) -> App:
    """Read the settings of this process and wire an application from them."""
    from mailer import settings

    options = {"MAILER_HOME": str(home)} if home else {}
    return App(settings.read(options=options, environ=os.environ, config=config))


class App:
    """The wired application: settings, clock (aware UTC), token, and the parts that keep state."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
        token: Callable[[], str] = random_token,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.token = token

    def close(self) -> None:
        """Close what was opened; the next use opens it again."""
        if "database" in self.__dict__:
            self.database.close()
        if "store" in self.__dict__:
            self.store.close()

    @property
    def cache(self) -> Path:
        """Return the folder of what was worked out before; it may be deleted at any time."""
        return self.settings.home / "cache"

    @property
    def interviews_folder(self) -> Path:
        """Return the folder where a page keeps interview files: MAILER_INTERVIEWS, else one in the home."""
        return self.settings.interviews or self.settings.home / "interviews"

    @cached_property
    def templates(self) -> Templates:
        """Return the templates: the user's where there is one of that name, else the built-in one."""
        from mailer.composer import Templates

        return Templates(override=self.settings.home / "templates", cache=self.cache)

    @cached_property
    def database(self) -> Database:
        """Open (and on first use create) the one SQLite file of MAILER_HOME, which has the answers."""
        from mailer.database import Database

        return Database(self.settings.home)

    @cached_property
    def store(self) -> Store:
        """Return the database of the outbox: the same file, or the one that MAILER_OUTBOX names.

        Raises SettingsError when that is a PostgreSQL and nothing is installed that talks to one.
        """
        if self.settings.outbox is None:
            return self.database
        from mailer import database

        return database.store(self.settings.outbox, self.settings.home)

    @property
    def outbox_exists(self) -> bool:
        """Tell whether there is an outbox yet; looking at a note creates nothing."""
        return self.store.exists

    @cached_property
    def outbox(self) -> Outbox:
        """Return the ledger of what is to be sent and what was."""
        from mailer.outbox import Outbox

        return Outbox(self.store)

    @cached_property
    def liveness(self) -> Liveness:
        """Return the way to tell which workers of this outbox are alive."""
        from mailer.database import Database
        from mailer.outbox import LockFiles

        if isinstance(self.store, Database):
            return LockFiles(self.store.home)
        from mailer.outbox.heartbeats import Heartbeats

        return Heartbeats(self.store)

    @cached_property
    def answers(self) -> Answers:
        """Return the questions that were answered before."""
        from mailer.answers import Answers

        return Answers(self.database)
