"""Write a bug's traceback where the user can find it, and keep it off the screen."""

from __future__ import annotations

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["report"]


def report(bug: BaseException) -> str:
    """Write the traceback to a file of its own (mode 0600) and return the apology that names it.

    Frames are written without their variables, so that no mail text and no secret gets into the file.
    """
    home = os.environ.get("MAILER_HOME", "")
    folder = Path(home) if home and os.access(home, os.W_OK) else Path(tempfile.gettempdir())
    stamp = datetime.now(tz=UTC).strftime("%Y%m%dT%H%M%S")
    handle, name = tempfile.mkstemp(prefix=f"mailer-bug-{stamp}-", suffix=".log", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.writelines(traceback.format_exception(bug))
    return f"Sorry: this is a fault of mailer, not yours. What happened is written in {name}."
