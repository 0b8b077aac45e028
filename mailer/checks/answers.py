"""Name an answered question by what was judged, so that it is asked again when that changes and only then.

Takes a finding and the composition it speaks of, gives a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.words import squeeze, straighten

if TYPE_CHECKING:
    from mailer.model import Composition, Finding, Gift

__all__ = ["answer_key"]

#: What each question was asked of, beside the words it quotes. A rule that misses something judged the whole text;
#: one that found something judged its words alone, so a change elsewhere does not ask again; one about the gift
#: judged its record; one about the hour judged the recorded send time, or else the day its message names.
_JUDGED: dict[str, tuple[str, ...]] = {
    "thanks-generic": ("opening",),
    "moment-not-found": ("text", "heard"),
    "gift-use-unclear": ("text", "gift"),
    "way-out-missing": ("text", "gift"),
    "interest-without-reason": ("text",),
    "offer-missing": ("text",),
    "day-word-wrong": ("message",),
    "send-hour-odd": ("send", "message"),
    "subject-odd": ("subject",),
    "link-tracking": (),
    "marks-left": (),
    "too-long": ("text",),
    "pay-talk": (),
    "sensitive-topic": (),
    "public-sector-gift": ("gift",),
    "gift-unread": ("gift",),
}


def answer_key(finding: Finding, composition: Composition) -> str:
    """Return the key under which an answer to this question is kept, as SHA-256 in hex.

    It covers rule, label, excerpt and what the rule judged (see `_JUDGED`); white space and the form of apostrophes
    do not count.
    """
    from hashlib import sha256

    judged = [_part(name, finding, composition) for name in _JUDGED.get(finding.rule, ("text",))]
    parts = [finding.rule, finding.person, finding.excerpt, *judged]
    return sha256("\0".join(squeeze(straighten(part)) for part in parts).encode()).hexdigest()


def _part(name: str, finding: Finding, composition: Composition) -> str:
    note = composition.note
    parts = {
        "text": lambda: composition.text,
        "opening": lambda: finding.excerpt or composition.text,
        "subject": lambda: composition.subject,
        "heard": lambda: "\n".join(said for person in note.people for said in person.heard),
        "gift": lambda: "\n".join(map(_gift, note.gifts)),
        "send": lambda: str(note.send),
        "message": lambda: finding.message,
    }
    return parts[name]()


def _gift(gift: Gift) -> str:
    """Return a gift's record as text, without the line where it stands."""
    return repr(gift._replace(line=0))
