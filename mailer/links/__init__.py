"""Open the links of a note from this machine, when asked for, and never an address inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

#: A page shows one part of a mail: each module loads when something of it is first asked for.
_HOMES = {
    "addresses": ("is_public",),
    "finding": ("Link", "found_in"),
    "opening": ("MAX_LINKS", "MAX_REDIRECTS", "Opened", "Verdict", "look_up", "open_links"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for from its home (PEP 562)."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
