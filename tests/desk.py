"""Run the desk for a test: a real server on loopback, in a thread, with interviews and a home of the test's own."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from mailer import settings
from mailer.app import App, start, utc_now
from mailer.web import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

__all__ = ["clock_from", "running_desk", "settings_file", "wiring"]

SENDER = "Monique Delacroix-Baker <monique.delacroix-baker@example.com>"


def settings_file(home: Path, *, interviews: Path | None = None, smtp_port: int = 0, sender: str = SENDER) -> Path:
    """Write the settings of a desk that hands in at a practice server on this machine; without a port it has none."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [f'MAILER_FROM="{sender}"', "MAILER_TIMEZONE=Europe/Berlin", "MAILER_NOTIFY=no"]
    lines += [f"MAILER_INTERVIEWS={interviews}"] if interviews else []
    if smtp_port:
        lines += ["MAILER_SMTP_HOST=127.0.0.1", f"MAILER_SMTP_PORT={smtp_port}"]
        lines += ["MAILER_SMTP_SECURITY=none", "MAILER_AUTH=none"]
    path = home / "config.env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def clock_from(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that shows `moment` (aware UTC) now and runs on as others do."""
    began = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - began)


def wiring(home: Path, *, clock: Callable[[], datetime] = utc_now) -> Callable[[], App]:
    """Return what wires the application of a home, whatever the environment of the process says."""
    return lambda: App(settings.read(options={"MAILER_HOME": str(home)}, environ={}, config=None), clock=clock)


@contextmanager
def running_desk(
    *,
    files: Sequence[Path] = (),
    port: int = 0,
    delivers: bool = True,
    home: Path | None = None,
    wire: Callable[[], App] | None = None,
    undo_s: float | None = None,
) -> Iterator[Server]:
    """Serve the desk of MAILER_HOME until the block ends, or of a home that outlives a test, or of what `wire` gives."""
    with Server(wire or partial(start, home=home), files=files, port=port, delivers=delivers, undo_s=undo_s) as server:
        thread = threading.Thread(target=server.run, name=f"desk-{server.port}")
        thread.start()
        try:
            yield server
        finally:
            server.end()
            thread.join(20)
            assert not thread.is_alive(), "the desk did not end"
            assert wire or home or os.environ["MAILER_HOME"], "a desk of the user's own was run"
