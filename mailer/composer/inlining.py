"""Inline a document's styles with premailer; the home of premailer and of lxml.

No request leaves the machine and nothing is written to the terminal, whatever the theme says.
"""

from __future__ import annotations

import functools
from typing import Any

from mailer.composer.nodes import Element

__all__ = ["inlined", "styles_by_path"]

_START = '<hr id="qjxstartxjq">'


def inlined(document: str) -> str:
    """Return the document with the rules of its style blocks in style attributes and its doctype kept."""
    import logging

    premailer = _premailer().Premailer(
        document,
        allow_network=False,
        disable_validation=True,
        cssutils_logging_level=logging.CRITICAL,
        align_floating_images=False,
        disable_basic_attributes=["align", "valign", "bgcolor", "width", "height"],
    )
    result: str = premailer.transform(pretty_print=False)
    return result if result.startswith("<!DOCTYPE html>") else f"<!DOCTYPE html>\n{result}"


@functools.cache
def _premailer() -> Any:
    """Import premailer with a cssutils that cannot fetch: `allow_network=False` alone does not stop an @import."""
    import cssutils
    import premailer

    cssutils.util._defaultFetcher = lambda _url: None  # noqa: SLF001  # the only switch there is
    return premailer


def marked(content: str) -> str:
    """Return a note's HTML with a mark before it by which `styles_by_path` finds it in the document."""
    return _START + content


def styles_by_path(document: str, nodes: Any, styles: Any) -> dict[str, str]:
    """Return the style that premailer gives to each path of a tree.

    `document` holds the HTML of `nodes` as `marked` gives it; `styles` says what a path is.
    """
    from lxml import etree

    start = etree.fromstring(inlined(document), etree.HTMLParser()).find(".//*[@id='qjxstartxjq']")
    found: dict[str, str] = {}
    _collect(nodes, start.itersiblings(), "", styles, found)
    return found


def _collect(nodes: Any, twins: Any, context: str, styles: Any, found: dict[str, str]) -> None:
    elements = [node for node in nodes if isinstance(node, Element)]
    for element, twin in zip(elements, twins, strict=False):
        found[styles.path(context, element.tag)] = twin.get("style", "")
        _collect(element.children, iter(twin), styles.context(context, element.tag), styles, found)
