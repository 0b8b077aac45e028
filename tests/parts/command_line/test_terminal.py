"""At a terminal the commands ask, show what is typed only where it may be seen, and take no for an answer."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")

PROJECT = Path(__file__).parents[3]
PASSWORD = "correct horse battery"

#: The tests run at night too.
SEND = ("send", "harborline.md", "--despite", "send-hour-odd")
QUEUE = ("queue", "harborline.md", "--at", "2098-12-01 09:00")


# --- a yes before anything leaves --------------------------------------------------------------------------------------


def test_a_note_goes_after_a_yes(desk: Desk, server: SmtpServer) -> None:
    with desk.on_terminal(*SEND) as terminal:
        terminal.read_until("Willem van der Berg <w.vanderberg@harborline-castings.example>")
        terminal.answer("Send 1 note now? [y/N]:", "y")
        status = terminal.finish()

    assert (status, len(server.messages)) == (0, 1), terminal.screen


@pytest.mark.parametrize("no", ["n", ""])
def test_without_a_yes_nothing_is_sent_and_nothing_queued(no: str, desk: Desk, server: SmtpServer) -> None:
    with desk.on_terminal(*SEND) as terminal:
        terminal.answer("[y/N]:", no)
        status = terminal.finish()

    assert (status, server.connections) == (1, 0)
    assert terminal.screen.endswith("Nothing was sent.\n")
    assert not (desk.home / "mailer.db").exists()


def test_ctrl_c_at_the_question_sends_nothing(desk: Desk, server: SmtpServer) -> None:
    with desk.on_terminal(*SEND) as terminal:
        terminal.read_until("[y/N]:")
        status = terminal.interrupt()

    assert (status, server.connections) == (1, 0)
    assert terminal.screen.endswith("mailer: Stopped. Nothing more was done.\n")


def test_an_hour_is_shown_in_both_zones_before_the_yes(desk: Desk) -> None:
    desk.environment["MAILER_TIMEZONE"] = "Europe/Berlin"

    with desk.on_terminal(*QUEUE) as terminal:
        terminal.read_until("Mon 1 Dec 2098, 09:00 in Detroit (15:00 in Berlin, your time)")
        terminal.answer("Queue 1 note? [y/N]:", "y")
        status = terminal.finish()

    assert status == 0
    assert " ".join(terminal.screen.split()).count("Mon 1 Dec 2098, 09:00 in Detroit (15:00 in Berlin, your time)") == 2


# --- questions of the checks -------------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(desk: Desk) -> Desk:
    """Give the desk a note that says “yesterday” of a day long ago."""
    desk.edit("Thank you for the plant tour,", "Thank you for the plant tour yesterday,")
    return desk


def test_a_question_is_asked_and_a_yes_to_it_is_remembered(doubtful: Desk) -> None:
    with doubtful.on_terminal(*QUEUE) as terminal:
        terminal.read_until("is “yesterday” right?")
        terminal.answer("It is meant as it stands? [y/N]:", "y")
        terminal.answer("Queue 1 note? [y/N]:", "n")
        terminal.finish()

    with doubtful.on_terminal(*QUEUE) as terminal:
        terminal.answer("[y/N]:", "n")
        terminal.finish()
    assert "yesterday" not in terminal.screen


def test_a_question_that_is_not_answered_with_yes_queues_nothing(doubtful: Desk) -> None:
    with doubtful.on_terminal(*QUEUE) as terminal:
        terminal.answer("It is meant as it stands? [y/N]:", "n")
        status = terminal.finish()

    assert status == 1
    assert "vanderberg: 1 question" in terminal.screen
    assert "mailer check FILE --answer RULE" in terminal.screen.replace("\n", " ")
    assert doubtful.run("outbox", "--json").json == {"entries": []}


def test_with_yes_no_question_is_asked(doubtful: Desk) -> None:
    with doubtful.on_terminal(*QUEUE, "--yes") as terminal:
        status = terminal.finish()

    assert status == 0
    assert "?" not in terminal.screen


# --- setup -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(desk: Desk) -> Iterator[SmtpServer]:
    """Run a server that wants Ada's password, and give the desk a keyring that is a file, and no settings."""
    for name in [n for n in desk.environment if n.startswith("MAILER_") and n != "MAILER_HOME"]:
        del desk.environment[name]
    desk.environment.update(
        PYTHON_KEYRING_BACKEND="tests.parts.credentials.file_keyring.Keyring",
        PYTHONPATH=str(PROJECT),
        FILE_KEYRING=str(desk.folder / "keyring.json"),
    )
    with SmtpServer(users={"ada@example.com": PASSWORD}, auth_in_clear=True) as running:
        yield running


def set_up(desk: Desk, server: SmtpServer, typed: str) -> tuple[int, str]:
    """Answer every question of `setup`; return its status and all that the terminal saw."""
    host = ("--host", server.host, "--port", str(server.port), "--security", "none")
    with desk.on_terminal("setup", *host) as terminal:
        terminal.answer("Your mail address:", "ada@example.com")
        terminal.answer("Your name, as your notes are signed:", "Ada Example")
        terminal.answer("Password (not shown):", typed)
        return terminal.finish(), terminal.raw


def test_setup_asks_for_what_it_lacks_and_keeps_the_password_in_the_keyring(desk: Desk, bank: SmtpServer) -> None:
    status, shown = set_up(desk, bank, PASSWORD)

    assert status == 0, shown
    assert list(json.loads((desk.folder / "keyring.json").read_text()).values()) == [PASSWORD]


def test_a_typed_password_is_never_on_the_screen_nor_in_the_settings(desk: Desk, bank: SmtpServer) -> None:
    _, shown = set_up(desk, bank, PASSWORD)

    assert "ada@example.com" in shown
    assert PASSWORD not in shown
    assert PASSWORD not in (desk.home / "config.env").read_text()


def test_what_was_set_up_at_the_terminal_sends(desk: Desk, bank: SmtpServer) -> None:
    set_up(desk, bank, PASSWORD)

    sent = desk.send()

    assert sent.status == 0, sent.out + sent.err
    assert [message.username for message in bank.messages] == ["ada@example.com"]


def test_a_wrong_password_is_kept_nowhere(desk: Desk, bank: SmtpServer) -> None:
    status, shown = set_up(desk, bank, "wrong horse")

    assert status == 3
    assert "wrong horse" not in shown
    assert not (desk.folder / "keyring.json").exists()
    assert not (desk.home / "config.env").exists()


def test_setup_tells_how_to_get_the_password_of_a_known_provider(desk: Desk) -> None:
    with desk.on_terminal("setup", "ada@gmail.com", "--name", "Ada Example") as terminal:
        terminal.read_until("myaccount.google.com/apppasswords")
        terminal.read_until("Password (not shown):")
        status = terminal.interrupt()

    assert status == 1
    assert not desk.home.exists()


# --- new ---------------------------------------------------------------------------------------------------------------


def test_new_asks_for_each_person_until_an_empty_name(desk: Desk) -> None:
    with desk.on_terminal("new", "acme.md", "--timezone", "America/Detroit") as terminal:
        terminal.answer("Company:", "Acme")
        terminal.answer("Role:", "Engineer")
        terminal.answer("Start, local time there (2026-06-11 10:00):", "2026-06-11 10:00")
        terminal.answer("Who talked with you (their name as they write it):", "Ada Lovelace")
        terminal.answer("How you greet Ada Lovelace (Dear Ms. Rivera,):", "Dear Ada,")
        terminal.answer("Address (Enter: not known):", "ada@acme.example")
        terminal.answer("What they said that stayed with you:", "The build takes an hour.")
        terminal.answer("Who else (Enter: nobody):", "Søren Öst")
        terminal.answer("How you greet Søren Öst (Dear Ms. Rivera,):", "Hej Søren,")
        terminal.answer("Address (Enter: not known):", "")
        terminal.answer("What they said that stayed with you:", "")
        terminal.answer("Who else (Enter: nobody):", "")
        status = terminal.finish()

    assert status == 0, terminal.screen
    shown = desk.run("show", "acme.md", "--json").json["notes"]
    assert [note["to"] for note in shown] == ["ada@acme.example", None]


def test_new_writes_nothing_when_it_is_left_before_the_end(desk: Desk) -> None:
    with desk.on_terminal("new", "acme.md", "--company", "Acme") as terminal:
        terminal.read_until("Role:")
        status = terminal.interrupt()

    assert status == 1
    assert not (desk.folder / "acme.md").exists()


# --- the commands that stay --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "ready"),
    [("sandbox --smtp-port 0 --http-port 0", "Mail is kept in"), ("worker", "Ctrl-C ends it.")],
)
def test_ctrl_c_is_a_good_end_for_a_command_that_stays(arguments: str, ready: str, desk: Desk) -> None:
    with desk.on_terminal(*arguments.split()) as terminal:
        terminal.read_until(ready)
        status = terminal.interrupt()

    assert status == 0
    assert "Traceback" not in terminal.screen


def test_the_inbox_of_the_demo_is_open_until_enter(desk: Desk) -> None:
    with desk.on_terminal("demo") as terminal:
        terminal.read_until("mails arrived")
        terminal.read_until("Enter ends the demo:")
        url = terminal.screen.split("Open ")[-1].split(" in a browser")[0]
        with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310  # loopback
            inbox = page.read().decode()
        terminal.press("\n")
        status = terminal.finish()

    assert status == 0, terminal.screen
    assert "ines.ferreira-lund@example.com" in inbox.lower() or "Ines Ferreira-Lund" in inbox


# --- styles ------------------------------------------------------------------------------------------------------------

BOLD = "\x1b[1m"


def test_a_terminal_gets_headings_in_bold(desk: Desk) -> None:
    with desk.on_terminal("check", "harborline.md") as terminal:
        terminal.finish()

    assert f"{BOLD}harborline.md  vanderberg: ready" in terminal.raw


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_styles_gets_none(setting: dict[str, str], desk: Desk) -> None:
    with desk.on_terminal("check", "harborline.md", settings=setting) as terminal:
        terminal.finish()

    assert "harborline.md  vanderberg: ready" in terminal.raw
    assert "\x1b" not in terminal.raw


def test_no_words_of_a_note_are_taken_for_styles(desk: Desk) -> None:
    desk.edit("subject: Thank you for the tour of line 3", 'subject: "[bold]Line 3[/bold] :smile: [link=x]"')

    with desk.on_terminal(*QUEUE, "--despite", "placeholder-left") as terminal:
        terminal.answer("[y/N]:", "n")
        terminal.finish()

    assert "[bold]Line 3[/bold] :smile: [link=x]" in terminal.screen


# --- the outbox --------------------------------------------------------------------------------------------------------


@pytest.fixture
def queued(desk: Desk) -> str:
    """Queue the desk's note for an hour far ahead; gives its id."""
    done = desk.run(*QUEUE, "--yes", "--json")
    return str(done.json["entries"][0]["id"])


def listed(desk: Desk, columns: int) -> list[str]:
    with desk.on_terminal("outbox", columns=columns) as terminal:
        assert terminal.finish() == 0
    return [line.rstrip() for line in terminal.screen.splitlines() if line.strip()]


def test_a_narrow_terminal_has_two_lines_an_entry(desk: Desk, queued: str) -> None:
    assert listed(desk, 80) == [
        f"scheduled    {queued}  w.vanderberg@harborline-castings.example",
        "  Mon 2098-12-01 09:00 America/Detroit  Thank you for the tour of line 3",
    ]


def test_a_wide_terminal_has_a_table(desk: Desk, queued: str) -> None:
    heading, _, row = listed(desk, 160)

    assert heading.split() == ["State", "Id", "Hour", "there", "To", "Subject"]
    assert row.split()[:3] == ["scheduled", queued, "Mon"]
    assert row.endswith("Thank you for the tour of line 3")


def test_a_table_stays_within_the_terminal(desk: Desk, queued: str) -> None:
    rows = listed(desk, 100)

    assert len(rows) > 3
    assert max(map(len, rows)) <= 100
