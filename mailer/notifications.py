"""Tell the person at this desktop what became of notes, where the desktop has a way to be told.

Takes notices, gives nothing: where nobody can be told nothing happens, and no failure of a desktop reaches the caller.
Texts name a person and what happened, never a mail's words. What others wrote (a name, a server's reply) is freed of
control characters and never becomes a command or markup.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Happening", "Invocation", "Notice", "Text", "invocation", "notify", "texts"]

#: What all the programs of one call may take together, in seconds; a new PowerShell needs two.
LIMIT_S = 5.0

#: More than this many become one summary.
MANY = 3

#: What fits into a desktop's bubble, in characters.
LONGEST = 240


class Happening(StrEnum):
    """What is worth a word; the value is how a summary counts it."""

    SENT = "sent"
    FAILED = "refused"
    UNCERTAIN = "uncertain"
    MISSED = "missed"
    WAITING = "waiting"


class Notice(NamedTuple):
    """One happening: the person's name, the outbox id, and a server's reply, each maybe ""."""

    happening: Happening
    person: str = ""
    entry_id: str = ""
    detail: str = ""


class Text(NamedTuple):
    """What the desktop shows, one line each, plain."""

    title: str
    body: str
    is_urgent: bool = False


class Invocation(NamedTuple):
    """A program that shows one text; `environ` is what it needs beside the environment of this process."""

    argv: tuple[str, ...]
    environ: Mapping[str, str]


def notify(notices: Iterable[Notice], *, platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> None:
    """Show notices on the desktop; return within five seconds, usually at once. Raises nothing of a desktop's."""
    shown = (invocation(text, platform=platform, environ=environ) for text in texts(tuple(notices)))
    _run([found for found in shown if found])


# --- what is said ------------------------------------------------------------------------------------------------


def texts(notices: Sequence[Notice]) -> tuple[Text, ...]:
    """Word each notice, or all of them in one when they are many."""
    if len(notices) > MANY:
        return (_summary(notices),)
    return tuple(_text(notice) for notice in notices)


def _text(notice: Notice) -> Text:
    who, detail, entry = _plain(notice.person) or "its reader", _plain(notice.detail), _plain(notice.entry_id)
    because = f" {detail}" if detail else ""
    match notice.happening:
        case Happening.SENT:
            return Text("Note sent", f"Your note to {who} was sent.")
        case Happening.FAILED:
            return Text("Note refused", _cut(f"Your note to {who} was refused.{because}"), is_urgent=True)
        case Happening.UNCERTAIN:
            body = f"Nobody knows whether your note to {who} arrived. See: mailer outbox show {entry}"
            return Text("Note uncertain", _cut(body), is_urgent=True)
        case Happening.MISSED:
            body = f"Your note to {who} missed its hour and was not sent. See: mailer outbox show {entry}"
            return Text("Note missed its hour", _cut(body), is_urgent=True)
        case Happening.WAITING:
            return Text("Notes are waiting", _cut(f"They stay queued until you help.{because}"), is_urgent=True)


def _summary(notices: Sequence[Notice]) -> Text:
    counts = {happening: sum(n.happening is happening for n in notices) for happening in Happening}
    said = ", ".join(f"{number} {happening.value}" for happening, number in counts.items() if number)
    is_urgent = any(notice.happening is not Happening.SENT for notice in notices)
    return Text(f"{len(notices)} notes", f"{said}. See: mailer outbox", is_urgent=is_urgent)


def _plain(text: str) -> str:
    """Give one line of printable characters: no control character, nothing that turns the words around."""
    return _cut(" ".join("".join(c if c.isprintable() else " " for c in text).split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


# --- who says it -------------------------------------------------------------------------------------------------

#: The texts arrive as arguments of `run`, never as part of the script.
_APPLESCRIPT = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")

#: The texts arrive in the environment and become text nodes. A toast needs the name of an installed application; every
#: Windows has PowerShell's.
_POWERSHELL = """\
$manager = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$toast = $manager::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$lines = $toast.GetElementsByTagName('text')
[void]$lines.Item(0).AppendChild($toast.CreateTextNode($env:MAILER_NOTICE_TITLE))
[void]$lines.Item(1).AppendChild($toast.CreateTextNode($env:MAILER_NOTICE_BODY))
$name = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
$manager::CreateToastNotifier($name).Show([Windows.UI.Notifications.ToastNotification]::new($toast))
"""


def invocation(text: Text, *, platform: str, environ: Mapping[str, str]) -> Invocation | None:
    """Return the program that shows a text on this platform (`sys.platform`); None where the desktop has none."""
    if platform == "darwin":
        script = [word for line in _APPLESCRIPT for word in ("-e", line)]
        return Invocation(("osascript", *script, text.title, text.body), {})
    if platform == "win32":
        argv = ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
        return Invocation(argv, {"MAILER_NOTICE_TITLE": text.title, "MAILER_NOTICE_BODY": text.body})
    address = _session_bus(environ)
    return Invocation(_notify_send(text), {"DBUS_SESSION_BUS_ADDRESS": address}) if address else None


def _notify_send(text: Text) -> tuple[str, ...]:
    """Return the command line: the body is markup where a backslash escapes (g_strcompress); the title is plain."""
    body = text.body.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    urgency = "critical" if text.is_urgent else "normal"
    return ("notify-send", "--app-name=mailer", "--category=email", f"--urgency={urgency}", "--", text.title, body)


def _session_bus(environ: Mapping[str, str]) -> str:
    """Return the address of the user's own bus, also where cron left it out of the environment; "" when none is."""
    if environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return environ["DBUS_SESSION_BUS_ADDRESS"]
    uid = os.getuid() if hasattr(os, "getuid") else 0
    bus = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}") / "bus"
    return f"unix:path={bus}" if bus.exists() else ""


def _run(invocations: Sequence[Invocation]) -> None:
    """Start all at once, wait for them together, and stop what has not ended: a bubble is not worth a late note."""
    if not invocations:
        return
    import subprocess

    ends_s = time.monotonic() + LIMIT_S
    running = []
    for argv, environ in invocations:
        with suppress(OSError, ValueError):  # not installed; a text that no command line takes
            running.append(
                subprocess.Popen(  # noqa: S603  # an argument list of our own
                    argv,
                    env={**os.environ, **environ},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            )
    for process in running:
        try:
            process.wait(max(0.0, ends_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
