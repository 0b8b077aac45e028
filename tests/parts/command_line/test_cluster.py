"""What keeps a worker from sharing an outbox is said in one sentence; and no other command pays for the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.postgresql import needs_postgresql, server
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

NOWHERE = "postgresql://mailer@127.0.0.1:1/mailer"


def test_an_outbox_that_is_a_file_cannot_be_shared(desk: Desk):
    ended = desk.run("worker", "--cluster")

    assert ended.status == 2
    assert "name a PostgreSQL in MAILER_OUTBOX" in ended.err


@pytest.mark.parametrize("option", ["--once", "--quiet"])
def test_a_worker_of_a_cluster_stays(desk: Desk, option: str):
    ended = desk.run("worker", "--cluster", option)

    assert ended.status == 2
    assert "--cluster stays" in ended.err


def test_a_missing_extra_is_named_with_the_command_that_installs_it(desk: Desk):
    (desk.folder / "sitecustomize.py").write_text("import sys\nsys.modules['dbos'] = None\n")
    desk.environment.update({"MAILER_OUTBOX": NOWHERE, "PYTHONPATH": str(desk.folder)})

    ended = desk.run("worker", "--cluster")

    assert ended.status == 3
    assert 'needs dbos, which is not installed; run pip install "interview-mailer[cluster]"' in ended.err


def test_a_postgresql_that_does_not_answer_is_named_without_its_password(desk: Desk):
    desk.environment["MAILER_OUTBOX"] = NOWHERE.replace("mailer@", "mailer:correct-horse@")

    ended = desk.run("worker", "--cluster")

    assert ended.status == 3
    assert "127.0.0.1" in ended.err
    assert "horse" not in ended.err + ended.out
    assert not any("horse" in log.read_text() for log in desk.home.glob("*.log"))


def test_a_cluster_without_an_account_is_told_how_to_set_one_up(desk: Desk):
    desk.environment.update({"MAILER_OUTBOX": NOWHERE, "MAILER_SMTP_HOST": ""})

    ended = desk.run("worker", "--cluster")

    assert ended.status == 3
    assert "Run mailer setup" in ended.err


@needs_postgresql
@pytest.mark.parametrize(
    "command",
    [
        ["queue", "harborline.md", "--yes", "--at", "in 2h"],
        ["send", "harborline.md", "--yes"],
        ["outbox"],
        ["worker", "--once"],
        ["doctor", "--offline"],
    ],
    ids=lambda command: command[0],
)
def test_no_other_command_imports_the_engine(desk: Desk, command: list[str]):
    desk.environment.update({"MAILER_OUTBOX": server().url(server().empty_database()), "PYTHONPROFILEIMPORTTIME": "1"})
    with SmtpServer() as smtp:
        desk.uses(smtp)

        ended = desk.run(*command)

    assert "psycopg" in ended.err
    assert "dbos" not in ended.err
    assert "sqlalchemy" not in ended.err
