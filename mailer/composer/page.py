"""Put a note's HTML into the theme's page, before any style is inlined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.composer.hypertext import escaped
from mailer.errors import TemplateFault

if TYPE_CHECKING:
    from mailer.composer.templates import Templates

__all__ = ["Page", "direction"]

_HTML, _CSS = "theme/plain.html.j2", "theme/plain.css"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_NAME = re.compile(r"\{\{ (lang|dir|subject|css|content) \}\}")
_REACHES_OUT = re.compile(r"@import|<(?:link|iframe|frame|object|embed)\b", re.IGNORECASE)
_CONTENT = "qjxnotexjq"


def direction(language: str) -> str:
    """Return `rtl` for Arabic, Hebrew, Persian and Urdu, else `ltr`."""
    return "rtl" if language.split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT else "ltr"


class Page:
    """The theme's page and rules, and what this note puts into them beside its text."""

    def __init__(self, templates: Templates, subject: str, language: str) -> None:
        self.cache = templates.cache
        self.html = templates.source(_HTML)
        self.css = templates.source(_CSS)
        self.values = {"lang": language, "dir": direction(language), "subject": escaped(subject)}

    def document(self, content: str, **values: str) -> str:
        """Return the document; `values` stand in for the page's own.

        Raises TemplateFault when the page does not render, or when it would load something from elsewhere.
        """
        all_values = {**self.values, **values, "css": self.css.text}
        if self.uses_plain_names:
            document = _NAME.sub(lambda name: {**all_values, "content": content}[name[1]], self.html.text)
        else:
            document = self._rendered(all_values).replace(_CONTENT, content)
        return document

    @property
    def uses_plain_names(self) -> bool:
        """Tell whether the page prints its names and has no other Jinja2 in it."""
        rest = _NAME.sub("", self.html.text)
        return not any(mark in rest for mark in ("{{", "{%", "{#"))

    def _rendered(self, values: dict[str, str]) -> str:
        from mailer.composer.rendering import render

        return render(self.html, {**values, "content": _CONTENT}, None)

    def refuse_reaching_out(self) -> None:
        """Raise TemplateFault when the theme names a sheet or a page elsewhere: the reader's program would fetch it."""
        for source in (self.html, self.css):
            if match := _REACHES_OUT.search(source.text):
                raise TemplateFault(
                    f"a theme may load nothing from elsewhere (“{match[0]}”); write what it brings into the theme",
                    path=source.path,
                    line=source.text.count("\n", 0, match.start()) + 1,
                )
