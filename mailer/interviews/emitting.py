"""Turn plain values into YAML lines with ruamel.yaml's emitter, the only home of ruamel.yaml for writing.

Plain values are what an interview file holds once types are put aside: text, None, lists and dicts of them. Quotes are
ruamel's choice, by syntax alone: the reader types by key, so `no` and `2026-06-11 10:00` need none.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from mailer.interviews.nodes import NULLS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Plain", "emit"]

Plain = str | list[Any] | dict[str, Any] | None

#: Where folded text (`>-`) is broken; other lines are never broken.
FOLD_WIDTH = 100
UNBROKEN = 1 << 24


def emit(value: Plain, *, style: str = "", is_flow: bool = False) -> str:
    """Return YAML for a non-empty dict, LF-separated with a final LF, lists indented by two.

    `style` (`'`, `"`, `|`, `>`) is that of every text in it that can have it; text with line breaks is `|` otherwise.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.events import DocumentEndEvent, DocumentStartEvent, StreamEndEvent, StreamStartEvent

    yaml = YAML(typ="safe", pure=True)
    yaml.width = FOLD_WIDTH if style == ">" else UNBROKEN
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    content = _events(value, style, is_flow=is_flow)
    yaml.emit([StreamStartEvent(), DocumentStartEvent(), *content, DocumentEndEvent(), StreamEndEvent()], stream)
    return stream.getvalue().rstrip() + "\n"


def _events(value: Plain, style: str, *, is_flow: bool) -> Iterator[Any]:
    from ruamel.yaml import events

    if isinstance(value, dict):
        yield events.MappingStartEvent(None, None, implicit=True, flow_style=is_flow)
        for key, content in value.items():
            yield events.ScalarEvent(None, None, (True, True, True), key)
            yield from _events(content, style, is_flow=is_flow)
        yield events.MappingEndEvent()
    elif isinstance(value, list):
        yield events.SequenceStartEvent(None, None, implicit=True, flow_style=is_flow)
        for content in value:
            yield from _events(content, style, is_flow=is_flow)
        yield events.SequenceEndEvent()
    elif value is None:
        yield events.ScalarEvent(None, None, (True, False, True), "null")
    else:
        may_be_plain = value not in NULLS
        chosen = "|" if "\n" in value and style in {"", ">"} and not is_flow else style or None
        yield events.ScalarEvent(None, None, (may_be_plain, True, True), value, style=chosen)
