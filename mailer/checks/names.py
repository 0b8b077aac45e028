"""Judge whether a note speaks of the right firm, the right person and the right conversation.

Rules: greeting-missing, wrong-company, wrong-name, other-person-topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.case import Remark
from mailer.checks.letter import is_same_greeting
from mailer.checks.vocabulary import COMMON, GENERIC, LEGAL_FORMS, ORDINARY, PLACES, TITLES
from mailer.checks.words import (
    ProperWord,
    addresses,
    fold,
    is_within,
    links,
    squeeze,
    stems,
    straighten,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mailer.checks.case import Case
    from mailer.model import Gift, Person

__all__ = ["greeting_missing", "other_person_topic", "wrong_company", "wrong_name"]

#: How a word grows without becoming another word.
_ENDINGS = frozenset({"s", "es", "n", "ns", "an", "er", "ers", "ic", "al"})


# --- the firm --------------------------------------------------------------------------------------------------


def wrong_company(case: Case) -> Iterator[Remark]:
    """Stop the name of another interview's employer, and this employer's name misspelt."""
    own = case.interview.company
    for excerpt, company in _other_companies(case):
        yield Remark(
            f"The letter says {excerpt}; you met {own}.",
            f"Write {own}, or record where {company} comes in.",
            excerpt,
        )
    for excerpt in _misspelt_company(case):
        yield Remark(f"The letter says {excerpt}; the record has {own}.", f"Write {own}.", excerpt)


def _core(company: str) -> str:
    """Return a firm's name without its legal form, `and` for `&`."""
    kept = squeeze(straighten(company)).replace("&", "and").split(" ")
    while len(kept) > 1 and kept[-1].strip(".,()").lower() in LEGAL_FORMS:
        kept.pop()
    return " ".join(kept).rstrip(",")


def _distinctive(company: str) -> str:
    """Return the first word of a firm's name that is neither common, generic nor a place, "" if none."""
    plain = (word for word in words(_core(company)) if len(word) >= 4)
    return next((word for word in plain if not _is_ordinary(word) and word.lower() not in GENERIC), "")


def _is_ordinary(word: str) -> bool:
    return word.lower() in COMMON or word.lower() in ORDINARY or word.lower() in PLACES


def _other_companies(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the words found and the firm they name, for each firm of another interview that this record lacks."""
    seen = {_core(case.interview.company).lower()}
    text, record = case.plain.replace("&", "and"), case.record.whole.replace("&", "and")
    for other in case.context.others:
        company = _core(other.company)
        if company.lower() in seen or _stands_in(company, record):
            continue
        seen.add(company.lower())
        for name in (company, _distinctive(company)):
            if name and _is_named(case, name, text) and not _stands_in(name, record):
                yield name, other.company
                break


def _is_named(case: Case, name: str, text: str) -> bool:
    """Tell whether a text names a firm; a name that is a plain word counts only in capitals within a sentence."""
    if name.lower() in PLACES:
        return False
    if _is_ordinary(name) or name.lower() in GENERIC:
        return any(proper.word == name and not proper.is_first for proper in case.proper_words)
    return _stands_in(name, text)


def _stands_in(name: str, text: str) -> bool:
    """Tell whether the name stands in the text as whole words, case as written."""
    at = text.find(name)
    while at >= 0:
        after = text[at + len(name) : at + len(name) + 1]
        if not (after.isalnum() or text[at - 1 : at].isalnum()):
            return True
        at = text.find(name, at + 1)
    return False


def _misspelt_company(case: Case) -> Iterator[str]:
    """Yield word runs at edit distance 1 or 2 from the firm's name, and words as near to its long first word."""
    company = _core(case.interview.company)
    first = next(iter(words(company)), "")
    found = _near_runs(case.plain.replace("&", "and"), company) or [
        proper.word
        for proper in case.proper_words
        if proper.word not in case.record.known
        and _is_near_first_word(proper, first)
        and (case.is_english or is_within(proper.word, first, 1))
    ]
    yield from dict.fromkeys(found)


def _near_runs(text: str, company: str) -> list[str]:
    size = company.count(" ") + 1
    limit = 2 if len(company) >= 8 else 1
    tokens = text.split()
    if size < 2 or not company[0].isupper():
        return []
    runs = (
        " ".join(tokens[i : i + size]).strip(".,;:!?()\"'").removesuffix("'s")
        for i, token in enumerate(tokens)
        if token.lstrip("(\"'")[:1].isupper()
    )
    return [run for run in runs if _is_misspelling(run, company, limit)]


def _is_misspelling(word: str, right: str, limit: int) -> bool:
    """Tell whether a word is near another without being the same, or the same with an ending."""
    if abs(len(word) - len(right)) > limit + 1:
        return False
    a, b = word.lower(), right.lower()
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    if a == b or (longer.startswith(shorter) and longer[len(shorter) :].strip("'") in _ENDINGS | {""}):
        return False
    return is_within(a, b, limit) or is_within(fold(a), fold(b), limit)


def _is_near_first_word(proper: ProperWord, first: str) -> bool:
    """Tell whether a capitalised word misspells the firm's first word, six letters or more.

    At a sentence's start only long words count, because ordinary words stand there in capitals.
    """
    if len(first) < 6 or first.lower() in GENERIC or _is_ordinary(first) or _is_ordinary(proper.word):
        return False
    if proper.is_first and len(first) < 8:
        return False
    return _is_misspelling(proper.word, first, 2 if len(first) >= 8 else 1)


# --- the person ------------------------------------------------------------------------------------------------


def greeting_missing(case: Case) -> Iterator[Remark]:
    """Stop a note to somebody whom nobody has said how to greet; a greeting is never derived from a name."""
    if _is_greeting_missing(case):
        reader = case.note.reader
        yield Remark(
            f"How do you greet {reader.name}?",
            "Record the greeting as you would say it to them, such as “Dear Ms. Rivera,”.",
            line=case.key_line("greeting", "name"),
        )


def _is_greeting_missing(case: Case) -> bool:
    """Tell whether the record greets the reader nowhere, and the letter begins with nobody else's greeting."""
    others = [straighten(person.greeting) for person in case.note.people if person.greeting]
    line = case.letter.greeting
    return not case.note.reader.greeting and not any(is_same_greeting(line, greeting) for greeting in others)


def wrong_name(case: Case) -> Iterator[Remark]:
    """Stop a first line that is not the stored greeting, and a name misspelt."""
    yield from _wrong_greeting(case)
    for excerpt, name in _misspelt_names(case):
        yield Remark(f"The letter says {excerpt}; the record has {name}.", f"Write {name} as they do.", excerpt)


def _wrong_greeting(case: Case) -> Iterator[Remark]:
    if _is_greeting_missing(case):
        return
    stored = [straighten(person.greeting) for person in case.note.people if person.greeting]
    line = case.letter.greeting
    if line and not any(is_same_greeting(line, greeting) for greeting in stored):
        shown = squeeze(line) if len(line) <= 60 else f"{squeeze(line)[:57]}…"
        yield Remark(
            f"The letter begins “{shown}”; the record greets “{squeeze(stored[0])}”.",
            f"Begin with “{squeeze(stored[0])}”, or mend the greeting in the record.",
            shown.rstrip("…"),
        )


def _misspelt_names(case: Case) -> Iterator[tuple[str, str]]:
    stored = [name for name in case.record.names if name[0].isupper() and name.lower() not in COMMON | TITLES]
    known = case.record.lowered
    plain_words = set(words(case.plain))
    seen = set()
    for proper in case.proper_words:
        word = proper.word
        if word in seen or word.lower() in known or word.lower() in plain_words or _is_ordinary(word):
            continue
        seen.add(word)
        name = next((name for name in stored if _misspells(proper, name)), "")
        if name and (_stands_as_name(proper, known) or case.is_english) and not _names_somebody_else(proper, known):
            yield word, name


def _stands_as_name(proper: ProperWord, known: Collection[str]) -> bool:
    """Tell whether a title or a stored name stands beside the word; where nouns have capitals nothing else tells."""
    return proper.before.lower() in TITLES or any(w.lower() in known for w in (proper.before, proper.after) if w)


def _misspells(proper: ProperWord, name: str) -> bool:
    """Tell whether a word is a stored name with a slip: one letter, two from eight letters on, or its accents."""
    word, size = proper.word, len(fold(name))
    if len(fold(word)) < 4 or size < 4 or (proper.is_first and size < 5) or word.removesuffix("s") == name:
        return False
    limit = 2 if size >= 8 else 1
    return is_within(fold(word), fold(name), limit) or is_within(word.lower(), name.lower(), limit)


def _names_somebody_else(proper: ProperWord, known: Collection[str]) -> bool:
    """Tell whether the word is part of another name, of a person or a place, that no record holds."""
    if len(proper.after) > 1 and _is_ordinary(proper.after):
        return True
    beside = (word for word in (proper.before, proper.after) if word and not _is_ordinary(word))
    strangers = [word.lower() for word in beside if word.lower() not in TITLES]
    return bool(strangers) and not any(word in known for word in strangers)


# --- the conversation ------------------------------------------------------------------------------------------


def other_person_topic(case: Case) -> Iterator[Remark]:
    """Stop a note that carries another person's link, contact or file, or mostly what another person said."""
    ids = {person.id for person in case.note.people}
    brought = _brought(case)
    for other in case.interview.people:
        if other.id not in ids:
            yield from _carried(case, other, brought) or _spoken(case, other)


def _marks(gift: Gift) -> set[str]:
    """Return what tells a gift from another: its links, its contact's address, number and name, its file's name."""
    urls = {_bare_url(url) for url in (gift.url, *(item.url for item in gift.items)) if url}
    contact = {gift.contact.email.lower(), gift.contact.phone, gift.contact.name.lower()} if gift.contact else set()
    return (urls | contact | {gift.file.rpartition("/")[2].lower()}) - {""}


def _bare_url(url: str) -> str:
    return url.partition("://")[2].rstrip("/").lower()


class _Brought(NamedTuple):
    """What a note brings: the marks that are its own, those that stand in it, and its text in lower case."""

    own: frozenset[str]
    found: frozenset[str]
    text: str


def _brought(case: Case) -> _Brought:
    own = [mark for gift in case.note.gifts for mark in _marks(gift)]
    own += [straighten(person.name).lower() for person in case.note.people]
    found = [*map(_bare_url, links(case.text)), *addresses(case.text)]
    found += [attachment.filename.lower() for attachment in case.composition.attachments]
    return _Brought(frozenset(own), frozenset(found), case.text.lower())


def _carried(case: Case, other: Person, brought: _Brought) -> list[Remark]:
    if not other.gift:
        return []
    text = brought.text
    for mark in sorted(_marks(other.gift) - brought.own):
        if mark in brought.found or ("/" not in mark and "." not in mark and _stands_in(straighten(mark), text)):
            at = max(text.find(mark), 0)
            excerpt = case.text[at : at + len(mark)] if mark in text else mark
            return [
                Remark(
                    f"“{excerpt}” is what you meant to bring to {other.name}.",
                    f"Bring it to one of them, or record it for {case.note.reader.name} too.",
                    excerpt,
                )
            ]
    return []


def _spoken(case: Case, other: Person) -> list[Remark]:
    text = stems(case.prose)
    own_record = [text for gift in case.note.gifts for text in (gift.title, gift.why, *(i.name for i in gift.items))]
    own_record += [case.interview.company, case.interview.role, case.note.slots.thanks]
    own_heard = stems("\n".join(said for person in case.note.people for said in person.heard))
    theirs = (stems("\n".join(other.heard)) - own_heard - stems("\n".join(own_record))) & text
    if len(theirs) < 4 or len(theirs) < 2 * len(own_heard & text):
        return []
    excerpt = max(case.sentences, key=lambda sentence: len(stems(sentence) & theirs))
    return [
        Remark(
            f"The letter to {case.note.reader.name} speaks of what {other.name} said.",
            f"Speak of what {case.note.reader.name} said, and keep this for {other.name}.",
            excerpt,
        )
    ]
