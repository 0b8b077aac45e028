"""Workers of several machines share one outbox: each note goes once, whatever is killed, stopped, cut off or upgraded."""

from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailer.model import State
from tests.postgresql import Server, needs_postgresql, server
from tests.smtp_server import Silence, SmtpServer
from tests.system.cluster import CHECKOUT, Cluster, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.smtp_server import Behaviour

pytestmark = needs_postgresql


class Waiting(SmtpServer):
    """Answers the final dot of every note only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Semaphore(0)
        self.may_answer = threading.Event()

    def behaviour(self, stage: str) -> Behaviour | None:
        if stage == "dot":
            self.reached.release()
            self.may_answer.wait(30)
        return super().behaviour(stage)


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def message_ids(smtp: SmtpServer) -> list[bytes]:
    return sorted(m.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for m in smtp.messages)


def sent_once(cluster: Cluster, smtp: SmtpServer) -> bool:
    sent = sorted(e.message_id.encode() for e in cluster.entries().values() if e.state is State.SENT)
    return message_ids(smtp) == sent


def test_two_workers_deliver_every_note_once_and_each_has_its_share(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        workers = [cluster.worker("--connections", "1", DBOS__VMID="local") for _ in range(2)]
        names = {worker.id for worker in workers}
        for _ in range(16):
            cluster.queue()

        cluster.wait_for(State.SENT)

        assert sent_once(cluster, smtp)
        assert {entry.owner.partition(":")[0] for entry in cluster.entries().values()} == names
        assert {job["executor"].rpartition(":")[2] for job in cluster.jobs()} == names
        assert {job["version"] for job in cluster.jobs()} == {"outbox-v1"}
        assert smtp.connections < 16  # each is kept between two notes


def test_a_killed_worker_leaves_one_note_to_the_others_and_the_one_past_the_gate_to_a_person(tmp_path: Path):
    script: dict[str, list[Behaviour | None]] = {"data": [Silence()], "dot": [Silence(accept=True)]}
    with SmtpServer(script) as smtp, Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        first = cluster.worker()
        for _ in range(2):
            cluster.queue()
        smtp.wait_until(lambda s: len(s.messages) == 1, timeout_s=30)
        until(
            lambda: {e.state for e in cluster.entries().values()} == {State.CLAIMED, State.TRANSMITTING},
            "one note on each side of the gate",
        )

        first.kill()
        cluster.bury(first)
        cluster.worker()
        until(
            lambda: {e.state for e in cluster.entries().values()} == {State.SENT, State.UNCERTAIN},
            "an end of both",
        )

        assert len(smtp.messages) == 2
        assert len(set(message_ids(smtp))) == 2


def test_a_job_that_a_dead_worker_had_taken_is_handed_out_again(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        worker = cluster.worker()
        entry = cluster.queue(due_in=timedelta(seconds=50))
        cluster.wait_for(State.QUEUED)
        worker.kill()
        cluster.store.rows(
            "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = :executor,"
            " started_at_epoch_ms = created_at RETURNING 1",
            {"executor": f"host:1:{worker.id}"},
        )
        cluster.store.rows("UPDATE mailer.entry SET not_before = not_before - 60000000 RETURNING 1")

        cluster.bury(worker)
        cluster.worker()
        cluster.wait_for(State.SENT)

        cluster.stop()
        assert [job["id"] for job in cluster.jobs()] == [f"{entry}.0", f"{entry}.1"]
        assert len(smtp.messages) == 1


def test_a_note_that_was_cancelled_or_moved_while_queued_finds_the_gate_shut(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        cluster.worker()
        cancelled, moved, restored = (cluster.queue(due_in=timedelta(seconds=3)) for _ in range(3))
        cluster.wait_for(State.QUEUED)
        now = cluster.outbox.get(moved).due
        later = now + timedelta(hours=1)
        cluster.outbox.cancel(cancelled, now=now)
        cluster.outbox.reschedule(moved, due=later, due_local=later.replace(tzinfo=None), timezone="UTC", now=now)
        cluster.outbox.cancel(restored, now=now)
        cluster.outbox.restore(restored, now=now)

        cluster.wait_for(State.SENT, restored)
        until(lambda: {job["status"] for job in cluster.jobs()} == {"SUCCESS"}, "an end of every job")

        cluster.stop()
        assert cluster.state(cancelled) is State.CANCELLED
        assert cluster.state(moved) is State.SCHEDULED
        assert len(smtp.messages) == 1


def test_a_refusal_for_a_while_is_tried_again_by_a_new_job(tmp_path: Path):
    script = {"rcpt": ["451 4.3.0 Try later"]}
    with SmtpServer(script) as smtp, Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        cluster.worker()
        entry = cluster.queue()

        cluster.wait_for(State.SENT)

        assert [job["id"] for job in cluster.jobs()] == [f"{entry}.0", f"{entry}.1"]
        assert len(smtp.messages) == 1


def test_the_rate_of_an_account_holds_over_two_workers(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port, MAILER_RATE="2/second") as cluster:
        for worker in [cluster.worker() for _ in range(2)]:
            assert worker.id
        for _ in range(7):
            cluster.queue()

        cluster.wait_for(State.SENT)

        begun = [job["begun_ms"] for job in cluster.jobs()]
        assert all(third - first >= 1000 for first, third in zip(begun, begun[2:], strict=False))
        assert sent_once(cluster, smtp)


def test_the_rate_of_a_longer_time_holds_besides(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port, MAILER_RATE="50/second, 3/day") as cluster:
        entries = [cluster.queue() for _ in range(5)]
        cluster.worker()

        cluster.wait_for(State.SENT, *entries[:3])

        cluster.stop()
        assert [cluster.state(entry) for entry in entries[3:]] == [State.SCHEDULED, State.SCHEDULED]


def test_a_note_whose_hour_has_long_passed_is_asked_about(tmp_path: Path, smtp: SmtpServer):
    with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        late, due = cluster.queue(due_in=-timedelta(hours=13)), cluster.queue()
        cluster.worker()

        cluster.wait_for(State.SENT, due)

        cluster.stop()
        assert cluster.state(late) is State.MISSED
        assert len(smtp.messages) == 1


def test_a_worker_that_is_asked_to_end_finishes_the_note_in_hand(tmp_path: Path):
    with Waiting() as smtp, Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        worker = cluster.worker()
        cluster.queue()
        assert smtp.reached.acquire(timeout=30)

        worker.process.terminate()
        smtp.may_answer.set()

        assert worker.process.wait(30) == 0
        assert [e.state for e in cluster.entries().values()] == [State.SENT]
        assert not cluster.store.rows("SELECT 1 FROM worker")


def test_postgresql_may_stop_and_start_while_a_note_is_on_its_way_and_workers_end_without_it(tmp_path: Path):
    postgresql = Server(is_durable=True)
    try:
        with Waiting() as smtp, Cluster(postgresql, tmp_path, smtp_port=smtp.port) as cluster:
            workers = [cluster.worker("--connections", "1") for _ in range(2)]
            for _ in range(6):
                cluster.queue()
            assert smtp.reached.acquire(timeout=30)

            postgresql.stop("immediate")
            smtp.may_answer.set()
            smtp.wait_until(lambda s: len(s.messages) > 0, timeout_s=30)
            until(lambda: all("Waiting for it" in worker.output for worker in workers), "both notice")
            postgresql.start()
            cluster.wait_for(State.SENT)

            assert sent_once(cluster, smtp)
            until(lambda: all(worker.output.count("PostgreSQL is back") == 1 for worker in workers), "both say so once")
            postgresql.stop("immediate")
            cluster.stop()  # which waits for no database
    finally:
        postgresql.remove()


def test_an_upgraded_worker_takes_what_the_old_one_left(tmp_path: Path, smtp: SmtpServer):
    old = tmp_path / "old"
    shutil.copytree(CHECKOUT / "mailer", old / "mailer", ignore=shutil.ignore_patterns("__pycache__"))
    engine = old / "mailer" / "cluster" / "engine.py"
    engine.write_text(
        engine.read_text().replace(
            "            deliver(entry_id, attempt)", "            deliver(entry_id, int(attempt))"
        )
    )
    with Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        worker = cluster.worker(PYTHONPATH=str(old), PYTHONSAFEPATH="1", COVERAGE_PROCESS_CONFIG="")
        cluster.queue(due_in=timedelta(seconds=2))
        cluster.wait_for(State.QUEUED)
        worker.stop()

        cluster.worker()
        cluster.wait_for(State.SENT)

        assert len(smtp.messages) == 1
        assert len(cluster.jobs()) == 1


def test_a_worker_delivers_for_the_accounts_it_knows_and_leaves_the_others(tmp_path: Path, smtp: SmtpServer):
    with SmtpServer() as of_work, Cluster(server(), tmp_path, smtp_port=smtp.port) as cluster:
        file = tmp_path / "knowing" / "accounts" / "work.env"
        file.parent.mkdir(parents=True)
        file.write_text(
            f"MAILER_SMTP_HOST=127.0.0.1\nMAILER_SMTP_PORT={of_work.port}\nMAILER_SMTP_SECURITY=none\nMAILER_AUTH=none\n"
        )
        cluster.worker()
        cluster.worker(MAILER_HOME=str(tmp_path / "knowing"))
        main, work, unknown = cluster.queue(), cluster.queue(account="work"), cluster.queue(account="hiring")

        cluster.wait_for(State.SENT, main, work)

        assert (len(smtp.messages), len(of_work.messages)) == (1, 1)
        assert cluster.state(unknown) is State.SCHEDULED
