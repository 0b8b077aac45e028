"""Cut an interview file into front matter and body, and the body into sections.

Takes the file's bytes or text, gives plain pieces with their line numbers; knows nothing of YAML or of people.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import NoteError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "FORBIDDEN",
    "MAX_FILE_BYTES",
    "Pieces",
    "Section",
    "decode",
    "heading_parts",
    "is_unwritten",
    "refuse_controls",
    "sections",
    "split",
    "tidied",
]

MAX_FILE_BYTES = 1024 * 1024
BOM = "\ufeff"

#: Control characters but tab and line feed, line and paragraph separators, and lone surrogates (from YAML escapes).
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FENCE_LINE = re.compile(r"---[ \t]*\r?(?:\n|\Z)")


class Pieces(NamedTuple):
    """A file in four parts that give its text again when joined; the front matter's last line ends with its break."""

    opening: str
    front: str
    closing: str
    body: str


class Section(NamedTuple):
    """A `##` heading's text (None before the first), its line, and the Markdown below it with the line it begins on."""

    heading: str | None
    heading_line: int
    source: str
    line: int


def decode(content: bytes, path: Path) -> str:
    """Return the text of the file's bytes, byte order mark and line ends kept.

    Raises NoteError for more than MAX_FILE_BYTES, for anything but UTF-8, and for control characters.
    """
    if len(content) > MAX_FILE_BYTES:
        raise NoteError(
            f"the file is larger than {MAX_FILE_BYTES:,} bytes, the most an interview file may have; shorten it",
            path=path,
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        problem = f"the byte 0x{content[exc.start]:02x} is no UTF-8; save the file in the encoding UTF-8"
        raise NoteError(problem, path=path, line=line) from exc
    refuse_controls(text, path)
    return text


def refuse_controls(text: str, path: Path) -> None:
    """Raise NoteError for the first forbidden character; a carriage return is allowed before a line feed only."""
    found = FORBIDDEN.search(text.replace("\r\n", "\n"))
    if found:
        line = found.string.count("\n", 0, found.start()) + 1
        raise NoteError(f"the character U+{ord(found[0]):04X} cannot be in a mail; delete it", path=path, line=line)


def tidied(text: str) -> str:
    """Return a value's text without white space at its ends and at the ends of its lines."""
    if "\n" not in text:
        return text.strip()
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def split(text: str, path: Path) -> Pieces:
    """Return the opening `---` line, the front matter, the closing `---` line and the body."""
    mark = len(BOM) if text.startswith(BOM) else 0
    opening = FENCE_LINE.match(text, mark)
    if opening is None:
        problem = "the front matter is missing; the first line must be “---”, then the keys, then “---” again"
        raise NoteError(problem, path=path, line=1)
    start = opening.end()
    while (end := text.find("\n", start)) >= 0 or start < len(text):
        closing = FENCE_LINE.match(text, start)
        if closing:
            return Pieces(text[: opening.end()], text[opening.end() : start], closing[0], text[closing.end() :])
        if end < 0:
            break
        start = end + 1
    raise NoteError("the front matter is not closed; put a line “---” after its last key", path=path, line=1)


def sections(body: str, first_line: int, path: Path) -> tuple[Section, ...]:
    """Return the body's sections in file order; text before the first heading comes first, with heading None.

    `body` has LF line ends and begins on line `first_line` of the file. Headings inside an HTML comment or a fenced
    code block are none; one that is not closed is a NoteError, since it would swallow the notes that follow.
    """
    lines = body.split("\n")
    starts = list(_headings(lines, first_line, path))
    first = starts[0][0] if starts else len(lines)
    found = [_section(None, first_line, lines[:first], first_line)]
    for (index, heading), (end, _) in pairwise([*starts, (len(lines), "")]):
        line = first_line + index
        found.append(_section(heading, line, lines[index + 1 : end], line + 1))
    return tuple(section for section in found if section.heading is not None or section.source)


def _section(heading: str | None, heading_line: int, lines: list[str], line: int) -> Section:
    """Return a section without the blank lines around its source, which ends with one line feed unless it is empty."""
    blank = next((i for i, text in enumerate(lines) if text.strip()), len(lines))
    source = "\n".join(lines[blank:]).rstrip()
    return Section(heading, heading_line, source + "\n" if source else "", line + (blank if source else 0))


def _headings(lines: list[str], first_line: int, path: Path) -> Iterator[tuple[int, str]]:
    """Yield index and text of each level-two heading (CommonMark 4.2), outside comments and fences (4.5)."""
    heading = re.compile(r" {0,3}##(?!#)(.*)")
    fence = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
    fenced, commented, opened = "", False, 0
    for index, line in enumerate(lines):
        if fenced:
            fenced = "" if re.fullmatch(rf" {{0,3}}{fenced[0]}{{{len(fenced)},}}[ \t]*", line) else fenced
        elif not commented and (mark := fence.match(line)):
            fenced, opened = mark[1], index
        else:
            was_commented = commented
            visible, commented = _visible(line, is_commented=commented)
            opened = index if commented and not was_commented else opened
            if not was_commented and (mark := heading.match(visible)):
                yield index, re.sub(r"[ \t]#+[ \t]*$", "", mark[1]).strip()
    if fenced or commented:
        what = f"code block ({fenced})" if fenced else "comment (<!--)"
        raise NoteError(f"the {what} that begins here is not closed", path=path, line=first_line + opened)


def _visible(line: str, *, is_commented: bool) -> tuple[str, bool]:
    """Return what of the line stands outside HTML comments, and whether the line ends inside one."""
    visible = ""
    while True:
        before, mark, line = line.partition("-->" if is_commented else "<!--")
        visible += "" if is_commented else before
        if not mark:
            return visible, is_commented
        is_commented = not is_commented


def heading_parts(heading: str) -> tuple[tuple[str, ...], str]:
    """Return the ids that a heading names and the word in its brackets, "" when it has none: `a, b (follow-up)`."""
    ids, bracket, rest = heading.partition("(")
    return tuple(name.strip() for name in ids.split(",")), rest.removesuffix(")").strip() if bracket else ""


def is_unwritten(source: str) -> bool:
    """Tell whether nothing is left once HTML comments are taken out; beside a comment, bare placeholders are nothing.

    `mailer new` writes prompts as comments between `{{ greeting }}`, `{{ gift }}` and `{{ me.name }}`: as long as no
    word of the person's own stands there, the section is not their note.
    """
    rest = re.sub("<!--.*?-->", "", source, flags=re.DOTALL)
    if rest != source:
        rest = re.sub(r"\{\{ *(?:greeting|gift|me\.name) *\}\}", "", rest)
    return not rest.strip()
