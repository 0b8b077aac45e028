"""Name every failure the program expects, each by the reaction it asks of its caller.

Each class builds its own sentence: what happened, to which file or entry, what to do next.
No secret and no mail text ever enters an error.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = [
    "AlreadyQueued",
    "AttachmentFault",
    "CredentialError",
    "DeliveryError",
    "EntryNotFound",
    "FileChanged",
    "IllegalTransition",
    "MailerError",
    "NotReady",
    "NoteError",
    "OutboxBusy",
    "OutcomeUnknown",
    "Permanent",
    "RateReached",
    "SealError",
    "ServiceError",
    "SettingsError",
    "Stage",
    "StorageError",
    "TemplateFault",
    "Temporary",
    "UsageError",
]


class MailerError(Exception):
    """The base of every expected failure; its text is what the user reads."""


class UsageError(MailerError):
    """The command line asks for something that does not exist or cannot be combined."""


class SettingsError(MailerError):
    """A setting is missing or wrong; the sentence names it and its remedy.

    `setting` is its name and `source` where its value stands (`environment`, `config.env:3`); "" when there is none.
    """

    def __init__(self, problem: str, *, setting: str = "", source: str = "") -> None:
        self.problem = problem
        self.setting = setting
        self.source = source
        where = f" ({source})" if source else ""
        super().__init__(f"{setting}{where}: {problem}" if setting else problem)


class CredentialError(MailerError):
    """A password cannot be had, stored or used; the sentence names the remedy, never the secret."""


class StorageError(MailerError):
    """MAILER_HOME cannot be read or written (full disk, read-only folder, damaged file)."""


class ServiceError(MailerError):
    """The system cannot be had to run mailer by itself, or does not answer."""


class OutboxBusy(MailerError):
    """Another process keeps the outbox locked for longer than the busy time-out."""


class NoteError(MailerError):
    """An interview file does not read.

    `path` and `line` (from 1, 0 when the file as a whole is meant) say where; `key` is the dotted key, "" when none.
    """

    def __init__(self, problem: str, *, path: Path, line: int = 0, key: str = "") -> None:
        self.problem = problem
        self.path = path
        self.line = line
        self.key = key
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: {problem}")


class FileChanged(NoteError):
    """An interview file is not the one that was opened; `text` is what it holds now, and `version` its version."""

    def __init__(self, *, path: Path, text: str, version: str) -> None:
        self.text = text
        self.version = version
        problem = "the file was changed by another program meanwhile; read it again, then change it"
        super().__init__(problem, path=path)


class TemplateFault(MailerError):
    """A template (a file of templates/, or a section of an interview file) does not render."""

    def __init__(self, problem: str, *, path: Path, line: int = 0) -> None:
        self.problem = problem
        self.path = path
        self.line = line
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: {problem}")


class AttachmentFault(MailerError):
    """A file that an interview file names cannot be attached: absent, unreadable, too large, outside its folder."""


class SealError(MailerError):
    """A composition cannot become a mail: a control character in a header, a bad address, a file that is gone."""


class NotReady(MailerError):
    """A check keeps a note back; `rules` are those that stop it or, without a stop, those that ask."""

    def __init__(self, problem: str, *, rules: tuple[str, ...]) -> None:
        self.rules = rules
        super().__init__(problem)


class AlreadyQueued(MailerError):
    """A note of this kind to this person for this interview stands in the outbox; `entry_id` is that one."""

    def __init__(self, problem: str, *, entry_id: str) -> None:
        self.entry_id = entry_id
        super().__init__(problem)


class EntryNotFound(MailerError):
    """No entry of the outbox answers to the given id or name."""


class IllegalTransition(MailerError):
    """An entry is not (or no longer) in a state that allows the asked step."""


class RateReached(MailerError):
    """The account may begin no delivery before `until` (aware UTC), because `rate` is used up; nothing was claimed."""

    def __init__(self, until: datetime, rate: object) -> None:
        self.until = until
        self.rate = rate
        hour = f"{until.astimezone():%a %H:%M:%S}"
        super().__init__(f"{rate} is the limit of your account (MAILER_RATE); what is due waits until {hour}")


class Stage(StrEnum):
    """The steps of one SMTP delivery, in order (RFC 5321 3.1 to 3.3)."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


class DeliveryError(MailerError):
    """A delivery that did not end in a positive reply; retry decides by the subclass alone.

    `code` is the SMTP reply code (0 when no reply was read), `enhanced` the RFC 3463 code ("" when none),
    `text` the server's own words, cleaned of control characters.
    """

    def __init__(self, problem: str, *, stage: Stage, code: int = 0, enhanced: str = "", text: str = "") -> None:
        self.stage = stage
        self.code = code
        self.enhanced = enhanced
        self.text = text
        super().__init__(problem)


class Temporary(DeliveryError):
    """Surely not sent, and worth another try later (4yz, no connection, a cut before the final dot)."""


class Permanent(DeliveryError):
    """Surely not sent, and never will be as it is (5yz, an untrusted certificate, a refused login)."""


class OutcomeUnknown(DeliveryError):
    """The final dot went out and no reply was read: sent or not, nobody knows; no program retries it."""
