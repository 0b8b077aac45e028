"""Turn front matter into nodes with ruamel.yaml's pure scanner and parser, and refuse what only an attacker writes.

The only home of ruamel.yaml for reading. Anchors, aliases, tags and further documents are refused, depth and number of
nodes are bounded while the events stream in, and no node is built by ruamel's composer, which recurses.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from mailer.errors import NoteError
from mailer.interviews.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["scan"]

#: A gift item of a later note is nine levels deep; more is no interview.
MAX_DEPTH = 16
#: Fifty people with every key and three later notes each stay below half of this.
MAX_NODES = 20_000
#: The front matter begins on the line after the opening `---`.
FIRST_LINE = 2

#: ruamel's words for the slips that people make most, in words that say what to do.
ADVICE = {
    "mapping values are not allowed": "a “: ” stands inside a value; put the whole value in double quotes",
    "could not find expected ':'": "a key without “:” after it, or a line that should be indented",
    "cannot start any token": "a value begins with a mark that YAML reserves, or a tab indents; use quotes, or spaces",
    "expected <block end>": "the indentation does not fit the lines above; keys of one person start in one column",
    "unexpected end of stream": "a quote that was opened here is not closed",
    "expected ',' or": "a bracket or brace that was opened here is not closed, or its value needs quotes",
    "but found '<stream end>'": "a bracket or brace that was opened is not closed",
    "found undefined tag handle": "a value that begins with “!” needs quotes",
}

#: Of these slips ruamel knows where they began as well, which is the place to mend: it finds them at the end of it all.
OPENINGS = ("unexpected end of stream", "expected ',' or")


def scan(text: str, path: Path) -> Node:
    """Return the tree of the front matter `text`, whose first line is line 2 of the file `path`.

    Raises NoteError for text that is no YAML, and for what is refused whatever it means: anchors, aliases, explicit
    tags, a second document, more than MAX_DEPTH levels or MAX_NODES nodes.
    """
    return _Composition(text, path).compose()


class _Composition:
    """One pass over the events; `open` holds the collections that are not closed yet, outermost first."""

    def __init__(self, text: str, path: Path) -> None:
        self.text = text
        self.path = path
        self.newlines = [i for i, character in enumerate(text) if character == "\n"]
        self.open: list[tuple[Any, list[Node]]] = []
        self.nodes = 0
        self.documents = 0

    def compose(self) -> Node:
        root: Node = Scalar(FIRST_LINE, 0, 0, "", "")
        for event in self._events():
            node = self._take(event)
            if node is None:
                continue
            if self.open:
                self.open[-1][1].append(node)
            else:
                root = node
        return root

    def _events(self) -> Iterator[Any]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            yield from YAML(typ="safe", pure=True).parse(self.text)
        except YAMLError as exc:
            raise self._not_yaml(exc) from exc
        except (
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
            TypeError,
            AssertionError,
            RuntimeError,
        ) as exc:
            # ruamel leaves slips such as chr(0x110000) of an escape to Python's own errors, without a place
            raise self._fault(0, "the front matter is not YAML (an escape or number in it is out of range)") from exc

    def _take(self, event: Any) -> Node | None:
        """Return the node that this event completes, if any."""
        match type(event).__name__:
            case "ScalarEvent":
                self._admit(event)
                return self._scalar(event)
            case "SequenceStartEvent" | "MappingStartEvent":
                self._admit(event)
                self.open.append((event, []))
            case "SequenceEndEvent" | "MappingEndEvent":
                return self._close(event)
            case "AliasEvent":
                raise self._fault(event.start_mark.index, "an alias (*) is refused; write the value out, or quote it")
            case "DocumentStartEvent":
                self.documents += 1
                if self.documents > 1 or event.explicit:
                    raise self._fault(event.start_mark.index, "a second YAML document is refused; keep one block")
        return None

    def _admit(self, event: Any) -> None:
        self.nodes += 1
        index = event.start_mark.index
        if event.anchor is not None:
            raise self._fault(index, "an anchor (&) is refused; write the value out, or put it in quotes")
        if event.ctag is not None:
            raise self._fault(index, "a tag (!) is refused; leave it out, or put the value in quotes")
        if len(self.open) >= MAX_DEPTH:
            raise self._fault(index, f"the values are nested more than {MAX_DEPTH} levels deep")
        if self.nodes > MAX_NODES:
            raise self._fault(index, f"the front matter holds more than {MAX_NODES:,} values")

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        style = event.style or ""
        if style in {"|", ">"}:
            end = start + len(self.text[start:end].rstrip())
        elif start == end:
            start = end = self._place_of_nothing(start)
        return Scalar(self._line(start), start, end, style, event.value)

    def _place_of_nothing(self, index: int) -> int:
        """Return where an empty value would be written: after its colon, where ruamel marks the next token."""
        opening, siblings = self.open[-1] if self.open else (None, [])
        if type(opening).__name__ == "MappingStartEvent" and len(siblings) % 2:
            return self.text.find(":", siblings[-1].end, index) + 1 or index
        return index

    def _close(self, event: Any) -> Node:
        """Build the innermost open collection; a block one ends with its last value, not at the next token."""
        opening, children = self.open.pop()
        start = opening.start_mark.index
        is_flow = bool(opening.flow_style)
        end = event.end_mark.index if is_flow or not children else children[-1].end
        line = self._line(start)
        if type(event).__name__ == "SequenceEndEvent":
            return Sequence(line, start, end, "[" if is_flow else "", children)
        return Mapping(line, start, end, "{" if is_flow else "", list(zip(children[::2], children[1::2], strict=True)))

    def _line(self, index: int) -> int:
        return FIRST_LINE + bisect_left(self.newlines, index)

    def _fault(self, index: int, problem: str) -> NoteError:
        return NoteError(problem, path=self.path, line=self._line(index))

    def _not_yaml(self, exc: Any) -> NoteError:
        said = getattr(exc, "problem", None) or getattr(exc, "reason", None) or "it cannot be read"
        found, began = getattr(exc, "problem_mark", None), getattr(exc, "context_mark", None)
        mark = began if began and any(sign in said for sign in OPENINGS) else found or began
        index = mark.index if mark else getattr(exc, "position", 0)
        advice = next((words for sign, words in ADVICE.items() if sign in said), said.splitlines()[0])
        return self._fault(index, f"the front matter is not YAML: {advice}")
