"""Queue notes, kill the workers that deliver them again and again, let the last ones finish, and judge the end.

    report = crash(CONFIGURATIONS["one worker"], folder, notes=500, kills=50, seed=7)
    assert report.violations == ()

Workers are real `mailer worker` processes. A kill comes at a random time after the start, or at a random moment of the
protocol as the server sees it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from mailer import database
from mailer.errors import IllegalTransition
from mailer.model import Secret, State
from mailer.outbox import Outbox
from tests.command import clean_environment, unmeasured
from tests.crashes.server import END_OF_NOTE, POINTS, FaultyServer, Log, Trap
from tests.crashes.verdict import judge
from tests.factories import make_sealed
from tests.parts.outbox.ledger import from_disk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.database import Store
    from mailer.model import Envelope, Sealed
    from tests.crashes.verdict import Report

__all__ = ["CONFIGURATIONS", "Configuration", "crash"]

CHECKOUT = Path(__file__).resolve().parents[2]

#: The notes that are left when nobody is killed any more take seconds.
FINISH_S = 120.0

#: Some states may still change by themselves; at the end none is left.
UNFINISHED = (State.SCHEDULED, State.QUEUED, State.CLAIMED, State.TRANSMITTING)


class Configuration(NamedTuple):
    """How the work is shared: so many workers at once, so many connections each, by these options.

    A worker that has nothing to do, or waits out a failure, is killed after `life_s`.
    """

    workers: int = 1
    connections: int = 1
    options: tuple[str, ...] = ()
    is_cluster: bool = False
    life_s: float = 2.0


CONFIGURATIONS = {
    "one worker": Configuration(),
    "two workers": Configuration(workers=2),
    "four connections": Configuration(connections=4, options=("--connections", "4")),
    "cluster": Configuration(
        workers=2, connections=4, options=("--cluster", "--connections", "4"), is_cluster=True, life_s=5.0
    ),
}


def crash(configuration: Configuration, folder: Path, *, notes: int, kills: int, seed: int, url: str = "") -> Report:
    """Deliver so many notes in spite of so many kills; the seed decides which moments and misdeeds are drawn.

    `url` names an empty PostgreSQL database to keep the notes in, by default a file in `folder` does.
    """
    began = time.monotonic()
    run = _Run(configuration, folder, notes, seed, url)
    with ExitStack() as stack:
        for server in run.servers:
            stack.enter_context(server)
        run.queue()
        shares = [kills // configuration.workers + (n < kills % configuration.workers) for n in range(len(run.servers))]
        with ThreadPoolExecutor(len(run.servers)) as lives:
            for end in [
                lives.submit(run.kill_again_and_again, *each) for each in zip(run.servers, shares, strict=True)
            ]:
                end.result()
        run.finish()
    return judge(
        run.entries(),
        run.servers,
        run.log,
        connections=configuration.connections,
        seed=seed,
        seconds=time.monotonic() - began,
    )


class _Run:
    """One run: its folder, its servers, its source of chance."""

    def __init__(self, configuration: Configuration, folder: Path, notes: int, seed: int, url: str) -> None:
        self.configuration = configuration
        self.folder = folder
        self.notes = notes
        self.log = Log()
        self.servers = [FaultyServer(self.log, _chance(seed + n)) for n in range(configuration.workers)]
        self.output = folder / "workers.txt"
        self.url = url

    @contextmanager
    def store(self) -> Iterator[Store]:
        home = self.folder / "mailer-home"
        with closing(database.store(Secret(self.url) if self.url else None, home)) as store:
            yield store

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        with self.store() as store:
            yield Outbox(store)

    def queue(self) -> None:
        now = datetime.now(UTC)
        with self.outbox() as outbox, outbox.transaction():
            for sealed in _notes(self.notes, self.servers[0].random):
                outbox.enqueue(
                    sealed, due=now, due_local=now.replace(tzinfo=None), timezone="UTC", now=now, read_payload=from_disk
                )

    def entries(self) -> dict[str, State]:
        """Return the state of every note by its Message-ID."""
        with self.outbox() as outbox:
            return {entry.message_id: entry.state for entry in outbox.list(limit=None)}

    # --- lives and deaths ---------------------------------------------------------------------------------------

    def kill_again_and_again(self, server: FaultyServer, kills: int) -> None:
        for number in range(kills):
            left = max(self.notes - len(self.log.accepted), 0) / self.configuration.workers
            self.live_once(server, at_most=max(2, round(1.5 * left / (kills - number))))

    def live_once(self, server: FaultyServer, *, at_most: int) -> None:
        """Start a worker and kill it before it has delivered more than so many notes."""
        chance = server.random
        victim = self.start(server, is_victim=True)
        if chance.random() < 0.3:
            server.arm(victim, Trap("replied", at_most))
            server.killed.wait(chance.uniform(0.0, 0.3 * self.configuration.life_s))
        else:
            delay_s = chance.choice((0.0, 0.0, chance.uniform(0, 0.004)))
            server.arm(victim, Trap(chance.choice(POINTS[1:]), chance.randint(1, at_most), delay_s))
            if not server.killed.wait(self.configuration.life_s):
                self.retry_postponed()
        server.kill()
        status = victim.wait()
        if status != -signal.SIGKILL:
            raise AssertionError(f"a worker ended by itself ({status}): {self.output.read_text()[-2000:]}")
        self.prove_dead(victim)

    def start(self, server: FaultyServer, *options: str, is_victim: bool = False) -> subprocess.Popen[bytes]:
        server.begin_life()
        environment = self.environment(server)
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "mailer", "worker", *self.configuration.options, *options],
                cwd=CHECKOUT,
                env=unmeasured(environment) if is_victim else environment,
                stdout=output,
                stderr=output,
            )

    def environment(self, server: FaultyServer) -> dict[str, str]:
        """Return the settings of a worker; its bytecode is kept beside the outbox, so that only the first compiles."""
        clean = clean_environment(self.folder)
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        return clean | {
            "MAILER_FROM": "Ada Example <ada@example.com>",
            "MAILER_SMTP_HOST": "127.0.0.1",
            "MAILER_SMTP_PORT": str(server.port),
            "MAILER_SMTP_SECURITY": "none",
            "MAILER_AUTH": "none",
            "MAILER_RATE": "none",
            "MAILER_RETRY_FIRST": "1s",
            "MAILER_HOME": str(self.folder / (f"machine-{server.port}" if self.url else "mailer-home")),
            "MAILER_OUTBOX": self.url,
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
        }

    def retry_postponed(self) -> None:
        """Have what waits for its next try come back at once, as a person may."""
        now = datetime.now(UTC)
        with self.outbox() as outbox:
            for entry in outbox.list([State.SCHEDULED], limit=None):
                if entry.not_before > now:
                    with suppress(IllegalTransition):  # a worker was quicker
                        outbox.retry(entry.id, now=now)

    def prove_dead(self, victim: subprocess.Popen[bytes]) -> None:
        """Have a killed worker known as dead at once: on one machine its lock proves that, elsewhere two minutes do."""
        if self.url:
            with self.store() as store:
                store.rows("DELETE FROM worker WHERE pid = :pid", {"pid": victim.pid})

    def finish(self) -> None:
        """Let workers that nobody kills deliver the rest to servers that behave."""
        for server in self.servers:
            server.is_faulty = False
        if self.configuration.is_cluster:
            last = [self.start(server) for server in self.servers]
            self.wait_until_finished()
        else:
            for _ in range(10):
                self.retry_postponed()
                last = [self.start(server, "--once") for server in self.servers]
                for worker in last:
                    worker.wait(FINISH_S)
                if self.is_finished():
                    return
        for worker in last:
            worker.send_signal(signal.SIGTERM)
            worker.wait(FINISH_S)

    def wait_until_finished(self) -> None:
        deadline = time.monotonic() + FINISH_S
        while not self.is_finished() and time.monotonic() < deadline:
            self.retry_postponed()
            time.sleep(0.5)

    def is_finished(self) -> bool:
        with self.outbox() as outbox:
            return not outbox.list(UNFINISHED, limit=1)


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # to be drawn again, not to be secret


def _notes(number: int, chance: Random) -> Iterator[Sealed]:
    """Give notes of very different lengths, a few longer than a socket's buffers."""
    for n in range(number):
        address = f"p{n}@example.com"
        message_id = f"<{address}>"
        lines = 3000 if n % 50 == 49 else chance.randrange(60)
        content = f"Message-ID: {message_id}\r\nTo: {address}\r\nSubject: Thank you\r\n\r\n".encode()
        content += b"Thank you for the tour of the line, and for your time at the end of it.\r\n" * lines + END_OF_NOTE
        sealed = make_sealed(people=(f"p{n}",), message_id=message_id, parts=(content,))
        envelope: Envelope = sealed.envelope._replace(rcpt_to=address, size_bytes=len(content))  # type: ignore[union-attr]
        yield sealed._replace(envelope=envelope)
