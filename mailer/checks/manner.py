"""Judge the outer form of a note: its subject, its length, its spelling and its signature.

Rules: subject-odd, too-long, length, reader-before-writer, signature, language-mix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.case import Remark
from mailer.checks.words import count_words, squeeze, straighten, words
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.checks.case import Case

__all__ = ["language_mix", "length", "reader_before_writer", "signature", "subject_odd", "too_long"]

_MAX_WORDS, _LONG_WORDS, _SHORT_WORDS = 220, 180, 50
_PARAGRAPH_WORDS, _SENTENCE_WORDS, _SUBJECT_CHARS = 90, 40, 60
_REPLY_MARKS = ("re", "aw", "sv", "vs", "fwd", "fw", "wg", "tr", "antw", "odp", "rv", "rif")


def subject_odd(case: Case) -> Iterator[Remark]:
    """Ask about a reply mark on a new mail, and about capitals, `!!` and emoji."""
    subject = case.subject
    mark, colon, _ = subject.partition(":")
    if colon and mark.strip().lower() in _REPLY_MARKS:
        yield Remark(
            "Is this a reply?", f"A new mail goes without “{mark.strip()}:”.", f"{mark.strip()}:", _subject_line(case)
        )
    known = case.record.lowered
    capitals = [w for w in words(subject) if len(w) > 1 and w.isupper() and w.lower() not in known]
    if len(capitals) >= 3:
        yield Remark(
            "The subject is in capitals: is that meant?", "Write it like a sentence.", subject, _subject_line(case)
        )
    if "!!" in subject or any(map(_is_emoji, subject)):
        yield Remark("Are the marks in the subject meant?", "Leave out “!!” and emoji.", subject, _subject_line(case))


def _subject_line(case: Case) -> int:
    return case.key_line("subject")


def _is_emoji(c: str) -> bool:
    return "\U0001f000" <= c <= "\U0001faff" or "\u2600" <= c <= "\u27bf" or c in "\u2b50\u2b55\u231a\u231b\ufe0f"


def too_long(case: Case) -> Iterator[Remark]:
    """Ask whether a note of more than 220 words can lose a third."""
    size = count_words(case.text)
    if size > _MAX_WORDS:
        yield Remark(f"{size} words: can it lose a third?", "Keep one thing they said, one thing to bring, one reason.")


def length(case: Case) -> Iterator[Remark]:
    """Remark on a note, a paragraph, a sentence or a subject outside the usual length."""
    size = count_words(case.text)
    if _LONG_WORDS < size <= _MAX_WORDS:
        yield Remark(f"{size} words are many.", "110 to 160 are read to the end.")
    if 0 < size < _SHORT_WORDS and case.note.kind is NoteKind.THANK_YOU and any(case.letter.body):
        yield Remark(f"{size} words are few.", "Say one thing that only you could say.")
    for paragraph in case.letter.body:
        long = 0 if paragraph.startswith("- ") else _count_if_over(_PARAGRAPH_WORDS, paragraph)
        if long:
            yield Remark(f"A paragraph has {long} words.", "Part it in two.", paragraph)
    for part in (part for sentence in case.sentences for part in sentence.replace(": ", "; ").split("; ")):
        if long := _count_if_over(_SENTENCE_WORDS, part):
            yield Remark(f"A sentence has {long} words.", "Part it in two.", part)
    if len(case.subject) > _SUBJECT_CHARS:
        yield Remark(
            f"The subject has {len(case.subject)} characters; phones cut it off.",
            f"Stay within {_SUBJECT_CHARS}.",
            case.subject,
            _subject_line(case),
        )


def _count_if_over(limit: int, text: str) -> int:
    """Return the number of words when it is over the limit, else 0; few letters cannot be many words."""
    size = count_words(text) if len(text) > limit else 0
    return size if size > limit else 0


def reader_before_writer(case: Case) -> Iterator[Remark]:
    """Remark on a note that says I and my more than twice as often as you and your."""
    if not case.is_english:
        return
    said = [word.partition("'")[0] for word in case.said]
    mine, yours = said.count("i") + said.count("my"), said.count("you") + said.count("your")
    if mine > 2 * max(yours, 1) and mine >= 4:
        yield Remark(
            f"“I” and “my” stand {mine} times, “you” and “your” {yours} times.", "Begin more sentences with them."
        )


def signature(case: Case) -> Iterator[Remark]:
    """Remark on a note whose end has not the sender's full name."""
    name = squeeze(straighten(case.composition.sender.name))
    end = squeeze(" ".join((*case.letter.body[-1:], *case.letter.closing)))
    parts = [word for word in words(name) if len(word) > 1]
    if name and name not in end and not (len(parts) > 1 and sum(part in words(end) for part in parts) >= 2):
        yield Remark(
            f"The letter does not end with your name, {name}.",
            "Sign with your full name.",
            "".join(case.letter.closing[-1:]),
        )


_AMERICAN = frozenset(
    """
    color colors favor favorite labor honor honored behavior neighbor center centers theater traveled traveling canceled
    modeled modeling analyze analyzed catalog defense offense gray fulfill enrollment skillful program-mer jewelry
    organization's harbor humor rumor flavor endeavor rigor liter liters fiber skeptical maneuver plow check-up mom
    """.split()
)
_BRITISH = frozenset(
    """
    colour colours favour favourite labour honour honoured behaviour neighbour centre centres theatre travelled
    travelling cancelled modelled modelling analyse analysed catalogue defence offence grey fulfil enrolment skilful
    organise organised organisation realise realised recognise recognised programme jewellery harbour humour rumour
    flavour endeavour rigour litre litres fibre sceptical manoeuvre whilst learnt towards
    """.split()
)
_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Mx")


def language_mix(case: Case) -> Iterator[Remark]:
    """Remark on American marks in British English, at least two, and the reverse; the record's words never count."""
    language = (case.interview.locale or case.composition.language).lower()
    if language == "en-us":
        foreign, other = _BRITISH, "British"
    elif language in {"en-gb", "en-ie"}:
        foreign, other = _AMERICAN, "American"
    else:
        return
    known = case.record.lowered
    said = [*words(case.subject.lower()), *case.said]
    found = [word for word in said if word in foreign and word not in known]
    found += _other_titles(case, case.plain, has_stop=other == "American")
    if len(set(found)) >= 2:
        shown = ", ".join(f"“{word}”" for word in dict.fromkeys(found))
        yield Remark(f"{shown}: {other} forms in this letter.", "Write one English throughout.", found[0])


def _other_titles(case: Case, text: str, *, has_stop: bool) -> list[str]:
    """Return the titles before a name written with a full stop, or without one, unless the record writes them so."""
    stop = ". " if has_stop else " "
    return [
        (title + stop).strip()
        for title in _TITLES
        if f" {title}{stop}" in f" {text}".replace("\n", " ") and title + stop not in case.record.whole
    ]
