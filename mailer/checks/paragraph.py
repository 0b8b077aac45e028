"""Find the paragraph of a note that brings the gift.

Takes a case, gives a `GiftParagraph` or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.words import cut_links, sentences, squeeze, straighten

if TYPE_CHECKING:
    from mailer.checks.case import Case
    from mailer.model import Gift

__all__ = ["GiftParagraph", "find_gift"]


class GiftParagraph(NamedTuple):
    """The gift in the letter, without links.

    `own` is what `{{ gift }}` placed, or the block that holds the link by hand with a paragraph that leads into it by a
    colon; recorded titles are taken out. `beside` holds the sentences next to it; `first_line` is where it begins.
    """

    own: str
    beside: str
    first_line: str


def find_gift(case: Case) -> GiftParagraph | None:
    """Return the paragraph that brings the note's gift, None when no gift is recorded or the letter lacks it."""
    body = case.letter.body
    at = _placed_blocks(case, body) or _by_hand(case, body)
    if not at:
        return None
    first, last = at[0], at[-1]
    if first > 0 and body[first - 1].rstrip().endswith(":"):
        first -= 1
    before = sentences(cut_links(body[first - 1]))[-1:] if first > 0 else ()
    after = sentences(cut_links(body[last + 1]))[:1] if last + 1 < len(body) else ()
    own = cut_links("\n".join(body[first : last + 1]))
    for gift in case.note.gifts:
        own = own.replace(straighten(gift.title), "")
    return GiftParagraph(own, " ".join(before + after), body[first].split("\n")[0])


def _placed_blocks(case: Case, body: tuple[str, ...]) -> list[int]:
    placed = squeeze(straighten(case.composition.gift_text))
    return [i for i, block in enumerate(body) if squeeze(block) in placed] if placed else []


def _by_hand(case: Case, body: tuple[str, ...]) -> list[int]:
    marks = [mark.lower() for gift in case.note.gifts for mark in _carriers(gift) if mark]
    return [i for i, block in enumerate(body) if any(mark in squeeze(block).lower() for mark in marks)]


def _carriers(gift: Gift) -> list[str]:
    contact = [gift.contact.email, gift.contact.phone] if gift.contact else []
    items = [item.url or item.name for item in gift.items]
    recorded = [gift.title, gift.url, gift.file.rpartition("/")[2], *contact, *items]
    return [squeeze(straighten(text)) for text in recorded]
