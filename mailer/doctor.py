"""Look at each part that sending needs, and say how it is and what would mend it.

Takes the settings and a way to prove an account, gives a `Part` for each. Changes nothing that is not its own.
"""

from __future__ import annotations

import os
import stat
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from mailer import credentials, database, interviews
from mailer.credentials import DEFAULT_LIMITS
from mailer.errors import CredentialError, DeliveryError, MailerError, NoteError, SettingsError, Stage
from mailer.model import Auth, State
from mailer.outbox import Outbox
from mailer.settings import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from mailer.credentials import Limits
    from mailer.model import Account, Reply, Secret
    from mailer.service.machine import Machine
    from mailer.settings import Settings

    Prove = Callable[[Account, Secret | None], tuple[Reply, ...]]

__all__ = ["Health", "Part", "examine"]

#: Less free space than this is worth a word: one note with files may take 25 MB, twice.
SCARCE_BYTES = 100 * 1024 * 1024

#: A note this long past its hour should have been taken by a worker, which runs every five minutes.
WAITING_S = 15 * 60


class Health(StrEnum):
    """How a part is; `skip` when there was nothing to look at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


class Part(NamedTuple):
    """One part: its name, how it is, what that means, and what to do ("" when nothing)."""

    name: str
    health: Health
    meaning: str
    remedy: str = ""


def examine(
    settings: Settings, *, prove: Prove, now: datetime, is_offline: bool = False, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Part]:
    """Yield each part as soon as it is known; those that ask the network come last and not at all when `is_offline`.

    `prove` logs in for real (`onboarding.prove`). The password is asked for as a worker in the background would.
    """
    yield home(settings.home)
    yield settings_file(settings)
    yield sender(settings)
    yield timezone(settings)
    yield interview_folder(settings.interviews)
    yield outbox(settings, now=now)
    yield service(settings, now=now)
    yield from delivery(settings, prove=prove, is_offline=is_offline, limits=limits)
    for name in named.names(settings.home):
        for part in account_named(name, settings, prove=prove, is_offline=is_offline, limits=limits):
            yield part._replace(name=f"{part.name} ({name})")


def account_named(name: str, settings: Settings, *, prove: Prove, is_offline: bool, limits: Limits) -> Iterator[Part]:
    """Look at one of the accounts that have a name, as at the main one."""
    try:
        its = named.of_account(settings, name)
    except SettingsError as exc:
        yield Part("account", Health.FAIL, str(exc), f"mend that line, or run mailer setup --account {name}")
        return
    yield from delivery(its, prove=prove, is_offline=is_offline, limits=limits)


def home(folder: Path) -> Part:
    """Look at the folder of all state: there, writable, the user's alone, with room left."""
    import shutil
    import tempfile

    try:
        if not folder.exists():
            return Part("home", Health.OK, f"{folder} is not there yet; it is made when something is first kept")
        with tempfile.TemporaryFile(dir=folder):
            pass
        free_bytes = shutil.disk_usage(folder).free
    except OSError as exc:
        remedy = f"make it writable: chmod u+rwx {folder}, or set MAILER_HOME to another folder"
        return Part("home", Health.FAIL, f"nothing can be written to {folder}: {exc.strerror}", remedy)
    if _is_open_to_others(folder, 0o077):
        return Part("home", Health.WARN, f"other users of this machine can look into {folder}", f"chmod 700 {folder}")
    if free_bytes < SCARCE_BYTES:
        meaning = f"only {free_bytes // 1024**2} MB are left where {folder} is"
        return Part("home", Health.WARN, meaning, "make room, or set MAILER_HOME to a folder on another disk")
    return Part("home", Health.OK, f"{folder} can be written, by you alone")


def settings_file(settings: Settings) -> Part:
    """Look at the settings file's rights, and for variables that mean nothing."""
    path = settings.config_path
    if path.exists() and _is_open_to_others(path, 0o022):
        meaning = f"other users of this machine can change {path}, and with it the command that prints your password"
        return Part("settings", Health.FAIL, meaning, f"chmod 600 {path}")
    if settings.unknown:
        meaning = f"there is no setting called {', '.join(settings.unknown)}"
        return Part(
            "settings", Health.WARN, meaning, "correct or unset the variable; config.example.env lists them all"
        )
    where = str(path) if path.exists() else f"no {path}; the environment and the defaults hold"
    return Part("settings", Health.OK, where)


def sender(settings: Settings) -> Part:
    """Look whose notes these are."""
    try:
        mailbox = settings.sender
    except SettingsError as exc:
        return Part("sender", Health.FAIL, str(exc), "run mailer setup")
    if not mailbox.name:
        meaning = f"{mailbox.address}, without a name"
        return Part("sender", Health.WARN, meaning, f'set MAILER_FROM="Your Name <{mailbox.address}>"')
    return Part("sender", Health.OK, f"{mailbox.name} <{mailbox.address}>")


def timezone(settings: Settings) -> Part:
    """Look at the user's own time zone."""
    if settings.timezone == "UTC" and "MAILER_TIMEZONE" not in settings.sources:
        meaning = "this machine names no time zone, so your own hours are shown in UTC"
        return Part("timezone", Health.WARN, meaning, "set MAILER_TIMEZONE, such as Europe/Berlin")
    return Part("timezone", Health.OK, settings.timezone)


def interview_folder(folder: Path | None) -> Part:
    """Read every interview file of the folder."""
    name = "interviews"
    if folder is None:
        return Part(name, Health.SKIP, "MAILER_INTERVIEWS is not set: a note is compared with the files of its command")
    try:
        paths = interviews.find(folder)
    except NoteError as exc:
        return Part(name, Health.FAIL, str(exc), "correct MAILER_INTERVIEWS, or make the folder")
    faults = [fault for fault in map(_fault_of, paths) if fault]
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        remedy = "mend it; until then it is left out of comparisons"
        return Part(name, Health.WARN, f"{faults[0]}{more}", remedy)
    return Part(name, Health.OK, f"{folder}: {len(paths)} file{'' if len(paths) == 1 else 's'}")


def _fault_of(path: Path) -> str:
    try:
        interviews.read(path)
    except NoteError as exc:
        return str(exc)
    return ""


def outbox(settings: Settings, *, now: datetime) -> Part:
    """Check the outbox's database, and look for notes that wait for a person or in vain."""
    try:
        with closing(database.store(settings.outbox, settings.home)) as store:
            if not store.exists:
                return Part("outbox", Health.OK, "nothing was ever queued")
            fault = store.fault()
            return Part("outbox", Health.FAIL, *fault) if fault else _entries(Outbox(store), now)
    except MailerError as exc:
        return Part("outbox", Health.FAIL, str(exc), "see above; nothing is sent until it is mended")


def _entries(ledger: Outbox, now: datetime) -> Part:
    counts = ledger.counts()
    said = ", ".join(f"{number} {state}" for state, number in counts.items()) or "empty"
    held_up = [trouble for trouble in ledger.troubles() if ledger.due(now, limit=1, account=trouble.account)]
    if held_up:
        trouble = held_up[0]
        meaning = f"{said}; what is due waits since {trouble.since:%Y-%m-%d %H:%M} UTC: {trouble.sentence}"
        return Part("outbox", Health.WARN, meaning, "mend that; a worker then goes on by itself")
    if counts.get(State.UNCERTAIN):
        remedy = "look in your Sent folder, then say: mailer outbox settle ID sent, or unsent"
        return Part("outbox", Health.WARN, f"{said}; nobody knows whether the uncertain ones arrived", remedy)
    if counts.get(State.MISSED):
        remedy = "mailer outbox reschedule ID, or cancel ID"
        return Part("outbox", Health.WARN, f"{said}; the missed ones wait for you to say a new hour", remedy)
    waiting = [e for e in ledger.list([State.SCHEDULED]) if (now - e.not_before).total_seconds() > WAITING_S]
    if waiting:
        remedy = "run mailer worker --once now, and mailer service install for the next ones"
        return Part("outbox", Health.WARN, f"{said}; {len(waiting)} past the hour, and no worker took them", remedy)
    return Part("outbox", Health.OK, said)


def service(settings: Settings, *, now: datetime, machine: Machine | None = None) -> Part:
    """Look whether anything on this machine will send what is queued, and that it starts this very mailer."""
    from mailer.service import wakers
    from mailer.service.machine import machine_here

    machine = machine or machine_here()
    found = wakers.waker(settings.home, machine, now=now)
    if found is wakers.Waker.NONE:
        health = Health.WARN if _has_waiting(settings) else Health.SKIP
        meaning = "nothing on this machine wakes up to send queued notes"
        return Part("service", health, meaning, "mailer service install, or keep mailer worker running")
    if found is wakers.Waker.SERVICE:
        return _installed_service(settings, machine)
    return Part("service", Health.OK, wakers.SENTENCES[found])


def _has_waiting(settings: Settings) -> bool:
    try:
        with closing(database.store(settings.outbox, settings.home)) as store:
            return store.exists and bool(Outbox(store).counts().get(State.SCHEDULED))
    except MailerError:  # the part before says what is wrong with it
        return False


def _installed_service(settings: Settings, machine: Machine) -> Part:
    from mailer.service import installing, wakers
    from mailer.service.job import job_here
    from mailer.settings import CONFIG_NAME

    is_own = settings.config_path == settings.home / CONFIG_NAME
    try:
        compared = installing.compared(job_here(settings.home, None if is_own else settings.config_path), machine)
    except MailerError as exc:
        return Part("service", Health.FAIL, str(exc), "see above; then run mailer doctor again")
    if compared.difference:
        meaning = f"the service was installed by another version or from another place: {compared.difference[0]}"
        return Part("service", Health.WARN, meaning, "bring it up to date: mailer service install")
    return Part("service", Health.OK, wakers.SENTENCES[wakers.Waker.SERVICE])


def delivery(settings: Settings, *, prove: Prove, is_offline: bool, limits: Limits) -> Iterator[Part]:
    """Look at the account, its password as the background finds it, its server, and the login."""
    try:
        account = settings.account()
    except SettingsError as exc:
        yield Part("account", Health.FAIL, str(exc), "run mailer setup")
        return
    yield Part(
        "account", Health.OK, f"{account.username or 'nobody'} at {account.host}:{account.port}, {account.security}"
    )
    found, secret = password(account, settings, limits=limits)
    yield found
    if is_offline:
        yield Part("server", Health.SKIP, "not asked: --offline")
        return
    yield name_service(account)
    if found.health is Health.FAIL:
        yield Part("server", Health.SKIP, "not asked: there is no password to sign in with")
        return
    yield from server(account, secret, prove=prove)


def password(account: Account, settings: Settings, *, limits: Limits) -> tuple[Part, Secret | None]:
    """Fetch the password as a worker would, without asking anybody; it is not shown."""
    if account.auth is Auth.NONE:
        return Part("password", Health.SKIP, "this account needs none"), None
    try:
        secret = credentials.secret_for(account, settings, interactive=False, limits=limits)
        if settings.password_cmd:
            return Part("password", Health.OK, f"{settings.password_cmd[0]} prints one"), secret
        if settings.password is not None:
            meaning = (
                "MAILER_PASSWORD holds one; a worker that the system starts does not see your terminal's environment"
            )
            return Part("password", Health.OK, meaning), secret
        return Part("password", Health.OK, f"kept by {credentials.describe_backend(limits=limits)}"), secret
    except CredentialError as exc:
        return Part("password", Health.FAIL, str(exc), "see above; then run mailer doctor again"), None


def name_service(account: Account) -> Part:
    """Look the host's name up."""
    import socket

    try:
        found = socket.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        remedy = "correct MAILER_SMTP_HOST, or see whether this machine is online"
        return Part("name", Health.FAIL, f"{account.host} cannot be found: {exc}", remedy)
    return Part("name", Health.OK, f"{account.host} is {found[0][4][0]}")


def server(account: Account, secret: Secret | None, *, prove: Prove) -> Iterator[Part]:
    """Connect, encrypt and log in; the server and the login are parts of their own."""
    reached = Part("server", Health.OK, f"{account.host}:{account.port} answers ({account.security})")
    try:
        replies = prove(account, secret)
    except CredentialError as exc:
        yield reached
        yield Part("login", Health.FAIL, str(exc), "run mailer setup with the right password")
    except DeliveryError as exc:
        remedy = "see above; then run mailer doctor again"
        if exc.stage is Stage.AUTH:
            yield reached
            yield Part("login", Health.FAIL, str(exc), remedy)
        else:
            yield Part("server", Health.FAIL, str(exc), remedy)
    else:
        yield reached._replace(meaning=f"{reached.meaning}{_what_it_keeps(replies)}")
        login = replies[-1] if account.auth is Auth.PASSWORD and replies else None
        yield Part("login", Health.OK, f"accepted: {login.code} {login.text}" if login else "not needed here")


def _what_it_keeps(replies: Sequence[Reply]) -> str:
    """Say that the server offers to keep mails until their hour (RFC 4865), "" when it does not."""
    offers = any(reply.stage == Stage.EHLO and "FUTURERELEASE" in reply.text.upper().split() for reply in replies)
    return "; it can keep mails until their hour: mailer queue --hold-on-server" if offers else ""


def _is_open_to_others(path: Path, bits: int) -> bool:
    """Tell whether group or others have one of these rights; Windows has other means."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & bits)
