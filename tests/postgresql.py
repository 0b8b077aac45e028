"""Start one private PostgreSQL for a whole test run, and give each test a database of its own in it.

It listens on a Unix socket and on a free port of loopback, runs as nobody when the tests run as root, lies in memory
where there is room, and is gone with its folder when the run ends. Each process of a run that is shared out has one.
Whoever must stop it in the middle starts another one.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.needs import SEARCH_PATH, needs
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PASSWORD", "Server", "needs_postgresql", "server"]

#: Asked for over TCP, never over the socket.
PASSWORD = "correct/horse@battery%staple"  # of a server that lives for a test

needs_postgresql = needs("initdb", *([] if find_spec("psycopg") else ["psycopg"]))

_HBA = """
local all all trust
host all all 127.0.0.1/32 scram-sha-256
"""

_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 60
shared_buffers = 16MB
max_wal_size = 64MB
logging_collector = off
log_min_messages = fatal
"""

#: What is tested is not the server's disk.
_FAST = """
fsync = off
full_page_writes = off
"""


class Server:
    """A PostgreSQL of its own in a new folder; `port` serves the socket's name and TCP."""

    def __init__(self, *, is_durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_in_memory()))
        self.port = free_port()
        self._data = self.folder / "data"
        self._fresh = itertools.count()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o644)
        self._run(
            "initdb", "-U", "mailer", "-E", "UTF8", "--no-locale", "--no-sync", "--pwfile", self.folder / "password"
        )
        (self._data / "pg_hba.conf").write_text(_HBA)
        with (self._data / "postgresql.conf").open("a") as file:
            socket_settings = f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n"
            file.write(_SETTINGS + socket_settings + ("" if is_durable else _FAST))
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._run("pg_ctl", "-w", "-s", "-l", self.folder / "log", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` as a crash does, `fast` by ending every session."""
        self._run("pg_ctl", "-w", "-s", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop it if it runs, and remove its folder."""
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str, *, user: str = "mailer") -> str:
        """Return the URL of a database by the socket, which asks for no password."""
        return f"postgresql://{user}@/{name}?host={self.folder}&port={self.port}"

    def tcp_url(self, name: str, *, user: str = "mailer") -> str:
        """Return the URL of a database by TCP, which asks for PASSWORD."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str, *, database: str = "postgres") -> None:
        """Run a statement as the administrator."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty_database(self) -> str:
        """Create a database without anything in it; return its name."""
        name = f"test_{next(self._fresh)}"
        self.sql(f"CREATE DATABASE {name}")
        return name

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the URL of a new database that has the tables, all empty; it is dropped afterwards."""
        name = f"test_{next(self._fresh)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {self._template()}")
        try:
            yield self.url(name)
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    @cache  # noqa: B019  # a server lives as long as the run
    def _template(self) -> str:
        from mailer.database.postgresql import PostgresDatabase

        name = self.empty_database()
        with PostgresDatabase(self.url(name)) as database:
            database.rows("SELECT 1")
        return name

    def _run(self, program: str, *arguments: str | Path) -> None:
        path = shutil.which(program, path=SEARCH_PATH)
        assert path is not None
        errors = self.folder / f"{program}.errors"
        prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        with errors.open("w") as said:  # a pipe would be kept open by the server itself
            done = subprocess.run(
                [*prefix, path, "-D", self._data, *arguments],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                check=False,
            )
        assert done.returncode == 0, errors.read_text()


@cache
def server() -> Server:
    """Return the server of this test run, started at the first use."""
    started = Server()
    atexit.register(started.remove)
    return started


def _in_memory() -> Path | None:
    """Return a folder in memory with room for a server, if there is one: a new database is three hundred files."""
    folder = Path("/dev/shm")  # noqa: S108  # mkdtemp makes a name of its own in it
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1 << 30
    return folder if has_room else None
