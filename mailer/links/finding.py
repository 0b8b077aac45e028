"""Find the links of a note in its html part.

Takes the html, gives the links in the order in which a reader meets them.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from mailer.messages import shown

__all__ = ["Link", "found_in"]


class Link(NamedTuple):
    """An anchor: its address as written, the words that a reader clicks, the host ("" for a mailto), its html line."""

    href: str
    text: str
    host: str
    line: int


def found_in(html: str) -> tuple[Link, ...]:
    """Return the links in order, each as often as it stands there; lines are counted from 1."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_link()
    return tuple(reader.links)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._open: tuple[str, int] | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.end_link()
            href = next((value for name, value in attrs if name == "href"), None)
            self._open = None if href is None else (href.strip(), self.getpos()[0])
        elif tag == "img":
            self._words.extend(value or "" for name, value in attrs if name == "alt")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._words.append(data)

    def end_link(self) -> None:
        if self._open is not None:
            href, line = self._open
            self.links.append(Link(href, shown(" ".join("".join(self._words).split())), _host(href), line))
        self._open = None
        self._words.clear()


def _host(href: str) -> str:
    try:
        return urlsplit(href).hostname or ""
    except ValueError:
        return ""
