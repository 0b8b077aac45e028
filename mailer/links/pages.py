"""Read what the start of a web page says: its title, and whether it asks for money or a login.

Takes the first bytes of the page, gives words that are safe to show.
"""

from __future__ import annotations

import re
from html import unescape

from mailer.messages import as_text, shown

__all__ = ["decoded", "is_html", "paywall_hints", "title"]

#: Longest title that is shown, in characters.
_MAX_TITLE = 200
#: Where a page names its charset (WHATWG HTML 4.2.5.4 has it within so many bytes).
_META_REACH_BYTES = 1024
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)
_TITLE = re.compile(r"<title(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_END_OF_TITLE = re.compile(r"</title", re.IGNORECASE)
#: Scripts and styles, to the end where one is cut off. Nothing is tried twice, so that hostile pages cost one pass.
_NOT_READ = re.compile(r"<script\b.*?(?:</script|\Z)|<style\b.*?(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")

#: How a page marks that not all may read it (schema.org CreativeWork.isAccessibleForFree), in JSON-LD and microdata.
_NOT_FREE = re.compile(
    r"isAccessibleForFree[\"']?\s{0,9}(?::\s{0,9}[\"']?|[^<>]{0,80}content\s{0,9}=\s{0,9}[\"']?)(?:https?://schema\.org/)?false",
    re.IGNORECASE,
)
_SUBSCRIBE = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read|unlock)|subscribers? only|subscriber[- ]exclusive"
    r"|already a subscriber|for subscribers|unlock this (?:article|story)|to continue reading|become a member to read"
    r"|member-only story|purchase access|mit einem abo|réservé aux abonnés|alleen voor abonnees"
    r"|(?:solo|exclusivo) para suscriptores|riservato agli abbonati"
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in to (?:continue|read|view|see)|(?:create|register for) (?:a free|an) account to"
    r"|register to (?:continue|read|view)|anmelden, um|connectez-vous pour|inicia sesión para"
)


def is_html(content_type: str) -> bool:
    """Tell whether a Content-Type names a page."""
    return content_type.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}


def decoded(content: bytes, content_type: str) -> str:
    """Return the start of a page as text, by the charset of its header, its own, or UTF-8."""
    named = _CHARSET.search(content_type) or _CHARSET.search(content[:_META_REACH_BYTES].decode("latin-1"))
    return as_text(content, named[1].lower() if named else "utf-8")


def title(page: str) -> str:
    """Return the page's title on one line, "" when there is none; what would not be seen stands as U+FFFD."""
    start = _TITLE.search(page)
    end = _END_OF_TITLE.search(page, start.end()) if start else None
    if start is None or end is None:
        return ""
    words = shown(" ".join(unescape(page[start.end() : end.start()]).split()))
    return words if len(words) <= _MAX_TITLE else words[: _MAX_TITLE - 1].rstrip() + "…"


def paywall_hints(page: str) -> tuple[str, ...]:
    """Return what makes one think that not everybody may read the page; words in scripts do not count."""
    words = " ".join(unescape(_TAG.sub(" ", _NOT_READ.sub(" ", page))).split()).lower().replace("’", "'")
    hints = {
        "it marks itself as not free to read": _NOT_FREE.search(page),
        "it asks to subscribe": _SUBSCRIBE.search(words),
        "it asks to sign in": _LOGIN.search(words),
    }
    return tuple(hint for hint, match in hints.items() if match)
