"""Run every rule over the notes of an interview.

Takes an interview, its compositions and a `Context`, gives findings, the stops first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.answers import answer_key
from mailer.checks.case import Case, Context
from mailer.checks.rules import FILE_INVALID, RULES
from mailer.model import Finding, Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mailer.errors import NoteError, TemplateFault
    from mailer.model import Composition, Interview

__all__ = ["file_invalid", "run", "verdict"]

_ORDER = {Level.BLOCK: 0, Level.QUESTION: 1, Level.HINT: 2}


def run(
    interview: Interview, compositions: Sequence[Composition], context: Context, *, only: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """Return what every rule says of every note: stops, questions, hints, each in the order of the notes.

    Give all the notes of the interview, so that they are held against each other; `only` names by their labels those
    that are to be judged, None for all. Answered questions are left out. Reads the disk for files to be attached;
    nothing is written.
    """
    cases: list[Case] = []
    for composition in compositions:
        record = cases[0].record if cases and cases[0].composition.sender == composition.sender else None
        cases.append(Case(interview, composition, context, record=record, earlier=tuple(cases)))
    wanted = [case for case in cases if only is None or case.note.label in only]
    found = [finding for case in wanted for finding in _judge(case)]
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.level]))


def _judge(case: Case) -> Iterator[Finding]:
    answers, is_empty = case.context.answers, False
    for rule in RULES:
        if is_empty and rule.level is not Level.BLOCK:
            return  # what is missing in a note that is not written is no question
        for remark in rule.judge(case):
            is_empty = is_empty or rule.id == "empty-body"
            finding = Finding(
                rule=rule.id,
                level=rule.level,
                file=str(case.interview.path),
                line=case.line_of(remark),
                person=case.note.label,
                message=remark.message,
                advice=remark.advice,
                excerpt=remark.excerpt,
            )
            is_asked = rule.level is Level.QUESTION and answers
            if not (is_asked and answer_key(finding, case.composition) in answers):
                yield finding


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the one word for a set of findings."""
    levels = {finding.level for finding in findings}
    if Level.BLOCK in levels:
        return Verdict.STOP
    return Verdict.QUESTIONS if Level.QUESTION in levels else Verdict.READY


def file_invalid(error: NoteError | TemplateFault) -> Finding:
    """Return the stop for a file, or a section of one, that does not read; one that is not there says its remedy."""
    message, _, remedy = (error.problem, "", "") if error.line else error.problem.partition("; ")
    return Finding(
        rule=FILE_INVALID,
        level=Level.BLOCK,
        file=str(error.path),
        line=error.line,
        person="",
        message=message,
        advice=f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Mend the file there, and check it again.",
        excerpt=getattr(error, "key", ""),
    )
