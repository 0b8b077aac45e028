"""Compose a note: from an interview's record to subject, text, HTML and attachments, all from one source.

Takes an Interview and one of its notes, gives a Composition. Jinja2 renders (`rendering`), Markdown is read once
(`markup`), both parts are written from its tree (`plaintext`, `hypertext`), the theme's styles are inlined (`theme`).
The heavy libraries are imported only for a note that was not composed before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.composer.enclosing import enclosed
from mailer.composer.templates import Templates
from mailer.model import Composition

if TYPE_CHECKING:
    from mailer.model import Interview, Mailbox, Note

__all__ = ["Templates", "compose"]

_PARTS = {"subject", "text", "html", "language", "gift_text"}


def compose(interview: Interview, note: Note, me: Mailbox, templates: Templates) -> Composition:
    """Return the finished note; attachments are looked for on disk each time, the words may come from the cache.

    A gift file that cannot be attached is left out and found missing by the checks. Raises TemplateFault, with the
    interview file or the template and the line, for a text that does not render.
    """
    words = _words(interview, note, me, templates)
    return Composition(
        note=note,
        sender=me,
        to=note.recipient,
        subject=words["subject"],
        text=words["text"],
        html=words["html"],
        language=words["language"],
        gift_text=words["gift_text"],
        attachments=enclosed(interview, note),
    )


def _words(interview: Interview, note: Note, me: Mailbox, templates: Templates) -> dict[str, str]:
    """Return the words from the store of earlier ones, else compose and store them."""
    if not templates.compositions.is_open:
        return _composed(interview, note, me, templates)
    key = _key(interview, note, me, templates)
    words = templates.compositions.get(key)
    if words is None or words.keys() != _PARTS:
        words = _composed(interview, note, me, templates)
        templates.compositions.put(key, words)
    return words


def _composed(interview: Interview, note: Note, me: Mailbox, templates: Templates) -> dict[str, str]:
    from mailer.composer.writing import written

    return written(interview, note, me, templates)


def _key(interview: Interview, note: Note, me: Mailbox, templates: Templates) -> str:
    """Return the hash of everything that the words depend on."""
    from hashlib import sha256

    from mailer.composer import identity

    header = (
        interview.company,
        interview.role,
        interview.start,
        interview.end,
        interview.timezone,
        interview.decision_expected,
        interview.locale,
    )
    libraries = identity.versions("markdown", "jinja2", "premailer", "cssutils", "cssselect", "lxml")
    return sha256(repr((header, note, me, templates.state(), libraries)).encode("utf-8", "surrogatepass")).hexdigest()
