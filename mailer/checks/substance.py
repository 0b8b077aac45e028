"""Judge whether a note says what only this person, after this talk, could say.

Rules: thanks-generic, moment-not-found, interest-without-reason, offer-missing, pay-talk, sensitive-topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.case import Remark
from mailer.checks.phrases import hits
from mailer.checks.topics import PAY, SENSITIVE
from mailer.checks.words import addresses, count_unspaced, squeeze, stems, straighten, words
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.checks.case import Case
    from mailer.checks.phrases import Phrase

__all__ = [
    "interest_without_reason",
    "moment_not_found",
    "offer_missing",
    "pay_talk",
    "sensitive_topic",
    "thanks_generic",
]


def _is_first_thanks(case: Case) -> bool:
    return case.is_english and case.note.kind is NoteKind.THANK_YOU


# --- thanks, moment, interest, offer ---------------------------------------------------------------------------

_THANKS = (
    "thank",
    "grateful",
    "gratitude",
    "appreciat",
    "obliged",
    "indebted",
    "kind of you",
    "good of you",
    "generous of",
)
#: Content words (cut to five letters) that a thanks for nothing in particular is made of.
_NOTHING_IN_PARTICULAR = frozenset(
    """
    appre consi conve discu enjoy grate oppor inter meeti speak chat chanc pleas recen posit role candi valua learn
    delig truly since deepl gratu organ compa team wonde fanta privi sched busy invit thoug visit chatt
    """.split()
)


def thanks_generic(case: Case) -> Iterator[Remark]:
    """Ask what exactly they are thanked for, when the first three sentences do not say."""
    if not _is_first_thanks(case):
        return
    first = case.sentences[:3]
    thanks = [s for s in first if any(word in s.lower() for word in _THANKS)]
    about = stems(f"{case.interview.company} {case.interview.role}") | _NOTHING_IN_PARTICULAR
    if not any(stems(sentence) - about for sentence in thanks):
        yield Remark(
            f"What exactly are you thanking {case.note.reader.name} for?",
            "Name one thing they did: the tour, the straight answer, the hour at the whiteboard.",
            thanks[0] if thanks else "",
        )


def moment_not_found(case: Case) -> Iterator[Remark]:
    """Ask where the thing they said is, when no paragraph shares two content words with it."""
    if case.note.kind is not NoteKind.THANK_YOU:
        return
    texts = [straighten("\n".join(person.heard)) for person in case.note.people]
    heard = [said for text in texts if not count_unspaced(text) and (said := stems(text))]
    paragraphs = [stems(block) for block in case.letter.body]
    if heard and not any(len(p & said) >= min(2, len(said)) for p in paragraphs for said in heard):
        words_said = next(s for person in case.note.people for s in person.heard)
        yield Remark(
            f"Where is the thing {case.note.reader.name} said?",
            f"Come back to their words: “{squeeze(words_said)}”",
            "",
        )


_WISHES = frozenset(
    """
    interested interest keen love like glad hope hoping want wanted wanting join joining enjoy excited appeals appeal
    drawn eager happy pleased grateful delighted role post position job work team
    """.split()
)
_EMPTY_WISHES = frozenset(
    """
    inter keen love glad hope hopin wanti join joini enjoy excit appea drawn eager happy pleas grate delig role post
    posit job team remai stron very oppor possi prosp conti compa becom membe organ still conve
    """.split()
)
_REASONS = ("because", "reason", "since ", "why ", "so that", "given ", "after seeing", "mainly")


def interest_without_reason(case: Case) -> Iterator[Remark]:
    """Ask why they want it, when no sentence joins the wish with anything in particular."""
    if not _is_first_thanks(case) or (case.note.slots.interest and case.note.source is None):
        return
    about = stems(f"{case.interview.company} {case.interview.role}")
    wishing = [s for s in case.sentences if _wishes(s, about)]
    if not any(_has_reason(sentence, about) for sentence in wishing):
        yield Remark(
            "Why do you want it?",
            "Give one reason that you saw or heard there.",
            wishing[-1] if wishing else "",
        )


def _wishes(sentence: str, about: frozenset[str]) -> bool:
    said = set(words(sentence.lower()))
    first_person = any(word.partition("'")[0] in {"i", "me", "my"} for word in said)
    return first_person and bool(said & _WISHES or stems(sentence) & about) and "thank" not in said


def _has_reason(sentence: str, about: frozenset[str]) -> bool:
    particular = stems(sentence) - about - _EMPTY_WISHES
    return len(particular) >= (1 if any(reason in sentence.lower() for reason in _REASONS) else 2)


_OFFERS = (
    *("if you'd like", "if you would like", "if you want", "if you wish", "should you", "should the", "should it help"),
    *("happy to", "glad to", "gladly", "pleased to", "i can ", "i could", "i'll ", "i will", "available", "i'm free"),
    *("i am free", "i'm around", "i am around", "call ", "ring ", "phone", "reach me", "reached", "write", "say so"),
    *("let me know", "tell me", "ask me", "do ask", "just ask", "at this address", "send you", "bring ", "show you"),
    *("would help", "would be of use", "is yours", "are yours", "has my", "my address"),
    *("i'm at ", "i am at ", "drop me", "my number", "here any", "e-mail me", "email me", "on request", "come back"),
)


def offer_missing(case: Case) -> Iterator[Remark]:
    """Ask what they can ask for, when the last paragraph offers nothing and gives no way to reach the sender."""
    if not _is_first_thanks(case) or not case.letter.body or (case.note.slots.offer and case.note.source is None):
        return
    last = case.letter.body[-1]
    said = squeeze(last).lower()
    has_way = bool(addresses(last)) or sum(map(str.isdigit, last)) >= 7
    if not has_way and not any(offer in f"{said} " for offer in _OFFERS):
        yield Remark(
            f"What can {case.note.reader.name} ask you for?",
            "End on one concrete offer, or a way to reach you.",
            last,
        )


# --- what does not belong --------------------------------------------------------------------------------------


def pay_talk(case: Case) -> Iterator[Remark]:
    """Ask whether the sender's own terms belong into this note."""
    yield from _misplaced(case, PAY, "Pay and terms in this note?")


def sensitive_topic(case: Case) -> Iterator[Remark]:
    """Ask whether they raised something private, or asked for the criticism."""
    yield from _misplaced(case, SENSITIVE, "Did they say it, or ask for it?")


def _misplaced(case: Case, phrases: tuple[Phrase, ...], question: str) -> Iterator[Remark]:
    if not case.is_english:
        return
    found = [hit for sentence in case.sentences for hit in hits(phrases, sentence)]
    record = set(words(case.record.own)) if found else set()
    for phrase, match in found:
        excerpt = squeeze(match[0])
        topic = [w for w in words(excerpt.lower()) if w not in {"your", "my", "the", "a", "i", "is", "has"}]
        if not case.record.holds(excerpt) and not (topic and record.issuperset(topic)):
            yield Remark(f"{question} “{excerpt}”: {phrase.why}.", f"{phrase.better.capitalize()}.", excerpt)
