"""Race processes against each other on one ledger: one wins, the others are told why, and nothing is lost."""

from __future__ import annotations

import hashlib
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mailer.errors import AlreadyQueued, IllegalTransition, StorageError
from mailer.model import Payload, State
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import LATER, NOW, RECEIPT, opened, put, race
from tests.postgresql import Server, needs_postgresql, server

if TYPE_CHECKING:
    from pathlib import Path


HEAD = """
import sys
from contextlib import suppress
from pathlib import Path
from mailer.errors import AlreadyQueued, IllegalTransition
from mailer.model import Payload
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import LATER, NOW, opened, put
outbox = Outbox(opened(sys.argv[1]))
outbox.counts()
print("ready", flush=True)
sys.stdin.readline()
"""

RESTORE = f"""{HEAD}
for n, entry_id in enumerate(sys.argv[2].split()):
    with suppress(AlreadyQueued):
        outbox.restore(entry_id, now=NOW)
        print(n)
"""

QUEUE = f"""{HEAD}
for n in range(60):
    with suppress(AlreadyQueued):
        put(outbox, f"p{{n}}")
        print(n)
"""


def test_of_a_restore_and_a_second_note_one_wins(address: str, outbox: Outbox) -> None:
    ids = []
    for n in range(60):
        ids.append(put(outbox, f"p{n}").id)
        outbox.cancel(ids[-1], now=NOW)

    restored, queued = race_two((RESTORE, (address, " ".join(ids))), (QUEUE, (address,)))

    assert sorted(restored + queued, key=int) == [str(n) for n in range(60)]
    assert len(outbox.list([State.SCHEDULED])) == 60


def race_two(*racers: tuple[str, tuple[str, ...]]) -> list[list[str]]:
    """Race two programs; return the words that each printed."""
    either = f"import sys\nexec({{{', '.join(f'{n!r}: {code!r}' for n, (code, _) in enumerate(racers))}}}[int(sys.argv.pop(1))])"
    return [said.split() for said in race(either, *((str(n), *rest) for n, (_, rest) in enumerate(racers)))]


JOINT = f"""{HEAD}
people = sys.argv[2].split()
for n in range(40):
    with suppress(AlreadyQueued):
        put(outbox, people=tuple(f"{{person}}{{n}}" for person in people))
        print(n)
"""


def test_joint_notes_that_name_the_same_people_in_another_order_do_not_wait_for_each_other(
    address: str, outbox: Outbox
) -> None:
    won = race(JOINT, (address, "ada bo cy"), (address, "cy bo ada"))

    assert sorted(" ".join(won).split(), key=int) == [str(n) for n in range(40)]
    assert len(outbox.list()) == 40


@needs_postgresql
def test_a_joint_note_that_has_to_wait_for_one_of_its_people_holds_none_of_the_others() -> None:
    """Else the one it waits for might in turn wait for it."""
    refused: list[AlreadyQueued] = []

    def queue_joint(url: str) -> None:
        with closing(opened(url)) as second:
            try:
                put(Outbox(second), people=("zoe", "ada"))
            except AlreadyQueued as error:
                refused.append(error)

    with server().database() as url, closing(opened(url)) as store:
        outbox = Outbox(store)
        thread = threading.Thread(target=queue_joint, args=(url,))
        with outbox.transaction():
            first = put(outbox, "ada")
            thread.start()
            while not store.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
                pass
            put(outbox, "zoe")
        thread.join()

    assert [error.entry_id for error in refused] == [first.id]


RESCHEDULE = f"""{HEAD}
for n in range(25):
    with suppress(IllegalTransition):
        outbox.reschedule(sys.argv[2], due=LATER, due_local=LATER.replace(tzinfo=None), timezone="UTC", now=NOW)
"""


def test_every_step_of_many_processes_has_its_own_place_in_the_history(address: str, outbox: Outbox) -> None:
    entry = put(outbox)

    race(RESCHEDULE, *[(address, entry.id)] * 3)

    assert len(outbox.events(entry.id)) == 1 + 3 * 25


ATTACH = f"""{HEAD}
path = Path(sys.argv[2])
payload = Payload(sys.argv[3], path.stat().st_size, path)
for n in range(15):
    put(outbox, f"{{sys.argv[4]}}{{n}}", parts=(b"header", payload))
"""


@pytest.fixture
def attachment(tmp_path: Path) -> Payload:
    path = tmp_path / "chart.pdf"
    path.write_bytes(b"seventy minutes " * 20_000)
    return Payload(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, path)


CANCEL_AND_DROP = f"""{HEAD}
for n in range(60):
    for entry in outbox.list():
        with suppress(IllegalTransition):
            if entry.person.startswith("gone"):
                outbox.cancel(entry.id, now=NOW)
    outbox.drop_unneeded_payloads(now=LATER)
"""


def test_an_attachment_is_not_dropped_under_a_note_that_is_being_queued(
    address: str, outbox: Outbox, attachment: Payload
) -> None:
    attach = (address, str(attachment.path), attachment.sha256)

    race_two((ATTACH, (*attach, "kept")), (ATTACH, (*attach, "gone")), (CANCEL_AND_DROP, (address,)))

    assert len(outbox.list()) == 30
    assert sum(map(len, outbox.read_payload(attachment))) == attachment.size_bytes


# --- a server that stops in the middle ---


@needs_postgresql
def test_a_run_that_tries_again_survives_a_server_that_is_stopped_and_started() -> None:
    """Each note is recorded as sent exactly once, whatever was lost with the connection."""
    stoppable = Server()
    address = stoppable.url(stoppable.empty_database())
    try:
        with closing(opened(address)) as store:
            outbox = Outbox(store)
            with outbox.transaction():
                ids = {put(outbox, f"p{n}").id for n in range(60)}
            halfway, restarted = threading.Event(), threading.Event()

            def restart() -> None:
                for _ in range(3):
                    halfway.wait()
                    halfway.clear()
                    stoppable.stop()
                    stoppable.start()
                restarted.set()

            stopper = threading.Thread(target=restart)
            stopper.start()
            while outbox_has_open(outbox) or not restarted.is_set():
                halfway.set()
                deliver_one(outbox)
            stopper.join()

            assert {entry.id for entry in outbox.list([State.SENT])} == ids
            for entry_id in ids:
                assert [event.to_state for event in outbox.events(entry_id)].count(State.SENT) == 1
    finally:
        stoppable.remove()


def outbox_has_open(outbox: Outbox) -> bool:
    try:
        return bool(outbox.list([State.SCHEDULED, State.CLAIMED, State.TRANSMITTING], limit=1))
    except StorageError:
        return True


def deliver_one(outbox: Outbox) -> None:
    """Take each step of one note again until it is known to be taken, as a worker that found the database gone."""
    try:
        for entry in outbox.owned():  # whose step was lost, or its answer
            if entry.state is State.CLAIMED:
                outbox.begin_transmission(entry, now=LATER)
            outbox.mark_sent(entry, RECEIPT, now=LATER)
        entry_or_none = outbox.claim(now=LATER, owner="w:1")
        if entry_or_none:
            passed = outbox.begin_transmission(entry_or_none, now=LATER)
            outbox.mark_sent(passed, RECEIPT, now=LATER)
    except (StorageError, IllegalTransition):
        return
