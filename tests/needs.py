"""Say what a test needs from the machine: missing on a stranger's machine it is skipped, missing in CI it fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

__all__ = ["needs"]

#: Debian keeps servers where an ordinary user's PATH does not look.
SEARCH_PATH = os.pathsep.join(
    [
        os.environ.get("PATH", ""),
        "/usr/sbin",
        "/usr/local/sbin",
        "/sbin",
        *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True),
    ]
)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test unless every one of `programs` is installed; with CI=true never skip."""
    missing = [p for p in programs if shutil.which(p, path=SEARCH_PATH) is None]
    skip = bool(missing) and os.environ.get("CI") != "true"
    return pytest.mark.skipif(skip, reason=f"not installed here: {', '.join(missing)}")
