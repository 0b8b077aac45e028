"""Show the settings, change the plain ones, and set up the account from a form.

Takes what a person typed, gives what is kept now and where; a secret is never given back.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailer import onboarding
from mailer import settings as settings_module
from mailer.app import account as accounts
from mailer.errors import UsageError
from mailer.model import Security
from mailer.settings.said import said
from mailer.settings.table import SETTINGS
from mailer.settings.values import port

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailer.app import App
    from mailer.model import Account, Secret
    from mailer.onboarding import SetUp

__all__ = ["CHANGEABLE", "FIELDS", "Changed", "Shown", "change_settings", "set_up_from_form", "shown"]

#: What a page may change without a login.
CHANGEABLE = (
    "MAILER_PHONE",
    "MAILER_TIMEZONE",
    "MAILER_INTERVIEWS",
    "MAILER_WEEKEND",
    "MAILER_HOLIDAYS",
    "MAILER_NOTIFY",
)

#: What the form of an account may say; each may be absent or empty, but for the address.
FIELDS = (
    "name",
    "address",
    "provider",
    "host",
    "port",
    "security",
    "username",
    "ca_file",
    "password",
    "password_command",
)


class Shown(NamedTuple):
    """One setting as a page shows it.

    `value` is in words, "" when nothing was said and nothing follows from the rest; a secret's says only that it is
    set. `source` is where it comes from, "" for the default; with `is_overriding` that goes before the settings file,
    so that a change there would not count. `default` is in words.
    """

    name: str
    meaning: str
    value: str
    source: str
    default: str
    is_changeable: bool = False
    is_overriding: bool = False


class Changed(NamedTuple):
    """The settings file that was written; `shadowed` are the settings that another source overrides, with it."""

    config_path: Path
    shadowed: tuple[tuple[str, str], ...] = ()


def shown(app: App) -> tuple[Shown, ...]:
    """Return every setting, in the order of config.example.env."""
    return tuple(_shown(app, name) for name in SETTINGS)


def _shown(app: App, name: str) -> Shown:
    setting, source = SETTINGS[name], app.settings.sources.get(name, "")
    return Shown(
        name,
        setting.meaning,
        said(app.settings, name),
        source,
        setting.default,
        is_changeable=name in CHANGEABLE,
        is_overriding=source in settings_module.OVERRIDING,
    )


def change_settings(app: App, values: Mapping[str, str]) -> Changed:
    """Write some of the settings that a page may change; an empty value takes one out, so that its default holds.

    Raises UsageError for another setting, SettingsError for a value that would be refused, StorageError; then nothing
    is written. This application keeps the settings that it has read.
    """
    _refuse_others(values, CHANGEABLE, "This page changes only")
    written = {name: text.strip() or None for name, text in values.items()}
    path = settings_module.write(app.settings.home, written, config=app.settings.config_path)
    return Changed(path, onboarding.shadowed(app.settings, written))


def set_up_from_form(app: App, fields: Mapping[str, str]) -> SetUp:
    """Set up the account that a form describes, proved by a real login; nobody is asked for anything.

    Without a password and a command that prints one, the password that is kept for this very account is used. Raises
    UsageError for what cannot be meant, CredentialError for a refused login or a password that cannot be had or kept,
    DeliveryError when the server cannot be spoken to, SettingsError, StorageError; then nothing is kept.
    """
    _refuse_others(fields, FIELDS, "The form has only")
    said_of = {name: fields.get(name, "").strip() for name in FIELDS if name != "password"}
    if not said_of["address"]:
        raise UsageError("the address is missing; write the one that your notes come from")
    sender = accounts.mailbox(said_of["name"], said_of["address"])
    account = accounts.account_for(
        said_of["address"],
        provider=said_of["provider"] or None,
        host=said_of["host"] or None,
        port=_port(said_of["port"]),
        security=_security(said_of["security"]),
        username=said_of["username"] or None,
        ca_file=Path(said_of["ca_file"]).expanduser().absolute() if said_of["ca_file"] else None,
    )
    command = said_of["password_command"]
    secret = _secret(account, fields.get("password", ""), command)
    return accounts.set_up(app, sender, account, secret, password_cmd=command, may_prompt=False)


def _refuse_others(given: Iterable[str], known: tuple[str, ...], only: str) -> None:
    others = [name for name in given if name not in known]
    if others:
        raise UsageError(f"{', '.join(others)} cannot be changed here. {only} {', '.join(known)}")


def _secret(account: Account, typed: str, command: str) -> Secret | None:
    """Return the password that was typed; None when a command prints it, or it is kept already."""
    if typed and command:
        raise UsageError("there is a password and a command that prints one; leave one of the two empty")
    return accounts.typed_password(account, typed) if typed else None


def _port(text: str) -> int | None:
    if not text:
        return None
    try:
        return port(text)
    except ValueError as exc:
        raise UsageError(f"the port “{text}” {exc}") from exc


def _security(text: str) -> str | None:
    if not text:
        return None
    try:
        return Security(text.lower()).value
    except ValueError:
        raise UsageError(f"“{text}” is no kind of protection; choose {', '.join(Security)}") from None
