"""The real notify-send on a session bus, where a desktop of the test's own keeps what it was asked to show."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import clean_environment, run_mailer
from tests.conftest import SCENARIOS
from tests.needs import needs
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = needs("notify-send", "dbus-run-session")

PROJECT = Path(__file__).parents[2]

#: $0: the desktop's record; $@: what runs on the same bus.
ON_A_DESKTOP = """\
"$PYTHON" -m tests.system.notification_service "$0" &
desktop=$!
until [ -e "$0" ]; do kill -0 $desktop || exit 9; sleep 0.02; done
"$@"
status=$?
kill $desktop
exit $status
"""

SHOW = "import sys, json; from mailer.notifications import *; notify(Notice(Happening(k), *r) for k, *r in json.loads(sys.argv[1]))"


def shown(argv: list[str], environment: Mapping[str, str], folder: Path) -> list[dict[str, Any]]:
    """Run a program in a desktop session; give what the desktop showed."""
    record = folder / "shown"
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", ON_A_DESKTOP, str(record), *argv],
        env={**environment, "PYTHON": sys.executable},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 4}, done.stdout + done.stderr
    return [json.loads(line) for line in record.read_text().splitlines()]


def notified(notices: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    return shown([sys.executable, "-c", SHOW, json.dumps(notices)], clean_environment(folder), folder)


def test_a_note_that_was_sent_is_shown(tmp_path: Path) -> None:
    assert notified([["sent", "Ana Núñez"]], tmp_path) == [
        {"app": "mailer", "summary": "Note sent", "body": "Your note to Ana Núñez was sent.", "urgency": 1}
    ]


def test_a_note_that_needs_the_person_is_urgent(tmp_path: Path) -> None:
    (found,) = notified([["uncertain", "Bo", "7k2m"]], tmp_path)

    assert found["urgency"] == 2


@pytest.mark.parametrize(
    "name",
    [
        "<b>Bob</b> & <a href='https://x.example'>Co</a>",
        r"C:\new\table \\ \x41 \101",
        "--urgency=low",
        '"; touch pwned; $(touch pwned) `touch pwned` %s %n',
        "&lt;script&gt;",
    ],
)
def test_a_name_is_shown_as_it_is_written(name: str, tmp_path: Path) -> None:
    (found,) = notified([["sent", name]], tmp_path)

    assert "<" not in found["body"]
    assert html.unescape(found["body"]) == f"Your note to {name} was sent."


def test_control_characters_of_a_server_are_not_shown(tmp_path: Path) -> None:
    (found,) = notified([["refused", "Bo", "7k2m", "The server said: 550 \x1b[31mno\r\nsuch\x07 user"]], tmp_path)

    assert found["body"] == "Your note to Bo was refused. The server said: 550 [31mno such user"


def test_many_happenings_are_one_summary(tmp_path: Path) -> None:
    (found,) = notified([["sent", "Ana"]] * 4 + [["missed", "Bo"]], tmp_path)

    assert (found["summary"], found["body"]) == ("5 notes", "4 sent, 1 missed. See: mailer outbox")


# --- by the worker -------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a user with an account and two notes that are due."""
    return clean_environment(tmp_path) | {
        "MAILER_FROM": "Monique Delacroix-Baker <monique.delacroix-baker@example.com>",
        "MAILER_SMTP_HOST": "127.0.0.1",
        "MAILER_SMTP_SECURITY": "none",
        "MAILER_AUTH": "none",
        "MAILER_NOTIFY": "yes",
    }


def worked(environment: dict[str, str], server: SmtpServer, folder: Path) -> list[dict[str, Any]]:
    """Queue two notes for now and let a worker deliver them; give what the desktop showed."""
    environment["MAILER_SMTP_PORT"] = str(server.port)
    queued = run_mailer("queue", SCENARIOS / "05-quality-manager.md", "--at", "now", "--yes", environment=environment)
    assert queued.status == 0, queued.err
    return shown([sys.executable, "-m", "mailer", "worker", "--once"], environment, folder)


def test_a_worker_tells_what_it_sent(environment: dict[str, str], tmp_path: Path) -> None:
    with SmtpServer() as server:
        found = worked(environment, server, tmp_path)

    assert sorted(notice["body"] for notice in found) == [
        "Your note to Sofía Núñez Ibáñez was sent.",
        "Your note to Willem van der Berg was sent.",
    ]


def test_a_worker_tells_what_was_refused_in_the_servers_words(environment: dict[str, str], tmp_path: Path) -> None:
    with SmtpServer({"rcpt": "550 5.1.1 <nobody> & no such user"}) as server:
        found = worked(environment, server, tmp_path)

    assert {notice["summary"] for notice in found} == {"Note refused"}
    assert html.unescape(found[0]["body"]).endswith("The server said: 550 <nobody> & no such user")


def test_a_worker_is_silent_where_the_user_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    environment["MAILER_NOTIFY"] = "no"

    with SmtpServer() as server:
        assert worked(environment, server, tmp_path) == []


def test_a_worker_without_its_password_says_once_that_notes_wait(environment: dict[str, str], tmp_path: Path) -> None:
    once = f"{sys.executable} -m mailer worker --once"
    with SmtpServer() as server:
        environment |= {"MAILER_AUTH": "password", "MAILER_SMTP_PORT": str(server.port)}
        run_mailer("queue", SCENARIOS / "05-quality-manager.md", "--at", "now", "--yes", environment=environment)
        found = shown(["sh", "-c", f"{once}; {once}; true"], environment, tmp_path)

    assert [notice["summary"] for notice in found] == ["Notes are waiting"]
    assert found[0]["body"].startswith("They stay queued until you help. ")
