"""Write the words of a note: subject, text part and HTML, from its section or from its slots."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from mailer.composer import markup, plaintext, record, theme
from mailer.composer.literals import Literals, cleaned
from mailer.composer.nodes import Element, fill
from mailer.composer.nodes import words as bare_words
from mailer.composer.phrases import enumerated
from mailer.composer.record import Fields, NoGift, Paragraph
from mailer.composer.section import section
from mailer.composer.substitution import rendered
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.composer.nodes import Nodes
    from mailer.composer.templates import Source, Templates
    from mailer.model import Gift, Interview, Mailbox, Note

__all__ = ["written"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")  # RFC 5646, as far as a header needs it


def written(interview: Interview, note: Note, me: Mailbox, templates: Templates) -> dict[str, str]:
    """Return `subject`, `text`, `html`, `language` and `gift_text` of a note; raises TemplateFault."""
    draft = Draft(interview, note, me, templates)
    nodes = draft.nodes()
    subject, language = draft.subject(), _language(interview.locale)
    return {
        "subject": subject,
        "text": plaintext.write(nodes),
        "html": theme.dressed(nodes, subject, language, templates),
        "language": language,
        "gift_text": draft.gift_text(),
    }


def _language(locale: str) -> str:
    return locale if _LANGUAGE.fullmatch(locale) else "en"


class Draft:
    """One note while it is written: its names, the values met so far, and the gift paragraphs placed."""

    def __init__(self, interview: Interview, note: Note, me: Mailbox, templates: Templates) -> None:
        self._interview = interview
        self._note = note
        self._templates = templates
        self._literals = Literals()
        self._placed: dict[Gift, str] = {}
        self._names = record.section_names(interview, note, me)
        self._names["gift"] = self._paragraph(note.gifts[:1]) or NoGift(note.reader.name)

    def nodes(self) -> Nodes:
        """Return the tree of the whole note, values filled in."""
        source = self._section() if self._note.source is not None else self._from_slots()
        nodes = fill(markup.parse(source), self._literals.values)
        return self._with_request(nodes) if self._note.is_passed_on else nodes

    def subject(self) -> str:
        """Return the recorded subject, else the one of the kind's template, on one line."""
        line = self._note.subject
        if not line:
            source = self._templates.source(f"subjects/{self._note.kind}.txt.j2")
            line = self._rendered(source, self._names, None)
        return " ".join(cleaned(line).split())

    def gift_text(self) -> str:
        """Return the plain text of the gift paragraphs that were placed, "" when none was."""
        placed = "\n\n".join(self._placed.values())
        return plaintext.write(fill(markup.parse(placed), self._literals.values)) if placed else ""

    def _section(self) -> str:
        source = section(self._note.source or "", self._interview.path, self._note.line)
        return self._rendered(source, self._names, self._literals)

    def _from_slots(self) -> str:
        note = self._note
        name = note.voice if note.kind is NoteKind.THANK_YOU else note.kind
        names = {**self._names, **record.slot_names(self._interview, note), "gifts": self._paragraph(note.gifts)}
        return self._rendered(self._templates.source(f"notes/{name}.md.j2"), names, self._literals)

    def _paragraph(self, gifts: tuple[Gift, ...]) -> Paragraph | None:
        """Return the gifts as one thing to be placed, None when there is none; its fields are those of the first."""
        if not gifts:
            return None
        return Paragraph(record.gift_fields(gifts[0]), lambda: "\n\n".join(self._gift(gift) for gift in gifts))

    def _gift(self, gift: Gift) -> str:
        if gift in self._placed:
            return self._placed[gift]
        names = {**self._names, **record.gift_names(self._interview, self._note, gift)}
        source = self._templates.source(f"gifts/{gift.kind}.md.j2")
        self._placed[gift] = self._rendered(source, names, self._literals).strip("\n")
        return self._placed[gift]

    def _rendered(self, source: Source, names: Mapping[str, Any], literals: Literals | None) -> str:
        return rendered(source, names, literals, self._interview.locale)

    def _with_request(self, nodes: Nodes) -> Nodes:
        """Ask whoever receives the note to pass it on, below the greeting, unless the text itself speaks of them."""
        via = self._note.recipient
        if via is None or _speaks_of(via.name, bare_words(nodes)):
            return nodes
        literals = Literals()
        names = {**self._names, "via": Fields(via.name or via.address, name=via.name, address=via.address)}
        names["readers"] = enumerated([person.name for person in self._note.people])
        source = self._rendered(self._templates.source("notes/pass-on.md.j2"), names, literals)
        request = fill(markup.parse(source), literals.values)
        at = 1 if nodes and self._is_greeting(nodes[0]) else 0
        return (*nodes[:at], *request, *nodes[at:])

    def _is_greeting(self, node: str | Element) -> bool:
        said = _folded(node if isinstance(node, str) else bare_words(node.children))
        return said in {_folded(person.greeting) for person in self._note.people}


def _folded(text: str) -> str:
    """Return a text as the checks compare it: NFC, straight apostrophes, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())


def _speaks_of(name: str, text: str) -> bool:
    """Tell whether a text holds a word of a name."""
    said = set(re.findall(r"\w+", _folded(text)))
    return any(len(word) > 1 and word in said for word in re.findall(r"\w+", _folded(name)))
