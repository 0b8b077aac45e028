"""Two hosts and one PostgreSQL: both deliver, one is cut off in the middle, and no note is doubled or lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.model import Security, State
from mailer.settings.named import account_file
from tests.certificates import Authority
from tests.postgresql import PASSWORD, Server, needs_postgresql
from tests.smtp_server import SmtpServer
from tests.system.cluster import Cluster, Running, until
from tests.system.hosts import ADDRESS, Hosts, needs_hosts

if TYPE_CHECKING:
    from mailer.model import Entry
    from tests.smtp_server import Behaviour

pytestmark = [needs_postgresql, *needs_hosts]

LOGIN = {"ada@example.com": "of the mail account"}


class Holding(SmtpServer):
    """Encrypts, wants a login, and from `hold` to `release` keeps every answer of one stage back."""

    def __init__(self, stage: str, authority: Authority) -> None:
        context = authority.issue(ADDRESS).server_context()
        super().__init__(security=Security.TLS, context=context, users=LOGIN, listens_at="0.0.0.0")  # noqa: S104
        self._stage = stage
        self._may_answer = threading.Event()
        self._may_answer.set()
        self.reached = threading.Semaphore(0)

    def hold(self) -> None:
        self._may_answer.clear()

    def release(self) -> None:
        self._may_answer.set()

    def behaviour(self, stage: str) -> Behaviour | None:
        if stage == self._stage and not self._may_answer.is_set():
            self.reached.release()
            self._may_answer.wait(60)
        return super().behaviour(stage)

    def received(self) -> list[str]:
        ids = [m.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for m in self.messages]
        return sorted(message_id.decode() for message_id in ids)


def reachable(postgresql: Server) -> None:
    """Let the hosts in, with a password."""
    data = postgresql.folder / "data"
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"listen_addresses = '127.0.0.1,{ADDRESS}'\n")
    with (data / "pg_hba.conf").open("a") as file:
        file.write("host all all 198.18.77.0/24 scram-sha-256\n")
    postgresql.stop("fast")
    postgresql.start()


def owned_by(worker: Running, entries: dict[str, Entry]) -> dict[State, Entry]:
    return {entry.state: entry for entry in entries.values() if entry.owner.startswith(worker.id)}


def test_a_host_that_is_cut_off_loses_its_gates_and_no_note_is_doubled_or_lost(tmp_path: Path):
    authority = Authority(tmp_path / "authority")
    postgresql = Server()
    try:
        with Hosts() as hosts, Holding("dot", authority) as smtp, Holding("data", authority) as of_work:
            reachable(postgresql)
            with Cluster(postgresql, tmp_path, smtp_port=smtp.port) as cluster:
                story(cluster, hosts, smtp, of_work, authority)
    finally:
        postgresql.remove()


def story(cluster: Cluster, hosts: Hosts, smtp: Holding, of_work: Holding, authority: Authority) -> None:
    lost, safe = (start(cluster, hosts, number, of_work, authority) for number in (1, 2))
    assert lost.id != safe.id
    first = [cluster.queue() for _ in range(8)]
    cluster.wait_for(State.SENT)
    assert {cluster.outbox.get(entry).owner.partition(":")[0] for entry in first} == {lost.id, safe.id}

    smtp.hold()
    of_work.hold()
    for account in ("", "", "work", "work"):  # one connection an account: each host has one on either side of the gate
        cluster.queue(account=account)
    assert all(server.reached.acquire(timeout=30) for server in (smtp, smtp, of_work, of_work))
    hosts.cut_off(1)
    in_flight = owned_by(lost, cluster.entries())
    smtp.release()
    of_work.release()
    cluster.bury(lost)
    others = [entry.id for entry in cluster.entries().values() if entry.id != in_flight[State.TRANSMITTING].id]
    others.append(cluster.queue())
    cluster.wait_for(State.SENT, *others)
    until(lambda: cluster.state(in_flight[State.TRANSMITTING].id) is State.UNCERTAIN, "the one in flight is uncertain")

    hosts.reconnect(1)
    log = lost.home / "cluster.log"
    until(lambda: log.exists() and f"gate: {in_flight[State.CLAIMED].id}" in log.read_text(), "the gate is shut")
    cluster.wait_for(State.SENT, in_flight[State.TRANSMITTING].id)  # its reply was still under way

    sent = sorted(entry.message_id for entry in cluster.entries().values())
    assert sorted(smtp.received() + of_work.received()) == sent
    assert lost.stop() == safe.stop() == 0


def start(cluster: Cluster, hosts: Hosts, number: int, of_work: Holding, authority: Authority) -> Running:
    """Start a worker on a host, for both accounts."""
    url = cluster.url.replace("@/", f"@{ADDRESS}:{cluster.url.rpartition('=')[2]}/").partition("?")[0]
    environment = cluster.environment(
        f"host-{number}",
        MAILER_OUTBOX=url,
        PGPASSWORD=PASSWORD,
        MAILER_SMTP_HOST=ADDRESS,
        MAILER_SMTP_SECURITY="tls",
        MAILER_AUTH="password",
        MAILER_PASSWORD=LOGIN["ada@example.com"],
        MAILER_CA_FILE=str(authority.ca_file),
    )
    return cluster.worker(
        "--connections", "1", prefix=hosts.on(number), **with_account(environment, of_work, authority)
    )


def with_account(environment: dict[str, str], of_work: Holding, authority: Authority) -> dict[str, str]:
    file = account_file(Path(environment["MAILER_HOME"]), "work")
    file.parent.mkdir(parents=True)
    password = file.with_name("password")
    password.write_text(LOGIN["ada@example.com"])
    file.write_text(
        f"MAILER_SMTP_HOST={ADDRESS}\nMAILER_SMTP_PORT={of_work.port}\nMAILER_SMTP_SECURITY=tls\n"
        f"MAILER_CA_FILE={authority.ca_file}\nMAILER_PASSWORD_CMD='cat {password}'\n"
    )
    return environment
