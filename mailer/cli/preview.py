"""`mailer preview`: the exact mail in the browser, live while it is written."""

from __future__ import annotations

from pathlib import Path

import click

from mailer.cli.options import application, json_option
from mailer.cli.serving import no_browser_option, port_option, serve

__all__ = ["command"]


@click.command("preview")
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@click.option("--to", metavar="ID", default="", help="Begin with the note to this person.")
@port_option
@no_browser_option
@json_option
def command(file: Path | None, to: str, port: int, *, no_browser: bool, as_json: bool) -> int:
    """See each note in the browser as its reader will get it.

    \b
    Example: mailer preview harborline.md

    The page follows the file: save it, and the letter changes. It is served to this machine's browser alone; the letter
    is shown in a frame that can ask nothing of the network. Ctrl-C ends it.
    """
    from mailer.app import opening

    page = opening.page_of(application(), file, to=to) if file else "/"
    return serve([file] if file else [], page, port=port, no_browser=no_browser, as_json=as_json)
