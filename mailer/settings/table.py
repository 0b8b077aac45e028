"""List every setting once: its name, the reader of its words, and what a person needs to know about it.

The same rows read the settings and render `config.example.env`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.settings import values

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SETTINGS", "Setting", "example"]


class Setting(NamedTuple):
    """One setting: `field` is its name in Settings, `default` what holds without it, as written or in words.

    `is_secret` keeps its words out of every error; `is_fileless` keeps it out of every file.
    """

    name: str
    field: str
    parse: Callable[[str], object]
    meaning: str
    default: str
    example: str
    is_secret: bool = False
    is_fileless: bool = False


ROWS = (
    Setting(
        "MAILER_HOME",
        "home",
        values.folder,
        "Folder of everything mailer keeps: this file, the outbox, templates of your own. Not in config.env itself.",
        "the user's data folder of this system, such as ~/.local/share/mailer",
        "~/job-search/mailer",
    ),
    Setting(
        "MAILER_FROM",
        "from_mailbox",
        values.mailbox,
        "Your name and address, as the reader sees them.",
        "none; needed by every command that shows or sends a note",
        "Ada Example <ada@example.com>",
    ),
    Setting(
        "MAILER_PHONE",
        "phone",
        values.line,
        "Your telephone number, for the lines under your name.",
        "none",
        "+1 313 555 0188",
    ),
    Setting(
        "MAILER_SMTP_HOST",
        "smtp_host",
        values.host,
        "The server that takes your mail. `mailer setup` knows those of the big providers.",
        "none; needed to send",
        "smtp.example.com",
    ),
    Setting(
        "MAILER_SMTP_PORT",
        "smtp_port",
        values.port,
        "Its port.",
        "465 for tls, 587 for starttls, 25 for none",
        "465",
    ),
    Setting(
        "MAILER_SMTP_SECURITY",
        "smtp_security",
        values.security,
        "tls: encrypted from the start. starttls: encrypted before anything is said. none: this machine only.",
        "tls, or starttls when the port is 587",
        "tls",
    ),
    Setting(
        "MAILER_SMTP_USERNAME",
        "smtp_username",
        values.line,
        "The name you sign in with.",
        "the address of MAILER_FROM",
        "ada@example.com",
    ),
    Setting(
        "MAILER_AUTH",
        "auth",
        values.auth,
        "password: with a password or app password. none: no sign-in, this machine only.",
        "password",
        "password",
    ),
    Setting(
        "MAILER_PASSWORD",
        "password",
        values.secret,
        "The password itself, for machines without a keyring. Environment only: refused in any file.",
        "none; the keyring holds it",
        "",
        is_secret=True,
        is_fileless=True,
    ),
    Setting(
        "MAILER_PASSWORD_CMD",
        "password_cmd",
        values.command,
        "A command that prints the password on its first line, asked before the environment and the keyring."
        " It runs without a shell and has 30 seconds.",
        "none",
        "pass show mail/ada@example.com",
        is_secret=True,
    ),
    Setting(
        "MAILER_CA_FILE",
        "ca_file",
        values.folder,
        "A certificate (PEM) to trust besides those of the system: your company's, or a local bridge's.",
        "none",
        "~/certificates/company-ca.pem",
    ),
    Setting(
        "MAILER_TIMEZONE",
        "timezone",
        values.timezone,
        "Your own time zone (IANA), shown beside the reader's.",
        "the zone of this machine",
        "Europe/Berlin",
    ),
    Setting(
        "MAILER_WEEKEND",
        "weekend",
        values.weekend,
        "The days of the week on which the employers you write to do not work.",
        "sat, sun",
        "fri, sat",
    ),
    Setting(
        "MAILER_HOLIDAYS",
        "holidays",
        values.holidays,
        "Days that count as a weekend when an hour is chosen: dates, and countries or their regions (US, DE-BY), whose"
        " public holidays come with pip install 'interview-mailer[holidays]'.",
        "none",
        "2026-12-24, 2026-12-31, US",
    ),
    Setting(
        "MAILER_OUTBOX",
        "outbox",
        values.outbox,
        "Where queued and sent notes are kept: another SQLite file, on a local disk; or, to share them among machines,"
        " a PostgreSQL (needs the extra `cluster`). Its password belongs into ~/.pgpass or PGPASSWORD, not in a file.",
        "mailer.db in MAILER_HOME",
        "postgresql://ada@db.example.com/mailer",
        is_secret=True,
    ),
    Setting(
        "MAILER_INTERVIEWS",
        "interviews",
        values.folder,
        "Folder of your interview files, so that a new note is compared with the earlier ones.",
        "interviews in MAILER_HOME, where the desk writes them",
        "~/job-search/interviews",
    ),
    Setting(
        "MAILER_RETRY_FIRST",
        "retry_first",
        values.duration,
        "How long after a temporary refusal the first new try is made; it doubles up to 4 hours, for two days.",
        "60s",
        "60s",
    ),
    Setting(
        "MAILER_MAX_LATE",
        "max_late",
        values.duration,
        "A note that is later than this (the machine was off) is not sent but asked about.",
        "12h",
        "12h",
    ),
    Setting(
        "MAILER_ACCOUNT",
        "account_name",
        values.account_name,
        "Which account delivers what you queue, where a cluster has several: it is the one of accounts/NAME.env in the"
        " MAILER_HOME of the workers.",
        "the main account, that of config.env",
        "work",
    ),
    Setting(
        "MAILER_RATE",
        "rate",
        values.rate,
        "How many deliveries of an account may begin in any second, minute, hour or day, over all processes: one such"
        " rate or several, or none. Providers block accounts that send faster than a person.",
        "20/minute",
        "20/minute, 400/day",
    ),
    Setting(
        "MAILER_NOTIFY",
        "notify",
        values.yes_no,
        "Whether a worker in the background tells your desktop what it sent, what was refused and what waits for you.",
        "yes",
        "no",
    ),
)

SETTINGS = {row.name: row for row in ROWS}

HEAD = """\
# Settings of mailer. `mailer setup` writes the ones it needs to config.env in MAILER_HOME; copy others from here.
# A setting comes from the command line, else the environment, else this file, else its default.
# An empty value means the default. No password belongs in here: the keyring holds it.
"""


def example() -> str:
    """Render `config.example.env`: every setting commented out, with its meaning and default above it."""
    import textwrap

    from mailer.settings.config_file import quoted

    blocks = [HEAD]
    for row in ROWS:
        prose = (*textwrap.wrap(row.meaning, 110), *textwrap.wrap(f"Default: {row.default}.", 110))
        assignment = f"# {row.name}\n" if row.is_fileless else f"#{row.name}={quoted(row.example)}\n"
        blocks.append("".join(f"# {words}\n" for words in prose) + assignment)
    return "\n".join(blocks)
