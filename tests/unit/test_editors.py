"""An editor is opened at a line in its own way, and only one with a window from a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.editors import editor_of

FILE = Path("/home/ada/my interviews/acme.md")


@pytest.mark.parametrize(
    ("named", "argv"),
    [
        ("code --wait", ("code", "--wait", "--goto", f"{FILE}:7")),
        ("/usr/bin/subl", ("/usr/bin/subl", f"{FILE}:7")),
        ("gedit", ("gedit", "+7", str(FILE))),
        ("kate", ("kate", "--line", "7", str(FILE))),
        ("emacsclient -n", ("emacsclient", "-n", "+7", str(FILE))),
    ],
)
def test_an_editor_with_a_window_gets_file_and_line_as_its_manual_says(named: str, argv: tuple[str, ...]):
    editor = editor_of({"EDITOR": named}, FILE)

    assert editor
    assert editor.opens_window
    assert editor.at(7).argv == argv


@pytest.mark.parametrize("named", ["vim", "nano", "hx", "emacsclient -nw", "emacsclient -t"])
def test_an_editor_in_a_terminal_is_shown_as_a_command_only(named: str):
    editor = editor_of({"EDITOR": named}, FILE)

    assert editor
    assert not editor.opens_window
    assert editor.at(7).said == f"{named} +7 '{FILE}'"


def test_visual_goes_before_editor():
    editor = editor_of({"EDITOR": "nano", "VISUAL": "code"}, FILE)

    assert editor
    assert editor.program == ("code",)


@pytest.mark.parametrize("environ", [{}, {"EDITOR": ""}, {"EDITOR": "  "}, {"EDITOR": "code 'oops"}])
def test_without_an_editor_in_the_environment_there_is_none(environ: dict[str, str]):
    assert editor_of(environ, FILE) is None


def test_a_finding_without_a_line_opens_the_first():
    editor = editor_of({"EDITOR": "code"}, FILE)

    assert editor
    assert editor.at(0).argv[-1] == f"{FILE}:1"
