"""The outbox tells what is there, and looking into it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk

LOOKS = ("show {}", "show {} --json", "show {} --eml")
STEPS = ("cancel {}", "restore {}", "retry {}", "settle {} sent", "reschedule {} --at now")


@pytest.mark.parametrize("words", [*LOOKS, *STEPS])
def test_a_note_is_not_found_where_nothing_was_ever_queued_and_nothing_is_made_there(words: str, desk: Desk) -> None:
    asked = desk.run("outbox", *words.format("vanderberg").split())

    assert asked.status == 2
    assert "there is no note “vanderberg”" in asked.out + asked.err
    assert not desk.home.exists()
