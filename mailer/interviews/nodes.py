"""Hold the parsed front matter as a tree of nodes that know their place, and keep such trees on disk.

A node's `start` and `end` are character offsets in the front matter it was scanned from, `line` its line in the file.
Parsing costs far more than reading: `recall` and `remember` keep trees by the SHA-256 of the text they came from.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "from_json", "recall", "remember"]

#: Part of every cache name; a change of the tree's shape or of the scanner's rules needs a new one.
VERSION = "interview-1.1"
MAX_CACHE_FILES = 256
MAX_CACHE_FILE_BYTES = 16 * 1024 * 1024
#: What YAML 1.2's core schema reads as null (10.3.2).
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Node:
    """A place in the front matter; `style` is the quote or block mark of a scalar, `{` or `[` of a flow collection."""

    __slots__ = ("end", "line", "start", "style")

    def __init__(self, line: int, start: int, end: int, style: str) -> None:
        self.line = line
        self.start = start
        self.end = end
        self.style = style

    @property
    def is_null(self) -> bool:
        """Tell whether nothing is written here."""
        return False

    @property
    def said(self) -> str:
        """Return what an error calls this node."""
        raise NotImplementedError

    def to_json(self) -> list[Any]:
        """Return the tree from here as lists, strings and integers: a tag, the place, the content."""
        raise NotImplementedError

    def _tagged(self, tag: str, content: object) -> list[Any]:
        return [tag, self.line, self.start, self.end, self.style, content]


class Scalar(Node):
    """A text, unquoted and unfolded; its type is for the reader of the key to decide."""

    __slots__ = ("text",)

    def __init__(self, line: int, start: int, end: int, style: str, text: str) -> None:
        super().__init__(line, start, end, style)
        self.text = text

    @property
    def is_null(self) -> bool:
        """Tell whether this is a plain null, `~` or nothing at all."""
        return not self.style and self.text in NULLS

    @property
    def said(self) -> str:
        """Return the text in quotes."""
        return f"“{self.text}”" if self.text else "nothing"

    def to_json(self) -> list[Any]:
        """Return the text with its place."""
        return self._tagged("t", self.text)


class Sequence(Node):
    """A list of nodes."""

    __slots__ = ("items",)

    def __init__(self, line: int, start: int, end: int, style: str, items: list[Node]) -> None:
        super().__init__(line, start, end, style)
        self.items = items

    @property
    def said(self) -> str:
        """Return what it is."""
        return "a list"

    def to_json(self) -> list[Any]:
        """Return the items with their place."""
        return self._tagged("s", [item.to_json() for item in self.items])


class Mapping(Node):
    """Pairs of key and value in file order; keys may repeat, and need be no scalars, until the reader has looked."""

    __slots__ = ("pairs",)

    def __init__(self, line: int, start: int, end: int, style: str, pairs: list[tuple[Node, Node]]) -> None:
        super().__init__(line, start, end, style)
        self.pairs = pairs

    @property
    def said(self) -> str:
        """Return what it is."""
        return "keys with values"

    def find(self, name: str) -> tuple[Node, Node] | None:
        """Return the first pair whose key is the text `name`."""
        return next((pair for pair in self.pairs if isinstance(pair[0], Scalar) and pair[0].text == name), None)

    def to_json(self) -> list[Any]:
        """Return the pairs with their place."""
        return self._tagged("m", [[key.to_json(), value.to_json()] for key, value in self.pairs])


def from_json(tree: object) -> Node:
    """Return the node that `to_json` described; raises ValueError for any other shape."""
    match tree:
        case ["t", int(line), int(start), int(end), str(style), str(text)]:
            return Scalar(line, start, end, style, text)
        case ["s", int(line), int(start), int(end), str(style), list(items)]:
            return Sequence(line, start, end, style, [from_json(item) for item in items])
        case ["m", int(line), int(start), int(end), str(style), list(pairs)]:
            return Mapping(line, start, end, style, [_pair_from_json(pair) for pair in pairs])
    raise ValueError("not a tree of this version")


def _pair_from_json(pair: object) -> tuple[Node, Node]:
    match pair:
        case [key, value]:
            return from_json(key), from_json(value)
    raise ValueError("not a pair of nodes")


def recall(cache: Path, text: str) -> Node | None:
    """Return the tree kept for this very text, or None when there is none or it does not read."""
    import json

    try:
        with _file(cache, text).open("rb") as file:
            check, _, tree = file.read(MAX_CACHE_FILE_BYTES).partition(b"\n")
        return from_json(json.loads(tree)) if check == _check(tree) else None
    except (OSError, ValueError, RecursionError):
        return None


def remember(cache: Path, text: str, node: Node) -> None:
    """Keep the tree for this text in the folder (0700, files 0600); a folder that cannot be written is let be."""
    import json

    kept = _file(cache, text)
    temporary = kept.with_suffix(f".{os.getpid()}.tmp")
    try:
        _make_private(kept.parent)
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        tree = json.dumps(node.to_json(), separators=(",", ":")).encode("ascii")
        with os.fdopen(descriptor, "wb") as file:
            file.write(_check(tree) + b"\n" + tree)
        temporary.replace(kept)
        _prune(kept.parent)
    except OSError:
        return


def _check(tree: bytes) -> bytes:
    """Return what shows that a kept tree is whole: a crash or a bad disk must not change an interview."""
    from hashlib import sha256

    return sha256(tree).hexdigest().encode("ascii")


def _file(cache: Path, text: str) -> Path:
    from hashlib import sha256

    return cache / "front-matter" / (sha256(f"{VERSION}\n{text}".encode()).hexdigest() + ".json")


def _make_private(folder: Path) -> None:
    """Make the folder and those above it that are missing, all of them 0700 (`parents=True` would ask the umask)."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _prune(folder: Path) -> None:
    """Delete the oldest files beyond MAX_CACHE_FILES; every edit of a file leaves a tree that nobody asks for again."""
    files = [path for path in folder.iterdir() if path.suffix in {".json", ".tmp"}]
    if len(files) > MAX_CACHE_FILES:
        files.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in files[: len(files) - MAX_CACHE_FILES]:
            path.unlink()
