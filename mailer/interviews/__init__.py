"""Read interview files of format version 1, and write them so that the person's comments and order stay.

`read` takes a path and gives an Interview; `revise` takes a file's text and gives it with other values in the front
matter, `rewrite` with another section. One front matter
key after another is typed by this package, never by YAML: `no`, `08` and `14:00` are the strings that they look like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.interviews.reading import find, parse, read, read_text

if TYPE_CHECKING:
    from mailer.interviews.drafting import draft
    from mailer.interviews.revising import revise, values
    from mailer.interviews.rewriting import rewrite, section_source, with_heading
    from mailer.interviews.writing import version, write

__all__ = [
    "draft",
    "find",
    "parse",
    "read",
    "read_text",
    "revise",
    "rewrite",
    "section_source",
    "values",
    "version",
    "with_heading",
    "write",
]

#: Writing is rarer than reading; its modules load on first use, so that `send` does not pay for them.
_HOMES = {
    "draft": "drafting",
    "revise": "revising",
    "rewrite": "rewriting",
    "section_source": "rewriting",
    "values": "revising",
    "version": "writing",
    "with_heading": "rewriting",
    "write": "writing",
}


def __getattr__(name: str) -> object:
    """Import a writing function when it is first asked for (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
