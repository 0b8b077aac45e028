"""Print results: sentences for people, one JSON object for scripts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from mailer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailer.model import Entry, Finding

__all__ = [
    "ask",
    "asked",
    "choose",
    "emit",
    "entry_object",
    "fail",
    "finding_object",
    "is_interactive",
    "remark",
    "say",
    "say_whole",
]


def is_interactive() -> bool:
    """Tell whether somebody can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def say(text: str = "", *, style: str = "") -> None:
    """Print lines: plain, on a terminal styled and each wrapped below its first word unless NO_COLOR is set."""
    if not text or not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    for paragraph in text.split("\n"):
        words = paragraph.lstrip(" ")
        margin = " " * (len(paragraph) - len(words))
        for line in Text(words).wrap(console, max(console.width - len(margin), 1)):
            console.print(f"{margin}{line.plain.rstrip()}", style=style or None)


def say_whole(text: str) -> None:
    """Print a line as it is, however narrow the terminal: a link that is broken in two cannot be followed."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def remark(text: str) -> None:
    """Print a sentence beside the result: on a terminal under it, else on standard error, so that a list stays one."""
    if sys.stdout.isatty():
        say(text)
    else:
        click.echo(text, err=True)


def ask(question: str) -> bool:
    """Ask a yes/no question on the terminal; plain Enter means no."""
    return click.confirm(question, default=False)


def choose(question: str, answers: Sequence[str]) -> str:
    """Ask on the terminal for one of the answers; plain Enter means the last."""
    answer: str = click.prompt(question, type=click.Choice(answers), default=answers[-1])
    return answer


def asked(what: str, option: str) -> str:
    """Ask for one line on a terminal; raise UsageError, naming the option, where nobody can answer."""
    if not is_interactive():
        help_command = f"{click.get_current_context().command_path} --help"
        raise UsageError(f"{option} is missing, and nobody is here to ask for it ({help_command})")
    answer: str = click.prompt(what)
    return answer


def emit(result: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output, in ASCII where that does not take UTF-8."""
    import json

    is_utf8 = sys.stdout.encoding.lower().replace("_", "-") in {"utf-8", "utf8"}
    click.echo(json.dumps(result, ensure_ascii=not is_utf8, indent=2))


def fail(error: BaseException | None, sentence: str, status: int, *, as_json: bool) -> int:
    """Print why a command ended, as JSON on standard output or as a sentence on standard error; return `status`."""
    if as_json:
        emit({"error": {"kind": type(error).__name__ if error else "Stopped", "message": sentence}, "exit": status})
    else:
        click.echo(f"mailer: {sentence}", err=True)
    return status


def entry_object(entry: Entry) -> dict[str, Any]:
    """Return the JSON shape of an outbox entry: instants as ISO 8601 in UTC, `due_local` as wall time there.

    Only one that is not delivered by the main account has an `account`.
    """
    reply = entry.last_reply
    return {
        "id": entry.id,
        "state": entry.state.value,
        "kind": entry.kind.value,
        "interview": entry.interview,
        "person": entry.person,
        "to": entry.to.address,
        "subject": entry.subject,
        "message_id": entry.message_id,
        "fingerprint": entry.fingerprint,
        "due_utc": entry.due.isoformat(),
        "due_local": entry.due_local.isoformat(),
        "timezone": entry.timezone,
        "attempts": entry.attempts,
        "created_utc": entry.created.isoformat(),
        "last_reply": {"code": reply.code, "text": reply.text, "stage": reply.stage} if reply else None,
        **({"account": entry.account} if entry.account else {}),
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return the JSON shape of a finding."""
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "file": finding.file,
        "line": finding.line,
        "person": finding.person,
        "message": finding.message,
        "advice": finding.advice,
    }
