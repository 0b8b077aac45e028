"""Open the links of a letter because somebody asked for it, and remember while the desk is open what came of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mailer import links

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailer.app.looking import Look
    from mailer.links import Link, Opened

__all__ = ["OpenedLinks", "links_of"]


def links_of(seen: Look) -> tuple[Link, ...]:
    """Return the links of a letter that lead to the web, each address once."""
    found = {link.href: link for link in links.found_in(seen.draft.composition.html) if link.host}
    return tuple(found.values())


class OpenedLinks:
    """What became of links, by address; those that are being opened come one after another."""

    def __init__(self, publish: Callable[[], object]) -> None:
        self._publish = publish
        self._opened: dict[str, Opened] = {}
        self._under_way: set[str] = set()

    def open_all(self, hrefs: Sequence[str]) -> None:
        """Begin to open these, unless it is under way, and tell the pages of each as its answer comes."""
        asked = [href for href in hrefs if href not in self._under_way]
        self._under_way |= set(asked)
        threading.Thread(target=self._open, args=(asked,), name="desk-links", daemon=True).start()

    def _open(self, hrefs: Sequence[str]) -> None:
        try:
            for opened in links.open_links(hrefs):
                self._opened[opened.url] = opened
                self._under_way.discard(opened.url)
                self._publish()
        finally:
            self._under_way -= set(hrefs)
            self._publish()

    def of(self, hrefs: Sequence[str]) -> dict[str, Opened]:
        """Return what is known of some links."""
        return {href: self._opened[href] for href in hrefs if href in self._opened}

    def left(self, hrefs: Sequence[str]) -> int:
        """Return how many of these are being opened."""
        return len(self._under_way.intersection(hrefs))
