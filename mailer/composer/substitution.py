"""Put values into a template, with Jinja2 only where it is needed.

A section that does nothing but print names, and a built-in template that has its program, need no import of Jinja2,
which would be a third of the time of a whole command. Its output is the oracle of the tests.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mailer.composer import programs
from mailer.composer.phrases import shown
from mailer.composer.record import Paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.composer.literals import Literals
    from mailer.composer.templates import Source

__all__ = ["printed", "rendered"]

_NAME = re.compile(r"\{\{ *([a-z]+(?:\.[a-z][a-z_]*)?) *\}\}")
_MARKS = ("{{", "{%", "{#")


def rendered(source: Source, names: Mapping[str, Any], literals: Literals | None, locale: str) -> str:
    """Return a template's text with its values; raises TemplateFault as `rendering.render` does."""
    steps = _only_names(source.text) or programs.program(source.text)
    if steps is not None:
        # Whatever is wrong, Jinja2 says it with its line.
        with suppress(LookupError, ValueError, TypeError, AttributeError):
            return "".join(programs.run(steps, dict(names), lambda value: printed(value, literals, locale)))
    from mailer.composer.rendering import render

    return render(source, names, literals, locale)


def _only_names(text: str) -> list[Any] | None:
    """Return the program of a text that only prints names (`me.name`); None for any other."""
    parts = _NAME.split(text)
    if any(mark in part for part in parts[::2] for mark in _MARKS):
        return None
    return [["print", _value(part)] if at % 2 else part for at, part in enumerate(parts)]


def _value(name: str) -> list[Any]:
    first, _, field = name.partition(".")
    return ["field", ["name", first], field] if field else ["name", first]


def printed(value: Any, literals: Literals | None, locale: str) -> str:
    """Return what a printed value leaves in the text: a literal token, or the gift's whole paragraph.

    Raises ValueError for a value that is not recorded.
    """
    if isinstance(value, Paragraph):
        return value.markdown()
    text = shown(value, locale)
    return literals.add(text) if literals is not None and text else text
