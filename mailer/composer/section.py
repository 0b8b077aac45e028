"""Take the section of an interview file as a template: without its comments, with its lines remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.composer.literals import cleaned
from mailer.composer.templates import Source
from mailer.errors import TemplateFault

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["section"]

#: A comment, with the whole lines that it leaves empty.
_COMMENT = re.compile(r"(?m:^)[ \t]*<!--(?:(?!-->).)*-->[ \t]*(?:\n|\Z)|<!--.*?-->", re.DOTALL)


def section(text: str, path: Path, first_line: int) -> Source:
    """Return the section as a template, its lines counted from `first_line` of the file.

    Comments are prompts to the writer and go. Raises TemplateFault for one that never ends.
    """
    text, end = cleaned(text), 0
    pieces: list[str] = []
    lines = [first_line]
    for comment in [*_COMMENT.finditer(text), None]:
        kept = text[end : comment.start() if comment else None]
        line = first_line + text.count("\n", 0, end)
        if not pieces or pieces[-1].endswith("\n"):
            lines[-1] = line
        lines.extend(range(line + 1, line + 1 + kept.count("\n")))
        pieces += [kept] if kept else []
        end = comment.end() if comment else end
    _refuse_open_comment(text, path, first_line)
    return Source("".join(pieces), path, tuple(lines))


def _refuse_open_comment(text: str, path: Path, first_line: int) -> None:
    at = _COMMENT.sub(lambda comment: " " * len(comment[0]), text).find("<!--")
    if at >= 0:
        line = first_line + text.count("\n", 0, at)
        raise TemplateFault("a comment begins here and never ends; close it with -->", path=path, line=line)
