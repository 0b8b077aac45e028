"""Send: put sealed mails into the outbox and deliver them at once.

Takes sealed mails, gives an Outcome for each, as it becomes durable.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mailer import deliver, mime, schedule
from mailer.errors import DeliveryError, IllegalTransition
from mailer.model import Auth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.deliver import Delivery, Outcome
    from mailer.errors import MailerError, RateReached
    from mailer.model import Account, Entry, Sealed, Secret
    from mailer.outbox import Worker
    from mailer.schedule import Due
    from mailer.sender import Connection
    from mailer.settings import Settings

__all__ = ["advice", "connector", "hand_over", "queue", "run_of", "send"]

#: How long `send` waits, in seconds, before each new try to record what became of a note: somebody sits before it.
SHORT_PATIENCE_S = (0.5, 1.0, 2.0, 3.0)


def connector(app: App, *, may_prompt: bool) -> Callable[[], Connection]:
    """Return the way to a connection that is ready for mail; the password is fetched here, at once.

    With `may_prompt` somebody is there to unlock a keyring.
    Raises SettingsError when no account is set up, CredentialError when its password cannot be had.
    """
    settings = _settings(app)
    account = settings.account()
    secret = _secret(settings, account, may_prompt=may_prompt)

    def connect() -> Connection:
        from mailer import sender

        return sender.connect(account, secret)

    return connect


def _settings(app: App) -> Settings:
    """Return the settings of the account that MAILER_ACCOUNT names, the main one without."""
    if not app.settings.account_name:
        return app.settings
    from mailer.settings import named

    return named.of_account(app.settings, app.settings.account_name)


def _secret(settings: Settings, account: Account, *, may_prompt: bool) -> Secret | None:
    if account.auth is Auth.NONE:
        return None
    from mailer import credentials

    return credentials.secret_for(account, settings, interactive=may_prompt)


def queue(app: App, sealed: Sequence[Sealed], dues: Sequence[Due]) -> tuple[Entry, ...]:
    """Put mails into the outbox, all or none of them; raises AlreadyQueued."""
    now, account = app.clock(), app.settings.account_name
    with app.outbox.transaction():
        return tuple(
            deliver.submit(app.outbox, mail, due, now=now, read_payload=mime.read_from_disk, account=account)
            for mail, due in zip(sealed, dues, strict=True)
        )


def send(
    app: App,
    drafts: Sequence[Draft],
    sealed: Sequence[Sealed],
    connect: Callable[[], Connection],
    *,
    hold: Callable[[RateReached], bool] = lambda _: False,
) -> Iterator[Outcome]:
    """Queue mails for now and deliver them at once; give one outcome for each, also when the line is down.

    `hold` is asked when the account's rate is reached, as in Delivery.
    """
    now = app.clock()
    entries = queue(app, sealed, [schedule.parse("now", now=now, zone=d.interview.timezone) for d in drafts])
    yield from _tried(app, entries, connect, hold=hold)


def hand_over(
    app: App,
    sealed: Sequence[Sealed],
    dues: Sequence[Due],
    connection: Connection,
    connect: Callable[[], Connection],
) -> Iterator[Outcome]:
    """Queue mails for their hours and have the server keep them until then; give one outcome for each, as `send`.

    `connection` is used while it lasts, then `connect`. What the server does not take now stays queued for its hour.
    """
    entries, ready = queue(app, sealed, dues), [connection]
    yield from _tried(app, entries, lambda: ready.pop() if ready else connect(), for_later=True)


def _tried(
    app: App,
    entries: Sequence[Entry],
    connect: Callable[[], Connection],
    *,
    hold: Callable[[RateReached], bool] = lambda _: False,
    for_later: bool = False,
) -> Iterator[Outcome]:
    """Deliver these entries at once, or hand them over to be kept until their hours; give an outcome for each."""
    waiting = {entry.id: entry for entry in entries}
    with app.liveness.worker() as worker:
        run = run_of(app, worker, connect, hold=hold, for_later=for_later, patience_s=SHORT_PATIENCE_S)
        with suppress(IllegalTransition):  # a worker beside us may take one of them first: then it is delivered there
            for outcome in run.chosen([entry.id for entry in entries]):
                del waiting[outcome.entry.id]
                yield outcome
    if run.trouble:
        app.outbox.record_trouble(deliver.trouble_of(run.trouble, now=app.clock(), account=app.settings.account_name))
    elif len(waiting) < len(entries):
        app.outbox.clear_trouble(app.settings.account_name)
    for entry in waiting.values():
        yield deliver.Outcome(app.outbox.get(entry.id), run.trouble or run.held, ends_run=bool(run.trouble))


def run_of(  # noqa: PLR0913  # each collaborator comes in by its name
    app: App,
    worker: Worker,
    connect: Callable[[], Connection],
    *,
    connections: int = 1,
    stop: Callable[[], bool] = lambda: False,
    hold: Callable[[RateReached], bool] = lambda _: False,
    for_later: bool = False,
    patience_s: Sequence[float] = deliver.PATIENCE_S,
) -> Delivery:
    """Return a delivery of this application's notes, as its settings say."""
    return deliver.Delivery(
        app.outbox,
        worker,
        connect,
        clock=app.clock,
        first_delay_s=app.settings.retry_first.total_seconds(),
        rate=app.settings.rate,
        account=app.settings.account_name,
        max_late=app.settings.max_late,
        connections=connections,
        stop=stop,
        hold=hold,
        for_later=for_later,
        patience_s=patience_s,
    )


def advice(app: App, error: MailerError | None) -> str:
    """Return what the account's provider wants when it refuses a login, "" when there is nothing to add."""
    if not isinstance(error, DeliveryError):
        return ""
    from mailer import accounts

    return accounts.advice(app.settings.smtp_host, error.code, error.enhanced, error.text)
