"""What the desktop is told, and by which command line: names and happenings, never a command or markup of others."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.notifications import Happening, Invocation, Notice, Text, invocation, texts

BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"}
HOSTILE = Text("Note sent", 'Your note to "; rm -rf ~ #$(id) <b>Bob</b> & C:\\new was sent.')

notices = st.builds(Notice, st.sampled_from(Happening), st.text(), st.text(max_size=8), st.text())


def shown(text: Text, platform: str) -> Invocation:
    found = invocation(text, platform=platform, environ=BUS)
    assert found is not None
    return found


def only(notice: Notice) -> Text:
    (text,) = texts([notice])
    return text


# --- the words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice", "title", "body", "is_urgent"),
    [
        (Notice(Happening.SENT, "Ana Núñez"), "Note sent", "Your note to Ana Núñez was sent.", False),
        (
            Notice(Happening.FAILED, "Bo", "7k2m", "The server said: 550 no such user"),
            "Note refused",
            "Your note to Bo was refused. The server said: 550 no such user",
            True,
        ),
        (
            Notice(Happening.UNCERTAIN, "Bo", "7k2m"),
            "Note uncertain",
            "Nobody knows whether your note to Bo arrived. See: mailer outbox show 7k2m",
            True,
        ),
        (
            Notice(Happening.MISSED, "Bo", "7k2m"),
            "Note missed its hour",
            "Your note to Bo missed its hour and was not sent. See: mailer outbox show 7k2m",
            True,
        ),
        (
            Notice(Happening.WAITING, detail="the keyring is locked"),
            "Notes are waiting",
            "They stay queued until you help. the keyring is locked",
            True,
        ),
    ],
)
def test_each_happening_names_the_person_and_what_to_do(notice: Notice, title: str, body: str, is_urgent: bool) -> None:
    assert only(notice) == Text(title, body, is_urgent)


def test_a_reader_without_a_name_has_a_sentence_too() -> None:
    assert only(Notice(Happening.SENT)).body == "Your note to its reader was sent."


def test_three_happenings_are_told_one_by_one_and_a_fourth_makes_them_a_summary() -> None:
    three = [Notice(Happening.SENT, "Ana"), Notice(Happening.SENT, "Bo"), Notice(Happening.FAILED, "Cy")]

    assert len(texts(three)) == 3
    assert texts([*three, Notice(Happening.SENT, "Di")]) == (
        Text("4 notes", "3 sent, 1 refused. See: mailer outbox", is_urgent=True),
    )


def test_a_summary_of_nothing_but_sent_notes_is_not_urgent() -> None:
    assert not texts([Notice(Happening.SENT, "Ana")] * 5)[0].is_urgent


def test_nothing_that_happened_is_no_text() -> None:
    assert texts([]) == ()


@given(st.lists(notices, max_size=5))
def test_whatever_others_wrote_a_text_is_short_and_plain(several: list[Notice]) -> None:
    for text in texts(several):
        assert len(text.body) <= 240
        assert not {unicodedata.category(c) for c in text.title + text.body} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


# --- the command lines ---------------------------------------------------------------------------------------------


def test_on_linux_the_texts_follow_the_end_of_options_and_the_body_is_no_markup() -> None:
    assert shown(HOSTILE, "linux") == Invocation(
        (
            "notify-send",
            "--app-name=mailer",
            "--category=email",
            "--urgency=normal",
            "--",
            "Note sent",
            'Your note to "; rm -rf ~ #$(id) &lt;b&gt;Bob&lt;/b&gt; &amp; C:\\\\new was sent.',
        ),
        BUS,
    )


def test_on_linux_what_needs_the_person_is_urgent() -> None:
    assert "--urgency=critical" in shown(only(Notice(Happening.UNCERTAIN, "Bo")), "linux").argv


def test_without_a_session_bus_nobody_is_told(tmp_path) -> None:
    assert invocation(HOSTILE, platform="linux", environ={"XDG_RUNTIME_DIR": str(tmp_path)}) is None


def test_the_bus_of_the_session_is_found_where_the_environment_does_not_name_it(tmp_path) -> None:
    (tmp_path / "bus").touch()

    found = invocation(HOSTILE, platform="linux", environ={"XDG_RUNTIME_DIR": str(tmp_path)})

    assert found is not None
    assert found.environ == {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}


def test_on_a_mac_the_texts_are_arguments_of_a_script_that_never_changes() -> None:
    assert shown(HOSTILE, "darwin") == Invocation(
        (
            "osascript",
            "-e", "on run argv",
            "-e", "display notification (item 2 of argv) with title (item 1 of argv)",
            "-e", "end run",
            HOSTILE.title,
            HOSTILE.body,
        ),
        {},
    )  # fmt: skip


def test_on_windows_the_texts_are_in_the_environment_of_a_script_that_never_changes() -> None:
    hostile, harmless = shown(HOSTILE, "win32"), shown(Text("a", "b"), "win32")

    assert hostile.argv == harmless.argv
    assert hostile.argv[:4] == ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command")
    assert hostile.environ == {"MAILER_NOTICE_TITLE": HOSTILE.title, "MAILER_NOTICE_BODY": HOSTILE.body}
    assert "CreateTextNode($env:MAILER_NOTICE_BODY)" in hostile.argv[4]
