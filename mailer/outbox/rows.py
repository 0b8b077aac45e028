"""Turn the outbox's rows into values and values into rows.

Takes a row by column names, gives an Entry, Event or Sealed; an instant is stored as microseconds UTC since 1970.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from mailer.model import Entry, Envelope, Event, Mailbox, NoteKind, Payload, Reply, Sealed, State

__all__ = [
    "entry_from",
    "event_from",
    "instant_from",
    "mutable_columns",
    "part_from",
    "sealed_columns",
    "sealed_from",
    "state_columns",
    "stored",
]


class Row(Protocol):
    """What a database gives: columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of one column."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored(instant: datetime) -> int:
    """Return an aware instant as whole microseconds UTC since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_from(stored_us: int) -> datetime:
    """Return what `stored` was made of, in UTC."""
    return _EPOCH + timedelta(microseconds=stored_us)


def entry_from(row: Row) -> Entry:
    """Return the entry of a row of the table `entry`."""
    first_tried = row["first_tried"]
    return Entry(
        id=row["id"],
        state=State(row["state"]),
        kind=NoteKind(row["kind"]),
        interview=row["interview"],
        interview_key=row["interview_key"],
        people=tuple(row["people"].split("\n")),
        to=Mailbox(row["to_name"], row["to_address"]),
        subject=row["subject"],
        message_id=row["message_id"],
        fingerprint=row["fingerprint"],
        due=instant_from(row["due"]),
        due_local=datetime.fromisoformat(row["due_local"]),
        timezone=row["timezone"],
        not_before=instant_from(row["not_before"]),
        attempts=row["attempts"],
        first_tried=None if first_tried is None else instant_from(first_tried),
        created=instant_from(row["created"]),
        owner=row["owner"],
        last_reply=_reply_from(row),
        account=row["account"],
    )


def _reply_from(row: Row) -> Reply | None:
    if row["reply_stage"] is None:
        return None
    return Reply(row["reply_code"], row["reply_enhanced"], row["reply_text"], row["reply_stage"])


def state_columns(entry: Entry) -> dict[str, object]:
    """Return the columns that every step changes: where the entry stands, and the server's last reply."""
    reply = entry.last_reply
    code, enhanced, text, stage = reply or (None, None, None, None)
    return {
        "state": entry.state.value,
        "reply_code": code,
        "reply_enhanced": enhanced,
        "reply_text": text,
        "reply_stage": stage,
    }


def mutable_columns(entry: Entry) -> dict[str, object]:
    """Return the columns that an entry's steps may change."""
    return state_columns(entry) | {
        "owner": entry.owner,
        "attempts": entry.attempts,
        "first_tried": None if entry.first_tried is None else stored(entry.first_tried),
        "due": stored(entry.due),
        "due_local": entry.due_local.isoformat(),
        "timezone": entry.timezone,
        "not_before": stored(entry.not_before),
    }


def event_from(row: Row) -> Event:
    """Return the event of a row of the table `event`."""
    from_state = row["from_state"]
    return Event(
        at=instant_from(row["at"]),
        from_state=None if from_state is None else State(from_state),
        to_state=State(row["to_state"]),
        detail=row["detail"],
    )


def sealed_columns(sealed: Sealed, *, to: Mailbox, envelope: Envelope) -> dict[str, object]:
    """Return the columns of a sealed mail, its parts aside."""
    return {
        "kind": sealed.kind.value,
        "interview": sealed.interview,
        "interview_key": sealed.interview_key,
        "people": "\n".join(sealed.people),
        "sender_name": sealed.sender.name,
        "sender_address": sealed.sender.address,
        "sender_phone": sealed.sender.phone,
        "to_name": to.name,
        "to_address": to.address,
        "subject": sealed.subject,
        "message_id": sealed.message_id,
        "fingerprint": sealed.fingerprint,
        "mail_from": envelope.mail_from,
        "rcpt_to": envelope.rcpt_to,
        "size_bytes": envelope.size_bytes,
        "needs_smtputf8": int(envelope.needs_smtputf8),
    }


def sealed_from(row: Row, parts: tuple[bytes | Payload, ...]) -> Sealed:
    """Return the mail that `sealed_columns` and its parts were made of; its payloads name no file."""
    return Sealed(
        interview=row["interview"],
        interview_key=row["interview_key"],
        people=tuple(row["people"].split("\n")),
        kind=NoteKind(row["kind"]),
        sender=Mailbox(row["sender_name"], row["sender_address"], row["sender_phone"]),
        recipient=Mailbox(row["to_name"], row["to_address"]),
        subject=row["subject"],
        message_id=row["message_id"],
        fingerprint=row["fingerprint"],
        envelope=Envelope(row["mail_from"], row["rcpt_to"], row["size_bytes"], bool(row["needs_smtputf8"])),
        parts=parts,
    )


def part_columns(part: bytes | Payload) -> dict[str, object]:
    """Return the columns of one part of a mail."""
    if isinstance(part, Payload):
        return {"content": None, "sha256": part.sha256, "size_bytes": part.size_bytes}
    return {"content": part, "sha256": None, "size_bytes": len(part)}


def part_from(row: Row) -> bytes | Payload:
    """Return one part of a mail: its bytes, or the payload that stands there."""
    content: bytes | None = row["content"]
    return Payload(row["sha256"], row["size_bytes"]) if content is None else content
