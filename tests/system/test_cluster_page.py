"""Run docs/cluster.md as its reader would: from an empty PostgreSQL to two workers on two hosts, and a desk."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailer.model import Security
from tests.certificates import Authority
from tests.command import clean_environment
from tests.needs import needs
from tests.parts.command_line.conftest import INTERVIEW
from tests.postgresql import Server, needs_postgresql
from tests.smtp_server import SmtpServer
from tests.system.cluster import Running, until

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
BLOCK = re.compile(r"^## (.+?)$|^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: What the page's `pass` prints.
LOGINS = {"ada@example.com": "of mail/ada", "ada@work.example": "of mail/work"}
PASS = """#!/bin/sh
echo "of $2"
"""


def blocks(language: str) -> dict[str, list[str]]:
    """Return the page's blocks of a language under each heading, their lines in order."""
    found: dict[str, list[str]] = {}
    heading = ""
    for title, kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        heading = title or heading
        if kind == language:
            found.setdefault(heading, []).extend(body.splitlines())
    return found


def commands(heading: str) -> list[str]:
    return [line.removeprefix("$ ") for line in blocks("console")[heading]]


@pytest.fixture
def postgresql() -> Iterator[Server]:
    running = Server(is_durable=True)
    yield running
    running.remove()


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    context = Authority(tmp_path / "authority").issue().server_context()
    with SmtpServer(security=Security.TLS, context=context, users=LOGINS) as running:
        yield running


class Reader:
    """Somebody who types what the page says, on several machines, each with a home of its own."""

    def __init__(self, folder: Path, postgresql: Server, smtp: SmtpServer) -> None:
        self._folder = folder
        self._postgresql = postgresql
        self._smtp = smtp
        programs = folder / "bin"
        programs.mkdir()
        (programs / "pass").write_text(PASS)
        (programs / "pass").chmod(0o755)
        self._path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])

    def environment(self, machine: str) -> dict[str, str]:
        """Return what a shell has on a machine; MAILER_HOME is where it is without one."""
        environment = clean_environment(self._folder / machine)
        del environment["MAILER_HOME"]
        administrator = {
            "PGHOST": str(self._postgresql.folder),
            "PGPORT": str(self._postgresql.port),
            "PGUSER": "mailer",
            "PGDATABASE": "postgres",
        }
        return environment | {"PATH": self._path} | (administrator if machine == "database" else {})

    def here(self, command: str) -> str:
        """Return the command with this machine's names in place of the page's."""
        mail = f"--host localhost --port {self._smtp.port} --ca-file {self._folder}/authority/ca.pem"
        port = self._postgresql.port
        command = re.sub(r"--host smtp\.\S+", mail, command)
        return command.replace("db.example.com:5432", f"127.0.0.1:{port}").replace(
            "db.example.com", f"127.0.0.1:{port}"
        )

    def types(self, machine: str, typed: list[str]) -> str:
        """Type these commands in one shell, and return what they print."""
        script = "set -e\n" + "\n".join(map(self.here, typed))
        folder = self._folder / machine
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            ["sh", "-c", script], cwd=folder, env=self.environment(machine), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return done.stdout.decode()

    def starts(self, machine: str, typed: str) -> Running:
        """Type a command that stays."""
        environment = self.environment(machine) | {"MAILER_HOME": str(self.home(machine))}
        return Running(shlex.split(typed), environment, self._folder / machine)

    def home(self, machine: str) -> Path:
        return self._folder / machine / "user-home" / ".local" / "share" / "mailer"


@needs_postgresql
def test_the_page_leads_from_an_empty_postgresql_to_two_workers_that_deliver(
    tmp_path: Path, postgresql: Server, smtp: SmtpServer
):
    reader = Reader(tmp_path, postgresql, smtp)
    reader.types("database", commands("On the database's host"))
    on_each_host = commands("On each host that delivers")
    assert 'pip install "interview-mailer[cluster]"' in on_each_host
    worker = on_each_host.pop()
    foundry = INTERVIEW.replace("Harborline Castings", "Foundry Nine").replace("2026-06-11", "2026-06-12")
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "harborline.md").write_text(INTERVIEW, encoding="utf-8")
    (tmp_path / "desk" / "foundry.md").write_text(foundry, encoding="utf-8")
    typed = [command for command in on_each_host if not command.startswith("pip ")]
    workers: list[Running] = []
    try:
        for host in ("one", "two"):
            reader.types(host, typed)
            workers.append(reader.starts(host, worker))
        assert all(each.id for each in workers)
        listed = reader.types("desk", commands("On a desk"))
        smtp.wait_until(lambda s: len(s.messages) == 2, timeout_s=30)
        until(lambda: sum(each.output.count("sent ") for each in workers) == 2, "both are recorded")
        shown = reader.types("one", commands("Seeing who works"))
        reader.types("one", commands("Backup and replication"))
        for each in workers:
            each.process.terminate()
        statuses = [each.process.wait(30) for each in workers]
    finally:
        for each in workers:
            each.kill()

    assert "vanderberg" in listed
    assert shown.count("sent") == 2
    assert "(2 rows)" in shown
    assert sorted(message.username for message in smtp.messages) == sorted(LOGINS)
    assert statuses == [0, 0]


@needs("systemd-analyze")
def test_systemd_takes_the_unit_of_the_page(tmp_path: Path):
    (unit,) = blocks("ini").values()
    file = tmp_path / "mailer-cluster.service"
    file.write_text("\n".join(unit) + "\n")

    done = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
    assert file.name not in done.stderr.decode()


def test_every_command_of_the_page_is_run_by_this_test():
    run = {
        "On the database's host",
        "On each host that delivers",
        "On a desk",
        "Seeing who works",
        "Backup and replication",
    }

    assert set(blocks("console")) == run
