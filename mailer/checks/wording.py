"""Judge the words a template or a program left in a note, and the old phrases.

Rules: empty-body, placeholder-left, attachment-missing, marks-left, stale-phrase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.case import Remark
from mailer.checks.lint import GAPS, MARKS, STALE
from mailer.checks.phrases import hits
from mailer.checks.topics import ATTACHING
from mailer.checks.words import addresses, cut_links, links, squeeze, straighten

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from mailer.checks.case import Case
    from mailer.checks.phrases import Phrase

__all__ = ["attachment_missing", "empty_body", "marks_left", "placeholder_left", "stale_phrase"]

_NEEDS = ("attach", "enclos")


def empty_body(case: Case) -> Iterator[Remark]:
    """Stop a note that holds no words between greeting and closing."""
    slots = case.note.slots
    is_unwritten = case.note.source is None and not (slots.thanks or slots.moment or slots.interest or slots.offer)
    if is_unwritten or not any(map(str.isalpha, "".join(case.letter.body))):
        reader = case.note.reader.name
        yield Remark(
            f"{reader} has no note yet.",
            "Write a section for this person, or at least the thanks slot.",
        )


def _fields(case: Case) -> Iterator[str]:
    yield case.text
    yield case.subject
    if case.composition.to:
        yield straighten(case.composition.to.name)
    yield from (straighten(attachment.filename) for attachment in case.composition.attachments)


def _is_recorded(case: Case, match: re.Match[str]) -> bool:
    """Tell whether a match stands in the record, or harmlessly within a link or an address."""
    excerpt = match[0].strip()
    if case.record.holds(excerpt):
        return True
    around = links(match.string) + addresses(match.string)
    return not set(excerpt) & set("{}[]<>$«*|") and any(excerpt.lower() in link.lower() for link in around)


def _left(case: Case, phrases: Iterable[Phrase]) -> Iterator[tuple[Phrase, str]]:
    seen = set()
    for field in _fields(case):
        for phrase, match in hits(phrases, field):
            excerpt = squeeze(match[0])
            if excerpt not in seen and not _is_recorded(case, match):
                seen.add(excerpt)
                yield phrase, excerpt


def placeholder_left(case: Case) -> Iterator[Remark]:
    """Stop what a template, a merge or a writing program left open, in subject, text, To name or a file name."""
    for phrase, excerpt in _left(case, GAPS):
        yield Remark(f"“{excerpt}” would be sent as it stands: {phrase.why}.", _sentence(phrase.better), excerpt)


def attachment_missing(case: Case) -> Iterator[Remark]:
    """Stop a note that speaks of a file in this mail when there is none; for a recorded one gift-file-missing does."""
    if case.composition.attachments or any(gift.file for gift in case.note.gifts):
        return
    if not any(need in case.text.lower() for need in _NEEDS):
        return
    for _, match in hits(ATTACHING, cut_links("\n\n".join(case.letter.body))):
        excerpt = squeeze(match[0]).lstrip(".!?;:, ")
        if not case.record.holds(excerpt):
            yield Remark(
                f"The letter says “{excerpt}”, and no file travels with it.",
                "Record the file as the thing you bring (kind: file), or take the words out.",
                excerpt,
            )
            return


#: Marks that no pattern of the list covers: what Markdown and HTML leave when they were not understood.
_RAW_MARKS = ("](http", "&amp;", "&nbsp;", "&quot;", "&#39;", "&lt;", "&gt;", "<br")


def marks_left(case: Case) -> Iterator[Remark]:
    """Ask about marks that stay visible, and about choices left open (`Mr./Ms.`)."""
    for phrase, excerpt in _left(case, MARKS):
        yield Remark(f"“{excerpt}” will show like this: {phrase.why}.", _sentence(phrase.better), excerpt)
    for mark in _RAW_MARKS:
        if mark in case.text:
            yield Remark(f"“{mark}” will show like this in the letter.", "Write it as plain words.", mark)


def stale_phrase(case: Case) -> Iterator[Remark]:
    """Remark on phrases that every other note has too."""
    if not case.is_english:
        return
    spans: list[str] = []
    for phrase, match in hits(STALE, case.plain):
        excerpt = squeeze(match[0])
        if not case.record.holds(excerpt) and not any(excerpt in said for said in spans):
            spans.append(excerpt)
            yield Remark(f"“{excerpt}”: {phrase.why}.", _sentence(phrase.better), excerpt)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
