"""Set up an account: prove it by a real login, then keep its password, then write the settings, in this order.

Takes whose notes they are, an account and its secret; gives what the server said and where things are kept now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailer import accounts, credentials
from mailer import settings as settings_module
from mailer.errors import CredentialError, Permanent, Stage
from mailer.model import Auth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mailer.model import Account, Mailbox, Reply, Secret
    from mailer.settings import Settings

__all__ = ["SetUp", "prove", "set_up"]


@dataclass(frozen=True, slots=True)
class SetUp:
    """What setting up came to: the server's replies, the keyring's name ("" when it was not asked), the settings file.

    `shadowed` are the settings just written that another source overrides, each with that source.
    """

    replies: tuple[Reply, ...]
    keyring: str
    config_path: Path
    shadowed: tuple[tuple[str, str], ...] = ()


def prove(account: Account, secret: Secret | None) -> tuple[Reply, ...]:
    """Connect, encrypt, log in, hang up; return the server's replies. No mail is sent.

    Raises CredentialError, with the provider's advice, when the login is refused; Temporary or Permanent when it does
    not come so far.
    """
    from mailer import sender

    try:
        with sender.connect(account, secret) as connection:
            return connection.replies
    except Permanent as exc:
        if exc.stage is not Stage.AUTH:
            raise
        hint = accounts.advice(account.host, exc.code, exc.enhanced, exc.text)
        raise CredentialError(f"{exc} {hint}".rstrip()) from exc


def set_up(  # noqa: PLR0913  # what is kept, and how, each by its name
    settings: Settings,
    mailbox: Mailbox,
    account: Account,
    secret: Secret | None,
    *,
    password_cmd: str = "",
    uses_keyring: bool = True,
    may_prompt: bool = True,
    prove: Callable[[Account, Secret | None], tuple[Reply, ...]] = prove,
) -> SetUp:
    """Prove the account, keep its password and write the settings; when the proof fails, nothing is kept.

    The password goes to the keyring, unless `password_cmd` prints it or `uses_keyring` is false (it comes from the
    environment). The host is spelt as the settings spell it, so that the password is found again. Raises
    CredentialError when the login is refused or the keyring cannot be used, DeliveryError when the server cannot be
    spoken to, SettingsError or StorageError when the settings cannot be written.
    """
    account = account._replace(host=settings_module.host_name(account.host))
    refuse_hopeless(account)
    replies = prove(account, secret)
    keyring = ""
    if secret is not None and uses_keyring and not password_cmd:
        keyring = kept(account, secret, may_prompt=may_prompt)
    written = settings_of(mailbox, account, password_cmd=password_cmd)
    path = settings_module.write(settings.home, written, config=settings.config_path)
    names = (*written, "MAILER_PASSWORD") if keyring else tuple(written)
    return SetUp(replies, keyring, path, shadowed(settings, names))


def refuse_hopeless(account: Account) -> None:
    """Raise CredentialError at a provider that takes no password at all, before any is shown to it."""
    provider = accounts.by_host(account.host)
    if provider and provider.obstacle:
        raise CredentialError(provider.obstacle)


def kept(account: Account, secret: Secret, *, may_prompt: bool) -> str:
    """Keep the password in the keyring and return its name.

    Raises CredentialError that says that the login works, and how to go on without this keyring.
    """
    try:
        return credentials.store(account, secret, interactive=may_prompt)
    except CredentialError as exc:
        raise CredentialError(
            f"the login at {account.host} works, but its password cannot be kept, so nothing was written: {exc}."
            " Then run mailer setup again"
        ) from exc


def settings_of(mailbox: Mailbox, account: Account, *, password_cmd: str = "") -> dict[str, str | None]:
    """Return the account in the words of the settings file; None for what its default says already.

    An older MAILER_PASSWORD_CMD is taken out: it would go before the keyring.
    """
    has_other_name = account.auth is Auth.PASSWORD and account.username != mailbox.address
    return {
        "MAILER_FROM": settings_module.mailbox_text(mailbox),
        "MAILER_SMTP_HOST": account.host,
        "MAILER_SMTP_PORT": str(account.port),
        "MAILER_SMTP_SECURITY": account.security.value,
        "MAILER_SMTP_USERNAME": account.username if has_other_name else None,
        "MAILER_AUTH": None if account.auth is Auth.PASSWORD else account.auth.value,
        "MAILER_CA_FILE": str(account.ca_file) if account.ca_file else None,
        "MAILER_PASSWORD_CMD": password_cmd or None,
        **({"MAILER_PHONE": mailbox.phone} if mailbox.phone else {}),
    }


def shadowed(settings: Settings, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return those settings that the environment or the command line sets over the file's head, with that source."""
    sources = {name: settings.sources.get(name, "") for name in names}
    return tuple((name, source) for name, source in sources.items() if source in settings_module.OVERRIDING)
