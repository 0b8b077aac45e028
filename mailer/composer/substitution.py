"""Put values into a template that does nothing but print names, without Jinja2.

Most sections print `{{ gift }}` and nothing else, or not even that; importing Jinja2 for them would be a third of the
time of a whole command. Its output is the oracle of the tests. Anything more goes to `rendering`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mailer.composer.phrases import shown
from mailer.composer.record import Fields, NoGift, Paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.composer.literals import Literals
    from mailer.composer.templates import Source

__all__ = ["printed", "rendered"]

_NAME = re.compile(r"\{\{ *([a-z]+(?:\.[a-z][a-z_]*)?) *\}\}")
_MARKS = ("{{", "{%", "{#")


def rendered(source: Source, names: Mapping[str, Any], literals: Literals | None, locale: str) -> str:
    """Return a template's text with its values; raises TemplateFault as `rendering.render` does."""
    parts = _NAME.split(source.text)
    if not any(mark in text for text in parts[::2] for mark in _MARKS):
        values = [_value(name, names) for name in parts[1::2]]
        if None not in values:
            with suppress(ValueError):  # which Jinja2 then raises with the line
                parts[1::2] = [printed(value, literals, locale) for value in values]
                return "".join(parts)
    from mailer.composer.rendering import render

    return render(source, names, literals, locale)


def _value(name: str, names: Mapping[str, Any]) -> Any:
    """Return what a name of the record holds; None when Jinja2 has to say what is wrong with it."""
    first, _, field = name.partition(".")
    value = names.get(first)
    if field:
        value = vars(value).get(field) if isinstance(value, Fields) else None
    return None if isinstance(value, NoGift) else value


def printed(value: Any, literals: Literals | None, locale: str) -> str:
    """Return what a printed value leaves in the text: a literal token, or the gift's whole paragraph.

    Raises ValueError for a value that is not recorded.
    """
    if isinstance(value, Paragraph):
        return value.markdown()
    text = shown(value, locale)
    return literals.add(text) if literals is not None and text else text
