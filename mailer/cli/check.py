"""`mailer check`: say what is wrong with the notes of some files, or that they are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailer.app import drafting
from mailer.cli.options import application, files_argument, json_option, to_option
from mailer.cli.output import emit, finding_object, say
from mailer.errors import NoteError, TemplateFault
from mailer.model import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.model import Finding, Interview

__all__ = ["command", "say_findings"]


@click.command("check")
@files_argument
@to_option
@click.option("--as-of", metavar="WHEN", help="Judge as if it were WHEN now: 2026-06-12 08:00, at the employer.")
@click.option("--answer", multiple=True, metavar="RULE", help="Answer this rule's questions: it is meant as it stands.")
@json_option
def command(
    files: tuple[Path, ...], to: tuple[str, ...], as_of: str | None, answer: tuple[str, ...], *, as_json: bool
) -> int:
    """Look for what would embarrass you, before it goes.

    \b
    Example: mailer check harborline.md --as-of "2026-06-12 08:00"

    A stop has to be mended. A question is answered by a better sentence, or by --answer RULE for as long as that text
    stands. A hint holds back nothing. Exit status 1 when a note is stopped.
    """
    app = application()
    found, invalid = readable(app, files)
    drafts: Sequence[Draft] = ()
    try:
        drafts = drafting.drafts(app, found, to=to, as_of=as_of) if found else ()
    except TemplateFault as exc:
        invalid.append(drafting.file_invalid(exc))
    if answer:
        drafts = drafting.answer(app, drafts, answer)
    verdict = Verdict.STOP if invalid else drafting.verdict(drafts)
    if as_json:
        findings = [finding_object(f) for f in (*invalid, *(f for d in drafts for f in d.findings))]
        emit({"verdict": verdict.value, "findings": findings, "fingerprints": drafting.fingerprints(app, drafts)})
    else:
        say_findings(invalid)
        say_drafts(app, drafts)
    return 1 if verdict is Verdict.STOP else 0


def readable(app: App, files: Sequence[Path]) -> tuple[list[Interview], list[Finding]]:
    """Read every file that can be read, each once, and return a finding for each that cannot."""
    found: list[Interview] = []
    invalid: list[Finding] = []
    for file in drafting.distinct(files):
        try:
            found += drafting.read(app, [file])
        except NoteError as exc:
            invalid.append(drafting.file_invalid(exc))
    return found, invalid


def say_drafts(app: App, drafts: Sequence[Draft]) -> None:
    """Print each note's verdict, its fingerprint's first eight characters and its findings."""
    for draft in drafts:
        label = draft.note.label
        fingerprint = drafting.fingerprints(app, [draft]).get(label, "")
        say(f"{draft.interview.path}  {label}: {draft.summary}  {fingerprint[:8]}".rstrip(), style="bold")
        say_findings(draft.findings)
    if any(f.level is Level.QUESTION for d in drafts for f in d.findings):
        say("A question that is meant as it stands is answered with: mailer check FILE --answer RULE")


def say_findings(findings: Sequence[Finding]) -> None:
    """Print findings, stops first, each with its place, its sentence and the better move."""
    order = list(Level)
    for finding in sorted(findings, key=lambda f: order.index(f.level)):
        word = {"block": "stop"}.get(finding.level.value, finding.level.value)
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        say(f"  {place}: {word} {finding.rule}")
        say(f"    {finding.message}")
        say(f"    → {finding.advice}")
