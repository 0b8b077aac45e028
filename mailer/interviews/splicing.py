"""Find the smallest edits of front matter that set, insert or remove one value.

Takes the text, its tree, the steps to a value and the value wanted, gives candidate edits (start, end, text), the
gentlest first. A candidate may be wrong in odd layouts; the caller reads each one back before it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mailer.interviews.emitting import Plain, emit
from mailer.interviews.keys import order_of
from mailer.interviews.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Edit", "Step", "edits"]

Step: TypeAlias = str | int
Edit: TypeAlias = tuple[int, int, str]


class Spot:
    """A step into the tree: the collection, the step, the key and value there (None when absent), and flow or block."""

    __slots__ = ("is_flow", "key", "parent", "step", "value")

    def __init__(self, parent: Node, step: Step, *, is_flow: bool) -> None:
        self.parent = parent
        self.step = step
        self.is_flow = is_flow or parent.style in {"{", "["}
        self.key: Node | None = None
        self.value: Node | None = None
        if isinstance(parent, Mapping) and isinstance(step, str):
            self.key, self.value = parent.find(step) or (None, None)
        elif isinstance(parent, Sequence) and isinstance(step, int) and step < len(parent.items):
            self.value = parent.items[step]


def edits(text: str, root: Node, steps: tuple[Step, ...], wanted: Plain) -> Iterator[Edit]:
    """Yield edits of `text` after which the value at `steps` is `wanted`; None asks for its removal."""
    spots = _spots(root, steps)
    depth = len(spots) - 1
    for step in reversed(steps[depth + 1 :]):
        wanted = {step: wanted} if isinstance(step, str) else [wanted]
    while depth >= 0:
        spot = spots[depth]
        yield from _edits_at(text, spot, steps[:depth], wanted)
        wanted = _around(spot, wanted)
        depth -= 1
    if root.style and wanted is not None:
        yield root.start, root.end, emit(wanted, is_flow=True).strip()


def _spots(root: Node, steps: tuple[Step, ...]) -> list[Spot]:
    """Return the spots from the root to the value, or to the first one that does not exist yet."""
    spots: list[Spot] = []
    node: Node | None = root
    for step in steps:
        if node is None or (spots and node.is_null):
            break
        spots.append(Spot(node, step, is_flow=bool(spots) and spots[-1].is_flow))
        node = spots[-1].value
    return spots


def _around(spot: Spot, wanted: Plain) -> Plain:
    """Return the whole collection of a spot with `wanted` in it, for an edit one level up."""
    if isinstance(spot.parent, Sequence):
        items = [_plain(item) for item in spot.parent.items]
        index = int(spot.step)
        return [*items[:index], *([] if wanted is None else [wanted]), *items[index + 1 :]] or None
    pairs = spot.parent.pairs if isinstance(spot.parent, Mapping) else []
    whole = {key.text: _plain(value) for key, value in pairs if isinstance(key, Scalar)} | {str(spot.step): wanted}
    return {key: value for key, value in whole.items() if value is not None} or None


def _plain(node: Node) -> Plain:
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.pairs if isinstance(key, Scalar)}
    return node.text or None if isinstance(node, Scalar) and not node.is_null else None


def _edits_at(text: str, spot: Spot, above: tuple[Step, ...], wanted: Plain) -> Iterator[Edit]:
    if wanted is None:
        yield from _removals(text, spot, is_top=not above)
    elif spot.is_flow:
        if spot.value is not None:
            yield from _flow_replacements(text, spot.value, wanted)
    elif spot.value is not None:
        yield from _replacements(text, spot, wanted)
    else:
        yield from _insertions(text, spot, above, wanted)


# --- lines -----------------------------------------------------------------------------------------------------


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """Return the end of the line's content, before its line break."""
    end = text.find("\n", index)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _after_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _column(text: str, node: Node) -> int:
    return node.start - _line_start(text, node.start)


def _dash(text: str, item: Node) -> str | None:
    """Return what stands before a list item on its line (`  - `), None when that is more than the one dash."""
    before = text[_line_start(text, item.start) : item.start]
    return before if before.strip() == "-" and "\t" not in before else None


def _indented(block: str, column: int) -> str:
    """Return the lines of a block, all but the first moved to the right."""
    first, *rest = block.split("\n")
    return "\n".join([first, *(" " * column + line if line.strip() else "" for line in rest)])


# --- text for a value ------------------------------------------------------------------------------------------


def _styles(node: Node, wanted: Plain) -> tuple[str, ...]:
    """Return the styles to try: that of a text that stands there, ruamel's own choice, double quotes."""
    kept = node.style if isinstance(node, Scalar) and isinstance(wanted, str) else ""
    return tuple(dict.fromkeys((kept, "", '"')))


def _value_text(wanted: Plain, style: str, column: int) -> str:
    """Return what stands after `key:` in that column, with its leading space or line break, without a final one."""
    return _indented(emit({"k": wanted}, style=style).removeprefix("k:").rstrip("\n"), column)


def _item_text(wanted: Plain, style: str, column: int) -> str:
    """Return a list item without its dash; its further lines begin in `column`."""
    lines = emit({"k": [wanted]}, style=style).rstrip("\n").split("\n")[1:]
    return _indented("\n".join(line[4:] for line in lines), column)


# --- edits -----------------------------------------------------------------------------------------------------


def _flow_replacements(text: str, node: Node, wanted: Plain) -> Iterator[Edit]:
    """Replace a value between brackets; texts there stay on one line."""
    space = " " if node.start == node.end and text[node.start - 1 : node.start] == ":" else ""
    for style in _styles(node, wanted):
        flow = emit({"k": wanted}, style=style, is_flow=True).strip()
        yield node.start, node.end, space + flow.removeprefix("{k: ").removesuffix("}")


def _replacements(text: str, spot: Spot, wanted: Plain) -> Iterator[Edit]:
    """Replace the value of a key or a list item, and keep the comment that stands on its first line."""
    node = spot.value or spot.parent
    if node.style in {"{", "["} and not isinstance(wanted, str):
        yield from _flow_replacements(text, node, wanted)
    for style in _styles(node, wanted):
        if spot.key is not None:
            new = _value_text(wanted, style, _column(text, spot.key))
            start = spot.key.end + text[spot.key.end : node.start or None].find(":") + 1
        else:
            new = _item_text(wanted, style, _column(text, node))
            start = node.start
        yield _with_comment(text, node, start, new)


def _with_comment(text: str, node: Node, start: int, new: str) -> Edit:
    """Return the edit from `start` to the end of the value; a comment moves to the end of the new first line."""
    end = _line_end(text, node.end)
    if node.style in {"|", ">"}:
        comment = _comment_in(text[node.start : _line_end(text, node.start)])
    elif node.style or isinstance(node, Scalar):
        comment = text[node.end : end]
    else:
        comment = _comment_in(text[start : min(node.start, _line_end(text, start))])
    head, line_break, tail = new.partition("\n")
    return start, end, head + comment.rstrip() + line_break + tail


def _comment_in(line: str) -> str:
    """Return the comment of a line without quotes, with the blanks before it; "" when there is none."""
    blank = line.find(" #")
    return line[len(line[:blank].rstrip()) :] if blank >= 0 else ""


def _insertions(text: str, spot: Spot, above: tuple[Step, ...], wanted: Plain) -> Iterator[Edit]:
    """Insert a key after those that come before it in the format's order, or an item at the end of its list."""
    for style in ("", '"'):
        if isinstance(spot.parent, Sequence) and spot.parent.items:
            last = spot.parent.items[-1]
            dash = _dash(text, last)
            if dash is not None:
                new = dash + _item_text(wanted, style, len(dash))
                yield _new_lines(text, last.end, new)
        elif isinstance(spot.parent, Mapping) and spot.parent.pairs:
            before = _predecessor(spot.parent, str(spot.step), order_of(above))
            column = _column(text, spot.parent.pairs[0][0])
            new = f"{' ' * column}{spot.step}:{_value_text(wanted, style, column)}"
            yield _new_lines(text, max(before[0].end, before[1].end), new)
        elif spot.parent.is_null and not above:
            yield len(text), len(text), f"{spot.step}:{_value_text(wanted, style, 0)}\n"


def _new_lines(text: str, end: int, new: str) -> Edit:
    at = _after_line(text, end)
    return at, at, new + "\n"


def _predecessor(mapping: Mapping, name: str, order: tuple[str, ...]) -> tuple[Node, Node]:
    """Return the pair that the new key goes after: the last of those before it in order, else the first of all."""
    before = order[: order.index(name)] if name in order else order
    fitting = [pair for pair in mapping.pairs if isinstance(pair[0], Scalar) and pair[0].text in before]
    return fitting[-1] if fitting else mapping.pairs[0]


def _removals(text: str, spot: Spot, *, is_top: bool) -> Iterator[Edit]:
    """Remove whole lines; where a key shares its line with a dash, move the next key there, or leave a null."""
    node = spot.value
    if node is None or spot.is_flow:
        return
    first = spot.key or node
    end = _after_line(text, max(node.end, first.end))
    if isinstance(spot.parent, Sequence):
        if _dash(text, first) is not None and len(spot.parent.items) > 1:
            yield _line_start(text, first.start), end, ""
    elif isinstance(spot.parent, Mapping) and (len(spot.parent.pairs) > 1 or is_top):
        if first is not spot.parent.pairs[0][0] or not text[_line_start(text, first.start) : first.start].strip():
            yield _line_start(text, first.start), end, ""
        elif not text[end : (following := spot.parent.pairs[1][0]).start].strip():
            yield first.start, following.start, ""
        else:
            start = first.end + text[first.end :].find(":") + 1
            yield _with_comment(text, node, start, " null")
