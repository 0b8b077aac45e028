"""Run the desk for a command: open the browser, print the link, stay; used by `preview` and `desk`."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from mailer.cli.output import emit, is_interactive, say, say_whole
from mailer.cli.stopping import Wish
from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mailer.app import App
    from mailer.web import Server

__all__ = ["no_browser_option", "port_option", "serve"]

port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default="any free one", help="Where it listens."
)
no_browser_option = click.option("--no-browser", is_flag=True, help="Only print the link.")


def serve(files: Sequence[Path], page: str, *, port: int, no_browser: bool, as_json: bool) -> int:
    """Serve the desk until Ctrl-C; give the link to the browser and print it."""
    from mailer import app, web

    gc.enable()
    root = click.get_current_context().find_root()
    start = partial(app.start, config=root.obj["config"], home=root.obj["home"])
    start().close()  # settings that do not read are an error of the command, not of a page
    Wish()  # uvicorn takes the signals while it runs, and hands them back to this
    with web.Server(start, files=[file.absolute() for file in files], port=port) as server:
        link = server.link(page)
        if as_json:
            emit({"port": server.port, "link": link})
        else:
            say_whole(f"The desk is at {link}")
            say("The link works once. Enter gives a fresh one; Ctrl-C ends it.")
        if not no_browser and has_display():
            in_background(open_browser, link)
        if is_interactive() and not as_json:
            in_background(give_links, server, page)
        server.run()
    if not as_json:
        say_waiting(start)
    return 0


def say_waiting(start: Callable[[], App]) -> None:
    """Say what is still queued, and whether anything sends it now that the desk is closed."""
    from mailer.app import ledger, service

    with closing(start()) as app:
        waiting = len(ledger.entries(app, [State.SCHEDULED, State.QUEUED], limit=None))
        if waiting:
            say(f"{waiting} note{'s are' if waiting != 1 else ' is'} queued. {service.prospect(app).sentence}")


def has_display() -> bool:
    """Tell whether a browser can open a window: a text browser would take the terminal."""
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def open_browser(link: str) -> None:
    """Open the user's browser; that there is none is no error, since the link is printed."""
    import webbrowser

    webbrowser.open(link)


def give_links(server: Server, page: str) -> None:
    """Print a fresh link each time somebody presses Enter: for another browser, or after this one was closed."""
    for _ in sys.stdin:
        say_whole(f"The desk is at {server.link(page)}")


def in_background(function: object, *arguments: object) -> None:
    """Run something that may wait for ever beside the server."""
    threading.Thread(target=function, args=arguments, daemon=True).start()  # type: ignore[arg-type]  # any of ours
