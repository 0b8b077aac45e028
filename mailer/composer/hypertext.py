"""Write the HTML of a note's tree in the very form in which lxml would write it again.

That form is what lets a theme be inlined without running premailer on every note: parsing and serialising this HTML
changes no byte of it (tests hold it against premailer itself).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.composer.nodes import Element
from mailer.composer.plaintext import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.composer.nodes import Nodes

__all__ = ["Styles", "escaped", "write"]

_CONTAINERS = frozenset({"ul", "ol", "blockquote"})
_VOID = frozenset({"br", "hr"})
#: What libxml2 percent-encodes in an href (xmlURIEscapeStr as its HTML serialiser calls it).
_NO_URI = re.compile(r"[^!-~]+")


class Styles:
    """The style that a theme gives to an element, by its path.

    A path names the tags from the outermost element to this one. Of its ancestors only those in `ancestors` are kept,
    the ones that the theme's descendant selectors speak of; None keeps all.
    """

    __slots__ = ("_ancestors", "_by_path")

    def __init__(self, by_path: Mapping[str, str], ancestors: frozenset[str] | None) -> None:
        self._by_path = by_path
        self._ancestors = ancestors

    def path(self, context: str, tag: str) -> str:
        """Return the path of an element with this tag inside `context`."""
        return f"{context} {tag}" if context else tag

    def context(self, context: str, tag: str) -> str:
        """Return the context of the children of an element with this tag inside `context`."""
        return self.path(context, tag) if self._ancestors is None or tag in self._ancestors else context

    def attribute(self, path: str) -> str:
        """Return the attribute with its leading space, or "" where the theme says nothing.

        Raises KeyError for a path that no run of premailer has met yet.
        """
        style = self._by_path[path]
        return f" style={_quoted(style)}" if style else ""


class _Unstyled(Styles):
    """No styles at all: what premailer is given."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__({}, frozenset())

    def attribute(self, path: str) -> str:  # noqa: ARG002  # the same for every path
        return ""


UNSTYLED = _Unstyled()


def escaped(text: str) -> str:
    """Return text for an element's content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write(nodes: Nodes, styles: Styles = UNSTYLED) -> str:
    """Return the HTML of a tree, each block on a line of its own; raises KeyError as `Styles.attribute` does."""
    out: list[str] = []
    _write(nodes, styles, "", out)
    return "".join(out).rstrip("\n")


def _write(nodes: Nodes, styles: Styles, context: str, out: list[str]) -> None:
    has_blocks = any(isinstance(node, Element) and node.tag in BLOCKS for node in nodes)
    for node in nodes:
        if isinstance(node, Element):
            _write_element(node, styles, context, out)
        elif not has_blocks or node.strip():
            out.append(escaped(node))


def _write_element(element: Element, styles: Styles, context: str, out: list[str]) -> None:
    tag, is_block = element.tag, element.tag in BLOCKS
    if is_block and out and not out[-1].endswith("\n"):
        out.append("\n")
    out.append(f"<{tag}{_attribute(element)}{styles.attribute(styles.path(context, tag))}>")
    if tag in _CONTAINERS or tag == "br":
        out.append("\n")
    _write(element.children, styles, styles.context(context, tag), out)
    if tag not in _VOID:
        out.append(f"</{tag}>")
    if is_block:
        out.append("\n")


def _attribute(element: Element) -> str:
    if not element.attribute:
        return ""
    if element.tag == "ol":
        return f' start="{element.attribute}"'
    return f" href={_quoted(_NO_URI.sub(_percent_encoded, element.attribute))}"


def _quoted(value: str) -> str:
    """Return an attribute's value in the quotes that libxml2 chooses."""
    value = escaped(value)
    if '"' in value and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace('"', "&quot;") + '"'


def _percent_encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
