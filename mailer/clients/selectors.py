"""Name the kinds of selectors that a rule is made of.

Takes the tokens before a rule's `{` as tinycss2 reads them, gives the names of traits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["selector_names"]

_COMBINATORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling"}
_SIMPLE = {"ident": "type", "hash": "id", "[] block": "attribute"}
#: Pseudo-elements that may be written with one colon.
_OLD_ELEMENTS = {"before", "after", "first-line", "first-letter"}


def selector_names(prelude: Sequence[Any]) -> Iterator[str]:
    """Yield `selector class`, `pseudo-class hover` and their like, as often as they stand there."""
    waiting = [prelude]
    while waiting:
        tokens = [token for token in waiting.pop() if token.type != "comment"]
        for compound, joint in _compounds(tokens):
            if joint:
                yield f"selector {joint}"
            yield from _of_compound(compound)
        waiting.extend(token.arguments for token in tokens if token.type == "function")


def _compounds(tokens: Sequence[Any]) -> Iterator[tuple[list[Any], str]]:
    """Yield each run of tokens that speaks of one element, with the kind of joint before it ("" for the first)."""
    compound: list[Any] = []
    joint, next_joint = "", ""
    for token in tokens:
        sign = token.value if token.type == "literal" else ""
        found = "grouping" if sign == "," else _COMBINATORS.get(sign, "")
        if found or token.type == "whitespace":
            if compound:
                yield compound, joint
                compound, joint = [], ""
                next_joint = "descendant"
            next_joint = found or next_joint
        else:
            if not compound:
                joint, next_joint = next_joint, ""
            compound.append(token)
    if compound:
        yield compound, joint


def _of_compound(tokens: Sequence[Any]) -> Iterator[str]:
    """Yield what one element is chosen by."""
    counted = 0
    before = ""
    for token in tokens:
        is_name = token.type in {"ident", "function"}
        if before in {":", "::"} and is_name:
            name = token.lower_value if token.type == "ident" else token.lower_name
            is_element = before == "::" or name in _OLD_ELEMENTS
            yield f"pseudo-{'element' if is_element else 'class'} {name}"
        elif before == "." and token.type == "ident":
            yield "selector class"
            counted += 1
        elif token.type in _SIMPLE:
            yield f"selector {_SIMPLE[token.type]}"
            counted += token.type == "hash"
        sign = token.value if token.type == "literal" else ""
        if sign == "*":
            yield "selector universal"
        before = before + sign if sign == ":" and before == ":" else sign
    if counted > 1:
        yield "selector chaining"
