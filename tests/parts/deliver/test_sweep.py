"""Show that only the dead are swept, and that a lock proves who is alive."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.deliver import sweep
from mailer.errors import StorageError
from mailer.model import State
from mailer.outbox import LockFiles, Outbox, Worker, lock_files
from tests.parts.outbox.ledger import LATER, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def outbox(home: Path) -> Iterator[Outbox]:
    with Database(home) as database:
        yield Outbox(database)


def in_hand(outbox: Outbox, worker: Worker) -> None:
    """Leave one note claimed and one transmitting."""
    put(outbox, "claimed")
    put(outbox, "transmitting")
    outbox.claim(now=LATER, owner=worker.execution())
    entry = outbox.claim(now=LATER, owner=worker.execution())
    assert entry is not None
    outbox.begin_transmission(entry, now=LATER)


def states(outbox: Outbox) -> dict[str, State]:
    return {entry.person: entry.state for entry in outbox.list()}


def locks(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "workers").iterdir())


def test_the_notes_of_a_live_worker_are_left_alone(home: Path, outbox: Outbox):
    with LockFiles(home).worker() as worker:
        in_hand(outbox, worker)

        assert sweep(outbox, LockFiles(home), now=LATER) == ()

        assert states(outbox) == {"claimed": State.CLAIMED, "transmitting": State.TRANSMITTING}


def test_of_a_dead_worker_the_claimed_note_goes_back_and_the_transmitting_one_is_uncertain(home: Path, outbox: Outbox):
    with LockFiles(home).worker() as worker:
        in_hand(outbox, worker)

    swept = sweep(outbox, LockFiles(home), now=LATER)

    assert {entry.person for entry in swept} == {"claimed", "transmitting"}
    assert states(outbox) == {"claimed": State.SCHEDULED, "transmitting": State.UNCERTAIN}


def test_a_try_that_died_counts(home: Path, outbox: Outbox):
    with LockFiles(home).worker() as worker:
        in_hand(outbox, worker)
    sweep(outbox, LockFiles(home), now=LATER)

    assert outbox.get("claimed").attempts == 1


def test_sweeping_twice_finds_nothing_more(home: Path, outbox: Outbox):
    with LockFiles(home).worker() as worker:
        in_hand(outbox, worker)
    sweep(outbox, LockFiles(home), now=LATER)

    assert sweep(outbox, LockFiles(home), now=LATER) == ()


def test_an_empty_home_has_nothing_to_sweep(home: Path, outbox: Outbox):
    assert sweep(outbox, LockFiles(home), now=LATER) == ()


LIVE = """
import sys, os
from pathlib import Path
from mailer.outbox import LockFiles
worker = LockFiles(Path(sys.argv[1])).worker()
print(worker.id, flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and SIGSTOP")
def test_a_worker_is_alive_in_another_process_even_stopped_until_it_is_killed(home: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    owner = process.stdout.readline().strip() + ":1"
    process.send_signal(signal.SIGSTOP)
    with LockFiles(home).proof_of_death(owner) as is_dead:
        assert not is_dead

    process.kill()
    process.communicate()

    with LockFiles(home).proof_of_death(owner) as is_dead:
        assert is_dead
    assert locks(home) == [f"{owner[:-2]}.lock"]
    LockFiles(home).forget_the_dead()
    assert locks(home) == []


def test_the_lock_of_a_live_worker_is_not_removed(home: Path):
    with LockFiles(home).worker() as worker:
        LockFiles(home).forget_the_dead()

        assert locks(home) == [f"{worker.id}.lock"]


def test_a_worker_that_ends_well_leaves_no_file(home: Path):
    worker = LockFiles(home).worker()
    worker.close()
    worker.close()

    assert locks(home) == []


def test_two_deliveries_of_one_process_are_two_owners(home: Path):
    with LockFiles(home).worker() as worker:
        first, second = worker.execution(), worker.execution()

    assert first != second
    assert first.split(":")[0] == second.split(":")[0] == worker.id


def test_a_worker_survives_a_sweeper_that_meets_its_file_before_its_lock(home: Path, monkeypatch: pytest.MonkeyPatch):
    """The sweeper locks and removes the new file just before the worker would lock it."""
    new_file = lock_files._new_file
    met: list[Path] = []

    def sweeper_first(path: Path) -> int:
        file = new_file(path)
        if not met:
            met.append(path)
            LockFiles(home).forget_the_dead()
        return file

    monkeypatch.setattr(lock_files, "_new_file", sweeper_first)

    with LockFiles(home).worker() as worker, LockFiles(home).proof_of_death(worker.execution()) as is_dead:
        assert not is_dead
        assert locks(home) == [f"{worker.id}.lock"] != [met[0].name]


def test_a_home_where_no_lock_can_be_made_is_named(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "workers").write_text("")

    with pytest.raises(StorageError, match="workers"):
        LockFiles(tmp_path / "home").worker()
