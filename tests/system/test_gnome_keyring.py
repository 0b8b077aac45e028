"""A real gnome-keyring on a session bus of its own: kept, found by another process, locked, absent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailer.model import Security
from tests.certificates import Authority
from tests.needs import SEARCH_PATH, needs
from tests.smtp_server import SmtpServer
from tests.system.keyring_user import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Done = subprocess.CompletedProcess[str]

pytestmark = needs("gnome-keyring-daemon", "dbus-run-session")

PROJECT = Path(__file__).parents[2]
SECRET_SERVICE = "keyring.backends.SecretService.Keyring"
PASSWORD = "correct horse: Ünïcode, 'quotes' and spaces "
LIMIT_S = 120

#: Starts the session's daemon; without a word to unlock it with, it is started by the bus when first asked.
UNLOCK = 'printf %s "$UNLOCK_WITH" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '
EACH_STEP = 'while IFS=$(printf "\\t") read -r verb how secret; do "$PYTHON" -m tests.system.keyring_user "$verb" "$how" "$secret" </dev/null; done'


@dataclass(frozen=True)
class Session:
    """A user's home, in which sessions come and go."""

    home: Path

    def run(self, *steps: Sequence[str], unlock_with: str | None = None) -> list[str]:
        """Run each step in a process of its own within one desktop session; give what each printed."""
        script = (UNLOCK if unlock_with is not None else "") + EACH_STEP
        return self._lines(["dbus-run-session", "--", "bash", "-c", script], steps, UNLOCK_WITH=unlock_with or "")

    def run_without_bus(self, *steps: Sequence[str]) -> list[str]:
        """Run each step as a server or a container would: nobody is logged in at a desktop."""
        return self._lines(["bash", "-c", EACH_STEP], steps)

    def _lines(self, argv: list[str], steps: Sequence[Sequence[str]], **environ: str) -> list[str]:
        given = "".join("\t".join((*step, "", "")[:3]) + "\n" for step in steps)
        done = self._done(argv, given, environ)
        assert done.returncode == 0, done.stderr
        return [line.removeprefix(MARK) for line in done.stdout.splitlines() if line.startswith(MARK)]

    def mailer(self, *arguments: str, given: str = "", unlock_with: str | None = None) -> Done:
        """Run one command of mailer in a desktop session."""
        script = (UNLOCK if unlock_with is not None else "") + 'exec "$PYTHON" -m mailer "$@"'
        argv = ["dbus-run-session", "--", "bash", "-c", script, "mailer", *arguments]
        return self._done(argv, given, {"UNLOCK_WITH": unlock_with or ""})

    def mailer_without_bus(self, *arguments: str) -> Done:
        """Run one command of mailer where nobody is logged in at a desktop."""
        return self._done([sys.executable, "-m", "mailer", *arguments], "", {})

    def _done(self, argv: list[str], given: str, environ: dict[str, str]) -> Done:
        base = {"HOME": str(self.home), "PATH": SEARCH_PATH, "PYTHON": sys.executable, "LANG": "C.UTF-8"}
        return subprocess.run(
            argv,
            input=given,
            cwd=PROJECT,
            env=base | environ | {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    user_home = tmp_path / "user"
    user_home.mkdir()
    return Session(user_home)


def test_a_password_is_found_by_another_process_of_the_session(session: Session) -> None:
    kept, there, background = session.run(
        ("keep", "there", PASSWORD), ("read", "there"), ("read", "background"), unlock_with="login"
    )

    assert kept == SECRET_SERVICE
    assert (there, background) == (PASSWORD, PASSWORD)


def test_a_password_is_found_after_the_next_login(session: Session) -> None:
    session.run(("keep", "background", "secret"), unlock_with="login")

    assert session.run(("read", "background"), unlock_with="login") == ["secret"]


def test_a_forgotten_password_is_gone(session: Session) -> None:
    *_, gone = session.run(
        ("keep", "there", "secret"), ("forget", "there"), ("read", "background"), unlock_with="login"
    )

    assert gone.startswith("error: no password is kept for ada@example.com at smtp.example.com")


def test_a_long_token_is_kept_in_parts(session: Session) -> None:
    token = "abcdefghij" * 300

    assert session.run(("keep", "there", token), ("read", "background"), unlock_with="login")[1] == token


def test_the_keyring_of_the_desktop_is_named(session: Session) -> None:
    assert session.run(("name", "background"), unlock_with="login") == [SECRET_SERVICE]


@pytest.mark.parametrize("how", ["background", "there"])
def test_a_locked_keyring_is_said_to_be_locked_and_nobody_waits(session: Session, how: str) -> None:
    session.run(("keep", "there", "secret"), unlock_with="login")

    (said,) = session.run(("read", how), unlock_with="wrong")

    assert said.startswith("error: the keyring is locked")
    assert "MAILER_PASSWORD_CMD" in said


def test_in_a_session_that_nobody_unlocked_the_keyring_is_locked(session: Session) -> None:
    session.run(("keep", "there", "secret"), unlock_with="login")

    (said,) = session.run(("read", "background"))

    assert said.startswith("error: the keyring is locked")


@pytest.mark.parametrize("how", ["background", "there"])
def test_a_keyring_that_was_never_opened_is_said(session: Session, how: str) -> None:
    said = session.run(("read", how), ("keep", how, "secret"))

    assert [s.partition("; ")[0].partition(" (")[0] for s in said] == ["error: the keyring has not been opened"] * 2


@pytest.mark.parametrize("how", ["background", "there"])
def test_without_a_session_bus_there_is_no_keyring(session: Session, how: str) -> None:
    said = session.run_without_bus(("read", how), ("keep", how, "secret"), ("name", how))

    assert [s.partition("; ")[0] for s in said] == ["error: this machine has no usable keyring"] * 3
    assert all("MAILER_PASSWORD_CMD" in s for s in said)


# --- the whole line, with the password in the keyring ----------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path, session: Session) -> Iterator[SmtpServer]:
    """Run a server that knows Ada, and set her account up in her session."""
    authority = Authority(tmp_path / "authority")
    context = authority.issue().server_context()
    with SmtpServer(security=Security.TLS, context=context, users={"ada@example.com": "correct horse"}) as running:
        account = ["--host", "localhost", "--port", str(running.port), "--ca-file", str(authority.ca_file)]
        done = session.mailer(
            "setup", "ada@example.com", "--name", "Ada Example", *account, "--password-stdin",
            given="correct horse\n", unlock_with="login",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield running


def send(scenarios: Path) -> tuple[str, ...]:
    return ("send", str(scenarios / "01-nurse.md"), "--yes")


def test_after_setup_a_later_session_sends_without_a_question(
    session: Session, server: SmtpServer, scenarios: Path
) -> None:
    done = session.mailer(*send(scenarios), unlock_with="login")

    assert done.returncode == 0, done.stderr
    assert [m.username for m in server.messages] == ["ada@example.com"] * 2


def test_with_a_locked_keyring_nothing_is_sent_and_nothing_queued(
    session: Session, server: SmtpServer, scenarios: Path
) -> None:
    done = session.mailer(*send(scenarios))

    assert done.returncode == 3
    assert "the keyring is locked" in done.stderr
    assert server.messages == []
    assert '"entries": []' in session.mailer_without_bus("outbox", "--json").stdout


def told(done: Done) -> Any:
    """Return the JSON object among what daemons that the bus started print."""
    return json.loads(done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1])


def test_with_a_locked_keyring_queued_notes_wait_untouched_until_it_is_unlocked(
    session: Session, server: SmtpServer, scenarios: Path
) -> None:
    queue = ("queue", str(scenarios / "01-nurse.md"), "--yes", "--at", "now")
    queued = session.mailer(*queue, unlock_with="login")
    looks = [session.mailer("worker", "--once", "--json") for _ in range(3)]
    listed = told(session.mailer_without_bus("outbox", "--json"))["entries"]
    story = told(session.mailer_without_bus("outbox", "show", listed[0]["id"], "--json"))["events"]
    unlocked = session.mailer("worker", "--once", unlock_with="login")

    troubles = [told(done)["trouble"] for done in looks]
    assert queued.returncode == 0, queued.stderr
    assert [done.returncode for done in looks] == [3, 3, 3]
    assert len({trouble["since_utc"] for trouble in troubles}) == 1
    assert all("the keyring is locked" in trouble["message"] for trouble in troubles)
    assert {entry["attempts"] for entry in listed} == {0}
    assert len(story) == 1
    assert unlocked.returncode == 0, unlocked.stderr
    assert "What kept the notes waiting is over." in unlocked.stdout
    assert len(server.messages) == len(listed) == 2


def test_without_a_keyring_sending_names_the_other_ways(session: Session, server: SmtpServer, scenarios: Path) -> None:
    done = session.mailer_without_bus(*send(scenarios))

    assert done.returncode == 3
    assert "MAILER_PASSWORD_CMD" in done.stderr
    assert server.messages == []
