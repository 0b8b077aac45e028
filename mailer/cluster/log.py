"""Keep what the engine has to say in a file, off the screen.

Takes a path and the words that no text may repeat.
"""

from __future__ import annotations

import logging
import os
import threading
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["LOGGER", "to_file"]

LOGGER = "mailer.cluster"

MAX_BYTES = 1_000_000

#: These speak of what is wrong with the database, most of it soon mended by themselves.
OTHERS = ("dbos", "sqlalchemy", "psycopg")


class _Discreet(logging.Formatter):
    """Writes a line without the words given."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, the words replaced."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "…")
        return line


def to_file(path: Path, *, secrets: Sequence[str]) -> None:
    """Have warnings written to a file of this user's alone, of two megabytes at most with the one before it.

    DBOS writes to the screen only where nobody else took its lines.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Discreet(secrets))
    for name in (LOGGER, *OTHERS):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
    threading.excepthook = _record_end_of_thread


def _record_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "a thread"
    error = (ended.exc_type, ended.exc_value or ended.exc_type(), ended.exc_traceback)
    logging.getLogger(LOGGER).error("%s ended", name, exc_info=error)
