"""Show what the one SQLite file of a home withstands, with real files, full disks and two processes."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from mailer.answers import Answers
from mailer.database import Conflict, Database
from mailer.database.sqlite_schema import MIGRATIONS
from mailer.errors import OutboxBusy, StorageError
from tests.confinement import small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADD = "INSERT INTO answer (key, rule, interview, person, created) VALUES (?, 'r', 'i', 'p', 0)"


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    with Database(home) as opened:
        yield opened


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def keys(database: Database) -> list[str]:
    return [row["key"] for row in database.rows("SELECT key FROM answer ORDER BY key")]


# --- a home of one's own ---


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_a_new_home_is_the_users_alone_whatever_the_umask(home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with Database(home) as database:
            database.rows(ADD, ("a",))
            modes = {path.name: mode_of(path) for path in home.iterdir()}
    finally:
        os.umask(before)

    assert mode_of(home) == 0o700
    assert modes == dict.fromkeys(("mailer.db", "mailer.db-wal", "mailer.db-shm"), 0o600)


def test_a_file_that_others_could_read_becomes_the_users_alone_again(home: Path) -> None:
    Database(home).rows("SELECT 1")
    (home / "mailer.db").chmod(0o644)

    Database(home).rows("SELECT 1")

    assert mode_of(home / "mailer.db") == 0o600


def test_asking_whether_it_exists_makes_nothing(home: Path) -> None:
    assert not Database(home).exists
    assert not home.exists()


def test_a_commit_survives_a_power_cut_by_its_settings(database: Database) -> None:
    settings = {name: database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")}

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_closed_database_opens_again_at_the_next_use(database: Database) -> None:
    database.rows(ADD, ("a",))
    database.close()

    assert keys(database) == ["a"]


# --- transactions ---


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.transaction():
            database.rows(ADD, ("a",))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert keys(database) == []


def test_an_inner_transaction_joins_the_outer_one(database: Database) -> None:
    def both() -> None:
        with database.transaction():
            with database.transaction():
                database.rows(ADD, ("a",))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        both()

    assert keys(database) == []


def test_a_second_row_of_a_key_is_a_conflict_and_changes_nothing(database: Database) -> None:
    database.rows(ADD, ("a",))

    with pytest.raises(Conflict):
        database.rows(ADD, ("a",))

    assert keys(database) == ["a"]


def test_a_reader_sees_nothing_of_an_open_transaction_and_does_not_wait(home: Path, database: Database) -> None:
    with database.transaction():
        database.rows(ADD, ("a",))
        with Database(home) as other:
            assert keys(other) == []


def test_a_writer_waits_for_the_other_and_gives_up_with_a_remedy(home: Path, database: Database) -> None:
    with (
        Database(home, busy_timeout_s=0.05) as other,
        database.transaction(),
        pytest.raises(OutboxBusy, match=r"another mailer keeps .*mailer\.db locked; wait"),
    ):
        other.rows(ADD, ("b",))


def test_a_writer_that_waits_long_enough_gets_its_turn(home: Path, database: Database) -> None:
    locked, waiting = threading.Event(), threading.Event()

    def hold() -> None:
        with Database(home) as other, other.transaction():
            other.rows(ADD, ("a",))
            locked.set()
            waiting.wait()

    holder = threading.Thread(target=hold)
    database.rows("SELECT 1")
    holder.start()
    locked.wait()
    waiting.set()
    database.rows(ADD, ("b",))
    holder.join()

    assert keys(database) == ["a", "b"]


# --- migrations ---

OPEN_AT_ONCE = """
import sys
from pathlib import Path
from mailer.database import Database
sys.stdin.readline()
Database(Path(sys.argv[1])).rows("INSERT INTO answer VALUES (?, 'r', 'i', 'p', 0)", (sys.argv[2],))
"""


def test_processes_that_open_a_new_home_at_once_find_one_database(home: Path) -> None:
    openers = [
        subprocess.Popen([sys.executable, "-c", OPEN_AT_ONCE, home, str(n)], stdin=subprocess.PIPE) for n in range(6)
    ]
    for opener in openers:
        opener.communicate(b"go\n")

    assert [opener.returncode for opener in openers] == [0] * 6
    assert keys(Database(home)) == list("012345")


def test_an_old_schema_is_brought_up_to_date_and_keeps_its_rows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database(home) as before:
        before.rows(ADD, ("a",))
    monkeypatch.setattr("mailer.database.sqlite.MIGRATIONS", (*MIGRATIONS, "ALTER TABLE answer ADD COLUMN text TEXT;"))

    with Database(home) as after:
        assert [tuple(row) for row in after.rows("SELECT key, text FROM answer")] == [("a", None)]
        assert after.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS) + 1


def test_a_migration_that_fails_leaves_the_old_schema(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database(home) as before:
        before.rows(ADD, ("a",))
    monkeypatch.setattr(
        "mailer.database.sqlite.MIGRATIONS",
        (*MIGRATIONS, "ALTER TABLE answer ADD COLUMN text TEXT; ALTER TABLE none RENAME TO x;"),
    )
    with pytest.raises(StorageError):
        Database(home).rows("SELECT 1")
    monkeypatch.undo()

    with Database(home) as after:
        assert keys(after) == ["a"]


def test_the_schema_of_a_newer_mailer_is_left_alone(home: Path) -> None:
    with Database(home) as database:
        database.rows(f"PRAGMA user_version = {len(MIGRATIONS) + 6}")

    with pytest.raises(StorageError, match=r"mailer\.db was written by a newer mailer \(schema 8.*upgrade mailer"):
        Database(home).rows("SELECT 1")


def test_an_sqlite_too_old_for_the_outbox_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

    with pytest.raises(StorageError, match=r"needs 3\.35 or later"):
        Database(home).rows("SELECT 1")


# --- what a disk does ---


def test_a_file_that_is_no_database_is_named_and_kept(home: Path) -> None:
    home.mkdir()
    (home / "mailer.db").write_text("Dear diary, " * 100)

    with pytest.raises(StorageError, match=r"mailer\.db is no database of mailer; put back a copy"):
        Database(home).rows("SELECT 1")

    assert (home / "mailer.db").read_text().startswith("Dear diary")


def test_a_damaged_file_is_named_with_its_remedy(home: Path) -> None:
    with Database(home) as database:
        for n in range(2000):
            database.rows(ADD, (f"{n:04}" * 20,))
    with (home / "mailer.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 400_000)

    with pytest.raises(StorageError, match=r"mailer\.db is damaged; put back a copy"):
        keys(Database(home))


def test_a_full_disk_is_named_and_what_was_stored_stays(database: Database) -> None:
    """`max_page_count` makes SQLite meet the same SQLITE_FULL as a disk without room."""
    database.rows(ADD, ("a",))
    database.rows(f"PRAGMA max_page_count = {database.rows('PRAGMA page_count')[0][0]}")

    with pytest.raises(StorageError, match=r"mailer\.db cannot grow, the disk is full; free some space"):
        fill(database)

    assert keys(database) == ["a"]


def fill(database: Database) -> None:
    with database.transaction():
        for n in range(100_000):
            database.rows(ADD, (f"{n:06}" * 100,))


WRITE_BEYOND_THE_LIMIT = """
import resource, sys
from pathlib import Path
from mailer.database import Database
from mailer.errors import StorageError
database = Database(Path(sys.argv[1]))
database.rows("SELECT 1")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    with database.transaction():
        for n in range(20_000):
            database.rows("INSERT INTO answer VALUES (?, 'r', 'i', 'p', 0)", (f"{n:06}" * 100,))
except StorageError as error:
    print(error)
print(database.rows("SELECT count(*) FROM answer")[0][0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX resource limits")
def test_a_write_that_the_system_refuses_is_named_and_undone(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE_BEYOND_THE_LIMIT, home], capture_output=True, text=True, check=True
    )

    said, rows = done.stdout.splitlines()
    assert said.startswith(f"{home / 'mailer.db'} cannot ")
    assert rows == "0"


def test_a_home_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match=r"the folder .*file/home cannot be made: .*set MAILER_HOME"):
        Database(tmp_path / "file" / "home").rows("SELECT 1")


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(StorageError, match=r"home"):
        Database(tmp_path / "home").rows("SELECT 1")


def test_a_file_of_the_name_that_is_a_folder_is_named(home: Path) -> None:
    (home / "mailer.db").mkdir(parents=True)

    with pytest.raises(StorageError, match=r"mailer\.db"):
        Database(home).rows("SELECT 1")


READ_ONLY_HOME = """
import sys
from pathlib import Path
from mailer.database import Database
from mailer.errors import StorageError
for what in ("SELECT 1", "INSERT INTO answer VALUES ('b', 'r', 'i', 'p', 0)"):
    try:
        Database(Path(sys.argv[1])).rows(what)
    except StorageError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("before", ["a database", "nothing"])
def test_a_read_only_home_is_named_with_a_remedy(tmp_path: Path, before: str) -> None:
    with small_disk(tmp_path / "disk", 8192) as disk:
        if before == "a database":
            with Database(disk.folder) as database:
                database.rows(ADD, ("a",))
        disk.protect()
        done = subprocess.run(
            [*disk.prefix, sys.executable, "-c", READ_ONLY_HOME, disk.folder],
            capture_output=True,
            text=True,
            check=True,
        )

    said, path = done.stdout.splitlines(), disk.folder / "mailer.db"
    assert said
    assert all(line.startswith(f"{path} cannot be ") and "another MAILER_HOME" in line for line in said)


# --- answers ---


def test_an_answered_question_stays_answered(database: Database) -> None:
    answers = Answers(database)
    answers.add("k1", rule="gift-unread", interview="harborline", person="vanderberg")
    answers.add("k1", rule="gift-unread", interview="harborline", person="vanderberg")
    answers.add("k2", rule="too-long", interview="harborline", person="vanderberg")

    assert answers.keys() == {"k1", "k2"}
    assert answers.keys({"k2", "k3"}) == {"k2"}
