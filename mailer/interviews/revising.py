"""Change values in an interview file's text, and leave every other byte of it as the person wrote it.

Takes the text with its line ends and gives the changed text. The front matter is never dumped again as a whole: each
change replaces the lines of one node, and counts only when the result reads as the old values with that one change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mailer.errors import NoteError
from mailer.interviews.layout import FORBIDDEN, refuse_controls, split, tidied
from mailer.interviews.nodes import Mapping, Node, Scalar, Sequence
from mailer.interviews.reading import tree
from mailer.interviews.scanning import scan
from mailer.interviews.splicing import edits

if TYPE_CHECKING:
    from collections.abc import Mapping as Changes
    from pathlib import Path

    from mailer.interviews.emitting import Plain
    from mailer.interviews.splicing import Step

__all__ = ["revise", "values"]


def revise(text: str, changes: Changes[str, object], *, path: Path | None = None) -> str:
    """Return the text of an interview file with the values of dotted keys changed, in the order of `changes`.

    Keys are those of `Interview.lines` (`people[0].gift.url`); the index after a list's last appends, and mappings
    that are missing on the way are made. Values are text, numbers, bools, dates, naive wall times, lists and mappings;
    None, an empty text, list or mapping removes the key or the list item, with its comment on the same line. Quotes
    and block marks of a changed text are kept where they fit; comments inside a replaced list or mapping go with it.
    The body, byte order mark and line ends stay. Whether the result is a valid interview is for `parse` to say.

    Raises NoteError (naming `path`, "interview.md" when None) for a text without readable front matter, a key that the
    format does not know or that leads nowhere, and a value with control characters. Raises TypeError for a value of
    another type, such as an aware datetime.
    """
    from pathlib import Path

    path = path or Path("interview.md")
    refuse_controls(text, path)
    for key, value in changes.items():
        text = _changed(text, key, value, path)
    return text


def values(text: str, *, path: Path | None = None, cache: Path | None = None) -> dict[str, Any]:
    """Return the front matter's values as the texts that the file holds, in lists and mappings, what is empty left out.

    Raises NoteError (naming `path`, "interview.md" when None) for a text without readable front matter.
    """
    from pathlib import Path

    path = path or Path("interview.md")
    refuse_controls(text, path)
    plain = _plain_of(tree(split(text.replace("\r\n", "\n"), path).front, path, cache), path)
    return plain if isinstance(plain, dict) else {}


def _changed(text: str, key: str, value: object, path: Path) -> str:
    """Return the text with one change, by the first edit that proves right."""
    pieces = split(text, path)
    root = scan(pieces.front, path)
    steps = _steps(key, path)
    old = _plain_of(root, path) or {}
    wanted = _plain(value, key, _plain_at(old, steps), path)
    expected = _with(old, steps, wanted, key, path) or {}
    if expected == old:
        return text
    line_end = "\r\n" if pieces.opening.endswith("\r\n") else "\n"
    for start, end, new in edits(pieces.front, root, steps, wanted):
        front = pieces.front[:start] + new.replace("\n", line_end) + pieces.front[end:]
        if _reads_as(front, expected, path):
            return pieces.opening + front + pieces.closing + pieces.body
    raise NoteError(
        f"{key}: this place is written in a way that cannot be changed safely; edit it by hand", path=path, key=key
    )


def _reads_as(front: str, expected: Plain, path: Path) -> bool:
    try:
        return (_plain_of(scan(front, path), path) or {}) == expected
    except NoteError:
        return False


# --- keys ------------------------------------------------------------------------------------------------------


def _steps(key: str, path: Path) -> tuple[Step, ...]:
    """Return `people[0].name` as ("people", 0, "name"); raises NoteError for what is no key of the format."""
    from mailer.interviews.keys import fault_of

    if not re.fullmatch(r"[a-z_]+(?:\[\d{1,4}\])*(?:\.[a-z_]+(?:\[\d{1,4}\])*)*", key, re.ASCII):
        raise NoteError(f"“{key}” is no dotted key such as people[0].name", path=path, key=key)
    steps = tuple(int(step) if step.isdecimal() else step for step in re.findall(r"[a-z_]+|\d+", key))
    fault = fault_of(steps)
    if fault:
        raise NoteError(f"{key}: {fault}", path=path, key=key)
    return steps


# --- plain values ----------------------------------------------------------------------------------------------


def _plain_of(node: Node, path: Path) -> Plain:
    """Return the values of a tree without their places; what is empty or null is left out of mappings."""
    if isinstance(node, Sequence):
        return [_plain_of(item, path) for item in node.items]
    if isinstance(node, Mapping):
        pairs = [(_key(key, path), _plain_of(value, path)) for key, value in node.pairs]
        return {key: value for key, value in pairs if value not in (None, [], {})}
    return None if not isinstance(node, Scalar) or node.is_null else tidied(node.text) or None


def _key(node: Node, path: Path) -> str:
    if not isinstance(node, Scalar):
        raise NoteError(f"found {node.said}, expected a key, one word before “:”", path=path, line=node.line)
    return node.text


def _plain_at(plain: Plain, steps: tuple[Step, ...]) -> Plain:
    """Return the value at the steps, None where they lead nowhere."""
    found: Any = plain
    for step in steps:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found  # type: ignore[no-any-return]  # plain values all the way down


def _with(plain: Plain, steps: tuple[Step, ...], wanted: Plain, key: str, path: Path) -> Plain:
    """Return plain values with one of them set, or removed when it is None; mappings that become empty go too."""
    if not steps:
        return wanted
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items = plain if isinstance(plain, list) else []
        if plain is not None and not isinstance(plain, list):
            raise NoteError(f"{key}: [{step}] is asked for in a value that is no list", path=path, key=key)
        if step > len(items):
            raise NoteError(f"{key}: the list has {len(items)} items; [{len(items)}] appends one", path=path, key=key)
        item = _with(items[step] if step < len(items) else None, rest, wanted, key, path)
        return [*items[:step], *([] if item is None else [item]), *items[step + 1 :]] or None
    if plain is not None and not isinstance(plain, dict):
        raise NoteError(f"{key}: “{step}” is asked for in a value that has no keys", path=path, key=key)
    whole = {**(plain or {}), step: _with((plain or {}).get(step), rest, wanted, key, path)}
    return {name: value for name, value in whole.items() if value is not None} or None


def _plain(value: object, key: str, old: Plain, path: Path) -> Plain:
    """Return a value as the file writes it; a wall time keeps the `T` of the one it replaces."""
    from collections.abc import Mapping as AnyMapping
    from datetime import date, datetime

    if isinstance(value, AnyMapping):
        inner = {str(name): _plain(content, key, None, path) for name, content in value.items()}
        return {name: content for name, content in inner.items() if content is not None} or None
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [item for item in (_plain(content, key, None, path) for content in value) if item is not None] or None
    if isinstance(value, datetime):
        return _wall_time(value, "T" if isinstance(old, str) and "T" in old else " ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return _text(str(value) if value is not None else "", key, path)
    raise TypeError(f"{key}: a {type(value).__name__} cannot stand in an interview file")


def _wall_time(value: Any, separator: str) -> str:
    if value.tzinfo is not None:
        raise TypeError("a wall time of the interview file is naive; its zone is the key timezone")
    return str(value.isoformat(separator, timespec="seconds" if value.second else "minutes"))


def _text(value: str, key: str, path: Path) -> str | None:
    text = tidied(value.replace("\r\n", "\n"))
    found = FORBIDDEN.search(text)
    if found:
        raise NoteError(
            f"{key}: the character U+{ord(found[0]):04X} cannot be in a mail; delete it", path=path, key=key
        )
    return text or None
