"""Write pages from templates that one finds by their URL; every value is escaped.

Takes a template's name and values, gives HTML. The home of jinja2 for pages: these templates are part of the program,
not of a note, so the sandbox of `mailer.composer` has no part in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mailer.web import words

__all__ = ["FOLDER", "Pages"]

FOLDER = Path(__file__).with_name("pages")


class Pages:
    """The templates of the desk's pages."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters |= words.FILTERS

    def render(self, template: str, **values: Any) -> str:
        """Write a page."""
        return self._environment.get_template(template).render(page=template, **values)
