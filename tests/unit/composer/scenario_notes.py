"""Compose the notes of the worked interviews; `python -m tests.unit.composer.scenario_notes` writes the golden files.

Read every changed golden file as a mail before committing it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from mailer.composer import Templates, compose
from mailer.interviews import read
from mailer.model import Composition, Interview, Mailbox, Note
from tests.conftest import SCENARIOS

__all__ = ["GOLDEN", "LABELS", "compose_note", "find_note"]

GOLDEN = Path(__file__).parent / "golden"


@cache
def _senders() -> dict[str, Mailbox]:
    found = YAML(typ="safe").load(SCENARIOS / "senders.yaml")
    return {name: Mailbox(one["name"], one["email"], one.get("phone", "")) for name, one in found.items()}


@cache
def _interviews() -> dict[str, Interview]:
    return {name.removesuffix(".md"): read(SCENARIOS / name) for name in sorted(_senders())}


LABELS = [f"{name}.{note.label}" for name, interview in _interviews().items() for note in interview.notes]


def find_note(label: str) -> tuple[Interview, Note, Mailbox]:
    """Return what `compose` needs for one of LABELS (`01-nurse.obrien`)."""
    name, _, note_label = label.partition(".")
    interview = _interviews()[name]
    note = next(note for note in interview.notes if note.label == note_label)
    return interview, note, _senders()[f"{name}.md"]


def compose_note(label: str, templates: Templates | None = None) -> Composition:
    return compose(*find_note(label), templates or Templates())


def write_golden() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for label in LABELS:
        composition = compose_note(label)
        (GOLDEN / f"{label}.txt").write_text(f"Subject: {composition.subject}\n\n{composition.text}", encoding="utf-8")
        (GOLDEN / f"{label}.html").write_text(composition.html, encoding="utf-8")


if __name__ == "__main__":
    write_golden()
