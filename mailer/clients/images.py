"""Tell an image's format from its URL.

Takes a URL, gives the names by which the table of features knows formats.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["image_kinds"]

_DATA_IMAGE = re.compile(r"data:image/([a-z0-9.+-]+)", re.IGNORECASE)
#: Kinds whose MIME subtype differs from the usual ending.
_KINDS = {"svg+xml": "svg", "x-icon": "ico", "vnd.microsoft.icon": "ico", "x-ms-bmp": "bmp"}


def image_kinds(url: str) -> Iterator[str]:
    """Yield the ending of a URL, or the type of a `data:` URL and `base64`; nothing for a part of the mail (`cid:`)."""
    address = url.strip()
    data = _DATA_IMAGE.match(address)
    if data:
        yield _KINDS.get(data[1].lower(), data[1].lower())
        if ";base64," in address[:100].lower():
            yield "base64"
    elif not address.lower().startswith(("cid:", "data:")):
        yield _path(address).rpartition(".")[2].lower()


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
