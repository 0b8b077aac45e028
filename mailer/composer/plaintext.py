"""Write the text part from a note's tree, as if it had been typed: no mark of Markdown is left.

One logical line for each line of a paragraph, LF between lines; wrapping belongs to the seal (format=flowed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.composer.nodes import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.composer.nodes import Nodes

__all__ = ["BLOCKS", "write"]

BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr"})


def write(nodes: Nodes) -> str:
    """Return the text of a tree, ended by one LF; "" for an empty tree."""
    text = "\n".join(_lines(nodes, is_loose=True))
    return f"{text}\n" if text else ""


def _lines(nodes: Nodes, *, is_loose: bool) -> list[str]:
    """Return the lines of all blocks, with an empty one between two blocks when they stand loose."""
    lines: list[str] = []
    for block in _blocks(nodes):
        if lines and is_loose:
            lines.append("")
        lines.extend(_block(block) if isinstance(block, Element) else _paragraph(block))
    return lines


def _blocks(nodes: Nodes) -> Iterator[Element | Nodes]:
    """Yield block elements, and runs of anything else gathered to one paragraph."""
    run: list[str | Element] = []
    for node in nodes:
        if isinstance(node, Element) and node.tag in BLOCKS:
            yield from _gathered(run)
            run = []
            yield node
        else:
            run.append(node)
    yield from _gathered(run)


def _gathered(run: list[str | Element]) -> Iterator[Nodes]:
    if any(isinstance(node, Element) or node.strip() for node in run):
        yield tuple(run)


def _block(block: Element) -> list[str]:
    match block.tag:
        case "ul" | "ol":
            return _list(block)
        case "blockquote":
            return [f"> {line}".rstrip() for line in _lines(block.children, is_loose=True)]
        case "pre":
            return [f"    {line}".rstrip() for line in _inline(block.children).rstrip("\n").split("\n")]
        case "hr":
            return ["* * *"]
        case _:
            return _paragraph(block.children)


def _paragraph(nodes: Nodes) -> list[str]:
    return [line.strip(" \t") for line in _inline(nodes).strip("\n").split("\n")]


def _list(block: Element) -> list[str]:
    """Return a list's lines: `- ` or the number before an item, its other lines hanging under its first word."""
    items = [item for item in block.children if isinstance(item, Element)]
    is_loose = any(isinstance(node, Element) and node.tag == "p" for item in items for node in item.children)
    number = int(block.attribute or 1)
    lines: list[str] = []
    for at, item in enumerate(items):
        marker = "- " if block.tag == "ul" else f"{number + at}. "
        if lines and is_loose:
            lines.append("")
        first, *rest = _lines(item.children, is_loose=is_loose) or [""]
        lines.append(f"{marker}{first}".rstrip())
        lines.extend(f"{' ' * len(marker)}{line}".rstrip() for line in rest)
    return lines


def _inline(nodes: Nodes) -> str:
    return "".join(node if isinstance(node, str) else _marked(node) for node in nodes)


def _marked(element: Element) -> str:
    """Return an inline element as plain words; a link whose words are not its address shows the address after them."""
    if element.tag == "br":
        return "\n"
    text = _inline(element.children)
    if element.tag != "a":
        return text
    target = element.attribute.removeprefix("mailto:")
    return text if text in {target, element.attribute} else f"{text} <{target}>"
