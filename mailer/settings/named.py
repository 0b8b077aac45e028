"""Read the accounts that have a name: `MAILER_HOME/accounts/NAME.env`, one file for each.

Takes the settings and a name, gives the settings with which that account delivers. The main account is that of
config.env; its name is "".
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mailer import settings as main
from mailer.errors import SettingsError
from mailer.settings.table import SETTINGS
from mailer.settings.values import account_name

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.settings import Settings

__all__ = ["account_file", "names", "of_account", "unset"]

#: What the file of an account may say: where its mail is handed in, how it signs in, and how fast.
ITS_OWN = (
    "MAILER_FROM",
    "MAILER_SMTP_HOST",
    "MAILER_SMTP_PORT",
    "MAILER_SMTP_SECURITY",
    "MAILER_SMTP_USERNAME",
    "MAILER_AUTH",
    "MAILER_PASSWORD_CMD",
    "MAILER_CA_FILE",
    "MAILER_RATE",
)

#: Where the file is silent, these hold as for the main account; the others have their defaults.
SHARED = frozenset({"MAILER_FROM", "MAILER_CA_FILE", "MAILER_RATE"})


def account_file(home: Path, name: str) -> Path:
    """Return where the settings of a named account are, whether they are there or not."""
    return home / "accounts" / f"{name}.env"


def names(home: Path) -> tuple[str, ...]:
    """Name the accounts that have a file here, in alphabetical order; one that no account may bear is left out."""
    found = []
    for path in sorted((home / "accounts").glob("*.env")):
        with suppress(ValueError):
            found.append(account_name(path.stem))
    return tuple(found)


def of_account(settings: Settings, name: str) -> Settings:
    """Return the settings with which the account delivers, `settings` themselves for "".

    Only its file counts: the environment and the command line speak of the main account, and MAILER_PASSWORD is never
    shown to another server. Raises SettingsError when there is no such file, or as `read` does.
    """
    if not name:
        return settings
    path = account_file(settings.home, name)
    if not path.is_file():
        raise SettingsError(
            f"this machine knows no account “{name}”; run mailer setup --account {name} here, or write {path}"
        )
    given = main.given_in(path)
    for setting, entry in given.items():
        if setting not in ITS_OWN:
            problem = "the file of an account says only how its mail is handed in; this belongs in config.env"
            raise SettingsError(problem, setting=setting, source=entry.source)
    parsed = {SETTINGS[n].field: main.value_of(n, entry) for n, entry in given.items() if entry.text}
    sources = {setting: entry.source for setting, entry in given.items()}
    return unset(settings, name)._replace(**parsed, sources=sources)


def unset(settings: Settings, name: str) -> Settings:
    """Return the settings of a named account that nobody has set up yet; they belong into its file."""
    fields = [SETTINGS[setting].field for setting in ITS_OWN if setting not in SHARED]
    defaults: dict[str, Any] = {field: main.Settings._field_defaults[field] for field in fields}
    file = account_file(settings.home, name)
    return settings._replace(**defaults, password=None, config_path=file, account_name=name, sources={})
