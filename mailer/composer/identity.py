"""Tell which versions of the libraries are installed without importing any of them."""

from __future__ import annotations

import functools
import os
import sys

import mailer

__all__ = ["versions"]

_SUFFIX = ".dist-info"


@functools.cache
def versions(*names: str) -> str:
    """Return `mailer V; name V; …` for the given distributions in lower case; `?` for one that is not found.

    Reads the names in the folders of sys.path only: importlib.metadata would cost more than it spares.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")  # noqa: PTH208  # names alone; Path objects would triple the cost
        except OSError:
            continue
        for entry in entries:
            if entry.endswith(_SUFFIX):
                name, _, version = entry[: -len(_SUFFIX)].partition("-")
                found.setdefault(name.lower(), version)
    return "; ".join(f"{name} {found.get(name, '?')}" for name in ("mailer", *names)).replace(
        "mailer ?", f"mailer {mailer.__version__}"
    )
