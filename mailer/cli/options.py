"""Hold the options that several commands share, and the way from a command line to the application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App

__all__ = ["application", "file_argument", "files_argument", "json_option", "kind_option", "to_option"]

Function = TypeVar("Function", bound="Callable[..., Any]")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
files_argument = click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE…")


def to_option(function: Function) -> Function:
    """Add `--to ID`, which may be given several times."""
    return click.option("--to", multiple=True, metavar="ID", help="Only the note to this person.")(function)


def kind_option(function: Function) -> Function:
    """Add `--kind`, the thank-you unless said otherwise."""
    return click.option(
        "--kind",
        type=click.Choice([kind.value for kind in NoteKind]),
        default=NoteKind.THANK_YOU.value,
        show_default=True,
        help="Which note to the person.",
    )(function)


def application() -> App:
    """Wire the application from the options of the command group, the environment and the settings file."""
    from mailer.app import start

    root = click.get_current_context().find_root()
    app = start(config=root.obj["config"], home=root.obj["home"])
    root.call_on_close(app.close)
    return app
