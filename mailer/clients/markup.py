"""Read the traits of an HTML document: its tags, attributes, links, images and styles.

Takes HTML as a string, gives `Trait`s in the order of the document.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from mailer.clients import styles
from mailer.clients.images import image_kinds
from mailer.clients.traits import Trait, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["traits"]

#: What an attribute that names an image may hold; `srcset` has several with widths after them.
_IMAGES = ("src", "srcset", "background", "poster")
#: Of more attributes in one tag the rest is not looked at; finding the line of each would take too long.
_ATTRIBUTES = 50


def traits(html: str) -> Iterator[Trait]:
    """Yield every trait, each as often as it stands there; lines count from 1 by their line ends (CRLF, CR or LF)."""
    reader = _Reader()
    reader.feed(_tamed(html))
    reader.close()
    yield from reader.found()


def _tamed(html: str) -> str:
    """Return the document with LF line ends and without what makes html.parser raise or try again from every `<`."""
    text = re.sub(r"\r\n?", "\n", html).translate({0: " ", 0xC: " "})
    whole = text[: text.rfind(">") + 1].replace("<![", "<!(")
    closed, end, rest = whole.rpartition("-->")
    return closed + end + rest.replace("<!--", "<!(-")


class _Reader(HTMLParser):
    """Gather traits while the document is parsed; styles are read when their element ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Trait] = []
        self._style: list[str] | None = None
        self._style_line = 1

    def found(self) -> list[Trait]:
        """Return what was gathered, with a style element that never ended."""
        self._end_style()
        return self._found

    def _add(self, name: str, line: int, text: str) -> None:
        self._found.append(Trait(name, line, shortened(text)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_style()
        source = self.get_starttag_text() or f"<{tag}>"
        line = self.getpos()[0]
        if tag != "body" or attrs:  # a bare one stands in every mail and says nothing that could be lost
            self._add(f"tag {tag}", line, source)
        for name, value in attrs[:_ATTRIBUTES]:
            at = line + _lines_before(name, source)
            self._found.extend(trait for trait in _of_attribute(tag, name, value or "", at, source))
        if tag == "style":
            self._style, self._style_line = [], line + source.count("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._end_style()

    def handle_data(self, data: str) -> None:
        if self._style is not None:
            self._style.append(data)

    def handle_decl(self, decl: str) -> None:
        if decl.lower().startswith("doctype"):
            self._add("doctype", self.getpos()[0], f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self._add("comment", self.getpos()[0], f"<!--{data}-->")

    def _end_style(self) -> None:
        if self._style is not None:
            css, self._style = "".join(self._style), None
            self._found.extend(styles.of_sheet(css, self._style_line))


def _lines_before(name: str, source: str) -> int:
    """Return how many lines of a tag stand before an attribute."""
    if "\n" not in source:
        return 0
    match = re.search(rf"[\s\"'/]{re.escape(name)}(?![\w-])", source, re.IGNORECASE)
    return source.count("\n", 0, match.start() + 1) if match else 0


def _of_attribute(tag: str, name: str, value: str, line: int, source: str) -> Iterator[Trait]:
    """Yield the traits of one attribute: itself, and what its value says."""
    if name == "style":
        yield from styles.of_attribute(value, line)
        return
    snippet = shortened(source)
    for trait in (f"attribute {name}", *_of_value(tag, name, value)):
        yield Trait(trait, line, snippet)


def _of_value(tag: str, name: str, value: str) -> Iterator[str]:
    lowered = value.strip().lower()
    if name == "type" and tag in {"input", "button"}:
        yield f"{tag} {lowered}"
    elif name == "href" and tag in {"a", "area"} and lowered[1:]:
        yield f"link {'#' if lowered.startswith('#') else lowered.partition(':')[0]}"
    elif name == "name" and tag == "meta":
        yield f"meta {lowered}"
    elif name in _IMAGES and tag not in {"script", "iframe", "audio", "embed"}:
        urls = re.split(r"\s", value) if name == "srcset" else [value]
        for url in urls:
            yield from (f"image {kind}" for kind in image_kinds(url))
