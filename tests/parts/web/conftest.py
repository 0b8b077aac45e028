"""Give the tests of the desk's guard a desk with an interview, and a browser that came in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desk import running_desk, settings_file
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.web import Server

INTERVIEW = """\
---
company: Harborline Castings
role: Quality Manager
start: {day} 10:00
end: {day} 11:30
timezone: America/Detroit
people:
  - id: vanderberg
    name: Willem van der Berg
    greeting: Dear Mr. van der Berg,
    email: w.vanderberg@harborline-castings.example
    heard: A die change on line 3 takes us seventy minutes on a good day.
    gift:
      kind: file
      title: A sheet for timing a die change
      file: files/sheet.txt
      why: One page, to hold beside line 3.
    subject: Thank you for the tour of line 3
---

## vanderberg

Dear Mr. van der Berg,

Thank you for the plant tour, and for letting me talk to the operators on line 3 by myself about the die change.

{{{{ gift }}}}

The timings of such changes are at https://castings-monthly.example/changeover-times if you care for more of them.

Sincerely,
Monique Delacroix-Baker
"""

#: The URL of the note of that interview.
NOTE = "/interviews/harborline/vanderberg"


def write_interview(folder: Path, name: str = "harborline.md", text: str = INTERVIEW) -> Path:
    """Write the interview of yesterday, with the sheet that it brings."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "sheet.txt").write_text("Start, stop, next.\n", encoding="utf-8")
    path = folder / name
    path.write_text(text.format(day=date.today() - timedelta(days=1)), encoding="utf-8")  # noqa: DTZ011  # a day will do
    return path


def send(visitor: Visitor, note: str = NOTE) -> str:
    """Press Send on the page of a note, and return the address of its page in the outbox."""
    dialog = visitor.get(f"{note}/send").text
    fields = {"fingerprint": re.findall(r'name="fingerprint" value="([0-9a-f]+)"', dialog)[0], "pass": "yes"}
    return visitor.post(f"{note}/send", fields).header("location")


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that has the home and the interviews of the desk that tests share."""
    folder = tmp_path_factory.mktemp("shared")
    write_interview(folder / "interviews")
    settings_file(folder / "home", interviews=folder / "interviews", smtp_port=9)  # nobody asks it: nothing is sent
    return folder


@pytest.fixture(scope="module")
def shared(shared_folder: Path) -> Iterator[Server]:
    """Run one desk for the tests of a module that change nothing."""
    with running_desk(delivers=False, home=shared_folder / "home") as server:
        yield server


@pytest.fixture
def interviews(tmp_path: Path) -> Path:
    """Return a folder with one interview in it."""
    write_interview(tmp_path / "interviews")
    return tmp_path / "interviews"


@pytest.fixture
def desk(home: Path, interviews: Path) -> Iterator[Server]:
    """Run a desk of the test's own."""
    settings_file(home, interviews=interviews)
    with running_desk(delivers=False) as server:
        yield server


@pytest.fixture
def visitor(desk: Server) -> Visitor:
    """Come in by the link of that desk."""
    return Visitor(desk)


@pytest.fixture(scope="module")
def guest(shared: Server) -> Visitor:
    """Come in by the link of the desk that tests share."""
    return Visitor(shared)
