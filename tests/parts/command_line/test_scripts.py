"""What a script may rely on: a status for every error, one JSON object from every command, help, completion."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

import mailer
from mailer import cli, errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer


# --- statuses ----------------------------------------------------------------------------------------------------------


def heirs(kind: type[errors.MailerError]) -> Iterator[type[errors.MailerError]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from heirs(heir)


def expected_errors() -> set[type[errors.MailerError]]:
    """Return every error class of the package, wherever it is defined."""
    for module in pkgutil.walk_packages(mailer.__path__, "mailer."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {kind for kind in heirs(errors.MailerError) if kind.__module__.startswith("mailer.")}


def test_every_error_of_the_model_has_a_status_of_its_own() -> None:
    named = {getattr(errors, name) for name in errors.__all__ if name != "Stage"}

    assert set(cli.EXIT_CODES) == named - {errors.MailerError, errors.DeliveryError}


def test_every_error_of_any_part_ends_a_command_with_a_known_status() -> None:
    bases = {errors.DeliveryError}
    statuses = {kind: cli.explained(kind.__new__(kind))[1] for kind in expected_errors() - bases}

    assert set(statuses.values()) == {1, 2, 3, 4, 5, 6}


# --- every command -----------------------------------------------------------------------------------------------------


def every_command() -> dict[str, click.Command]:
    """Return each command and subcommand by its words."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli.commands)
    for name in cli.commands.list_commands(context):
        command = cli.commands.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {step}": part for step, part in command.commands.items()}
    return found


COMMANDS = every_command()


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_json_and_an_example_in_its_help(words: str) -> None:
    command = COMMANDS[words]
    shown = command.get_help(click.Context(command, info_name=words))

    assert "--json" in shown
    assert f"Example: mailer {words}" in shown


def test_the_help_of_a_command_is_printed(desk: Desk) -> None:
    helped = desk.run("outbox", "cancel", "--help")

    assert (helped.status, helped.err) == (0, "")
    assert "Example: mailer outbox cancel 7k2m" in helped.out


WORKING = [
    'new acme.md --company Acme --role Dev --start 2026-06-11T10:00 --person Ada "Dear Ada," a@x.example Hello.',
    "check harborline.md",
    "show harborline.md",
    "doctor --offline",
    "send harborline.md --yes --dry-run",
    "send harborline.md --yes",
    "queue harborline.md --at 2098-12-01T09:00 --yes",
    "outbox",
    "worker --once",
    "demo",
]


@pytest.mark.parametrize("line", WORKING)
def test_a_command_that_works_prints_one_object(line: str, desk: Desk, server: SmtpServer) -> None:
    done = desk.run(*shlex.split(line), "--json")

    assert (done.status, done.err) == (0, ""), done.out
    assert isinstance(done.json, dict)


FAILING = {
    "setup": 2,
    "setup ada@gmail.com --name Ada": 2,
    "setup ada@nowhere.example --name Ada": 2,
    "doctor": 3,
    "new": 2,
    "check absent.md": 1,
    "show absent.md": 1,
    "send absent.md --yes": 1,
    "send harborline.md": 1,
    "queue harborline.md --at yesterday": 2,
    "queue harborline.md --at 2098-12-01T09:00": 1,
    "outbox --state odd": 2,
    "outbox show 7k2m": 2,
    "outbox cancel 7k2m": 2,
    "outbox restore 7k2m": 2,
    "outbox retry 7k2m": 2,
    "outbox reschedule 7k2m --at now": 2,
    "outbox settle 7k2m sent": 2,
    "worker --never": 2,
    "service --never": 2,
    "service install --never": 2,
    "service status --never": 2,
    "service remove --never": 2,
    "sandbox --smtp-port odd": 2,
    "preview absent.md": 1,
    "desk --never": 2,
    "demo --never": 2,
    "frobnicate": 2,
}


def test_every_command_is_seen_failing() -> None:
    assert all(any(f"{line} ".startswith(f"{words} ") for line in FAILING) for words in COMMANDS)


@pytest.mark.parametrize("line", FAILING)
def test_a_command_that_fails_prints_one_object_too(line: str, desk: Desk) -> None:
    failed = desk.run(*line.split(), "--json")

    assert (failed.status, failed.err) == (FAILING[line], ""), failed.out
    assert isinstance(failed.json, dict)


@pytest.mark.parametrize("words", ["check harborline.md", "outbox", "worker --once", "doctor"])
def test_settings_that_do_not_read_are_one_object_or_one_sentence(words: str, desk: Desk) -> None:
    desk.environment["MAILER_RETRY_FIRST"] = "soon"

    spoken, printed = desk.run(*words.split()), desk.run(*words.split(), "--json")

    assert "MAILER_RETRY_FIRST" in spoken.out + spoken.err
    assert (spoken.status, printed.status) == (3, 3)
    assert isinstance(printed.json, dict)


# --- completion --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell that completes")
def test_bash_gets_its_completion(desk: Desk) -> None:
    asking = desk.environment | {"_MAILER_COMPLETE": "bash_source"}

    done = subprocess.run([sys.executable, "-m", "mailer"], env=asking, capture_output=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"complete -o nosort -F _mailer_completion mailer" in done.stdout


def test_the_completion_knows_the_commands(desk: Desk) -> None:
    asking = desk.environment | {"_MAILER_COMPLETE": "bash_complete", "COMP_WORDS": "mailer s", "COMP_CWORD": "1"}

    done = subprocess.run([sys.executable, "-m", "mailer"], env=asking, capture_output=True, check=False, timeout=60)

    offered = [line.partition(",")[2] for line in done.stdout.decode().split(os.linesep) if line]
    assert offered == ["setup", "show", "send", "service", "sandbox"]
