"""`mailer check`: say what is wrong with the notes of some files, or that they are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailer.cli.options import application, files_argument, json_option, to_option
from mailer.cli.output import emit, finding_object, say
from mailer.errors import NoteError
from mailer.model import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailer.app import Draft
    from mailer.model import Finding

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
    try:
        drafts = app.drafts(app.read(files), to=to, as_of=as_of)
    except NoteError as exc:
        finding = app.file_invalid(exc)
        if as_json:
            emit({"verdict": Verdict.STOP.value, "findings": [finding_object(finding)], "fingerprints": {}})
        else:
            say_findings([finding])
        return 1
    if answer:
        drafts = app.answer(drafts, answer)
    verdict = app.verdict(drafts)
    if as_json:
        findings = [finding_object(f) for d in drafts for f in d.findings]
        emit({"verdict": verdict.value, "findings": findings, "fingerprints": app.fingerprints(drafts)})
    else:
        say_drafts(drafts, app.fingerprints(drafts))
    return 1 if verdict is Verdict.STOP else 0


def say_drafts(drafts: Sequence[Draft], fingerprints: dict[str, str]) -> None:
    """Print each note's verdict, its fingerprint's first eight characters and its findings."""
    for draft in drafts:
        label = draft.note.label
        say(
            f"{draft.interview.path}  {label}: {draft.summary}  {fingerprints.get(label, '')[:8]}".rstrip(),
            style="bold",
        )
        say_findings(draft.findings)
    if any(f.level is Level.QUESTION for d in drafts for f in d.findings):
        say("A question that is meant as it stands is answered with: mailer check FILE --answer RULE")


def say_findings(findings: Sequence[Finding]) -> None:
    """Print findings, stops first, each with its place, its sentence and the better move."""
    order = list(Level)
    for finding in sorted(findings, key=lambda f: order.index(f.level)):
        word = {"block": "stop"}.get(finding.level.value, finding.level.value)
        say(f"  {finding.file}:{finding.line}: {word} {finding.rule}")
        say(f"    {finding.message}")
        say(f"    → {finding.advice}")
