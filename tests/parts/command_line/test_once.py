"""A note goes once to a person for an interview, whatever is corrected in its file afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("start: 2026-06-11 10:00", "start: 2026-06-11 10:30"),
        ("company: Harborline Castings", "company: Harborline Castings Inc."),
        ("Willem van der Berg", "Wim van der Berg"),
    ],
)
def test_a_corrected_file_allows_no_second_note(desk: Desk, server: SmtpServer, old: str, new: str):
    desk.run("send", "harborline.md", "--yes")
    desk.edit(old, new)

    again = desk.run("send", "harborline.md", "--yes")

    assert (again.status, len(server.messages)) == (1, 1)
    assert "already has a thank-you note" in again.out


def test_a_renamed_file_allows_no_second_note(desk: Desk, server: SmtpServer):
    desk.run("send", "harborline.md", "--yes")
    desk.file.rename(desk.folder / "renamed.md")

    again = desk.run("send", "renamed.md", "--yes")

    assert (again.status, len(server.messages)) == (1, 1)


def test_a_stop_is_not_passed_by_the_name_of_no_rule(desk: Desk, server: SmtpServer):
    sent = desk.run("send", "harborline.md", "--yes", "--despite", "already-snet")

    assert (sent.status, len(server.messages)) == (2, 0)
    assert sent.err.startswith("mailer: there is no rule “already-snet”")
