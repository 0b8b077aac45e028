"""Build valid values of the line, so that a test names only the field it speaks about."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mailer.model import (
    Composition,
    Envelope,
    Gift,
    GiftKind,
    Interview,
    Mailbox,
    Note,
    NoteKind,
    Person,
    Sealed,
)

__all__ = ["make_composition", "make_gift", "make_interview", "make_note", "make_person", "make_sealed"]

SENDER = Mailbox("Monique Delacroix-Baker", "monique.delacroix-baker@example.com")


def make_gift(**changes: Any) -> Gift:
    """Return an article about changeovers."""
    fields: dict[str, Any] = {
        "kind": GiftKind.ARTICLE,
        "title": "Seventy minutes to nineteen",
        "url": "https://castings-monthly.example/changeover-times",
        "minutes": 8,
        "access": "free, no login",
        "read_on": date(2026, 6, 11),
        "why": "The plant is about your size, and the page of filmed changeovers shows which steps they moved.",
    }
    return Gift(**fields | changes)


def make_person(**changes: Any) -> Person:
    """Return a plant manager with an address and a remark, and no gift."""
    fields: dict[str, Any] = {
        "id": "vanderberg",
        "name": "Willem van der Berg",
        "greeting": "Dear Mr. van der Berg,",
        "email": "w.vanderberg@harborline-castings.example",
        "role": "Plant Manager",
        "heard": ("A die change on line 3 takes us seventy minutes on a good day.",),
    }
    return Person(**fields | changes)


def make_note(**changes: Any) -> Note:
    """Return a thank-you with a section of its own."""
    fields: dict[str, Any] = {
        "kind": NoteKind.THANK_YOU,
        "people": (make_person(),),
        "source": "Dear Mr. van der Berg,\n\nThank you for the plant tour yesterday.\n\nMonique Delacroix-Baker\n",
        "line": 20,
    }
    return Note(**fields | changes)


def make_interview(**changes: Any) -> Interview:
    """Return an interview at a foundry in Detroit with one person and one note."""
    note = changes.pop("note", None) or make_note()
    fields: dict[str, Any] = {
        "path": Path("harborline.md"),
        "company": "Harborline Castings",
        "role": "Quality Manager",
        "start": datetime(2026, 6, 11, 10, 0),  # wall time at the employer
        "end": datetime(2026, 6, 11, 11, 30),
        "timezone": "America/Detroit",
        "people": note.people,
        "notes": (note,),
    }
    return Interview(**fields | changes)


def make_composition(**changes: Any) -> Composition:
    """Return a finished three-line note."""
    fields: dict[str, Any] = {
        "note": make_note(),
        "sender": SENDER,
        "to": Mailbox("Willem van der Berg", "w.vanderberg@harborline-castings.example"),
        "subject": "Thank you for the tour of line 3",
        "text": "Dear Mr. van der Berg,\n\nThank you for the plant tour yesterday.\n\nMonique Delacroix-Baker\n",
        "html": '<!DOCTYPE html>\n<html lang="en-US"><head><title>x</title></head><body><p>Thank you.</p></body></html>',
        "language": "en-US",
    }
    return Composition(**fields | changes)


def make_sealed(**changes: Any) -> Sealed:
    """Return a small sealed mail with a fresh Message-ID."""
    message_id = changes.get("message_id") or f"<{uuid.uuid4().hex}@example.com>"
    content = (
        f"Message-ID: {message_id}\r\nFrom: {SENDER.address}\r\nTo: reader@example.com\r\n"
        "Subject: Thank you for the tour of line 3\r\n\r\nThank you.\r\n"
    ).encode()
    fields: dict[str, Any] = {
        "interview": "harborline",
        "interview_key": "2026-06-11T10:00/America/Detroit",
        "people": ("vanderberg",),
        "kind": NoteKind.THANK_YOU,
        "sender": SENDER,
        "recipient": Mailbox("Reader", "reader@example.com"),
        "subject": "Thank you for the tour of line 3",
        "message_id": message_id,
        "fingerprint": "0" * 64,
        "envelope": Envelope(SENDER.address, "reader@example.com", len(content)),
        "parts": (content,),
    }
    return Sealed(**fields | changes)
