"""`mailer sandbox`: a practice mail server on this machine, with an inbox to look at."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from mailer.cli.options import json_option
from mailer.cli.output import emit, say
from mailer.cli.stopping import Wish

__all__ = ["command"]


@click.command("sandbox")
@click.option("--smtp-port", type=click.IntRange(0, 65535), default=1025, show_default=True, help="0: any free port.")
@click.option("--http-port", type=click.IntRange(0, 65535), default=8025, show_default=True, help="0: any free port.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where arriving mail is kept; a new folder by default.")
@json_option
def command(smtp_port: int, http_port: int, folder: Path | None, *, as_json: bool) -> int:
    """Run a practice mail server with an inbox.

    \b
    Example: mailer sandbox
             MAILER_SMTP_HOST=127.0.0.1 MAILER_SMTP_PORT=1025 MAILER_SMTP_SECURITY=none MAILER_AUTH=none \\
               mailer send acme.md

    It listens on this machine only and delivers to nobody. Ctrl-C ends it.
    """
    from mailer.sandbox import Sandbox

    gc.enable()
    wish = Wish()
    with Sandbox(folder, smtp_port=smtp_port, http_port=http_port) as sandbox:
        if as_json:
            emit({"smtp_port": sandbox.smtp_port, "inbox": sandbox.http_url, "folder": str(sandbox.folder)})
        else:
            say(f"Practice server on 127.0.0.1:{sandbox.smtp_port}; nothing leaves this machine.")
            say(f"Inbox: {sandbox.http_url}")
            say(f"Mail is kept in {sandbox.folder}")
        wish.wait()
    return 0
