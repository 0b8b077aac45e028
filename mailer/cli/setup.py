"""`mailer setup`: tell mailer where your mail is handed in, and prove it by a real login."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.app import account as accounts
from mailer.cli.options import application, json_option
from mailer.cli.output import asked, emit, is_interactive, say
from mailer.errors import UsageError
from mailer.model import Security

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.model import Account, Secret
    from mailer.onboarding import SetUp

__all__ = ["command"]


@click.command("setup")
@click.argument("address", required=False, metavar="[ADDRESS]")
@click.option("--name", help="Your name, as your notes are signed.")
@click.option("--provider", help="gmail, icloud, yahoo, fastmail …; by default known from the address.")
@click.option("--host", help="The server that takes your mail, when your provider is none of the known ones.")
@click.option("--port", type=click.IntRange(1, 65535), help="465 with tls, 587 with starttls.")
@click.option("--security", type=click.Choice([kind.value for kind in Security]), help="tls unless the port is 587.")
@click.option("--username", help="What you sign in with; by default the address.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="A certificate to trust beside the system's.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--password-cmd", metavar="COMMAND", help="A command that prints the password; nothing is stored then.")
@click.option("--account", "account_name", metavar="NAME", help="One beside the main account, for MAILER_ACCOUNT=NAME.")
@json_option
def command(
    address: str | None,
    name: str | None,
    provider: str | None,
    host: str | None,
    port: int | None,
    security: str | None,
    username: str | None,
    ca_file: Path | None,
    password_cmd: str | None,
    account_name: str | None,
    *,
    password_stdin: bool,
    as_json: bool,
) -> int:
    """Set up the account that delivers your notes.

    \b
    Example: mailer setup ada@example.com --name "Ada Example"

    A real login comes first, then the password goes to the keyring. Nothing is stored when the login fails.
    The settings are in MAILER_HOME/config.env (with --account in accounts/NAME.env), the password never is.
    """
    app = accounts.named(application(), account_name) if account_name else application()
    address = address or asked("Your mail address", "ADDRESS")
    sender = accounts.mailbox(name or asked("Your name, as your notes are signed", "--name"), address)
    account = accounts.account_for(
        address, provider=provider, host=host, port=port, security=security, username=username, ca_file=ca_file
    )
    if not as_json:
        say(f"{account.host}:{account.port} ({account.security}), signing in as {account.username}")
    secret = password(app, account, from_stdin=password_stdin, from_command=bool(password_cmd), as_json=as_json)
    done = accounts.set_up(app, sender, account, secret, password_cmd=password_cmd or "", may_prompt=is_interactive())
    say_done(account, done, as_json=as_json)
    return 0


def say_done(account: Account, done: SetUp, *, as_json: bool) -> None:
    """Print what is kept where, and what goes before it."""
    if as_json:
        kept = {"keyring": done.keyring, "config": str(done.config_path)}
        emit({"host": account.host, "username": account.username} | kept)
        return
    say(f"The login works. Settings: {done.config_path}", style="bold")
    say(f"The password is kept in {done.keyring}." if done.keyring else "The password is not stored.")
    for setting, source in done.shadowed:
        say(f"Note: {setting} is also set by the {source}, which goes first.")


def password(app: App, account: Account, *, from_stdin: bool, from_command: bool, as_json: bool) -> Secret | None:
    """Get the password from standard input or a hidden prompt; None when a command or the environment has it."""
    if from_command or app.settings.password is not None:
        return None
    if from_stdin:
        return accounts.typed_password(account, sys.stdin.readline().rstrip("\r\n"))
    for step in () if as_json else accounts.sign_in_steps(account):
        say(f"  {step}")
    if not is_interactive():
        raise UsageError("there is no password; give it with --password-stdin or --password-cmd")
    typed: str = click.prompt("Password (not shown)", hide_input=True)
    return accounts.typed_password(account, typed)
