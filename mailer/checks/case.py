"""Hold what one note is judged by: the finished mail, the record, the clock and the history.

Takes an interview, its compositions and a `Context`, gives a `Case` to every rule; what several rules need is worked
out once, when the first of them asks.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.letter import Letter, read_letter
from mailer.checks.lines import line_of
from mailer.checks.paragraph import GiftParagraph, find_gift
from mailer.checks.record import Record, read_record
from mailer.checks.words import ProperWord, cut_links, proper_words, sentences, straighten, words
from mailer.workdays import MONDAY_TO_FRIDAY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from mailer.model import Composition, Entry, Interview, Note
    from mailer.workdays import Workdays

__all__ = ["Case", "Context", "Remark"]


#: Words that make up a quarter of any English letter, and the number of words from which their lack tells.
_ENGLISH = frozenset("the and you to of a for i in that with is it on my".split())
_ENOUGH_WORDS = 15


class Remark(NamedTuple):
    """What a rule has to say; `line` is 0 when the excerpt, or else the note, says where."""

    message: str
    advice: str
    excerpt: str = ""
    line: int = 0


class Context(NamedTuple):
    """What a note is judged against beside its own file.

    `send_at` maps a note's label to the aware instant at which it is judged to go; `now` (aware) holds for the others.
    `others` are the other interviews known, `sent` the entries of the outbox in a state that counts (not failed,
    not cancelled), `answers` the keys of answered questions, `workdays` the days on which the employer works.
    """

    send_at: Mapping[str, datetime]
    now: datetime
    others: Sequence[Interview] = ()
    sent: Collection[Entry] = ()
    answers: Collection[str] = ()
    workdays: Workdays = MONDAY_TO_FRIDAY


class Case:
    """One note before the rules; nothing in it changes. `earlier` are the notes before it in the file."""

    def __init__(
        self,
        interview: Interview,
        composition: Composition,
        context: Context,
        *,
        record: Record | None = None,
        earlier: Sequence[Case] = (),
    ) -> None:
        self.interview = interview
        self.composition = composition
        self.context = context
        self.record = record or read_record(interview, composition.sender)
        self.earlier = earlier

    @property
    def note(self) -> Note:
        """Return the note as the file records it."""
        return self.composition.note

    @cached_property
    def subject(self) -> str:
        """Return the subject, NFC with straight apostrophes."""
        return straighten(self.composition.subject)

    @cached_property
    def text(self) -> str:
        """Return the plain text, NFC with straight apostrophes."""
        return straighten(self.composition.text)

    @cached_property
    def plain(self) -> str:
        """Return subject and text without links and addresses, the subject as the first line."""
        return cut_links(f"{self.subject}\n{self.text}")

    @cached_property
    def letter(self) -> Letter:
        """Return the text in its parts."""
        return read_letter(
            self.text,
            greetings=[straighten(person.greeting) for person in self.note.people if person.greeting],
            sender=straighten(self.composition.sender.name),
            is_passed_on=self.note.is_passed_on,
        )

    @cached_property
    def prose(self) -> str:
        """Return the body without links and addresses."""
        return cut_links("\n\n".join(self.letter.body))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences of the body."""
        return sentences(self.prose)

    @cached_property
    def said(self) -> list[str]:
        """Return the words of the body in lower case."""
        return words(self.prose.lower())

    @cached_property
    def proper_words(self) -> tuple[ProperWord, ...]:
        """Return the capitalised words of subject, body and closing; the greeting has a rule of its own."""
        below = cut_links("\n\n".join(self.letter.body + self.letter.closing))
        return proper_words(f"{cut_links(self.subject)}\n{below}")

    @cached_property
    def gift(self) -> GiftParagraph | None:
        """Return the paragraph that brings the gift."""
        return find_gift(self)

    @cached_property
    def is_english(self) -> bool:
        """Tell whether the rules that look for English words may speak: the note says so, and reads so."""
        if self.composition.language.lower().partition("-")[0] not in {"en", ""}:
            return False
        return len(self.said) < _ENOUGH_WORDS or sum(w in _ENGLISH for w in self.said) * 10 >= len(self.said)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the employer's zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.interview.timezone)

    @property
    def place(self) -> str:
        """Return the zone's city, as people say it."""
        return self.interview.timezone.rpartition("/")[2].replace("_", " ")

    @cached_property
    def send_at(self) -> datetime:
        """Return the instant at which the note is judged to go, on the employer's clock."""
        return self.context.send_at.get(self.note.label, self.context.now).astimezone(self.zone)

    @cached_property
    def end(self) -> datetime:
        """Return the instant at which the interview ends, on the employer's clock."""
        return self.interview.end.replace(tzinfo=self.zone)

    @cached_property
    def since_end_h(self) -> float:
        """Return the hours of elapsed time from the end of the interview to the sending."""
        return (self.send_at.astimezone(UTC) - self.end.astimezone(UTC)).total_seconds() / 3600

    def line_of(self, remark: Remark) -> int:
        """Return the line of the file that a remark speaks of."""
        return remark.line or line_of(self.interview, self.note, remark.excerpt)

    def key_line(self, *keys: str) -> int:
        """Return the line of the first of these keys of the note's person that the file holds, else the note's."""
        at = next((i for i, p in enumerate(self.interview.people) if p.id == self.note.reader.id), 0)
        lines = self.interview.lines
        found = (lines.get(f"people[{at}].{key}", 0) for key in keys)
        return next(filter(None, found), self.note.line)
