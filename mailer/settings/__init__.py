"""Read the settings: command line before environment before file before default.

Takes what was given on each of these, gives one frozen `Settings`; asks nothing of the network or the keyring.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from mailer.errors import SettingsError
from mailer.loopback import is_loopback
from mailer.model import Account, Auth, Mailbox, Rate, Security
from mailer.settings.table import SETTINGS, example
from mailer.settings.values import has_password, mailbox_text, system_timezone
from mailer.workdays import MONDAY_TO_FRIDAY, Holidays, Workdays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailer.model import Secret

__all__ = [
    "CONFIG_NAME",
    "OVERRIDING",
    "Given",
    "Settings",
    "example",
    "given_in",
    "host_name",
    "mailbox_text",
    "read",
    "value_of",
    "write",
]

#: The settings file's name in MAILER_HOME.
CONFIG_NAME = "config.env"

#: RFC 8314 3.3, RFC 6409 3.1, RFC 5321 4.5.4.2.
PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}

COMMAND_LINE = "command line"
ENVIRONMENT = "environment"

#: The sources that go before the settings file.
OVERRIDING = frozenset({COMMAND_LINE, ENVIRONMENT})

MAX_FILE_BYTES = 256 * 1024


class Settings(NamedTuple):
    """What this run was told; None and "" stand for what nobody said.

    `config_path` is the settings file, there or not. `sources` names where each given setting came from (`command
    line`, `environment`, `/home/ada/config.env:3`); `unknown` are MAILER_* variables that mean nothing here.
    """

    home: Path
    config_path: Path
    timezone: str
    from_mailbox: Mailbox | None = None
    phone: str = ""
    smtp_host: str = ""
    smtp_port: int | None = None
    smtp_security: Security | None = None
    smtp_username: str = ""
    auth: Auth = Auth.PASSWORD
    password: Secret | None = None
    password_cmd: tuple[str, ...] = ()
    ca_file: Path | None = None
    outbox: Path | Secret | None = None
    interviews: Path | None = None
    retry_first: timedelta = timedelta(seconds=60)
    max_late: timedelta = timedelta(hours=12)
    weekend: frozenset[int] = MONDAY_TO_FRIDAY.weekend
    holidays: Holidays = Holidays()
    rate: tuple[Rate, ...] = (Rate(20, 60),)
    account_name: str = ""
    notify: bool = True
    sources: Mapping[str, str] = MappingProxyType({})
    unknown: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the home and what was given, without any value: a password command may hold a password."""
        return f"<Settings of {self.home}: {', '.join(self.sources) or 'nothing given'}>"

    @property
    def sender(self) -> Mailbox:
        """Return whose notes these are, with the telephone number; raises SettingsError when nobody said."""
        if self.from_mailbox is None:
            raise SettingsError(
                "MAILER_FROM is not set: nobody knows whose notes these are. Run mailer setup, or set"
                ' MAILER_FROM="Your Name <you@example.com>"'
            )
        return self.from_mailbox._replace(phone=self.phone)

    @property
    def workdays(self) -> Workdays:
        """Return the days on which the employers work."""
        return Workdays(self.weekend, self.holidays, self.sources.get("MAILER_HOLIDAYS", ""))

    def account(self) -> Account:
        """Return where mail is handed in; raises SettingsError when that is not known or not safe."""
        if not self.smtp_host:
            raise SettingsError("MAILER_SMTP_HOST is not set: no mail account is set up. Run mailer setup")
        security = self.smtp_security or (Security.STARTTLS if self.smtp_port == 587 else Security.TLS)
        self._refuse_unprotected(security)
        username = (self.smtp_username or self.sender.address) if self.auth is Auth.PASSWORD else ""
        return Account(
            host=self.smtp_host,
            port=self.smtp_port or PORTS[security],
            security=security,
            auth=self.auth,
            username=username,
            ca_file=self.ca_file,
        )

    @property
    def account_said(self) -> str:
        """Say by way of whom mail goes, "" while no account is set up."""
        try:
            account = self.account()
        except SettingsError:
            return ""
        return f"{account.username} at {account.host}" if account.username else account.host

    def _refuse_unprotected(self, security: Security) -> None:
        is_protected = security is not Security.NONE and self.auth is not Auth.NONE
        if is_protected or is_loopback(self.smtp_host):
            return
        if security is Security.NONE:
            raise SettingsError(
                f"“none” would send everything in the clear to {self.smtp_host}; it is for this machine (127.0.0.1)"
                " only. Use tls or starttls",
                setting="MAILER_SMTP_SECURITY",
                source=self.sources.get("MAILER_SMTP_SECURITY", ""),
            )
        if self.auth is Auth.NONE:
            raise SettingsError(
                f"“none” is for a server on this machine (127.0.0.1) only, and {self.smtp_host} is not. Use password",
                setting="MAILER_AUTH",
                source=self.sources.get("MAILER_AUTH", ""),
            )


class Given(NamedTuple):
    """The words of one setting, where they stand, and the folder that a relative path in them starts from."""

    text: str
    source: str
    folder: Path


def read(*, options: Mapping[str, str], environ: Mapping[str, str], config: Path | None = None) -> Settings:
    """Read the settings; `options` go by the settings' names, `config` stands in for MAILER_HOME/config.env.

    An empty value means the default, whatever a lower source says. `.env` of the current folder is never read.
    Raises SettingsError, naming setting, source, what was found, what was expected and what to do.
    """
    above = _given(environ, ENVIRONMENT) | _given(options, COMMAND_LINE)
    if config is None:
        home = _home(above)
        given = given_in(home / CONFIG_NAME, names_home=False) | above
    else:
        given = given_in(config, is_wanted=True) | above
        home = _home(given)
    parsed = {
        SETTINGS[name].field: value_of(name, entry)
        for name, entry in given.items()
        if entry.text and name != "MAILER_HOME"
    }
    return Settings(
        home=home,
        config_path=(config or home / CONFIG_NAME).absolute(),
        timezone=parsed.pop("timezone", "") or system_timezone(environ.get("TZ", "")),
        sources={name: entry.source for name, entry in given.items()},
        unknown=tuple(sorted(n for n in environ if n.startswith("MAILER_") and n not in SETTINGS)),
        **parsed,
    )


def write(home: Path, values: Mapping[str, str | None], *, config: Path | None = None) -> Path:
    """Set these settings in `config`, by default MAILER_HOME/config.env (None takes one out), and return its path.

    Makes the home (0700) and the file (0600) when missing, keeps every other line, and replaces the file whole.
    Raises SettingsError for a name, value or line that `read` would refuse, StorageError when it cannot be written.
    """
    from mailer.database import make_private_folder
    from mailer.settings import config_file

    path = config or home / CONFIG_NAME
    for name, text in values.items():
        _refuse_in_file(name, path, names_home=config is not None)
        _refuse_password(name, text or "", path)
        if text:
            value_of(name, Given(text, str(path), path.parent))
    before = _text(path) or ""
    config_file.parse(before, path)  # after an open quote a new line would not be one
    make_private_folder(home)
    if home in path.parents:
        make_private_folder(path.parent)
    config_file.write_private(path, config_file.updated(before, values))
    return path


def host_name(text: str) -> str:
    """Read a server's name as MAILER_SMTP_HOST would be; raises SettingsError."""
    host: str = value_of("MAILER_SMTP_HOST", Given(text, COMMAND_LINE, Path()))
    return host


def _given(words: Mapping[str, str], source: str) -> dict[str, Given]:
    here = Path()
    return {name: Given(words[name], source, here) for name in SETTINGS if name in words}


def given_in(path: Path, *, is_wanted: bool = False, names_home: bool = True) -> dict[str, Given]:
    """Read the settings of one file; an absent one has none, unless it was asked for by name."""
    text = _text(path)
    if text is None:
        if is_wanted:
            raise SettingsError(f"there is no settings file {path}; correct --config, or run mailer setup")
        return {}
    from mailer.settings import config_file

    found = {}
    for assignment in config_file.parse(text, path):
        source = f"{path}:{assignment.line}"
        if assignment.name.upper().startswith("MAILER_"):
            _refuse_in_file(assignment.name, source, names_home=names_home)
            _refuse_password(assignment.name, assignment.value, source)
            found[assignment.name] = Given(assignment.value, source, path.parent)
    return found


def _text(path: Path) -> str | None:
    """Read a settings file whole; None when there is none."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise SettingsError(f"the settings file {path} cannot be read: {exc.strerror}; mend its permissions") from exc
    if len(content) > MAX_FILE_BYTES:
        raise SettingsError(
            f"the settings file {path} is larger than {MAX_FILE_BYTES // 1024} KiB; is it the right one?"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise SettingsError(f"{path}:{line}: this line is not UTF-8; save the file as UTF-8") from exc


def _refuse_in_file(name: str, source: Path | str, *, names_home: bool) -> None:
    """Raise SettingsError for a name that no file may have."""
    if name not in SETTINGS:
        raise SettingsError(f"there is no such setting{_nearest(name, SETTINGS)}", setting=name, source=str(source))
    if SETTINGS[name].is_fileless:
        raise SettingsError(
            "a password never belongs in a file. Take this line out, then run mailer setup to keep it in the keyring,"
            " or set MAILER_PASSWORD_CMD to a command that prints it",
            setting=name,
            source=str(source),
        )
    if name == "MAILER_HOME" and not names_home:
        raise SettingsError(
            "this file is found through MAILER_HOME and cannot move it. Take this line out and set it in the"
            " environment",
            setting=name,
            source=str(source),
        )


def _refuse_password(name: str, text: str, source: Path | str) -> None:
    """Raise SettingsError for the address of an outbox, in a file, with a password in it."""
    if name == "MAILER_OUTBOX" and "://" in text and has_password(text):
        raise SettingsError(
            "a password never belongs in a file. Take it out of the URL and put it into ~/.pgpass, or into PGPASSWORD"
            " in the environment",
            setting=name,
            source=str(source),
        )


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.upper(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else "; config.example.env lists them all"


def _home(given: Mapping[str, Given]) -> Path:
    """Return the folder of all state, absolute; the only use of platformdirs, as importing it takes a while."""
    entry = given.get("MAILER_HOME")
    if entry and entry.text:
        home: Path = value_of("MAILER_HOME", entry)
        return home
    import platformdirs

    return platformdirs.user_data_path("mailer", appauthor=False)


def value_of(name: str, given: Given) -> Any:
    """Read one setting's words into its value.

    Raises SettingsError that says what was found, unless it is a secret, what was expected and what to do.
    """
    setting = SETTINGS[name]
    try:
        value = setting.parse(given.text)
    except ValueError as exc:
        found = "its value" if setting.is_secret else f"“{_shown(given.text)}”"
        raise SettingsError(f"{found} {exc}. {_remedy(given.source)}", setting=name, source=given.source) from None
    return (given.folder / value).absolute() if isinstance(value, Path) else value


def _shown(text: str) -> str:
    """Give a value fit for one line of an error: no control character, 80 characters at most."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


def _remedy(source: str) -> str:
    if source == COMMAND_LINE:
        return "Give another value"
    return "Mend or unset that variable" if source == ENVIRONMENT else "Mend that line"
