"""`mailer show`: print what the reader will get, part by part."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mailer.app import drafting
from mailer.cli.options import application, file_argument, json_option, kind_option, to_option
from mailer.cli.output import emit

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App
    from mailer.app.drafting import Draft

__all__ = ["command"]

PARTS = ("text", "html", "eml", "headers", "fingerprint")


@click.command("show")
@file_argument
@to_option
@kind_option
@click.option("--text", "part", flag_value="text", default="text", help="The plain-text part (the default).")
@click.option("--html", "part", flag_value="html", help="The HTML part.")
@click.option("--eml", "part", flag_value="eml", help="The whole mail, byte for byte; open it in any mail program.")
@click.option("--headers", "part", flag_value="headers", help="The header lines.")
@click.option("--fingerprint", "part", flag_value="fingerprint", help="What --expect compares.")
@json_option
def command(file: Path, to: tuple[str, ...], kind: str, part: str, *, as_json: bool) -> int:
    """Print a note as its reader will get it.

    \b
    Example: mailer show harborline.md --to vanderberg --eml > note.eml

    The bytes are those that `send` hands to the server; only the date is that of now.
    """
    app = application()
    drafts = drafting.compose(app, drafting.read(app, [file]), to=to, kind=kind)
    if as_json:
        emit({"notes": [drafting.describe(app, draft) for draft in drafts]})
        return 0
    if part in {"html", "eml"} and len(drafts) > 1:
        people = ", ".join(d.note.label for d in drafts)
        raise click.UsageError(f"this file holds several notes; choose one with --to: {people}")
    out = sys.stdout.buffer
    for number, draft in enumerate(drafts):
        if number:
            out.write(b"\n" + b"-" * 72 + b"\n\n")
        for chunk in rendered(app, draft, part):
            out.write(chunk)
    out.flush()
    return 0


def rendered(app: App, draft: Draft, part: str) -> list[bytes]:
    """Return the asked part of one note as bytes, LF line ends but for the mail itself (CRLF, RFC 5322 2.1)."""
    if part == "html":
        return [draft.composition.html.encode(), b"\n"]
    sealed = drafting.seal(app, draft)
    if part == "eml":
        return list(drafting.wire(app, sealed))
    if part == "fingerprint":
        return [sealed.fingerprint.encode(), b"\n"]
    head = next(iter(drafting.wire(app, sealed)))
    if part == "headers":
        return [head.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n"), b"\n"]
    return [f"Subject: {draft.composition.subject}\n\n{draft.composition.text}".encode()]
