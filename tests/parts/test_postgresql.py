"""Show what the ledger's PostgreSQL withstands, on a real server: lost connections, rights, locks, other versions."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mailer.database import Conflict, Database
from mailer.errors import OutboxBusy, SettingsError, StorageError
from tests.postgresql import PASSWORD, Server, needs_postgresql, server

psycopg = pytest.importorskip("psycopg")
from mailer.database import postgresql  # noqa: E402  # needs psycopg
from mailer.database.postgresql import PostgresDatabase  # noqa: E402
from mailer.database.postgresql_schema import MIGRATIONS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_postgresql

ADD = "INSERT INTO start (account, at) VALUES (:account, 0)"


@pytest.fixture
def url() -> Iterator[str]:
    with server().database() as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    with PostgresDatabase(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def breakable() -> Iterator[Server]:
    """Give a server that tests may stop, and start again."""
    started = Server()
    yield started
    started.remove()


@pytest.fixture
def fragile(breakable: Server) -> Iterator[PostgresDatabase]:
    with PostgresDatabase(breakable.url(breakable.empty_database())) as opened:
        yield opened


def restart(stopped: Server) -> None:
    stopped.stop()
    stopped.start()


def add(database: PostgresDatabase, account: str) -> None:
    database.rows(ADD, {"account": account})


def accounts(database: PostgresDatabase) -> list[str]:
    return [row["account"] for row in database.rows("SELECT account FROM start ORDER BY account")]


# --- transactions ---


def test_a_transaction_that_raises_leaves_nothing(database: PostgresDatabase):
    def interrupted() -> None:
        with database.transaction():
            add(database, "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert accounts(database) == []


def test_an_inner_transaction_joins_the_outer_one(database: PostgresDatabase):
    def both() -> None:
        with database.transaction():
            with database.transaction():
                add(database, "a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        both()

    assert accounts(database) == []


def test_a_second_row_of_a_key_is_a_conflict_whose_words_repeat_no_value(database: PostgresDatabase):
    trouble = "INSERT INTO trouble (account, since, kind, sentence) VALUES ('ada@example.com', 0, 'k', 's')"
    database.rows(trouble)

    with pytest.raises(Conflict) as refused:
        database.rows(trouble)

    assert "ada@example.com" not in str(refused.value)


def test_an_error_that_was_passed_over_does_not_end_in_a_commit(database: PostgresDatabase):
    def careless() -> None:
        with database.transaction():
            add(database, "a")
            with pytest.raises(StorageError):
                database.rows("SELECT 1/0")

    with pytest.raises(StorageError, match="did not store the change"):
        careless()

    assert accounts(database) == []


def test_a_closed_database_opens_again_at_the_next_use(database: PostgresDatabase):
    add(database, "a")
    database.close()

    assert accounts(database) == ["a"]


def test_commits_are_durable_and_see_what_was_committed_whatever_the_server_prefers(url: str):
    name = url.rpartition("?")[0].rpartition("/")[2]
    server().sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    server().sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    with PostgresDatabase(url) as database, database.transaction():
        found = [database.rows(f"SHOW {name}")[0][0] for name in ("synchronous_commit", "transaction_isolation")]

    assert found == ["on", "read committed"]


# --- waiting for others ---


def test_a_lock_that_another_keeps_is_busy_with_a_remedy(url: str, database: PostgresDatabase):
    database.rows("INSERT INTO trouble (account, since, kind, sentence) VALUES ('a', 0, 'k', 's')")
    change = "UPDATE trouble SET since = since + 1"
    with (
        PostgresDatabase(url, lock_timeout_s=0.05) as other,
        database.transaction(),
    ):
        database.rows(change)
        with pytest.raises(OutboxBusy, match=r"another mailer keeps postgresql://.* locked; wait"):
            other.rows(change)


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(url: str, database: PostgresDatabase):
    for account in ("a", "b"):
        database.rows(
            "INSERT INTO trouble (account, since, kind, sentence) VALUES (:account, 0, 'k', 's')", {"account": account}
        )
    change = "UPDATE trouble SET since = since + 1 WHERE account = :account"
    errors: list[Exception] = []
    holds_b = threading.Event()
    holds_a = threading.Event()

    def other_order() -> None:
        with PostgresDatabase(url) as other:
            try:
                with other.transaction():
                    other.rows(change, {"account": "b"})
                    holds_b.set()
                    holds_a.wait()
                    other.rows(change, {"account": "a"})
            except OutboxBusy as error:
                errors.append(error)

    thread = threading.Thread(target=other_order)
    thread.start()
    try:
        with database.transaction():
            database.rows(change, {"account": "a"})
            holds_a.set()
            holds_b.wait()
            database.rows(change, {"account": "b"})
    except OutboxBusy as error:
        errors.append(error)
    thread.join()

    assert len(errors) == 1


def test_a_locked_table_can_be_read_but_not_written_by_others(url: str, database: PostgresDatabase):
    with PostgresDatabase(url, lock_timeout_s=0.05) as other, database.transaction():
        database.lock("start")

        assert accounts(other) == []
        with pytest.raises(OutboxBusy):
            add(other, "a")


# --- a server that stops ---


def test_after_a_restart_the_next_reading_and_the_next_transaction_go_through(
    breakable: Server, fragile: PostgresDatabase
):
    add(fragile, "a")
    restart(breakable)
    assert accounts(fragile) == ["a"]

    restart(breakable)
    with fragile.transaction():
        add(fragile, "b")

    assert accounts(fragile) == ["a", "b"]


def test_a_change_whose_connection_was_lost_is_not_made_twice_but_named(breakable: Server, fragile: PostgresDatabase):
    accounts(fragile)
    restart(breakable)

    with pytest.raises(StorageError):
        add(fragile, "a")

    add(fragile, "b")
    assert accounts(fragile) == ["b"]


def test_a_transaction_in_which_the_connection_was_lost_ends_without_a_trace(
    breakable: Server, fragile: PostgresDatabase
):
    def half() -> None:
        with fragile.transaction():
            add(fragile, "a")
            restart(breakable)
            with pytest.raises(StorageError):
                add(fragile, "b")
            add(fragile, "c")

    with pytest.raises(StorageError, match="was lost, and nothing was stored"):
        half()

    assert accounts(fragile) == []


def test_a_commit_whose_fate_is_unknown_says_so(breakable: Server, fragile: PostgresDatabase):
    def change() -> None:
        with fragile.transaction():
            add(fragile, "a")
            restart(breakable)

    with pytest.raises(StorageError, match="whether it was, nobody knows"):
        change()


def test_while_the_server_is_down_the_sentence_says_so_and_afterwards_it_works(
    breakable: Server, fragile: PostgresDatabase
):
    add(fragile, "a")
    breakable.stop("fast")
    try:
        with pytest.raises(StorageError, match=r"cannot be opened.*see that it runs"):
            accounts(fragile)
    finally:
        breakable.start()

    assert accounts(fragile) == ["a"]


def test_a_session_that_an_administrator_ends_is_replaced(fragile: PostgresDatabase, breakable: Server):
    add(fragile, "a")
    breakable.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mailer'")

    assert accounts(fragile) == ["a"]


# --- who may come in ---


def said_by(database: PostgresDatabase) -> str:
    with pytest.raises(StorageError) as refused, closing(database):
        database.rows("SELECT 1")
    return str(refused.value)


@pytest.mark.parametrize("part", ["", "mailer:hunter2@"])
def test_a_password_that_is_wrong_or_missing_is_one_sentence_without_it(part: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PGPASSWORD", raising=False)

    said = said_by(PostgresDatabase(server().tcp_url("postgres").replace("mailer@", part or "mailer@")))

    assert "~/.pgpass or PGPASSWORD" in said
    assert "hunter2" not in said
    assert "\n" not in said


def test_the_right_password_opens_and_is_in_no_repr(monkeypatch: pytest.MonkeyPatch):
    quoted = PASSWORD.replace("%", "%25").replace("/", "%2F").replace("@", "%40")
    name = server().empty_database()
    with PostgresDatabase(server().tcp_url(name).replace("mailer@", f"mailer:{quoted}@")) as database:
        assert database.rows("SELECT 1 AS one")[0]["one"] == 1

        assert repr(database) == f"<PostgresDatabase postgresql://mailer@127.0.0.1:{server().port}/{name}>"
        assert database.name in repr(database)


def test_a_database_that_does_not_exist_is_named_with_its_remedy():
    assert "createdb" in said_by(PostgresDatabase(server().url("none_such")))


def test_a_user_that_does_not_exist_is_named():
    assert "nobody_such" in said_by(PostgresDatabase(server().url("postgres", user="nobody_such")))


@pytest.mark.parametrize("url", ["postgresql://ada:hun@ter2@db/mailer", "postgresql://ada:hunter2@db/m?nonsense=1"])
def test_an_address_that_libpq_does_not_read_is_refused_without_repeating_it(url: str):
    with pytest.raises(SettingsError) as refused:
        PostgresDatabase(url)

    assert "ter2" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.fixture
def reader(url: str) -> Iterator[str]:
    """Give the URL of a user who may only read the tables."""
    name = url.rpartition("?")[0].rpartition("/")[2]
    with PostgresDatabase(url) as owner:
        owner.rows("CREATE ROLE reader LOGIN")
        owner.rows("GRANT USAGE ON SCHEMA mailer TO reader")
        owner.rows("GRANT SELECT ON ALL TABLES IN SCHEMA mailer TO reader")
    yield server().url(name, user="reader")
    server().sql("DROP OWNED BY reader", database=name)
    server().sql("DROP ROLE reader")


def test_a_user_who_may_only_read_is_told_what_to_grant(reader: str):
    with PostgresDatabase(reader) as database:
        assert accounts(database) == []
        with pytest.raises(StorageError, match="grant it the schema mailer"):
            add(database, "a")


def test_a_user_who_may_not_make_the_schema_is_told(reader: str):
    name = server().empty_database()

    said = said_by(PostgresDatabase(server().url(name, user="reader")))

    assert "does not let this user do that" in said


def test_a_server_that_takes_no_writes_is_named(url: str):
    with (
        PostgresDatabase(f"{url}&options=-cdefault_transaction_read_only%3Don") as database,
        pytest.raises(StorageError, match="standby or read-only"),
        database.transaction(),
    ):
        add(database, "a")


# --- versions ---


def test_asking_whether_it_exists_makes_nothing():
    name = server().empty_database()
    with PostgresDatabase(server().url(name)) as database:
        assert not database.exists
    with PostgresDatabase(server().url(name)) as database:
        database.rows("SELECT 1")
        assert database.exists
    with PostgresDatabase(server().url(name)) as database:
        assert database.exists


OPEN_AT_ONCE = """
import sys
from mailer.database.postgresql import PostgresDatabase
sys.stdin.readline()
with PostgresDatabase(sys.argv[1]) as database:
    database.rows("INSERT INTO start VALUES ('a', 0)")
"""


def test_processes_that_open_a_new_database_at_once_find_one_schema():
    url = server().url(server().empty_database())
    openers = [subprocess.Popen([sys.executable, "-c", OPEN_AT_ONCE, url], stdin=subprocess.PIPE) for _ in range(4)]
    for opener in openers:
        opener.communicate(b"go\n")

    assert [opener.returncode for opener in openers] == [0] * 4
    with PostgresDatabase(url) as database:
        assert len(accounts(database)) == 4


def test_a_schema_that_an_administrator_made_is_used():
    name = server().empty_database()
    server().sql("CREATE SCHEMA mailer", database=name)
    with PostgresDatabase(server().url(name)) as database:
        assert accounts(database) == []


def test_an_old_schema_is_brought_up_to_date_and_keeps_its_rows(url: str, monkeypatch: pytest.MonkeyPatch):
    with PostgresDatabase(url) as before:
        add(before, "a")
    monkeypatch.setattr(postgresql, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE start ADD COLUMN note text;"))

    with PostgresDatabase(url) as after:
        assert [tuple(row) for row in after.rows("SELECT account, note FROM start")] == [("a", None)]


def test_a_migration_that_fails_leaves_the_old_schema(url: str, monkeypatch: pytest.MonkeyPatch):
    with PostgresDatabase(url) as before:
        add(before, "a")
    broken = "ALTER TABLE start ADD COLUMN note text; ALTER TABLE none RENAME TO x;"
    monkeypatch.setattr(postgresql, "MIGRATIONS", (*MIGRATIONS, broken))
    said_by(PostgresDatabase(url))
    monkeypatch.undo()

    with PostgresDatabase(url) as after:
        assert accounts(after) == ["a"]


def test_the_schema_of_a_newer_mailer_is_left_alone(url: str):
    with PostgresDatabase(url) as database:
        database.rows("INSERT INTO schema_version VALUES (77)")

    assert "written by a newer mailer (schema 77" in said_by(PostgresDatabase(url))


def test_a_server_too_old_for_the_outbox_is_named(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgresql, "OLDEST_SERVER", 990000)

    assert "needs 99 or later" in said_by(PostgresDatabase(url))


def test_both_stores_have_the_same_tables_and_columns(home: Path, database: PostgresDatabase):
    """A worker's heartbeats are PostgreSQL's alone, the answers of `check` stay with their user."""
    with Database(home) as sqlite:
        tables = {row["name"] for row in sqlite.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        here = {
            table: {row["name"] for row in sqlite.rows(f"PRAGMA table_info({table})")} for table in tables - {"answer"}
        }
    there: dict[str, set[str]] = {}
    columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'mailer'"
    for table, column in database.rows(columns):
        there.setdefault(table, set()).add(column)

    assert {table: names for table, names in there.items() if table not in {"worker", "schema_version"}} == here


# --- in somebody else's transaction ---


def test_joined_steps_are_committed_and_rolled_back_by_the_owner_of_the_connection(
    url: str, database: PostgresDatabase
):
    with closing(psycopg.connect(url)) as connection:
        joined = PostgresDatabase.joined(connection)
        with joined.transaction():
            add(joined, "a")
        assert accounts(database) == []
        connection.rollback()
        assert accounts(database) == []

        joined = PostgresDatabase.joined(connection)
        add(joined, "b")
        joined.close()
        connection.commit()

    assert accounts(database) == ["b"]


def test_a_connection_without_a_transaction_cannot_be_joined(url: str):
    with closing(psycopg.connect(url, autocommit=True)) as connection, pytest.raises(ValueError, match="autocommit"):
        PostgresDatabase.joined(connection)


def test_a_joined_connection_that_is_lost_is_named(breakable: Server, fragile: PostgresDatabase):
    fragile.rows("SELECT 1")
    with closing(psycopg.connect(fragile._url)) as connection:
        joined = PostgresDatabase.joined(connection)
        add(joined, "a")
        restart(breakable)

        for _ in range(2):
            with pytest.raises(StorageError):
                add(joined, "b")
