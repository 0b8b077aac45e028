"""Open the links of a note from this machine, when asked for, and never an address inside it."""

from __future__ import annotations

from mailer.links.addresses import is_public
from mailer.links.finding import Link, found_in
from mailer.links.opening import MAX_LINKS, MAX_REDIRECTS, Opened, Verdict, look_up, open_links

__all__ = [
    "MAX_LINKS",
    "MAX_REDIRECTS",
    "Link",
    "Opened",
    "Verdict",
    "found_in",
    "is_public",
    "look_up",
    "open_links",
]
