"""Hold the parsed note as a small frozen tree, from which the text part and the HTML part are both written.

A tree is a tuple of strings and elements. Strings may hold literals, that is tokens which stand for a value of the
record; `fill` puts the values in, character for character, so that no value is ever read as Markdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.composer.links import linked
from mailer.composer.literals import expanded, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Nodes = tuple["str | Element", ...]

__all__ = ["Element", "fill", "words"]


class Element:
    """One element: its HTML tag, its children, and the one attribute it can have (`href` of a, `start` of ol)."""

    __slots__ = ("attribute", "children", "tag")

    def __init__(self, tag: str, children: tuple[str | Element, ...] = (), attribute: str = "") -> None:
        self.tag = tag
        self.children = children
        self.attribute = attribute


def fill(nodes: Nodes, values: Sequence[str]) -> Nodes:
    """Return the tree with every token replaced by its value; web and mail addresses in a value become links."""
    return _filled(nodes, values, may_link=True) if values else nodes


def _filled(nodes: Nodes, values: Sequence[str], *, may_link: bool) -> Nodes:
    full: list[str | Element] = []
    for node in nodes:
        if isinstance(node, Element):
            inner = may_link and node.tag not in {"a", "code"}
            children = _filled(node.children, values, may_link=inner)
            full.append(Element(node.tag, children, expanded(node.attribute, values)))
        elif may_link:
            full.extend(_with_links(pieces(node, values)))
        else:
            full.append(expanded(node, values))
    return tuple(full)


def _with_links(parts: Iterable[tuple[bool, str]]) -> Iterable[str | Element]:
    for is_value, part in parts:
        if not is_value:
            yield part
            continue
        for label, href in linked(part):
            yield Element("a", (label,), href) if href else label


def words(nodes: Nodes) -> str:
    """Return the bare text of a tree, elements run together."""
    return "".join(n if isinstance(n, str) else words(n.children) for n in nodes)
