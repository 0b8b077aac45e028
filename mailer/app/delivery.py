"""Send: put sealed mails into the outbox and deliver what is due, over one connection.

Takes sealed mails, gives an Outcome for each, as it becomes durable.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mailer import deliver, mime, schedule
from mailer.errors import DeliveryError, IllegalTransition
from mailer.model import Auth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.deliver import Delivery, Outcome
    from mailer.errors import MailerError
    from mailer.model import Account, Entry, Sealed, Secret
    from mailer.schedule import Due
    from mailer.sender import Connection

__all__ = ["advice", "connector", "deliver_due", "queue", "send"]


def connector(app: App, *, may_prompt: bool) -> Callable[[], Connection]:
    """Return the way to a connection that is ready for mail; the password is fetched here, at once.

    With `may_prompt` somebody is there to unlock a keyring.
    Raises SettingsError when no account is set up, CredentialError when its password cannot be had.
    """
    account = app.settings.account()
    secret = _secret(app, account, may_prompt=may_prompt)

    def connect() -> Connection:
        from mailer import sender

        return sender.connect(account, secret)

    return connect


def _secret(app: App, account: Account, *, may_prompt: bool) -> Secret | None:
    if account.auth is Auth.NONE:
        return None
    from mailer import credentials

    return credentials.secret_for(account, app.settings, interactive=may_prompt)


def queue(app: App, sealed: Sequence[Sealed], dues: Sequence[Due]) -> tuple[Entry, ...]:
    """Put mails into the outbox, all or none of them; raises AlreadyQueued."""
    now = app.clock()
    with app.outbox.transaction():
        return tuple(
            deliver.submit(app.outbox, mail, due, now=now, read_payload=mime.read_from_disk)
            for mail, due in zip(sealed, dues, strict=True)
        )


def send(
    app: App, drafts: Sequence[Draft], sealed: Sequence[Sealed], connect: Callable[[], Connection]
) -> Iterator[Outcome]:
    """Queue mails for now and deliver them at once; give one outcome for each, also when the line is down."""
    now = app.clock()
    entries = queue(app, sealed, [schedule.parse("now", now=now, zone=d.interview.timezone) for d in drafts])
    waiting = {entry.id: entry for entry in entries}
    last: Outcome | None = None
    # A worker beside us may take one of them first: then it is delivered there.
    with suppress(IllegalTransition), _delivery(app, connect) as delivery:
        for last in delivery.chosen([entry.id for entry in entries]):
            del waiting[last.entry.id]
            yield last
    for entry in waiting.values():
        yield last._replace(entry=app.outbox.get(entry.id)) if last else deliver.Outcome(entry)


def deliver_due(app: App, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Outcome]:
    """Sweep after the dead, park what is too late, then deliver what is due until nothing is or `stop` says so.

    The account is asked for when the first note is due; without one that note's outcome says so, and the run ends.
    """
    if not app.database_exists:
        return
    now = app.clock()
    deliver.sweep(app.outbox, app.liveness, now=now)
    app.outbox.miss_overdue(now - app.settings.max_late, now=now)

    def connect() -> Connection:
        from mailer import sender

        account = app.settings.account()
        return sender.connect(account, _secret(app, account, may_prompt=False))

    with _delivery(app, connect) as delivery:
        for outcome in delivery.due():
            yield outcome
            if stop():
                return


@contextmanager
def _delivery(app: App, connect: Callable[[], Connection]) -> Iterator[Delivery]:
    with app.liveness.worker() as worker:
        yield deliver.Delivery(
            app.outbox,
            worker,
            connect,
            clock=app.clock,
            first_delay_s=app.settings.retry_first.total_seconds(),
        )


def advice(app: App, error: MailerError | None) -> str:
    """Return what the account's provider wants when it refuses a login, "" when there is nothing to add."""
    if not isinstance(error, DeliveryError):
        return ""
    from mailer import accounts

    return accounts.advice(app.settings.smtp_host, error.code, error.enhanced, error.text)
