"""Judge what no eye sees: control characters, text read in a wrong encoding, and notes that went already.

Rules: header-injection, broken-text, already-sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.case import Remark
from mailer.checks.phrases import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailer.checks.case import Case
    from mailer.model import Entry

__all__ = ["already_sent", "broken_text", "header_injection"]

#: What the second byte of a UTF-8 pair becomes in Windows-1252 and Latin-1, quotation marks and dashes apart.
_SECOND = (
    "\xa0-\xbf\u20ac\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u0160\u2039\u0152"
    "\u017d\u2022\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
)
_QUOTES = "\u2018-\u201d\u2013\u2014\u2026"
#: Two bytes of UTF-8 shown as two characters, for the letters of Latin and Cyrillic, punctuation, emoji and the BOM.
_MISREAD = (
    rf"\xe2\u20ac.|[\xc2\xc3][{_SECOND}{_QUOTES}]|[\xc4\xc5][{_SECOND}]"
    rf"|(?:[\xd0\xd1][{_SECOND}{_QUOTES}]){{2}}|\xf0\u0178|\xef\xbb\xbf"
)
_OVERRIDES = frozenset("\u202d\u202e")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff")


def header_injection(case: Case) -> Iterator[Remark]:
    """Stop a line break or another control character in a subject, a name, an address or a file name."""
    for what, value in dict.fromkeys(_header_values(case)):
        found = next((c for c in value if c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029"), "")
        if found:
            yield Remark(
                f"The {what} holds {_character(found)}, which could add a header to the mail.",
                f"Write the {what} on one line, without control characters.",
                value.partition(found)[0],
                case.key_line(*_KEYS.get(what, ())),
            )


_KEYS = {
    "subject": ("subject",),
    "name": ("name",),
    "address": ("email", "via.email", "via"),
    "file name": ("gift.file",),
}


def _header_values(case: Case) -> Iterator[tuple[str, str]]:
    composition, note = case.composition, case.note
    yield from (("subject", composition.subject), ("subject", note.subject))
    for mailbox in filter(None, (composition.to, note.recipient)):
        yield from (("name", mailbox.name), ("address", mailbox.address))
    yield from (("name of the sender", composition.sender.name), ("address of the sender", composition.sender.address))
    yield from (("file name", attachment.filename) for attachment in composition.attachments)
    yield from (("file name", gift.file) for gift in note.gifts)


def _character(character: str) -> str:
    names = {"\r": "a line break", "\n": "a line break", "\x00": "a NUL character", "\t": "a tab"}
    return names.get(character, f"the control character U+{ord(character):04X}")


def broken_text(case: Case) -> Iterator[Remark]:
    """Stop text in a wrong encoding, and characters that turn or hide what stands beside them."""
    composition = case.composition
    fields = [composition.subject, composition.text, *(a.filename for a in composition.attachments)]
    if composition.to:
        fields.append(composition.to.name)
    for field in fields:
        if not field.isascii():
            yield from _broken(field)


def _broken(text: str) -> Iterator[Remark]:
    misread = compiled(_MISREAD).search(text) if any(c in text for c in "ÂÃÄÅâÐÑðï") else None
    if misread:
        word = _word_at(text, misread.start())
        yield Remark(
            f"“{word}” was read in a wrong encoding.", "Type the word again, and save the file as UTF-8.", word
        )
    if "\ufffd" in text or any("\x80" <= c <= "\x9f" for c in text):
        at = next(i for i, c in enumerate(text) if c == "\ufffd" or "\x80" <= c <= "\x9f")
        word = _word_at(text, at)
        yield Remark(f"A character is lost in “{word}”.", "Type the word again, and save the file as UTF-8.", word)
    at = next(_hidden(text), -1)
    if at >= 0:
        word = _word_at(text, at)
        yield Remark(
            f"There is an invisible character (U+{ord(text[at]):04X}) at “{_visible(word)}”.",
            "Delete the words around it and type them again.",
            word,
        )


def _word_at(text: str, at: int) -> str:
    before = text[:at].split()[-1:] if text[:at] and not text[at - 1].isspace() else []
    after = text[at:].split()[:1]
    return "".join(before + after)


def _visible(word: str) -> str:
    return "".join(c for c in word if c not in _OVERRIDES | _DIRECTIONS | _INVISIBLE)


def _hidden(text: str) -> Iterator[int]:
    """Yield where a character turns the direction of what follows, or has no width and no use where it stands."""
    suspects = set(text) & (_OVERRIDES | _DIRECTIONS | _INVISIBLE)
    if not suspects:
        return
    is_rtl = any("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufdff" or "\ufe70" <= c <= "\ufefe" for c in text)
    for at, c in enumerate(text):
        if (
            c in _OVERRIDES
            or (c in _DIRECTIONS and not is_rtl)
            or (c in _INVISIBLE and not _is_joiner_of_use(text, at))
        ):
            yield at


def _is_joiner_of_use(text: str, at: int) -> bool:
    """Tell whether the script before it needs it: joiners in Arabic, Indic and emoji, ZWSP in Thai and Khmer."""
    before = text[at - 1] if at else ""
    if text[at] in "\u200c\u200d":
        if not before:
            return False
        joins = "\u0600" <= before <= "\u0dff" or "\u1780" <= before <= "\u18af" or "\u0f00" <= before <= "\u109f"
        return joins or before > "\U0001f000" or before in "\ufe0f\u2640\u2642" or "\u2600" <= before <= "\u27bf"
    return text[at] == "\u200b" and ("\u0e00" <= before <= "\u109f" or "\u1780" <= before <= "\u17ff")


def already_sent(case: Case) -> Iterator[Remark]:
    """Stop a second note of a kind to a person for an interview, and a mail to more than one recipient."""
    address = case.composition.to.address if case.composition.to else ""
    if address.count("@") > 1:
        yield Remark(
            f"“{address}” holds more than one address.",
            "One note goes to one person; write another note for the other.",
            address,
            case.key_line("email", "via.email", "via"),
        )
    if any(_is_this_note(case, sent) for sent in case.context.sent):
        yield Remark(
            f"{case.note.reader.name} already has a {case.note.kind} note for this interview.",
            "Look in the outbox; a later note can be written as a follow-up.",
        )


def _is_this_note(case: Case, sent: Entry) -> bool:
    """Tell whether an entry is this note: same kind and interview, and the same person, by id or by address.

    An interview whose start was corrected is known by its file's name and the address; a person whose id was changed
    by the address, unless the note goes through somebody who receives several.
    """
    if sent.kind is not case.note.kind:
        return False
    mine = {person.id for person in case.note.people}
    is_same_person = bool(mine & set(sent.people))
    address = case.composition.to.address.lower() if case.composition.to else ""
    is_same_address = bool(address) and address == sent.to.address.lower()
    if sent.interview_key != case.interview.key:
        return sent.interview == case.interview.id and is_same_person and is_same_address
    renamed = is_same_address and not case.note.is_passed_on and not _still_there(case, sent.people)
    return is_same_person or renamed


def _still_there(case: Case, people: Iterable[str]) -> bool:
    return bool({person.id for person in case.interview.people} & set(people))
