"""Take a finished note apart for somebody who wants to see it."""

from __future__ import annotations

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
