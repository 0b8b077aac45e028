"""Read the traits of CSS: a style sheet's rules and selectors, and the declarations of a style attribute.

Takes CSS as a string with the line on which it begins, gives `Trait`s. Only here is tinycss2 used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mailer.clients.images import image_kinds
from mailer.clients.selectors import selector_names
from mailer.clients.traits import Trait, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    #: Turns what tinycss2 read, and the name of a trait, into the trait.
    Place = Callable[[Any, str], Trait]

__all__ = ["of_attribute", "of_sheet"]

#: Rules inside rules that are looked into; no mail needs as many.
_DEPTH = 12
_STATEMENT_END = re.compile(r"[;{}]")
#: At-rules that hold declarations, and those whose inner rules have no selectors.
_WITH_DECLARATIONS = {"font-face", "page", "counter-style", "property"}
_WITHOUT_SELECTORS = {"keyframes", "-webkit-keyframes", "-moz-keyframes", "font-feature-values"}


def of_sheet(css: str, line: int) -> Iterator[Trait]:
    """Yield the traits of a style sheet that begins on this line."""
    from tinycss2 import parse_stylesheet

    yield from _of_nodes(parse_stylesheet(css), _placing(css, line), depth=0)


def of_attribute(css: str, line: int) -> Iterator[Trait]:
    """Yield the traits of a style attribute that begins on this line."""
    from tinycss2 import parse_blocks_contents

    yield from _of_nodes(parse_blocks_contents(css), _placing(css, line), depth=0)


def _placing(css: str, first: int) -> Place:
    lines = css.split("\n")

    def placed(node: Any, name: str) -> Trait:
        text = lines[node.source_line - 1][node.source_column - 1 :][:320]
        statement = _STATEMENT_END.split(text, maxsplit=1)[0]
        return Trait(name, first + node.source_line - 1, shortened(statement or text))

    return placed


def _of_nodes(nodes: Iterable[Any], place: Place, *, depth: int, is_nested: bool = False) -> Iterator[Trait]:
    """Yield the traits of parsed rules, declarations and comments; `is_nested` when they stand in a rule."""
    if depth > _DEPTH:
        return
    for node in nodes:
        match node.type:
            case "comment":
                yield place(node, "css-comment")
            case "declaration":
                yield from _of_declaration(node, place)
            case "at-rule":
                yield from _of_at_rule(node, place, depth)
            case "qualified-rule":
                yield from _of_rule(node, place, depth, is_nested=is_nested)


def _of_rule(node: Any, place: Place, depth: int, *, is_nested: bool) -> Iterator[Trait]:
    from tinycss2 import parse_blocks_contents

    if is_nested:
        yield place(node, "nesting")
    for name in selector_names(node.prelude):
        yield place(node, name)
    yield from _of_nodes(parse_blocks_contents(node.content), place, depth=depth + 1, is_nested=True)


def _of_at_rule(node: Any, place: Place, depth: int) -> Iterator[Trait]:
    from tinycss2 import parse_blocks_contents, parse_rule_list

    name = node.lower_at_keyword
    yield place(node, f"rule {name.removeprefix('-webkit-')}")
    if name == "media":
        for block in node.prelude:
            if block.type == "() block":
                idents = (token.lower_value for token in block.content if token.type == "ident")
                yield from (place(node, f"media {ident}") for ident in idents)
    if node.content is None:
        return
    if name in _WITH_DECLARATIONS:
        yield from _of_nodes(parse_blocks_contents(node.content), place, depth=depth + 1)
        return
    inner = parse_rule_list(node.content)
    if name in _WITHOUT_SELECTORS:
        inner = [
            part for rule in inner if rule.type == "qualified-rule" for part in parse_blocks_contents(rule.content)
        ]
    yield from _of_nodes(inner, place, depth=depth + 1)


def _of_declaration(node: Any, place: Place) -> Iterator[Trait]:
    """Yield the property and whatever its value is made of."""
    if node.name.startswith("--"):
        yield place(node, "variable")
    yield place(node, f"property {node.lower_name}")
    if node.important:
        yield place(node, "important")
    waiting = list(node.value)
    while waiting:
        token = waiting.pop()
        yield from (place(node, name) for name in _of_token(token, node.lower_name))
        waiting.extend(getattr(token, "arguments", None) or getattr(token, "content", None) or ())


def _of_token(token: Any, name: str) -> Iterator[str]:
    match token.type:
        case "dimension":
            yield f"unit {token.lower_unit}"
        case "percentage":
            yield "unit %"
        case "ident":
            yield f"keyword {token.lower_value}"
            yield f"value {name}:{token.lower_value}"
        case "function":
            yield f"function {token.lower_name}"
            if token.lower_name == "url":
                urls = [argument.value for argument in token.arguments if argument.type == "string"]
                yield from (f"image {kind}" for url in urls for kind in image_kinds(url))
        case "url":
            yield from (f"image {kind}" for kind in image_kinds(token.value))
