"""Read a note's Markdown into the tree of `nodes`; the home of python-markdown.

Departures from plain Markdown, each because a note is a person's mail: a line break in the source stays one; raw HTML,
entities and images are shown as typed; a bare https or mail address becomes a link; a heading needs the space after its
`#`; lists keep their first number; a row of dashes under a line makes no heading.
"""

from __future__ import annotations

import functools
import re
import threading
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element as TreeElement

from markdown import Markdown
from markdown.extensions.sane_lists import SaneListExtension
from markdown.inlinepatterns import InlineProcessor, SubstituteTagInlineProcessor
from markdown.util import AtomicString

from mailer.composer.links import ADDRESS, trimmed
from mailer.composer.nodes import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["parse"]

_lock = threading.Lock()
_WEB = ("https://", "http://", "mailto:", "tel:")
_HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?P<header>[ \t]+(?:\\.|[^\\])*?)#*(?:\n|$)")


class _BareAddress(InlineProcessor):
    """Link an address that stands in the text, bare or in angle brackets; not inside a link."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], _data: str) -> tuple[Any, Any, Any]:  # type: ignore[override]  # noqa: N802
        in_brackets = m[0].startswith("<")
        address = m["address"] if in_brackets else trimmed(m[0])
        if len(address) <= len("https://"):
            return None, m.start(), m.end()
        link = TreeElement("a")
        link.text = AtomicString(address)
        shown = self.unescape(address)
        link.set("href", shown if shown.startswith(("https://", "mailto:")) else f"mailto:{shown}")
        return link, m.start(), m.end() if in_brackets else m.start() + len(address)


@functools.cache
def _reader() -> Markdown:
    """Build the one parser of the process; building it costs more than reading a note."""
    md = Markdown(extensions=[SaneListExtension()])
    md.preprocessors.deregister("html_block")
    md.treeprocessors.deregister("prettify")
    md.parser.blockprocessors.deregister("setextheader")
    for name in ("html", "entity", "automail", "autolink", "image_link", "image_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    setattr(md.parser.blockprocessors["hashheader"], "RE", _HEADING)  # noqa: B010  # an attribute the stubs do not know
    address = _BareAddress(rf"<(?P<address>{ADDRESS})>|{ADDRESS}", md)
    md.inlinePatterns.register(address, "address", 105)
    md.inlinePatterns.register(SubstituteTagInlineProcessor(r"[ ]*\n[ ]*", "br"), "linebreak", 100)
    return md


@functools.lru_cache(maxsize=512)
def parse(source: str) -> tuple[str | Element, ...]:
    """Return the tree of a Markdown text (LF line ends); notes that differ by values only share one parse."""
    md = _reader()
    with _lock:
        md.reset()
        lines = source.split("\n")
        for step in md.preprocessors:
            lines = step.run(lines)
        root: Any = md.parser.parseDocument(lines).getroot()
        for tree_step in md.treeprocessors:
            tree_step.run(root)
        return tuple(_children(root))


def _children(parent: TreeElement, *, in_link: bool = False) -> Iterator[str | Element]:
    if parent.text:
        yield parent.text
    for child in parent:
        yield from _element(child, in_link=in_link)
        if child.tail:
            yield child.tail


def _element(found: TreeElement, *, in_link: bool) -> Iterator[str | Element]:
    tag, href = found.tag, found.get("href", "")
    if tag == "pre":
        yield Element("pre", (Element("code", (_code(found[0]).strip("\n") + "\n",)),))
    elif tag == "code":
        yield Element("code", tuple(_broken(_code(found))))
    elif tag == "a" and (in_link or not href.lower().startswith(_WEB)):
        yield from _children(found, in_link=in_link)
    else:
        yield Element(tag, tuple(_children(found, in_link=in_link or tag == "a")), href or found.get("start", ""))


def _code(found: TreeElement) -> str:
    """Return the text of a code element; python-markdown has escaped it for HTML, which is undone here."""
    return (found.text or "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _broken(text: str) -> Iterator[str | Element]:
    for at, line in enumerate(text.split("\n")):
        if at:
            yield Element("br")
        yield line
