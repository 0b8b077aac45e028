"""Find bare web and mail addresses in running text.

Takes text, gives it cut into labels, each with the address it links to ("" for none). The label of a link is the
address as it is written: what the reader sees is where the link goes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.composer.literals import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ADDRESS", "linked", "trimmed"]

#: A backslash-escaped character, as Markdown keeps it while it works on a line.
_STASHED = "\x02[^\x02\x03]*\x03"
_MAILBOX = rf"(?:[\w.+'-]|{TOKEN})+@[\w-]+(?:\.[\w-]+)+"
ADDRESS = rf"""https://(?:[^\s<>"“”„«»\x02\x03]|{_STASHED})+|(?<![\w.+'@/-])(?:mailto:)?{_MAILBOX}"""
_ADDRESS = re.compile(ADDRESS)

_CLOSING = {")": "(", "]": "[", "}": "{"}


def trimmed(address: str) -> str:
    """Return `address` without the punctuation of the sentence around it; a bracket stays when it was opened."""
    while address:
        last = address[-1]
        if last in ".,;:!?'’…*_~" or (last in _CLOSING and address.count(last) > address.count(_CLOSING[last])):
            address = address[:-1]
        else:
            break
    return address


def linked(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text as (label, href) pairs in order; `href` is "" for what is no address."""
    if "://" not in text and "@" not in text:
        yield text, ""
        return
    end = 0
    for match in _ADDRESS.finditer(text):
        address = trimmed(match[0])
        if len(address) <= len("https://"):
            continue
        if match.start() > end:
            yield text[end : match.start()], ""
        yield address, address if address.startswith(("https://", "mailto:")) else f"mailto:{address}"
        end = match.start() + len(address)
    if end < len(text):
        yield text[end:], ""
