"""Run every command of README.md as a reader would, and hold what it prints against what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.sandbox import Sandbox
from tests.command import clean_environment

README = Path(__file__).parents[2] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: What differs from day to day and from run to run: ids, fingerprints, times, counts.
VARYING = [
    (re.compile(r"\b(?=\w*\d)[0-9a-hj-km-np-tv-z]{8}\b"), "ID"),
    (re.compile(r"\b[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d"), "WHEN"),
    (re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}( \d{4},)? \d\d:\d\d"), "WHEN"),
    (re.compile(r"\([^()]*your time\), in .*"), "HOW LONG"),
    (re.compile(r"\b\d+ (hours|days)\b"), "SO LONG"),
    (re.compile(r" {2,}"), "  "),
]


def blocks(language: str) -> list[str]:
    return [body for found, body in FENCE.findall(README.read_text(encoding="utf-8")) if found == language]


def sessions() -> list[tuple[str, str]]:
    """Return the page's commands in order, each with what is shown under it."""
    steps: list[tuple[str, str]] = []
    for line in "".join(blocks("console")).splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], ""))
        else:
            command, shown = steps.pop()
            steps.append((command, f"{shown}{line}\n"))
    return steps


def settled(text: str) -> str:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text.strip()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "harborline.md").write_text(blocks("markdown")[0], encoding="utf-8")
    return folder


def test_every_command_of_the_readme_does_what_the_page_shows(desk: Path, tmp_path: Path):
    script, shown = [], []
    with Sandbox(tmp_path / "inbox") as sandbox:
        for command, output in sessions():
            script.append(command.replace("MAILER_SMTP_PORT=1025", f"MAILER_SMTP_PORT={sandbox.smtp_port}"))
            shown.append(output)
        marked = "\n".join(f"{command} || exit $?\nprintf '\\036'" for command in script)
        environment = clean_environment(tmp_path)
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(["sh", "-c", marked], cwd=desk, env=environment, capture_output=True, check=False)

    printed = done.stdout.decode().split("\x1e")
    assert done.returncode == 0, done.stderr.decode()
    assert [settled(p) for p, s in zip(printed, shown, strict=False) if s] == [settled(s) for s in shown if s]


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile():
    makefile = README.with_name("Makefile").read_text(encoding="utf-8")

    wanted = re.findall(r"^    make (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert wanted == ["demo", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in wanted)


def test_every_file_that_the_readme_links_to_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))

    assert [link for link in links if not (README.parent / link).exists()] == []
