"""Get a person's yes before anything leaves: questions answered, recipients named, stops respected.

Used by `send` and `queue`; with --yes or without a terminal nothing is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailer.app import drafting
from mailer.cli.check import say_findings
from mailer.cli.output import ask, emit, finding_object, is_interactive, say
from mailer.model import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailer.app import App
    from mailer.app.drafting import Draft

__all__ = ["confirm", "pass_checks"]

EXIT_STOPPED = 1


def pass_checks(
    app: App, drafts: Sequence[Draft], *, yes: bool, despite: Sequence[str], deed: str, as_json: bool
) -> tuple[Draft, ...]:
    """Return the drafts that may go; end the command with status 1 when a stop or an unanswered question is left.

    Asks each open question on a terminal and stores the answer; `yes` lets questions pass for this run,
    `despite` names the rules whose stops the user takes upon themselves. `deed` is what did not happen: sent, queued.
    """
    drafts = drafting.in_spite_of(drafts, despite)
    if not yes and not as_json and is_interactive() and drafting.verdict(drafts) is Verdict.QUESTIONS:
        drafts = tuple(answered(app, draft) for draft in drafts)
    verdict = drafting.verdict(drafts)
    if verdict is Verdict.READY or (verdict is Verdict.QUESTIONS and yes):
        return drafts
    if as_json:
        findings = [finding_object(f) for d in drafts for f in d.findings]
        emit({"entries": [], "verdict": verdict.value, "findings": findings})
        raise click.exceptions.Exit(EXIT_STOPPED)
    for draft in drafts:
        say(f"{draft.note.label}: {draft.summary}", style="bold")
        say_findings([f for f in draft.findings if f.level is not Level.HINT])
    if verdict is Verdict.STOP:
        say(f"Nothing was {deed}. Mend the stops; --despite RULE is the only way past one.")
    else:
        say(f"Nothing was {deed}. Answer with “mailer check FILE --answer RULE”, or let the questions pass with --yes.")
    raise click.exceptions.Exit(EXIT_STOPPED)


def answered(app: App, draft: Draft) -> Draft:
    """Ask the questions of one note; a yes is stored and the question is gone for as long as that text stands."""
    for finding in draft.findings:
        if finding.level is not Level.QUESTION:
            continue
        say(f"{draft.note.label}: {finding.message}")
        say(f"  → {finding.advice}")
        if ask("  It is meant as it stands?"):
            (draft,) = drafting.answer(app, [draft], [finding.rule])
    return draft


def confirm(sentences: Sequence[str], question: str, *, yes: bool, deed: str, as_json: bool) -> None:
    """Name what will happen to whom and ask once; end the command with status 1 unless the answer is yes."""
    tell: Callable[[str], None] = (lambda _: None) if as_json else say
    for sentence in sentences:
        tell(sentence)
    if yes:
        return
    if as_json or not is_interactive():
        if as_json:
            emit({"entries": [], "error": {"kind": "Unconfirmed", "message": f"nothing is {deed} without --yes"}})
        else:
            click.echo(
                f"mailer: Nothing was {deed}: nobody is here to confirm it. Say --yes to go on without a question.",
                err=True,
            )
        raise click.exceptions.Exit(EXIT_STOPPED)
    if not ask(question):
        say(f"Nothing was {deed}.")
        raise click.exceptions.Exit(EXIT_STOPPED)
