"""Parse a command line, call the application, print what it gives; no rule lives here.

One module a command, imported when that command is called. `run` is the only place where errors become text and status.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer import __version__, errors

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EXIT_BUG", "EXIT_CODES", "commands", "run"]

COMMANDS = (
    "setup",
    "doctor",
    "new",
    "check",
    "show",
    "preview",
    "desk",
    "send",
    "queue",
    "outbox",
    "worker",
    "service",
    "sandbox",
    "demo",
)

#: What a script may rely on; the test beside it holds the table total over mailer.errors.
EXIT_CODES: dict[type[errors.MailerError], int] = {
    errors.UsageError: 2,
    errors.EntryNotFound: 2,
    errors.SettingsError: 3,
    errors.CredentialError: 3,
    errors.StorageError: 3,
    errors.ServiceError: 3,
    errors.OutboxBusy: 5,
    errors.NoteError: 1,
    errors.FileChanged: 1,
    errors.TemplateFault: 1,
    errors.AttachmentFault: 1,
    errors.SealError: 1,
    errors.NotReady: 1,
    errors.AlreadyQueued: 1,
    errors.IllegalTransition: 1,
    errors.Temporary: 5,
    errors.Permanent: 4,
    errors.OutcomeUnknown: 6,
    errors.RateReached: 5,
}
EXIT_STOPPED = 1
EXIT_USAGE = 2
EXIT_BUG = 70


class Commands(click.Group):
    """The command list, without the cost of importing commands that are not called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Name the commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mailer.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, invoke_without_command=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailer", message="%(prog)s %(version)s")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file instead of MAILER_HOME/config.env.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of all state (MAILER_HOME).")
@click.pass_context
def commands(ctx: click.Context, config: Path | None, home: Path | None) -> None:
    """From the interview to a note that only you could have written, delivered exactly once.

    \b
    mailer setup ada@example.com      once: where your mail is handed in
    mailer new                        write down who you met and what they said
    mailer check acme.md              what would embarrass you, before it goes
    mailer preview acme.md            the exact mail in your browser, live while you write
    mailer send acme.md               to each person, after you said yes
    mailer desk                       all of it in the browser
    """
    ctx.obj = {"config": config, "home": home}


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; every error becomes one sentence here, and only here."""
    try:
        return commands.main(list(arguments), prog_name="mailer", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message(), err=True)
        return EXIT_USAGE
    except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # the boundary: nothing reaches the screen as it is
        from mailer.cli.output import fail

        sentence, status = explained(exc)
        return fail(exc, sentence, status, as_json="--json" in arguments)


def explained(error: BaseException) -> tuple[str, int]:
    """Return what to tell the user of an error, and the exit status; a bug goes to a log that the sentence names."""
    if isinstance(error, errors.MailerError):
        return str(error), next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return "Stopped. Nothing more was done.", EXIT_STOPPED
    if isinstance(error, click.ClickException):
        return usage(error), EXIT_USAGE
    from mailer.app.bug import report

    return report(error), EXIT_BUG


def usage(error: click.ClickException) -> str:
    """Return what is wrong with a command line and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{error.format_message()}\nTry “{context.command_path} --help”." if context else error.format_message()
