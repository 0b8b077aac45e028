"""Replace one section of an interview file's body, and leave every other byte of the file as the person wrote it.

Takes the text with its line ends and the section's Markdown, gives the changed text. A change counts only when the
result reads as the old file with that one section changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import NoteError
from mailer.interviews import layout
from mailer.interviews.reading import parse
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.interviews.layout import Pieces, Section
    from mailer.model import Interview

__all__ = ["rewrite", "section_source", "with_heading"]

UNNAMED = Path("interview.md")


class Body(NamedTuple):
    """The body of a file: its pieces, the sections in it, where each of its lines starts, and the file's line end."""

    pieces: Pieces
    sections: tuple[Section, ...]
    starts: tuple[int, ...]
    line_end: str

    def start_of(self, line: int) -> int:
        """Return where a line begins in the body, its end for one beyond the last; the body's first line is 1."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.pieces.body)

    def end_of(self, line: int) -> int:
        """Return where a line's content ends, before its line break."""
        start = self.start_of(line)
        return start + len(self.pieces.body[start : self.start_of(line + 1)].rstrip("\r\n"))


def section_source(
    text: str, ids: Sequence[str], kind: NoteKind, *, path: Path | None = None, cache: Path | None = None
) -> str | None:
    """Return the Markdown of these people's section as it stands, comments too, LF line ends; None without a section.

    Raises NoteError for a text that is no interview file.
    """
    interview = _read(text, path or UNNAMED, cache)
    found = _find(_body(text, interview.path), interview, ids, kind)
    return found.source if found else None


def rewrite(text: str, ids: Sequence[str], kind: NoteKind, source: str, *, path: Path | None = None) -> str:
    """Return the text with the section of these people and this kind replaced by `source` (Markdown).

    A section that is not there yet goes to the end of the file below a heading of its own; an empty source removes
    the section and its heading. With one person and no heading, the body is the section. Everything else stays.

    Raises NoteError (naming `path`, "interview.md" when None) for a text that is no interview file, an id it does not
    have, a source that holds a `##` heading, a comment or code block that is not closed or a control character, and a
    change that would change more than this section.
    """
    interview = _read(text, path or UNNAMED)
    _refuse_strangers(interview, ids)
    written = _checked(source, interview.path)
    body = _body(text, interview.path)
    found = _find(body, interview, ids, kind)
    if (found.source if found else "") == written and (written or not found):
        return text
    heading = _heading(ids, kind)
    if found is None:
        changed = _appended(text, f"## {heading}\n\n{written}", body.line_end)
    else:
        changed = _joined(body, _removed(body, found) if not written else _replaced(body, found, written))
    expected = _expected(body.sections, found, heading, written)
    if not _reads_as(changed, expected, interview.path):
        problem = f"the section “{heading}” is written in a way that cannot be changed safely; edit it by hand"
        raise NoteError(problem, path=interview.path, line=found.heading_line if found else 0)
    return changed


def with_heading(text: str, *, path: Path | None = None) -> str:
    """Return the text with a heading above a note that has none, as a file with more than one person needs it."""
    interview = _read(text, path or UNNAMED)
    body = _body(text, interview.path)
    ids = [person.id for person in interview.people]
    found = _find(body, interview, ids, NoteKind.THANK_YOU)
    if len(ids) > 1 or found is None or found.heading is not None:
        return text
    at = body.start_of(found.line)
    heading = f"## {ids[0]}{body.line_end * 2}"
    return _joined(body, body.pieces.body[:at] + heading + body.pieces.body[at:])


# --- reading ---------------------------------------------------------------------------------------------------


def _read(text: str, path: Path, cache: Path | None = None) -> Interview:
    layout.refuse_controls(text, path)
    return parse(text.encode(), path, cache=cache)


def _body(text: str, path: Path) -> Body:
    """Return the body in its sections, whose lines count from 1 at the body's first line."""
    pieces = layout.split(text, path)
    sections = layout.sections(pieces.body.replace("\r\n", "\n"), 1, path)
    breaks = [at + 1 for at, character in enumerate(pieces.body) if character == "\n"]
    return Body(pieces, sections, (0, *breaks), "\r\n" if pieces.opening.endswith("\r\n") else "\n")


def _find(body: Body, interview: Interview, ids: Sequence[str], kind: NoteKind) -> Section | None:
    """Return the section that names these people, in any order; the one without a heading is that of a sole person."""
    for section in body.sections:
        if section.heading is not None:
            named, word = layout.heading_parts(section.heading)
            if set(named) == set(ids) and (word or NoteKind.THANK_YOU) == kind:
                return section
    is_alone = [person.id for person in interview.people] == list(ids) and kind is NoteKind.THANK_YOU
    return next((section for section in body.sections if section.heading is None and is_alone), None)


def _refuse_strangers(interview: Interview, ids: Sequence[str]) -> None:
    known = [person.id for person in interview.people]
    stranger = next((name for name in ids if name not in known), None)
    if stranger is not None or not ids or len(set(ids)) < len(ids):
        named = f"“{stranger}” is no id of this file" if stranger is not None else "a note needs each person once"
        raise NoteError(f"{named} (ids here: {', '.join(known)})", path=interview.path)


def _checked(source: str, path: Path) -> str:
    """Return the source as a section holds it: no blank lines around it, one line feed at its end."""
    source = source.replace("\r\n", "\n")
    try:
        layout.refuse_controls(source, path)
        found = layout.sections(source, 1, path)
    except NoteError as exc:
        raise NoteError(f"line {exc.line} of the text: {exc.problem}", path=path) from exc
    heading = next((section for section in found if section.heading is not None), None)
    if heading:
        problem = f"“## {heading.heading}” would begin a section of its own; write “###”, or plain words"
        raise NoteError(f"line {heading.heading_line} of the text: {problem}", path=path)
    return found[0].source if found else ""


# --- writing ---------------------------------------------------------------------------------------------------


def _heading(ids: Sequence[str], kind: NoteKind) -> str:
    return ", ".join(ids) + ("" if kind is NoteKind.THANK_YOU else f" ({kind})")


def _joined(body: Body, new: str) -> str:
    return body.pieces.opening + body.pieces.front + body.pieces.closing + new


def _appended(text: str, section: str, line_end: str) -> str:
    """Return the text with a section below its last line, one blank line between."""
    lines = text.split("\n")
    ending = "" if not lines[-1] else line_end
    is_blank = not lines[-1].strip() and not lines[-2].strip()
    return text + ending + ("" if is_blank else line_end) + section.replace("\n", line_end)


def _replaced(body: Body, found: Section, written: str) -> str:
    """Return the body with the lines of a section's source replaced; the line break after them stays."""
    whole, new = body.pieces.body, written.removesuffix("\n").replace("\n", body.line_end)
    if found.source:
        last = found.line + found.source.count("\n") - 1
        return whole[: body.start_of(found.line)] + new + whole[body.end_of(last) :]
    at = body.end_of(found.heading_line)
    below = whole[at:]
    is_last = not below.strip()
    is_parted = is_last or not below.split("\n")[1].strip()
    ending = "" if is_parted and below else body.line_end
    return whole[:at] + body.line_end * 2 + new + ending + below


def _removed(body: Body, found: Section) -> str:
    """Return the body without a section, up to the next heading; without its source alone where it has no heading."""
    whole = body.pieces.body
    if found.heading is None:
        after = found.line + found.source.count("\n")
        return whole[: body.start_of(found.line)] + whole[body.start_of(after) :]
    below = (section.heading_line for section in body.sections if section.heading_line > found.heading_line)
    end = next(below, len(body.starts) + 1)
    return whole[: body.start_of(found.heading_line)] + whole[body.start_of(end) :]


# --- proof -----------------------------------------------------------------------------------------------------


def _expected(
    sections: Sequence[Section], found: Section | None, heading: str, written: str
) -> list[tuple[str | None, str]]:
    """Return heading and source of each section that the changed text must have."""
    if found is None:
        return [*((section.heading, section.source) for section in sections), (heading, written)]
    changed = ((s.heading, written if s is found else s.source) for s in sections if written or s is not found)
    return list(changed)


def _reads_as(text: str, expected: list[tuple[str | None, str]], path: Path) -> bool:
    """Tell whether a text has these sections; raises NoteError when it is no interview file any more."""
    interview = _read(text, path)
    return [(s.heading, s.source) for s in _body(text, interview.path).sections] == expected
