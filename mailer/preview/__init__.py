"""Take a finished note apart for somebody who wants to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.preview.agreement import Difference, Side, compare
    from mailer.preview.heights import height_px
    from mailer.preview.marks import Marked, marked_html, marked_text
    from mailer.preview.sniffing import EXECUTABLE, contradicts, sniff
    from mailer.preview.structure import Header, Part, Structure, content_at, read

__all__ = [
    "EXECUTABLE",
    "Difference",
    "Header",
    "Marked",
    "Part",
    "Side",
    "Structure",
    "compare",
    "content_at",
    "contradicts",
    "height_px",
    "marked_html",
    "marked_text",
    "read",
    "sniff",
]

#: A page shows one part of a mail: each module loads when something of it is first asked for.
_HOMES = {
    "agreement": ("Difference", "Side", "compare"),
    "heights": ("height_px",),
    "marks": ("Marked", "marked_html", "marked_text"),
    "sniffing": ("EXECUTABLE", "contradicts", "sniff"),
    "structure": ("Header", "Part", "Structure", "content_at", "read"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for from its home (PEP 562)."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
