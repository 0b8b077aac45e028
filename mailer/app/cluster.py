"""Wire this process as one of the workers that share an outbox in a PostgreSQL.

Takes the application, gives each Outcome as it becomes durable. Only here is the extra `cluster` needed.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailer.errors import SettingsError, UsageError
from mailer.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.cluster import Member
    from mailer.sender import Connection
    from mailer.settings import Settings

__all__ = ["accounts", "member"]

#: The engine's warnings, in MAILER_HOME.
LOG_NAME = "cluster.log"


def accounts(app: App) -> dict[str, Settings]:
    """Return the settings of every account that this machine delivers for, by name; "" is the main one.

    Raises SettingsError when there is none, or for one that cannot be used.
    """
    from mailer.settings import named

    found = {name: named.of_account(app.settings, name) for name in named.names(app.settings.home)}
    if app.settings.smtp_host or not found:
        found[""] = app.settings
    for settings in found.values():
        settings.account()
    return found


def member(app: App, *, connections: int, say: Callable[[str], None]) -> Member:
    """Return this process as a worker of the cluster; it delivers for every account that is set up here.

    `say` is told when PostgreSQL is away, and when it is back. Raises UsageError when the outbox is no PostgreSQL,
    SettingsError when the extra is not installed or no account is set up.
    """
    url = app.settings.outbox
    if not isinstance(url, Secret):
        raise UsageError(
            "--cluster shares an outbox among machines, and this one is a file; name a PostgreSQL in MAILER_OUTBOX,"
            " such as postgresql://ada@db.example.com/mailer (docs/cluster.md), or leave --cluster out"
        )
    for library in ("dbos", "psycopg", "sqlalchemy"):
        if find_spec(library) is None:
            raise SettingsError(
                f"a worker of a cluster needs {library}, which is not installed; run"
                ' pip install "interview-mailer[cluster]"'
            )
    return _member(app, url.value, accounts(app), connections=connections, say=say)


def _member(app: App, url: str, known: dict[str, Settings], *, connections: int, say: Callable[[str], None]) -> Member:
    from mailer.cluster import Member, Pace, to_file
    from mailer.database import address, make_private_folder

    make_private_folder(app.settings.home)
    to_file(app.settings.home / LOG_NAME, secrets=address.read(url).secrets)
    settings = app.settings
    return Member(
        url,
        app.outbox,
        app.liveness,
        Pace(app.clock, settings.max_late, settings.retry_first, {name: its.rate for name, its in known.items()}),
        open_store=app.store.another,
        connect=lambda name: _connected(known[name]),
        connections=connections,
        say=say,
    )


def _connected(settings: Settings) -> Connection:
    """Connect and log in; a worker asks nobody for a password."""
    from mailer import credentials, sender

    account = settings.account()
    return sender.connect(account, credentials.secret_for(account, settings, interactive=False))
