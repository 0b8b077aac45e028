"""Run workers that share an outbox in a PostgreSQL, as processes of their own, each with a MAILER_HOME of its own.

with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
    one, two = cluster.worker(), cluster.worker()
    entry = cluster.queue()
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mailer.database.postgresql import PostgresDatabase
from mailer.outbox import Outbox
from tests.command import clean_environment
from tests.factories import make_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from mailer.model import Entry, State
    from tests.postgresql import Server

__all__ = ["Cluster", "Running", "until"]

CHECKOUT = Path(__file__).parents[2]
WAIT_S = 30.0
LOOK_S = 0.05


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds; fail the test when it does not in time."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(LOOK_S)


class Running:
    """A `mailer worker --cluster` process."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.home = Path(environment["MAILER_HOME"])
        self._output = folder / f"{self.home.name}.output"
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    @property
    def output(self) -> str:
        """Return what it has printed."""
        return self._output.read_text(encoding="utf-8")

    @property
    def id(self) -> str:
        """Return its worker's id, once it is ready."""
        until(lambda: "delivers for" in self.output or self.process.poll() is not None, "a worker that is ready")
        assert "delivers for" in self.output, self.output
        return self.output.split("Worker ")[1].split()[0]

    def kill(self) -> None:
        """Kill it as a power cut does."""
        self.process.kill()
        self.process.wait(WAIT_S)

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S)


class Cluster:
    """An outbox of its own in a PostgreSQL, and the workers that share it; at the end those are killed."""

    def __init__(self, server: Server, folder: Path, *, smtp_port: int, **settings: str) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._workers: list[Running] = []
        self.url = server.url(server.empty_database())
        self.settings = {
            "MAILER_OUTBOX": self.url,
            "MAILER_FROM": "Ada Example <ada@example.com>",
            "MAILER_SMTP_HOST": "127.0.0.1",
            "MAILER_SMTP_PORT": str(smtp_port),
            "MAILER_SMTP_SECURITY": "none",
            "MAILER_AUTH": "none",
            "MAILER_RATE": "none",
            "MAILER_RETRY_FIRST": "1s",
        } | settings
        self.store = PostgresDatabase(self.url)
        self.outbox = Outbox(self.store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()
        self.store.close()

    def environment(self, home: str, **settings: str) -> dict[str, str]:
        """Return what a process of the machine with this MAILER_HOME gets."""
        folder = self._folder / "machines"
        return clean_environment(folder) | self.settings | {"MAILER_HOME": str(folder / home)} | settings

    def worker(self, *options: str, prefix: Sequence[str] = (), **settings: str) -> Running:
        """Start a worker on a machine of its own; with `MAILER_HOME` in `settings`, on that one."""
        environment = self.environment(f"machine-{next(self._numbers)}") | settings
        command = [*prefix, sys.executable, "-m", "mailer", "worker", "--cluster", *options]
        started = Running(command, environment, self._folder)
        self._workers.append(started)
        return started

    def stop(self) -> None:
        """Ask every worker that still runs to end, and wait until all have."""
        running = [worker for worker in self._workers if worker.process.poll() is None]
        for worker in running:
            worker.process.terminate()
        assert {worker.process.wait(WAIT_S) for worker in running} == {0}, self.story()

    def queue(self, *, due_in: timedelta = timedelta(0), account: str = "") -> str:
        """Queue a note, and return its id."""
        now = datetime.now(tz=UTC)
        sealed = make_sealed(interview_key=f"interview {next(self._numbers)}")
        due = now + due_in
        entry = self.outbox.enqueue(
            sealed,
            due=due,
            due_local=due.replace(tzinfo=None),
            timezone="UTC",
            now=now,
            read_payload=lambda _: iter(()),
            account=account,
        )
        return entry.id

    def entries(self) -> dict[str, Entry]:
        """Return every entry by its id."""
        return {entry.id: entry for entry in self.outbox.list()}

    def state(self, entry_id: str) -> State:
        """Return how an entry stands."""
        return self.outbox.get(entry_id).state

    def wait_for(self, state: State, *entry_ids: str) -> None:
        """Wait until these entries, or else all, are in a state."""

        def are_there() -> bool:
            found = self.entries()
            return all(found[entry_id].state is state for entry_id in entry_ids or found)

        try:
            until(are_there, f"{entry_ids or 'all'} are {state}")
        except AssertionError as exc:
            raise AssertionError(f"{exc}; {self.story()}") from None

    def story(self) -> str:
        """Say how everything stands, for a test that fails."""
        lines = [
            f"{event.at:%X} {entry.id} {event.from_state}->{event.to_state} {event.detail}"
            for entry in self.entries().values()
            for event in self.outbox.events(entry.id)
        ]
        logs = [log.read_text() for log in self._folder.glob("machines/*/cluster.log")]
        return "\n".join([*lines, *(worker.output for worker in self._workers), *logs])

    def jobs(self) -> list[dict[str, Any]]:
        """Return the engine's jobs, in the order of their beginning."""
        found = self.store.rows(
            "SELECT workflow_uuid, status, executor_id, application_version, started_at_epoch_ms, queue_partition_key"
            " FROM dbos.workflow_status ORDER BY started_at_epoch_ms, workflow_uuid"
        )
        names = ("id", "status", "executor", "version", "begun_ms", "account")
        return [dict(zip(names, row, strict=True)) for row in found]

    def bury(self, worker: Running) -> None:
        """Forget a worker, as is done with those that were silent for two minutes."""
        self.store.rows("DELETE FROM worker WHERE owner = :owner RETURNING 1", {"owner": worker.id})
