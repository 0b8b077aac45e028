"""`mailer desk`: everything in the browser, for those who never open a terminal again."""

from __future__ import annotations

from pathlib import Path

import click

from mailer.cli.options import json_option
from mailer.cli.serving import no_browser_option, port_option, serve

__all__ = ["command"]


@click.command("desk")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE…]")
@port_option
@no_browser_option
@json_option
def command(files: tuple[Path, ...], port: int, *, no_browser: bool, as_json: bool) -> int:
    """Write, look, send and follow your notes in the browser.

    \b
    Example: mailer desk

    The interviews are those of MAILER_INTERVIEWS, and the files named. While the desk is open it sends what is due. It
    listens on this machine only and lets in the browser that it opened. Ctrl-C ends it.
    """
    return serve(files, "/", port=port, no_browser=no_browser, as_json=as_json)
