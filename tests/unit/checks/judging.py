"""Judge a note that a test writes: a whole letter around a few words, from a record with one thing changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailer import checks
from mailer.checks import answer_key
from mailer.model import Mailbox
from tests.factories import make_composition, make_gift, make_interview, make_note, make_person

if TYPE_CHECKING:
    from mailer.model import Composition, Finding, Interview

__all__ = ["DETROIT", "bringing", "judge", "letter", "mail", "noon", "record_of", "rules", "said"]

DETROIT = ZoneInfo("America/Detroit")
#: The morning after the factories' interview, at the employer.
MORNING = datetime(2026, 6, 12, 8, 30, tzinfo=DETROIT)


def noon(*, day: int = 12, hour: int = 12, minute: int = 0) -> datetime:
    """Return an instant in June 2026 on the employer's clock."""
    return datetime(2026, 6, day, hour, minute, tzinfo=DETROIT)


def letter(
    *paragraphs: str,
    greeting: str = "Dear Mr. van der Berg,",
    closing: str = "Sincerely,\nMonique Delacroix-Baker",
) -> str:
    """Return a finished text around these paragraphs."""
    return "\n\n".join((greeting, *paragraphs, closing)) + "\n"


def mail(*paragraphs: str, **changes: Any) -> Composition:
    """Return a finished note with these paragraphs; its note may be changed by `note`, `person` and `gift`."""
    person = make_person(**({"gift": changes["gift"]} if "gift" in changes else {}) | changes.pop("person", {}))
    note = {"people": (person,), "gift": changes.pop("gift", None), "source": "\n\n".join(paragraphs)}
    fields = {"note": make_note(**note | changes.pop("note", {})), "text": letter(*paragraphs)}
    return make_composition(**fields | changes)


def bringing(*paragraphs: str, gift: dict[str, Any] | None = None, **changes: Any) -> Composition:
    """Return a finished note for a record with a gift, whose fields may be changed."""
    return mail(*paragraphs, gift=make_gift(**gift or {}), **changes)


def judge(
    *compositions: Composition,
    interview: dict[str, Any] | None = None,
    send_at: datetime = MORNING,
    labels: dict[str, datetime] | None = None,
    **context: Any,
) -> tuple[Finding, ...]:
    """Return every finding on notes of one interview, judged at `send_at`, those of `labels` at their own hour."""
    judged_by = checks.Context(send_at=labels or {}, now=send_at, **context)
    return checks.run(record_of(*compositions, **interview or {}), compositions, judged_by)


def record_of(*compositions: Composition, **changes: Any) -> Interview:
    """Return the interview whose notes these are."""
    people = tuple(person for composition in compositions for person in composition.note.people)
    notes = tuple(composition.note for composition in compositions)
    return make_interview(**{"note": notes[0], "people": people, "notes": notes} | changes)


def rules(findings: tuple[Finding, ...]) -> set[str]:
    """Return the rules that spoke."""
    return {finding.rule for finding in findings}


def said(rule: str, findings: tuple[Finding, ...]) -> list[str]:
    """Return the excerpts of one rule's findings."""
    return [finding.excerpt for finding in findings if finding.rule == rule]


def key_of(rule: str, composition: Composition, **context: Any) -> str:
    """Return the key under which an answer to this rule's question on a note is kept."""
    finding = next(f for f in judge(composition, **context) if f.rule == rule)
    return answer_key(finding, composition)


#: An address that receives the factories' note.
WILLEM = Mailbox("Willem van der Berg", "w.vanderberg@harborline-castings.example")
