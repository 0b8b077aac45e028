"""Read from HTML what spam filters look at: what is shown, what is hidden, links and images.

Takes HTML as a string, gives a `Page`.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from mailer.spam.colours import look_alike

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EMPTY", "Image", "Link", "Page", "read_page"]

#: No mail program shows more of a mail than this many characters.
_LIMIT = 200_000
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNSEEN = {"head", "script", "style", "title", "template"}
#: Elements whose end is no space between two words.
_INLINE = {"a", "b", "code", "em", "font", "i", "span", "strong", "u"}
#: An end tag closes an element at most this far out, so that tags without an order take no time.
_REACH = 50


class Link(NamedTuple):
    """Where a link goes, and the words one clicks on."""

    href: str
    text: str


class Image(NamedTuple):
    """An image's address and the size it asks for ("" when it asks for none)."""

    src: str
    width: str
    height: str


class Page(NamedTuple):
    """What is shown, what is hidden (one text for each place), links and images in order."""

    text: str
    hidden: tuple[str, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]


EMPTY = Page("", (), (), ())


def read_page(html: str) -> Page:
    """Return the page; of a longer one only its start, and nothing of comments."""
    first, *others = html[:_LIMIT].split("<!--")
    bare = first + "".join(other.partition("-->")[2] for other in others)
    reader = _Reader()
    # html.parser raises on sections it does not know, and after the last ">" it would try again from every "<".
    reader.feed(bare[: bare.rfind(">") + 1].replace("<![", "<!("))
    reader.close()
    return reader.page()


class _Element(NamedTuple):
    """An open element: whether its text is none, is taken out, or too small, and its colours ("" when not said)."""

    tag: str = ""
    is_unseen: bool = False
    is_gone: bool = False
    is_tiny: bool = False
    colour: str = ""
    ground: str = ""

    @property
    def is_hidden(self) -> bool:
        """Tell whether the reader cannot see the text in it."""
        return self.is_gone or self.is_tiny or bool(self.colour and look_alike(self.colour, self.ground or "white"))


class _Reader(HTMLParser):
    """Gather the page while the document is parsed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open = [_Element()]
        self._shown: list[str] = []
        self._hidden: list[str] = []
        self._links: list[tuple[str, list[str]]] = []
        self._in_link = False
        self._images: list[Image] = []

    def page(self) -> Page:
        """Return what was gathered."""
        links = (Link(href, " ".join("".join(words).split())) for href, words in self._links)
        return Page(" ".join("".join(self._shown).split()), tuple(self._hidden), tuple(links), tuple(self._images))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self._links.append((values["href"].strip(), []))
            self._in_link = True
        if tag == "img":
            style = _style(values)
            size = (style.get(side) or values.get(side, "") for side in ("width", "height"))
            self._images.append(Image(values.get("src", "").strip(), *(one.strip() for one in size)))
        if tag in _VOID:
            self._shown.append(" ")
        else:
            self._open.append(_inside(self._open[-1], tag, values))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        for at in range(len(self._open) - 1, max(0, len(self._open) - _REACH), -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                break
        if tag not in _INLINE:
            self._shown.append(" ")

    def handle_data(self, data: str) -> None:
        element = self._open[-1]
        if element.is_unseen:
            return
        if element.is_hidden and data.strip():
            self._hidden.append(" ".join(data.split()))
        elif not element.is_hidden:
            self._shown.append(data)
        if self._in_link:
            self._links[-1][1].append(data)


def _style(values: Mapping[str, str]) -> dict[str, str]:
    """Return the declarations of a style attribute, as far as they are simple."""
    pairs = (one.partition(":") for one in values.get("style", "").lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _inside(outer: _Element, tag: str, values: Mapping[str, str]) -> _Element:
    """Return an element as it stands in its outer one: what is taken out stays so, size and colours may change."""
    style = _style(values)
    is_gone = (
        "hidden" in values
        or style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("opacity") in {"0", "0.0", "0%"}
    )
    size = style.get("font-size", "").removesuffix("px").strip()
    return _Element(
        tag=tag,
        is_unseen=outer.is_unseen or tag in _UNSEEN,
        is_gone=outer.is_gone or is_gone,
        is_tiny=size in {"0", "1"} if size else outer.is_tiny,
        colour=style.get("color") or values.get("color", "") or outer.colour,
        ground=style.get("background-color") or style.get("background") or values.get("bgcolor", "") or outer.ground,
    )
