"""Run DBOS Transact as this program needs it: it hands each note to one worker, at an account's pace, and no more.

Takes a PostgreSQL URL and what delivers one note, gives an `Engine`. What is set here is set for a reason:

- `executor_id` differs for every process. Of two with the same id, one re-queues what the other is sending.
- `application_version` is a fixed word. A worker takes the jobs of its own version alone, and the default, a digest of
  the source, would leave every waiting job behind at an upgrade.
- `max_recovery_attempts=0`: a job that was begun is never begun again. What became of its note the ledger knows.
- No job has a step, because a step is run again after a crash.
- `worker_concurrency`: without it a worker takes every job at once.
- `partition_limiter` counts the jobs that begin, over all workers.
- Arguments are JSON, not the pickle of the default: what is read from a database should not be able to run.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from mailer.errors import StorageError
from mailer.model import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dbos import DBOSClient, EnqueueOptions, WorkflowStatus

__all__ = ["Engine", "Job", "Lane", "driver_of", "executor_id"]

NAME = "interview-mailer"
VERSION = "outbox-v1"
WORKFLOW = "deliver"

#: How often a worker asks for jobs; it takes at most as many as it has connections free.
POLL_S = 0.25

#: A session that a lost machine leaves inside a transaction is ended by the server after this, and its locks with it.
IDLE_TRANSACTION_MS = 10_000

#: A connection whose other end is gone is given up after this, not after the quarter of an hour of TCP.
UNANSWERED_MS = 10_000

#: What a URL does not say is said by this.
CONNECTING = {
    "connect_timeout": 10,
    "tcp_user_timeout": UNANSWERED_MS,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "application_name": "mailer worker",
    "options": f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_MS} -c tcp_user_timeout={UNANSWERED_MS}",
}

#: What the limiter gets where there is no limit; a queue without one would not be parted by account.
UNLIMITED = Rate(1_000_000, 1)

#: How long a job in hand may take to end: a server has ten minutes to answer the final dot (RFC 5321 4.5.3.2.6).
LONGEST_DELIVERY_S = 660

#: How long the engine may take to note what has ended.
NOTING_S = 10.0

FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
BEGUN = "PENDING"


class Lane(NamedTuple):
    """The jobs of one account: its name ("" is the main one), and how many may begin in a time, None without limit."""

    account: str
    rate: Rate | None


class Job(NamedTuple):
    """What the engine has of one try: which worker runs it ("" none), since when (aware UTC), whether it is over."""

    worker: str
    begun: datetime | None
    is_over: bool


def executor_id(host: str, pid: int, worker: str) -> str:
    """Return the name under which the engine knows this process; `worker_of` is the way back."""
    return f"{host}:{pid}:{worker}"


def worker_of(executor: str | None) -> str:
    """Return the worker of an executor's name."""
    return (executor or "").rpartition(":")[2]


class Engine:
    """The engine of one process, running from its making until `close`; there can be one in a process.

    `deliver` takes the id of an entry and the number of its attempt, in a thread of the engine's, at most `connections`
    at a time for each lane. Raises StorageError where PostgreSQL cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        executor: str,
        lanes: Sequence[Lane],
        connections: int,
        deliver: Callable[[str, int], None],
    ) -> None:
        self._is_over = False
        self._database = self._pool(url, size=connections + 4)
        with self._meaning():
            self._client = self._launched(executor, lanes, connections, deliver)

    def _launched(
        self, executor: str, lanes: Sequence[Lane], connections: int, deliver: Callable[[str, int], None]
    ) -> DBOSClient:
        _forget_environment()
        from dbos import DBOS, DBOSClient

        DBOS(
            config={
                "name": NAME,
                "system_database_engine": self._database,
                "executor_id": executor,
                "application_version": VERSION,
                "use_listen_notify": False,
                "log_level": "WARNING",
            }
        )

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=0)
        def run(entry_id: str, attempt: int) -> None:
            deliver(entry_id, attempt)

        DBOS.listen_queues([_queue(lane.account) for lane in lanes])
        DBOS.launch()
        for lane in lanes:
            rate = lane.rate or UNLIMITED
            DBOS.register_queue(
                _queue(lane.account),
                worker_concurrency=connections,
                partition_limiter={"limit": rate.count, "period": rate.period_s},
                polling_interval_sec=POLL_S,
                on_conflict="always_update",
            )
        return DBOSClient(system_database_engine=self._database, application_name=NAME, retry_connection_errors=False)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Make what happens inside one change, of ledger and engine together, or none if it raises."""
        with self._meaning(), self._database.begin() as connection:
            yield connection

    def enqueue(self, connection: sa.Connection, entry_id: str, attempt: int, *, account: str, delay_s: float) -> bool:
        """Have a try run after `delay_s`, inside the caller's transaction; False when it had a job before.

        An older job of this name may have ended, or wait for another hour; it would be returned in place of a new one.
        """
        from dbos import WorkflowSerializationFormat
        from dbos._error import DBOSWorkflowIDInUseError

        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "workflow_id": f"{entry_id}.{attempt}",
            "workflow_id_reuse_policy": "reject",
            "queue_name": _queue(account),
            "queue_partition_key": _partition(account),
            "application_name": NAME,
            "app_version": VERSION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        try:
            self._client.enqueue_in_transaction(connection, options, entry_id, attempt)
        except DBOSWorkflowIDInUseError:
            return False
        return True

    def jobs(self, names: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Job]:
        """Return what there is of these tries, each named by entry and attempt; one that is lost is left out."""
        ids = {f"{entry_id}.{attempt}": (entry_id, attempt) for entry_id, attempt in names}
        if not ids:  # which would ask for every job there is
            return {}
        with self._meaning():
            found = self._client.list_workflows(workflow_ids=list(ids), load_input=False, load_output=False)
        return {ids[status.workflow_id]: _job(status) for status in found}

    def begun(self, account: str, *, since: datetime) -> int:
        """Count the jobs of an account that began since then (aware UTC), over all workers."""
        with self._meaning():
            found = self._client.list_workflows(
                queue_name=_queue(account),
                dequeued_after=since.isoformat(),
                load_input=False,
                load_output=False,
            )
        return len(found)

    def prune(self, *, before: datetime, is_dead: Callable[[str], bool]) -> int:
        """Forget the jobs that ended before then, and those that dead workers left; return how many.

        What the rates count must be later than `before`.
        """
        with self._meaning():
            ended = self._client.list_workflows(
                status=FINISHED,
                completed_before=before.isoformat(),
                limit=1000,
                load_input=False,
                load_output=False,
            )
            left = self._client.list_workflows(
                status=BEGUN, dequeued_before=before.isoformat(), limit=1000, load_input=False, load_output=False
            )
            old = [*ended, *(status for status in left if is_dead(worker_of(status.executor_id)))]
            if old:
                self._client.delete_workflows([status.workflow_id for status in old])
        return len(old)

    def close(self, *, is_idle: Callable[[], bool]) -> None:
        """Take no more jobs, wait until those in hand have ended, and stop.

        The engine waits for PostgreSQL to note the end of each; once all of them are over, as `is_idle` tells, not for
        long. What it could not note, the reconciling of another worker finds.
        """
        from dbos import DBOS

        ending = threading.Thread(
            target=DBOS.destroy, kwargs={"workflow_completion_timeout_sec": LONGEST_DELIVERY_S}, daemon=True
        )
        ending.start()
        idle_since = time.monotonic()
        while ending.is_alive() and time.monotonic() - idle_since < NOTING_S:
            ending.join(0.2)
            idle_since = idle_since if is_idle() else time.monotonic()
        self._is_over = True
        self._client.destroy()
        self._database.dispose()

    def _pool(self, url: str, *, size: int) -> sa.Engine:
        """Return the connections; `url` goes to libpq as it is, so that it may say all that libpq knows."""
        pool = sa.create_engine("postgresql+psycopg://", pool_size=size, max_overflow=4, pool_pre_ping=True)

        @sa.event.listens_for(pool, "do_connect")
        def connect(dialect: Any, _record: Any, _arguments: Any, _parameters: Any) -> Any:
            if self._is_over:  # else threads of the engine would try for ever, and keep the process from its end
                raise RuntimeError("the engine has ended")
            return dialect.loaded_dbapi.connect(url, **CONNECTING)

        return pool

    @contextmanager
    def _meaning(self) -> Iterator[None]:
        """Say what an error of the database means; its own words may span lines and name hosts, never a password."""
        try:
            yield
        except sa.exc.DBAPIError as exc:
            first_line = str(exc.orig).strip().partition("\n")[0]
            raise StorageError(f"PostgreSQL cannot be used: {first_line}; see that it runs, then try again") from exc
        except sa.exc.TimeoutError as exc:
            raise StorageError(
                "every connection to PostgreSQL is busy; start the worker with fewer --connections"
            ) from exc


def driver_of(connection: sa.Connection) -> Any:
    """Return psycopg's own connection, in whose transaction SQLAlchemy's is."""
    return connection.connection.driver_connection


def _forget_environment() -> None:
    """Keep variables meant for DBOS Cloud, or for another program's DBOS, from turning on what is not wanted here."""
    for name in [name for name in os.environ if name.startswith("DBOS")]:
        del os.environ[name]


def _queue(account: str) -> str:
    """Return the queue of an account: a worker listens to those whose password it has."""
    return f"notes.{account}" if account else "notes"


def _partition(account: str) -> str:
    return account or "."


def _job(status: WorkflowStatus) -> Job:
    is_begun = status.status == BEGUN
    begun = datetime.fromtimestamp(status.dequeued_at / 1000, tz=UTC) if is_begun and status.dequeued_at else None
    return Job(worker_of(status.executor_id) if is_begun else "", begun, status.status in FINISHED)
