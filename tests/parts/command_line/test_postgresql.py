"""Run the commands with an outbox on PostgreSQL: the same ones, and its troubles in one clear sentence."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.postgresql import PASSWORD, Server, needs_postgresql
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk

pytestmark = needs_postgresql


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """Give a server that may forget nothing, as a user's."""
    started = Server(is_durable=True)
    yield started
    started.remove()


@pytest.fixture
def shared(desk: Desk, durable: Server) -> Desk:
    """Give a desk whose outbox is a new database."""
    desk.environment["MAILER_OUTBOX"] = durable.url(durable.empty_database())
    return desk


def entries(desk: Desk) -> list[str]:
    return [entry["state"] for entry in desk.run("outbox", "--json").json["entries"]]


def test_looking_makes_nothing(shared: Desk, durable: Server):
    asked = shared.run("outbox", "--json")

    assert (asked.status, asked.json) == (0, {"entries": []})
    assert not shared.home.exists()
    assert "nothing was ever queued" in shared.run("doctor", "--offline").out


def test_a_note_is_sent_and_a_second_is_refused(shared: Desk):
    with SmtpServer() as server:
        shared.uses(server)
        sent = shared.run("send", shared.file, "--yes", "--json")
        again = shared.run("send", shared.file, "--yes")

    assert sent.status == 0, sent.out + sent.err
    assert again.status == 1
    assert len(server.messages) == 1
    assert entries(shared) == ["sent"]


def test_a_queued_note_is_delivered_by_a_worker_of_another_home(shared: Desk, tmp_path: Path):
    with SmtpServer() as server:
        shared.uses(server)
        queued = shared.run("queue", shared.file, "--yes", "--at", "now", "--json")
        shared.environment["MAILER_HOME"] = str(tmp_path / "another")
        worked = shared.run("worker", "--once")

    assert queued.status == 0, queued.out + queued.err
    assert worked.status == 0, worked.out + worked.err
    assert len(server.messages) == 1
    assert entries(shared) == ["sent"]


def test_a_queued_note_is_cancelled_and_restored(shared: Desk):
    shared.run("queue", shared.file, "--yes", "--at", "in 2h")

    assert shared.run("outbox", "cancel", "vanderberg").status == 0
    assert entries(shared) == ["cancelled"]
    assert shared.run("outbox", "restore", "vanderberg").status == 0
    assert entries(shared) == ["scheduled"]


def test_the_doctor_finds_the_outbox_well(shared: Desk):
    shared.run("queue", shared.file, "--yes", "--at", "in 2h")

    parts = {part["name"]: part for part in shared.run("doctor", "--offline", "--json").json["parts"]}

    assert (parts["outbox"]["health"], parts["outbox"]["meaning"]) == ("ok", "1 scheduled")


def test_a_server_that_forgets_is_named_by_the_doctor(desk: Desk, durable: Server):
    careless = Server()
    try:
        desk.environment["MAILER_OUTBOX"] = careless.url(careless.empty_database())
        desk.run("queue", desk.file, "--yes", "--at", "in 2h")
        said = desk.run("doctor", "--offline").out
    finally:
        careless.remove()

    assert "runs with fsync and full_page_writes off" in said


# --- the address ---


def test_a_password_in_the_settings_file_is_refused_with_the_remedy_and_not_shown(desk: Desk, durable: Server):
    desk.home.mkdir()
    (desk.home / "config.env").write_text("MAILER_OUTBOX=postgresql://ada:hunter2@127.0.0.1/mailer\n")

    refused = desk.run("outbox")

    assert refused.status == 3
    assert "~/.pgpass" in refused.err
    assert "hunter2" not in refused.out + refused.err


@pytest.mark.parametrize("way", ["PGPASSWORD", "pgpass", "url"])
def test_the_password_comes_from_where_libpq_looks(desk: Desk, durable: Server, way: str):
    name = durable.empty_database()
    desk.environment["MAILER_OUTBOX"] = durable.tcp_url(name)
    if way == "PGPASSWORD":
        desk.environment["PGPASSWORD"] = PASSWORD
    elif way == "pgpass":
        path = desk.folder / "user-home" / ".pgpass"
        path.write_text(f"127.0.0.1:{durable.port}:*:mailer:{PASSWORD}\n")
        path.chmod(0o600)
    else:
        quoted = PASSWORD.replace("%", "%25").replace("/", "%2F").replace("@", "%40")
        desk.environment["MAILER_OUTBOX"] = durable.tcp_url(name).replace("mailer@", f"mailer:{quoted}@")

    assert desk.run("queue", desk.file, "--yes", "--at", "in 2h").status == 0
    assert entries(desk) == ["scheduled"]


def test_a_wrong_password_is_one_sentence_that_does_not_repeat_it(desk: Desk, durable: Server):
    desk.environment["MAILER_OUTBOX"] = durable.tcp_url("postgres").replace("mailer@", "mailer:hunter2@")

    refused = desk.run("queue", desk.file, "--yes", "--at", "in 2h")

    assert refused.status == 3
    assert "password authentication failed" in refused.err
    assert "PGPASSWORD" in refused.err
    assert "hunter2" not in refused.out + refused.err


def test_a_server_that_is_away_is_one_sentence(desk: Desk):
    desk.environment["MAILER_OUTBOX"] = "postgresql://ada@127.0.0.1:1/mailer"

    refused = desk.run("outbox")

    assert refused.status == 3
    assert "postgresql://ada@127.0.0.1:1/mailer cannot be opened" in refused.err


WITHOUT_PSYCOPG = """
import sys
sys.modules["psycopg"] = None
from mailer.__main__ import main
main()
"""


def test_without_psycopg_the_extra_is_named(desk: Desk):
    desk.environment["MAILER_OUTBOX"] = "postgresql://ada@127.0.0.1/mailer"

    refused = subprocess.run(
        [sys.executable, "-c", WITHOUT_PSYCOPG, "outbox"],
        env=desk.environment,
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 3
    assert "pip install 'interview-mailer[cluster]'" in refused.stderr


def test_another_sqlite_file_is_an_outbox_too(desk: Desk):
    (desk.folder / "elsewhere").mkdir()
    desk.environment["MAILER_OUTBOX"] = "elsewhere/notes.db"
    with SmtpServer() as server:
        desk.uses(server)
        sent = desk.run("send", desk.file, "--yes")

    assert sent.status == 0, sent.out + sent.err
    assert (desk.folder / "elsewhere" / "notes.db").exists()
    assert not (desk.home / "mailer.db").exists()
    assert entries(desk) == ["sent"]
