"""Set up the account that delivers, and look after it.

Takes an address and what the user says of it, gives an Account that was proved by a login.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer import accounts, doctor, onboarding
from mailer import settings as settings_module
from mailer.errors import UsageError
from mailer.model import Account, Auth, Mailbox, Secret, Security
from mailer.settings import values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.app import App
    from mailer.doctor import Part
    from mailer.onboarding import SetUp

__all__ = ["account_for", "examine", "mailbox", "named", "set_up", "sign_in_steps", "typed_password"]

#: The port of submission with STARTTLS (RFC 6409 3.1).
STARTTLS_PORT = 587


def mailbox(name: str, address: str) -> Mailbox:
    """Return whose notes these will be; raises UsageError for an address that is none."""
    try:
        return values.mailbox(f"{values.mailbox_text(Mailbox(name, address))}")
    except ValueError as exc:
        raise UsageError(f"“{name} <{address}>” {exc}") from exc


def named(app: App, name: str) -> App:
    """Return an application in which the account of this name is yet to be set up; raises UsageError for a bad name."""
    from mailer.settings.named import unset

    try:
        settings = unset(app.settings, values.account_name(name))
    except ValueError as exc:
        raise UsageError(f"--account “{name}” {exc}") from exc
    return type(app)(settings, clock=app.clock, token=app.token)


def account_for(  # noqa: PLR0913  # each overrides one fact of the provider's
    address: str,
    *,
    provider: str | None = None,
    host: str | None = None,
    port: int | None = None,
    security: str | None = None,
    username: str | None = None,
    ca_file: Path | None = None,
) -> Account:
    """Return the account of an address: at the host given, else at the provider named or known by the address.

    A port or a security that is given stands; the one that is not follows from the other.
    Raises UsageError when neither is known.
    """
    if not host:
        known = accounts.by_name(provider) if provider else accounts.provider_for(address)
        if known is None:
            names = ", ".join(p.key for p in accounts.PROVIDERS)
            raise UsageError(
                f"nobody here knows where {provider or address} hands in mail; say --host (your provider's help"
                f" page names it, as “SMTP server”) or --provider, one of: {names}"
            )
        account = accounts.account_at(known, address)
        if port or security:
            number, kind = _door(port, security)
            account = account._replace(port=number, security=kind)
        return account._replace(username=username or account.username, ca_file=ca_file)
    return Account(host, *_door(port, security), Auth.PASSWORD, username or address, ca_file)


def _door(port: int | None, security: str | None) -> tuple[int, Security]:
    kind = Security(security) if security else Security.STARTTLS if port == STARTTLS_PORT else Security.TLS
    return port or settings_module.PORTS[kind], kind


def sign_in_steps(account: Account) -> tuple[str, ...]:
    """Return how one gets the password that works at this account's provider, step by step."""
    provider = accounts.by_host(account.host)
    return provider.steps if provider else ()


def typed_password(account: Account, typed: str) -> Secret:
    """Return the password meant by what was typed: some providers show theirs in groups with spaces between.

    Raises UsageError when nothing was.
    """
    if not typed:
        raise UsageError("the password is empty; type it, or hand it over with --password-stdin or --password-cmd")
    provider = accounts.by_host(account.host)
    return Secret(provider.password(typed) if provider else typed)


def set_up(  # noqa: PLR0913  # what is kept, and how
    app: App, mailbox: Mailbox, account: Account, secret: Secret | None, *, password_cmd: str = "", may_prompt: bool
) -> SetUp:
    """Prove the account by a login, then keep its password and the settings; keep nothing when the login fails.

    Raises UsageError for a password command that cannot be parted into words.
    """
    from mailer import credentials

    given = secret is not None
    if not given:
        sources = app.settings._replace(password_cmd=_words(password_cmd) if password_cmd else ())
        secret = credentials.secret_for(account, sources, interactive=may_prompt)
    return onboarding.set_up(
        app.settings,
        mailbox,
        account,
        secret,
        password_cmd=password_cmd,
        uses_keyring=given,
        may_prompt=may_prompt,
    )


def _words(password_cmd: str) -> tuple[str, ...]:
    try:
        return values.command(password_cmd)
    except ValueError as exc:
        raise UsageError(f"--password-cmd {exc}") from exc


def examine(app: App, *, is_offline: bool) -> Iterator[Part]:
    """Yield each part of this installation as it is found, with its remedy."""
    return doctor.examine(app.settings, prove=onboarding.prove, now=app.clock(), is_offline=is_offline)
