"""Open a desk for tests in a browser: a home, interviews and a practice server of the test's own, on a day it names."""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from mailer.sandbox import Sandbox
from tests.conftest import SCENARIOS
from tests.desk import SENDER, clock_from, running_desk, settings_file, wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from mailer.app import App
    from mailer.web import Server

__all__ = ["AFTERNOON", "Place", "faults_of", "fingerprint_of", "interview_file", "open_desk", "with_scenarios"]

#: A Tuesday: 12:30 in Detroit, 18:30 in Berlin, where the sender of these desks sits.
AFTERNOON = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)

#: A note from four answers, ready to go on that Tuesday, and somebody of whom nothing is written yet.
INTERVIEW = """\
---
company: Harborline Castings
role: Quality Manager
start: 2026-11-24 09:00    # local time at the employer
end: 2026-11-24 10:00
timezone: America/Detroit
people:
  - name: Willem van der Berg
    id: vanderberg
    greeting: Dear Mr. van der Berg,
    email: w.vanderberg@harborline-castings.example
    heard: A die change on line 3 takes us seventy minutes on a good day.
    gift:
      kind: article
      title: Seventy minutes to nineteen
      url: https://castings-monthly.example/changeover-times
      why: The page of filmed changeovers shows which steps a plant of your size moved.
      minutes: 8
      access: free, no login
      read_on: 2026-11-24
    thanks: the plant tour, and letting me talk to the operators on line 3
    moment: that a die change on line 3 takes seventy minutes on a good day
    interest: the operators were asking the right questions about the trainees
    offer: the audit reports we spoke about
  - name: Priya Raghunathan
    id: raghunathan
    heard: The trainees still learn from paper sheets.
---
"""


class Place(NamedTuple):
    """A desk that runs, and what stands around it."""

    server: Server
    sandbox: Sandbox
    home: Path
    interviews: Path
    wire: Callable[[], App]

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.server.port}{path}"

    def enter(self, context: BrowserContext, path: str = "/") -> Page:
        """Let a window in, and open a page there."""
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.server.link(path))
        return page


@contextmanager
def open_desk(
    tmp_path: Path,
    *,
    moment: datetime = AFTERNOON,
    stands_still: bool = False,
    undo_s: float | None = None,
    sender: str = SENDER,
) -> Iterator[Place]:
    """Run a desk whose clock begins (or stays) at `moment`, with a practice server to send to and no interview yet."""
    home, interviews = tmp_path / "home", tmp_path / "interviews"
    with Sandbox(tmp_path / "inbox") as sandbox:
        settings_file(home, interviews=interviews, smtp_port=sandbox.smtp_port, sender=sender)
        wire = wiring(home, clock=(lambda: moment) if stands_still else clock_from(moment))
        with running_desk(wire=wire, undo_s=undo_s) as server:
            yield Place(server, sandbox, home, interviews, wire)


def interview_file(place: Place, text: str = INTERVIEW, name: str = "harborline.md") -> Path:
    """Put an interview on the desk, byte for byte."""
    place.interviews.mkdir(exist_ok=True)
    path = place.interviews / name
    path.write_bytes(text.encode())
    return path


def with_scenarios(place: Place, *names: str) -> None:
    """Put worked interviews on the desk (all unless some are named), and what they bring."""
    chosen = [f"{name}.md" for name in names] or [path.name for path in SCENARIOS.glob("[0-9]*.md")]
    shutil.copytree(SCENARIOS / "files", place.interviews / "files", dirs_exist_ok=True)
    for name in chosen:
        shutil.copy(SCENARIOS / name, place.interviews)


def faults_of(page: Page) -> list[str]:
    """Return a list that gets what the page's scripts and the browser complain of.

    That the desk says 409 or 422 is no fault: the page puts it into words.
    """
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" and _is_fault(said.text) else None)
    return found


def _is_fault(text: str) -> bool:
    return re.search("responded with a status of (409|422)", text) is None


def fingerprint_of(raw: bytes) -> str:
    """Return the fingerprint of a whole mail: its hash without the two lines that differ each time."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    kept = re.sub(rb"(?m)^(?:Date|Message-ID): .*\r\n", b"", head + b"\r\n")
    return hashlib.sha256(kept.removesuffix(b"\r\n") + blank + body).hexdigest()
