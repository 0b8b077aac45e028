"""Read and compose the worked interviews of tests/scenarios, each at the hour its notes are meant to go."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from mailer import checks, composer, interviews, schedule
from mailer.model import Mailbox
from tests.conftest import SCENARIOS

if TYPE_CHECKING:
    from mailer.model import Composition, Finding, Interview

__all__ = ["FILES", "STRANGERS", "Worked", "findings", "worked"]

#: Who wrote the notes of each file, as tests/scenarios/senders.yaml has it.
SENDERS = {
    "01-nurse.md": Mailbox("Teresa Montaño", "teresa.montano@example.com", "312-555-0142"),
    "02-teacher.md": Mailbox("Daniel Asante", "daniel.asante@example.com"),
    "04-software-engineer.md": Mailbox("Beatriz Furtado", "beatriz.furtado@example.com"),
    "05-quality-manager.md": Mailbox("Monique Delacroix-Baker", "monique.delacroix-baker@example.com"),
    "07-accountant.md": Mailbox("Zoë Papadopoulou", "zoe.papadopoulou@example.com"),
    "09-sales-rep.md": Mailbox("Marcus Lindqvist-Hale", "marcus.lindqvist-hale@example.com", "617-555-0188"),
    "10-designer.md": Mailbox("Clara Benedetti", "clara.benedetti@example.com"),
    "12-policy-analyst.md": Mailbox("Ilse Marchetti-Okoye", "ilse.marchetti-okoye@example.com"),
}
FILES = tuple(SENDERS)
#: More good notes: names that are plain words, a page in German, letters without a section.
STRANGERS = {
    "curator.md": Mailbox("Oluwaseun Brontë", "seun@example.com"),
    "events-manager.md": Mailbox("Cian O'Dowd", "cian@example.com"),
    "hygienist.md": Mailbox("Jo Lin", "jo@example.com"),
    "netzplanerin.md": Mailbox("Jana Groß", "jana@example.com"),
    "physiotherapist.md": Mailbox("Kemi Balogun", "kemi@example.com"),
    "store-leader.md": Mailbox("Sam Mark", "sam@example.com"),
}


class Worked(NamedTuple):
    """A worked interview with its finished notes and the context in which they are judged."""

    interview: Interview
    compositions: tuple[Composition, ...]
    context: checks.Context


@cache
def _read(name: str) -> Interview:
    folder = SCENARIOS if name in SENDERS else Path(__file__).parent / "strangers"
    return interviews.read(folder / name)


@cache
def worked(name: str) -> Worked:
    """Return a worked interview by its file name; the other files are its history."""
    interview, templates = _read(name), composer.Templates()
    compositions = tuple(
        composer.compose(interview, n, (SENDERS | STRANGERS)[name], templates) for n in interview.notes
    )
    zone = ZoneInfo(interview.timezone)
    best = schedule.suggest(
        interview.start, interview.end, zone=interview.timezone, decision_expected=None
    ).best.instant
    context = checks.Context(
        send_at={n.label: n.send.replace(tzinfo=zone) if n.send else best for n in interview.notes},
        now=datetime(2027, 1, 1, tzinfo=UTC),
        others=[_read(other) for other in (*FILES, *STRANGERS) if other != name],
    )
    return Worked(interview, compositions, context)


def findings(name: str) -> tuple[Finding, ...]:
    """Return what the checks say of a worked interview."""
    return checks.run(*worked(name))
