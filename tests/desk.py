"""Run the desk for a test: a real server on loopback, in a thread, with interviews and a home of the test's own."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailer.app import start
from mailer.web import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["running_desk", "settings_file"]

SENDER = "Monique Delacroix-Baker <monique.delacroix-baker@example.com>"


def settings_file(home: Path, *, interviews: Path | None = None, smtp_port: int = 0) -> Path:
    """Write the settings of a desk that hands in at a practice server on this machine; without a port it has none."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [f'MAILER_FROM="{SENDER}"', "MAILER_TIMEZONE=Europe/Berlin", "MAILER_NOTIFY=no"]
    lines += [f"MAILER_INTERVIEWS={interviews}"] if interviews else []
    if smtp_port:
        lines += ["MAILER_SMTP_HOST=127.0.0.1", f"MAILER_SMTP_PORT={smtp_port}"]
        lines += ["MAILER_SMTP_SECURITY=none", "MAILER_AUTH=none"]
    path = home / "config.env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def running_desk(*, files: Sequence[Path] = (), port: int = 0, delivers: bool = True) -> Iterator[Server]:
    """Serve the desk of MAILER_HOME until the block ends."""
    with Server(start, files=files, port=port, delivers=delivers) as server:
        thread = threading.Thread(target=server.run, name=f"desk-{server.port}")
        thread.start()
        try:
            yield server
        finally:
            server.end()
            thread.join(20)
            assert not thread.is_alive(), "the desk did not end"
            assert os.environ["MAILER_HOME"], "a desk of the user's own was run"
