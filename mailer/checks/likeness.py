"""Judge how much two notes of one interview have in common.

Rules: notes-near-identical, notes-similar.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.case import Remark
from mailer.checks.words import cut_links, sentences, straighten, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.checks.case import Case

__all__ = ["NEAR_IDENTICAL", "SAME_PERSON", "SIMILAR", "likeness", "notes_near_identical", "notes_similar"]

#: Shares of the smaller note from which two notes are called so.
NEAR_IDENTICAL = 0.50
SIMILAR = 0.20
SAME_PERSON = 0.80
_RUN_WORDS = 5
#: Shorter sentences are formulas that any two notes share.
_SENTENCE_WORDS = 5


class _Parts(NamedTuple):
    runs: frozenset[tuple[str, ...]]
    sentences: frozenset[tuple[str, ...]]


def notes_near_identical(case: Case) -> Iterator[Remark]:
    """Stop the later of two notes that are one note with the names changed."""
    for other, share in _earlier(case):
        if share >= _limit(case, other):
            yield Remark(
                f"{_both(case, other)} are nearly the same.",
                "Copies get noticed and forwarded: write one of them anew from what this person said.",
            )


def notes_similar(case: Case) -> Iterator[Remark]:
    """Remark on the later of two notes that share more than a turn of phrase."""
    for other, share in _earlier(case):
        if SIMILAR <= share < _limit(case, other):
            yield Remark(
                f"{_both(case, other)} share {share:.0%} of their words.",
                "Say the shared part in another way in one of them.",
            )


def _limit(case: Case, other: Case) -> float:
    """Return the share that stops: a later note to the same person may come back to what the first one said."""
    return SAME_PERSON if case.note.reader.id == other.note.reader.id else NEAR_IDENTICAL


def _both(case: Case, other: Case) -> str:
    if case.note.reader.id == other.note.reader.id:
        return f"The {case.note.kind} and the {other.note.kind} note to {case.note.reader.name}"
    return f"The notes to {case.note.reader.name} and {other.note.reader.name}"


def _earlier(case: Case) -> Iterator[tuple[Case, float]]:
    """Yield each note before this one, and the share that the two have in common.

    What templates put around the slots of two notes is no likeness: their slots must be as like as their letters.
    """
    masked = frozenset(
        name.lower() for name in case.record.names | set(words(straighten(case.composition.sender.name)))
    )
    for other in case.earlier:
        share = likeness(case.letter.body, other.letter.body, masked)
        if case.note.source is None and other.note.source is None:
            share = min(share, likeness(_slots(case), _slots(other), masked))
        yield other, share


def _slots(case: Case) -> tuple[str, ...]:
    slots = case.note.slots
    return tuple(straighten(slot) for slot in (slots.thanks, slots.moment, slots.interest, slots.offer) if slot)


@lru_cache(128)  # two rules ask the same of each pair
def likeness(one: tuple[str, ...], other: tuple[str, ...], masked: frozenset[str]) -> float:
    """Return what two bodies share, from 0 to 1 of the smaller: runs of five words, or sentences in any order.

    `masked` are the words, in lower case, that count as one: names.
    """
    a, b = _parts(one, masked), _parts(other, masked)
    return max(_share(a.runs, b.runs), _share(a.sentences, b.sentences))


def _share(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


@lru_cache(128)
def _parts(body: tuple[str, ...], masked: frozenset[str]) -> _Parts:
    """Return the runs and sentences of a body, each name replaced by one mark."""
    plain = [
        tuple(["_" if word in masked else word for word in words(sentence.lower().replace("'s", ""))])
        for block in body
        for sentence in sentences(cut_links(block))
    ]
    flow = [word for sentence in plain for word in sentence]
    runs = zip(*(flow[start:] for start in range(_RUN_WORDS)), strict=False)
    return _Parts(frozenset(runs), frozenset(sentence for sentence in plain if len(sentence) >= _SENTENCE_WORDS))
