"""Remember, while the desk is open, what became of the links that somebody asked to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer import links

if TYPE_CHECKING:
    from mailer.app.looking import Look
    from mailer.links import Opened
    from mailer.web.desk import Desk

__all__ = ["of", "open_all"]


def open_all(desk: Desk, seen: Look) -> None:
    """Open each link of a letter once; takes as long as the sites do, a hundred seconds at most."""
    hrefs = [link.href for link in links.found_in(seen.draft.composition.html)]
    desk.opened |= {opened.url: opened for opened in links.open_links(hrefs)}


def of(desk: Desk, seen: Look) -> dict[str, Opened]:
    """Return what is known of the links of a letter."""
    hrefs = [link.href for link in links.found_in(seen.draft.composition.html)]
    return {href: desk.opened[href] for href in hrefs if href in desk.opened}
