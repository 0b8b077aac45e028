"""Show how a note enters the outbox, once, with its bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer.errors import AlreadyQueued, AttachmentFault, SealError
from mailer.model import NoteKind, Payload, State
from mailer.outbox import Outbox
from tests.factories import make_sealed
from tests.parts.outbox.ledger import LATER, LOST, NOW, RECEIPT, REFUSED, from_disk, opened, put, race

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.database import Store
    from mailer.model import Entry, Sealed


def claimed(outbox: Outbox) -> Entry:
    entry = outbox.claim(now=LATER, owner="w:1")
    assert entry is not None
    return entry


def send(outbox: Outbox) -> Entry:
    entry = claimed(outbox)
    outbox.begin_transmission(entry, now=LATER)
    return outbox.mark_sent(entry, RECEIPT, now=LATER)


def stored_chunks(database: Store) -> int:
    return int(database.rows("SELECT count(*) FROM payload_chunk")[0][0])


def payload_of(outbox: Outbox, entry: Entry) -> Payload:
    payload = outbox.load(entry).parts[1]
    assert isinstance(payload, Payload)
    return payload


def file_of(attachment: Payload) -> Path:
    assert attachment.path is not None
    return attachment.path


@pytest.fixture
def attachment(tmp_path: Path) -> Payload:
    """Return a payload of 700,001 random bytes and its path."""
    path = tmp_path / "chart.pdf"
    path.write_bytes(os.urandom(700_001))
    return Payload(hashlib.sha256(path.read_bytes()).hexdigest(), 700_001, path)


def with_file(attachment: Payload, **changes: Any) -> Sealed:
    return make_sealed(parts=(b"header\r\n\r\n", attachment, b"\r\n--end--\r\n"), **changes)


def enqueue(outbox: Outbox, sealed: Sealed) -> Entry:
    return outbox.enqueue(
        sealed, due=NOW, due_local=NOW.replace(tzinfo=None), timezone="UTC", now=NOW, read_payload=from_disk
    )


# --- what is kept ---


def test_a_queued_note_is_scheduled_for_its_hour_and_says_what_it_is(outbox: Outbox) -> None:
    entry = put(outbox, due=LATER)

    assert entry.state is State.SCHEDULED
    assert (entry.due, entry.not_before, entry.created) == (LATER, LATER, NOW)
    assert (entry.due_local.isoformat(), entry.timezone) == ("2026-06-12T09:30:00", "America/Detroit")
    assert (entry.people, entry.kind, entry.interview) == (("vanderberg",), NoteKind.THANK_YOU, "harborline")
    assert (entry.attempts, entry.owner, entry.last_reply) == (0, "", None)
    assert outbox.get(entry.id) == entry


def test_a_note_comes_out_as_it_went_in(outbox: Outbox) -> None:
    sealed = make_sealed(people=("a", "b"), kind=NoteKind.FOLLOW_UP)
    entry = enqueue(outbox, sealed)

    assert outbox.load(entry) == sealed


def test_a_note_without_an_address_is_refused(outbox: Outbox) -> None:
    with pytest.raises(SealError, match="the note to vanderberg has no address to go to"):
        put(outbox, envelope=None)

    assert outbox.list() == []


def test_ids_are_short_and_easy_to_read_aloud(outbox: Outbox) -> None:
    ids = {put(outbox, f"p{n}").id for n in range(50)}

    assert len(ids) == 50
    assert all(len(found) == 8 and not set(found) & set("ilou") for found in ids)


# --- once ---


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"message_id": "<other@example.com>"},
        {"fingerprint": "1" * 64},
        {"interview": "renamed"},
        {"subject": "New"},
    ],
)
def test_a_second_note_of_the_kind_to_the_same_person_is_refused_with_the_first_ones_id(
    outbox: Outbox, same: dict[str, Any]
) -> None:
    first = put(outbox)

    with pytest.raises(AlreadyQueued, match=rf"thank-you note to vanderberg .*{first.id}") as refused:
        put(outbox, **same)

    assert refused.value.entry_id == first.id
    assert len(outbox.list()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"people": ("nunez",)},
        {"kind": NoteKind.FOLLOW_UP},
        {"interview_key": "2026-06-18T10:00/America/Detroit"},
    ],
)
def test_another_person_kind_or_interview_is_another_note(outbox: Outbox, other: dict[str, Any]) -> None:
    put(outbox)

    put(outbox, **other)

    assert len(outbox.list()) == 2


@pytest.mark.parametrize("second", [("nunez",), ("vanderberg",), ("lee", "nunez")])
def test_a_joint_note_stands_for_each_of_its_people(outbox: Outbox, second: tuple[str, ...]) -> None:
    put(outbox, people=("vanderberg", "nunez"))

    with pytest.raises(AlreadyQueued):
        put(outbox, people=second)


def test_a_second_note_is_refused_after_the_first_was_sent(outbox: Outbox) -> None:
    put(outbox)
    send(outbox)

    with pytest.raises(AlreadyQueued, match="was sent"):
        put(outbox)


def test_a_second_note_is_refused_while_nobody_knows_whether_the_first_went_out(outbox: Outbox) -> None:
    put(outbox)
    entry = claimed(outbox)
    outbox.begin_transmission(entry, now=LATER)
    outbox.mark_uncertain(entry, LOST, now=LATER)

    with pytest.raises(AlreadyQueued, match="uncertain"):
        put(outbox)


def test_a_cancelled_note_makes_room_and_cannot_come_back_into_it(outbox: Outbox) -> None:
    first = put(outbox)
    outbox.cancel(first.id, now=NOW)
    second = put(outbox)

    with pytest.raises(AlreadyQueued) as refused:
        outbox.restore(first.id, now=NOW)

    assert refused.value.entry_id == second.id
    assert outbox.get(first.id).state is State.CANCELLED


def test_a_failed_note_makes_room_and_cannot_come_back_into_it(outbox: Outbox) -> None:
    first = put(outbox)
    outbox.mark_failed(claimed(outbox), REFUSED, now=LATER, reason="refused")
    put(outbox)

    with pytest.raises(AlreadyQueued):
        outbox.retry(first.id, now=LATER)


def test_a_restored_note_forbids_a_second_one_again(outbox: Outbox) -> None:
    first = put(outbox)
    outbox.cancel(first.id, now=NOW)
    outbox.restore(first.id, now=NOW)

    with pytest.raises(AlreadyQueued):
        put(outbox)


def test_several_notes_queued_together_are_queued_all_or_none(outbox: Outbox) -> None:
    put(outbox, "nunez")

    def all_three() -> None:
        with outbox.transaction():
            for person in ("vanderberg", "lee", "nunez"):
                put(outbox, person)

    with pytest.raises(AlreadyQueued):
        all_three()

    assert [entry.person for entry in outbox.list()] == ["nunez"]


RACE = """
import sys
from mailer.errors import AlreadyQueued
from mailer.outbox import Outbox
from tests.parts.outbox.ledger import opened, put
outbox = Outbox(opened(sys.argv[1]))
outbox.list()
print("ready", flush=True)
sys.stdin.readline()
won = 0
for n in range(40):
    try:
        put(outbox, f"p{n}")
        won += 1
    except AlreadyQueued:
        pass
print(won)
"""


def test_two_processes_that_queue_the_same_notes_queue_each_once(address: str) -> None:
    won = [int(said) for said in race(RACE, (address,), (address,))]

    assert sum(won) == 40
    with closing(opened(address)) as database:
        assert len(Outbox(database).list()) == 40


# --- attachments ---


def test_an_attachment_comes_out_as_it_went_in_without_its_file(outbox: Outbox, attachment: Payload) -> None:
    original = file_of(attachment).read_bytes()
    entry = enqueue(outbox, with_file(attachment))
    file_of(attachment).unlink()

    payload = Payload(attachment.sha256, 700_001)

    assert outbox.load(entry).parts == (b"header\r\n\r\n", payload, b"\r\n--end--\r\n")
    assert b"".join(outbox.read_payload(payload)) == original


def test_pieces_of_an_attachment_are_whole_lines_of_base64(outbox: Outbox, attachment: Payload) -> None:
    payload = payload_of(outbox, enqueue(outbox, with_file(attachment)))

    sizes = [len(piece) for piece in outbox.read_payload(payload)]

    assert all(size % 57 == 0 for size in sizes[:-1])
    assert max(sizes) < 300_000


def test_an_empty_attachment_is_kept_too(outbox: Outbox, tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    empty = Payload(hashlib.sha256(b"").hexdigest(), 0, path)

    payload = payload_of(outbox, enqueue(outbox, with_file(empty)))

    assert b"".join(outbox.read_payload(payload)) == b""


def test_the_same_attachment_is_stored_once_for_all_its_mails(
    outbox: Outbox, database: Store, attachment: Payload
) -> None:
    enqueue(outbox, with_file(attachment))
    once = stored_chunks(database)

    enqueue(outbox, with_file(attachment, people=("nunez",)))

    assert stored_chunks(database) == once


@pytest.mark.parametrize("change", [b"another file of another size", b"x" * 700_001])
def test_a_file_that_changed_since_the_seal_is_refused_and_nothing_is_queued(
    outbox: Outbox, database: Store, attachment: Payload, change: bytes
) -> None:
    file_of(attachment).write_bytes(change)

    with pytest.raises(AttachmentFault, match=r"chart\.pdf” changed while it was being queued; nothing was queued"):
        enqueue(outbox, with_file(attachment))

    assert outbox.list() == []
    assert stored_chunks(database) == 0


def test_a_file_that_is_gone_is_refused_and_nothing_is_queued(outbox: Outbox, attachment: Payload) -> None:
    file_of(attachment).unlink()

    with pytest.raises(AttachmentFault, match=r"chart\.pdf” cannot be read: No such file"):
        enqueue(outbox, with_file(attachment))

    assert outbox.list() == []


def test_an_attachment_is_kept_until_the_last_of_its_mails_is_sent(
    outbox: Outbox, database: Store, attachment: Payload
) -> None:
    enqueue(outbox, with_file(attachment))
    enqueue(outbox, with_file(attachment, people=("nunez",)))
    send(outbox)
    outbox.drop_unneeded_payloads(now=LATER)
    assert stored_chunks(database) == 3

    sent = send(outbox)
    outbox.drop_unneeded_payloads(now=LATER)

    assert stored_chunks(database) == 0
    with pytest.raises(AttachmentFault, match="no longer kept"):
        list(outbox.read_payload(payload_of(outbox, sent)))


def test_an_attachment_of_a_cancelled_mail_is_kept_until_its_hour(
    outbox: Outbox, database: Store, attachment: Payload
) -> None:
    entry = enqueue(outbox, with_file(attachment))
    outbox.cancel(entry.id, now=NOW)
    outbox.drop_unneeded_payloads(now=NOW)
    assert stored_chunks(database) == 3

    outbox.drop_unneeded_payloads(now=NOW + timedelta(seconds=1))

    assert stored_chunks(database) == 0


def test_an_attachment_of_a_failed_mail_is_kept_for_a_retry(
    outbox: Outbox, database: Store, attachment: Payload
) -> None:
    enqueue(outbox, with_file(attachment))
    outbox.mark_failed(claimed(outbox), REFUSED, now=LATER, reason="refused")

    outbox.drop_unneeded_payloads(now=LATER)

    assert stored_chunks(database) == 3


TWENTY_MEGABYTES = """
import hashlib, sys
from pathlib import Path
from mailer.model import Payload
from mailer.outbox import Outbox
from tests.factories import make_sealed
from tests.parts.outbox.ledger import NOW, from_disk, opened, put

def peak_kib() -> None:
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

path = Path(sys.argv[1])
outbox = Outbox(opened(sys.argv[2]))
put(outbox, "warm-up")
with path.open("rb") as file:
    payload = Payload(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size, path)
before = peak_kib()
entry = put(outbox, "large", parts=(b"header", payload))
for piece in outbox.read_payload(payload):
    pass
print(peak_kib() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_twenty_megabytes_pass_through_in_less_than_four_of_memory(address: str, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(os.urandom(20 * 1024 * 1024))

    done = subprocess.run(
        [sys.executable, "-c", TWENTY_MEGABYTES, path, address], capture_output=True, text=True, check=True
    )

    assert int(done.stdout) < 4 * 1024
