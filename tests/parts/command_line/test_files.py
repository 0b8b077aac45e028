"""Files given to a command are one list: in their order, and each file once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer


@pytest.fixture
def names(desk: Desk) -> list[str]:
    """Name one file in four ways."""
    (desk.folder / "link.md").symlink_to(desk.file)
    return ["harborline.md", f"../{desk.folder.name}/harborline.md", str(desk.file), "link.md"]


def test_a_file_given_twice_is_sent_once(names: list[str], desk: Desk, server: SmtpServer) -> None:
    sent = desk.run("send", *names, "--yes")

    assert sent.status == 0, sent.out + sent.err
    assert len(server.messages) == 1


def test_a_file_given_twice_is_checked_once(names: list[str], desk: Desk) -> None:
    checked = desk.run("check", *names)

    assert (checked.status, checked.out.count("vanderberg: ready")) == (0, 1), checked.out


def test_a_file_that_does_not_read_is_told_once(names: list[str], desk: Desk) -> None:
    desk.edit("company: Harborline", "compnay: Harborline")

    checked = desk.run("check", *names, "--json")

    assert [f["rule"] for f in checked.json["findings"]] == ["file-invalid"]


def test_a_link_that_leads_to_itself_is_named(desk: Desk) -> None:
    (desk.folder / "loop.md").symlink_to("loop.md")

    checked = desk.run("check", "loop.md", "--json")

    assert checked.status == 1
    assert checked.json["findings"][0]["file"] == "loop.md"


def test_files_stay_in_the_order_in_which_they_are_given(desk: Desk) -> None:
    shutil.copy(desk.file, desk.folder / "a-later-one.md")

    checked = desk.run("check", "harborline.md", "a-later-one.md", "harborline.md")

    lines = [line.split("  ")[0] for line in checked.out.splitlines() if "  vanderberg: " in line]
    assert lines == ["harborline.md", "a-later-one.md"]
