"""Wire the parts into one application: the only place that knows them all, the only way in for every face.

Takes settings and a clock, gives the verbs that commands and pages call. Clock, random token and folders have their
one caller here.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from mailer import accounts, checks, composer, deliver, interviews, mime, schedule
from mailer import settings as settings_module
from mailer.errors import DeliveryError, NoteError, SealError, UsageError
from mailer.model import Account, Auth, Level, Mailbox, NoteKind, Person, Secret, Security, State, Verdict
from mailer.settings import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mailer.answers import Answers
    from mailer.database import Database
    from mailer.deliver import Delivery, Outcome
    from mailer.doctor import Part
    from mailer.errors import MailerError
    from mailer.model import Composition, Entry, Finding, Interview, Note, Sealed
    from mailer.onboarding import SetUp
    from mailer.outbox import Outbox
    from mailer.schedule import Due
    from mailer.sender import Connection
    from mailer.settings import Settings

__all__ = ["App", "Draft", "Plan", "start"]


#: As many characters of a fingerprint as lists show; fewer could be met by chance.
MIN_FINGERPRINT = 8

#: The port of submission with STARTTLS (RFC 6409 3.1).
STARTTLS_PORT = 587


class Draft(NamedTuple):
    """One note, read, composed and judged as of `send_at` (aware UTC)."""

    interview: Interview
    note: Note
    composition: Composition
    send_at: datetime
    findings: tuple[Finding, ...] = ()

    @property
    def summary(self) -> str:
        """Return the verdict in words: ready, the number of questions, or stopped with the number of reasons."""
        blocks = sum(f.level is Level.BLOCK for f in self.findings)
        questions = sum(f.level is Level.QUESTION for f in self.findings)
        if blocks:
            return f"stopped, {blocks} reason{'s' if blocks > 1 else ''}"
        return f"{questions} question{'s' if questions > 1 else ''}" if questions else "ready"


class Plan(NamedTuple):
    """Notes and the hour of each, in the same order."""

    drafts: tuple[Draft, ...]
    dues: tuple[Due, ...]


def utc_now() -> datetime:
    """Return the current instant; the only reading of the machine's clock."""
    return datetime.now(tz=UTC)


def start(*, config: Path | None = None, home: Path | None = None) -> App:
    """Read the settings of this process and wire an application from them."""
    options = {"MAILER_HOME": str(home)} if home else {}
    return App(settings_module.read(options=options, environ=os.environ, config=config))


class App:
    """The wired application; parts are made when first used, so that a command pays only for what it needs."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
        token: Callable[[], str] = lambda: os.urandom(16).hex(),
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.token = token

    # --- the parts -------------------------------------------------------------------------------------------------

    @cached_property
    def database(self) -> Database:
        """Open (and on first use create) the one SQLite file of MAILER_HOME."""
        from mailer.database import Database

        return Database(self.settings.home)

    @cached_property
    def outbox(self) -> Outbox:
        """Return the ledger of what is to be sent and what was."""
        from mailer.outbox import Outbox

        return Outbox(self.database)

    @cached_property
    def answers(self) -> Answers:
        """Return the questions that were answered before."""
        from mailer.answers import Answers

        return Answers(self.database)

    @cached_property
    def templates(self) -> composer.Templates:
        """Return the templates: the user's where there is one of that name, else the built-in one."""
        home = self.settings.home
        return composer.Templates(override=home / "templates", cache=home / "cache")

    # --- write down ------------------------------------------------------------------------------------------------

    def new_interview(  # noqa: PLR0913  # each is a line of the file
        self,
        path: Path | None,
        *,
        company: str,
        role: str,
        start: str,
        end: str | None,
        timezone: str | None,
        people: Sequence[tuple[str, str, str, str]],
    ) -> Path:
        """Write the frame of an interview file and return its path; `people` are (name, greeting, address, heard).

        Without a path the file gets the company's name, in MAILER_INTERVIEWS or the current folder.
        Raises UsageError when there is such a file already, NoteError for what a file may not hold.
        """
        from mailer.interviews.slugs import slug

        zone = timezone or self.settings.timezone
        text = interviews.draft(
            company=company,
            role=role,
            start=wall_time(start, zone),
            end=wall_time(end, zone) if end else None,
            timezone=zone,
            people=[
                Person("", name, greeting, email=address or None, heard=(heard,) if heard else ())
                for name, greeting, address, heard in people
            ],
        )
        path = path or (self.settings.interviews or Path()) / f"{slug(company, 40) or 'interview'}.md"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise UsageError(f"{path} is there already; name another file") from None
        except OSError as exc:
            raise UsageError(f"{path} cannot be written: {exc.strerror}; name another place") from exc
        return path

    # --- the account -----------------------------------------------------------------------------------------------

    def mailbox(self, name: str, address: str) -> Mailbox:
        """Return whose notes these will be; raises UsageError for an address that is none."""
        try:
            return values.mailbox(f"{values.mailbox_text(Mailbox(name, address))}")
        except ValueError as exc:
            raise UsageError(f"“{name} <{address}>” {exc}") from exc

    def account_for(  # noqa: PLR0913  # each overrides one fact of the provider's
        self,
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
            return account._replace(username=username or account.username, ca_file=ca_file)
        kind = Security(security) if security else Security.STARTTLS if port == STARTTLS_PORT else Security.TLS
        return Account(host, port or settings_module.PORTS[kind], kind, Auth.PASSWORD, username or address, ca_file)

    def sign_in_steps(self, account: Account) -> tuple[str, ...]:
        """Return how one gets the password that works at this account's provider, step by step."""
        provider = accounts.by_host(account.host)
        return provider.steps if provider else ()

    def typed_password(self, account: Account, typed: str) -> Secret:
        """Return the password meant by what was typed: some providers show theirs in groups with spaces between."""
        provider = accounts.by_host(account.host)
        return Secret(provider.password(typed) if provider else typed)

    def set_up(self, mailbox: Mailbox, account: Account, secret: Secret | None, *, password_cmd: str = "") -> SetUp:
        """Prove the account by a login, then keep its password and the settings; keep nothing when the login fails."""
        import shlex

        from mailer import credentials, onboarding

        given = secret is not None
        if not given:
            sources = self.settings._replace(password_cmd=tuple(shlex.split(password_cmd)))
            secret = credentials.secret_for(account, sources, interactive=True)
        return onboarding.set_up(self.settings, mailbox, account, secret, password_cmd=password_cmd, uses_keyring=given)

    def examine(self, *, is_offline: bool) -> Iterator[Part]:
        """Yield each part of this installation as it is found, with its remedy."""
        from mailer import doctor, onboarding

        return doctor.examine(self.settings, prove=onboarding.prove, now=self.clock(), is_offline=is_offline)

    # --- read, compose, judge --------------------------------------------------------------------------------------

    def read(self, paths: Iterable[Path]) -> tuple[Interview, ...]:
        """Read interview files, in the order given."""
        return tuple(interviews.read(path, cache=self.settings.home / "cache") for path in paths)

    def compose(self, found: Sequence[Interview], *, to: Sequence[str] = (), kind: str = "") -> tuple[Draft, ...]:
        """Compose the chosen notes without judging them; each draft's `send_at` is now.

        Raises UsageError when `to` names nobody of these files.
        """
        now = self.clock()
        return tuple(
            Draft(interview, note, self._composition(interview, note), now)
            for interview, note in chosen(found, to=to, kind=kind)
        )

    def drafts(
        self,
        found: Sequence[Interview],
        *,
        to: Sequence[str] = (),
        kind: str = "",
        as_of: str | None = None,
        moment: Callable[[Interview, Note], datetime] | None = None,
    ) -> tuple[Draft, ...]:
        """Compose and judge the chosen notes, each as of the instant at which it would be sent.

        `as_of` is a wall time at the employer that stands for now; `moment` decides when a note is sent, by default
        the file's own `send`, else the timing rule. The other files given and those in MAILER_INTERVIEWS are the
        history that the rules compare with.
        """
        keep = set(map(id, (note for _, note in chosen(found, to=to, kind=kind))))
        history = (*found, *self._known(found))
        judged: list[Draft] = []
        for interview in found:
            now = schedule.instant(as_of, zone=interview.timezone) if as_of else self.clock()
            send_at = moment or (lambda i, n, now=now: self.expected(i, n, now=now))  # type: ignore[misc]
            judged += self._judged(interview, now=now, send_at=send_at, history=history)
        return tuple(draft for draft in judged if id(draft.note) in keep)

    def _judged(
        self,
        interview: Interview,
        *,
        now: datetime,
        send_at: Callable[[Interview, Note], datetime],
        history: Sequence[Interview],
    ) -> list[Draft]:
        drafts = [Draft(interview, n, self._composition(interview, n), send_at(interview, n)) for n in interview.notes]
        context = checks.Context(
            now=now,
            send_at={d.note.label: d.send_at for d in drafts},
            others=[other for other in history if other is not interview],
            sent=self.outbox.sent_notes([interview.key]) if self.database_exists else (),
            answers=self.answers.keys() if self.database_exists else (),
        )
        findings = checks.run(interview, [d.composition for d in drafts], context)
        return [d._replace(findings=tuple(f for f in findings if f.person == d.note.label)) for d in drafts]

    @property
    def database_exists(self) -> bool:
        """Tell whether anything was ever stored; looking at a note creates nothing."""
        return (self.settings.home / "mailer.db").exists()

    def _composition(self, interview: Interview, note: Note) -> Composition:
        return composer.compose(interview, note, self.settings.sender, self.templates)

    def _known(self, found: Sequence[Interview]) -> Iterator[Interview]:
        """Read the other interviews of MAILER_INTERVIEWS; one that does not read is `mailer doctor`'s to name."""
        folder = self.settings.interviews
        seen = {interview.path.resolve() for interview in found}
        for path in interviews.find(folder) if folder else ():
            if path.resolve() not in seen:
                try:
                    yield interviews.read(path, cache=self.settings.home / "cache")
                except NoteError:
                    continue

    def answer(self, drafts: Sequence[Draft], rules: Sequence[str]) -> tuple[Draft, ...]:
        """Store that the open questions of `rules` are meant as they stand, and return the drafts without them.

        Raises UsageError for a rule that asks nothing here.
        """
        asked = {f.rule for d in drafts for f in d.findings if f.level is Level.QUESTION}
        for rule in rules:
            if rule not in asked:
                known = ", ".join(sorted(asked)) or "no question is open"
                raise UsageError(f"no question of the rule “{rule}” is open here (open: {known})")
        for draft in drafts:
            for finding in draft.findings:
                if finding.level is Level.QUESTION and finding.rule in rules:
                    key = checks.answer_key(finding, draft.composition)
                    self.answers.add(key, rule=finding.rule, interview=draft.interview.key, person=finding.person)
        return tuple(
            d._replace(findings=tuple(f for f in d.findings if f.level is not Level.QUESTION or f.rule not in rules))
            for d in drafts
        )

    def verdict(self, drafts: Sequence[Draft]) -> Verdict:
        """Say the one word about all of these notes."""
        return checks.verdict([finding for draft in drafts for finding in draft.findings])

    def file_invalid(self, error: NoteError) -> Finding:
        """Return a file that does not read as a finding like the others."""
        return checks.file_invalid(error)

    # --- seal ------------------------------------------------------------------------------------------------------

    def seal(self, draft: Draft) -> Sealed:
        """Fix the bytes of a note, under a Message-ID of its own."""
        message_id = mime.new_message_id(draft.composition.sender, self.token())
        return mime.seal(draft.composition, draft.interview, message_id=message_id)

    def fingerprints(self, drafts: Sequence[Draft]) -> dict[str, str]:
        """Return each note's fingerprint by its label; one that a block keeps from being sealed has none."""
        found: dict[str, str] = {}
        for draft in drafts:
            try:
                found[draft.note.label] = self.seal(draft).fingerprint
            except SealError:
                if not any(f.level is Level.BLOCK for f in draft.findings):
                    raise
        return found

    def flowed(self, draft: Draft) -> str:
        """Return the text part as a reader sees it, wrapped, without the marks that let their program reflow it."""
        return "\n".join(line.rstrip(" ") for line in mime.flow(draft.composition.text).split("\n"))

    def wire(self, sealed: Sealed) -> Iterator[bytes]:
        """Yield the mail's bytes as they would go out now, attachments read from disk."""
        return mime.wire(sealed, date=self.clock(), read_payload=mime.read_from_disk)

    def describe(self, draft: Draft) -> dict[str, Any]:
        """Return what there is to see of a note, for scripts."""
        sealed = self.seal(draft)
        head = next(self.wire(sealed)).partition(b"\r\n\r\n")[0]
        composition = draft.composition
        return {
            "person": draft.note.label,
            "to": composition.to.address if composition.to else None,
            "subject": composition.subject,
            "text": composition.text,
            "html": composition.html,
            "headers": head.decode("utf-8", "replace").replace("\r\n", "\n"),
            "attachments": [
                {"filename": a.filename, "content_type": a.content_type, "size_bytes": a.size_bytes}
                for a in composition.attachments
            ],
            "fingerprint": sealed.fingerprint,
        }

    # --- when ------------------------------------------------------------------------------------------------------

    def expected(self, interview: Interview, note: Note, *, now: datetime) -> datetime:
        """Return when a note queued at `now` would go out: at its `send` while that lies ahead, else by the rule."""
        if note.send:
            wanted = note.send.replace(tzinfo=ZoneInfo(interview.timezone)).astimezone(UTC)
            return max(wanted, now)
        return rule(interview, now=now).instant

    def plan(
        self,
        found: Sequence[Interview],
        *,
        to: Sequence[str] = (),
        kind: str = "",
        when: str | None = None,
        zone: str | None = None,
    ) -> Plan:
        """Choose notes and give each its hour: `when` in `zone`, else the file's `send`, else the timing rule.

        By the rule, the notes of one interview go out some minutes apart, in the order of the file.
        Raises UsageError for an hour that is none, has passed, is skipped or comes twice.
        """
        now = self.clock()
        picked = chosen(found, to=to, kind=kind)
        position: dict[str, int] = {}
        dues: dict[int, Due] = {}
        for interview, note in picked:
            if when:
                dues[id(note)] = schedule.parse(when, now=now, zone=zone or interview.timezone)
            elif note.send:
                dues[id(note)] = self._ahead(interview, note, now)
            else:
                place = position[interview.key] = position.get(interview.key, -1) + 1
                dues[id(note)] = schedule.apart(rule(interview, now=now), place)
        drafts = self.drafts(
            found,
            to=to,
            kind=kind,
            moment=lambda interview, note: (
                dues[id(note)].instant if id(note) in dues else self.expected(interview, note, now=now)
            ),
        )
        return Plan(drafts, tuple(dues[id(draft.note)] for draft in drafts))

    def _ahead(self, interview: Interview, note: Note, now: datetime) -> Due:
        due = schedule.at(note.send, interview.timezone) if note.send else rule(interview, now=now)
        if due.instant < now:
            raise UsageError(
                f"{interview.path}: the hour that the file gives for {note.label}, {due.wall:%Y-%m-%d %H:%M},"
                " has passed; change its `send`, or say --at"
            )
        return due

    def describe_due(self, due: Due) -> str:
        """Say an hour in the employer's words and in the user's."""
        return schedule.describe(due, sender_zone=self.settings.timezone, now=self.clock())

    # --- deliver ---------------------------------------------------------------------------------------------------

    def seal_all(self, drafts: Sequence[Draft], *, expect: str | None = None) -> tuple[Sealed, ...]:
        """Seal notes that are to be sent.

        Raises SealError when a note has nobody to go to, or is not the one that `expect` (a fingerprint, or its
        beginning of eight characters or more) stands for.
        """
        sealed = tuple(self.seal(draft) for draft in drafts)
        for mail in sealed:
            if mail.envelope is None:
                raise SealError(
                    f"the note to {mail.people[0]} has no address to go to; add `email` or `via` to the file,"
                    " or save it with `mailer show --eml`"
                )
        if expect is not None:
            if len(sealed) != 1:
                raise UsageError(f"--expect stands for one note, and {len(sealed)} are chosen; choose one with --to")
            if len(expect) < MIN_FINGERPRINT or not sealed[0].fingerprint.startswith(expect.lower()):
                raise SealError(
                    f"the note is no longer the one you looked at: its fingerprint is {sealed[0].fingerprint},"
                    f" not {expect}; look at it again"
                )
        return sealed

    def connector(self) -> Callable[[], Connection]:
        """Return the way to a connection that is ready for mail; the password is fetched here, at once.

        Raises SettingsError when no account is set up, CredentialError when its password cannot be had.
        """
        account = self.settings.account()
        secret = self._secret(account, is_interactive=True)

        def connect() -> Connection:
            from mailer import sender

            return sender.connect(account, secret)

        return connect

    def _secret(self, account: Account, *, is_interactive: bool) -> Secret | None:
        if account.auth is Auth.NONE:
            return None
        from mailer import credentials

        return credentials.secret_for(account, self.settings, interactive=is_interactive)

    def queue(self, sealed: Sequence[Sealed], dues: Sequence[Due]) -> tuple[Entry, ...]:
        """Put mails into the outbox, all or none of them; raises AlreadyQueued."""
        now = self.clock()
        with self.outbox.transaction():
            return tuple(
                deliver.submit(self.outbox, mail, due, now=now, read_payload=mime.read_from_disk)
                for mail, due in zip(sealed, dues, strict=True)
            )

    def send(
        self, drafts: Sequence[Draft], sealed: Sequence[Sealed], connect: Callable[[], Connection]
    ) -> Iterator[Outcome]:
        """Queue mails for now and deliver them at once; give one outcome for each, also when the line is down."""
        now = self.clock()
        entries = self.queue(sealed, [schedule.parse("now", now=now, zone=d.interview.timezone) for d in drafts])
        waiting = {entry.id: entry for entry in entries}
        last: Outcome | None = None
        with self._delivery(connect) as delivery:
            for last in delivery.chosen([entry.id for entry in entries]):
                del waiting[last.entry.id]
                yield last
        for entry in waiting.values():
            yield last._replace(entry=self.outbox.get(entry.id)) if last else deliver.Outcome(entry)

    def deliver_due(self, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Outcome]:
        """Sweep after the dead, then deliver what is due until nothing is or `stop` says so."""
        if not self.database_exists:
            return
        deliver.sweep(self.outbox, self.settings.home, now=self.clock())
        account = self.settings.account()

        def connect() -> Connection:
            from mailer import sender

            return sender.connect(account, self._secret(account, is_interactive=False))

        with self._delivery(connect) as delivery:
            for outcome in delivery.due():
                yield outcome
                if stop():
                    return

    @contextmanager
    def _delivery(self, connect: Callable[[], Connection]) -> Iterator[Delivery]:
        from mailer.outbox import Worker

        with Worker(self.settings.home) as worker:
            yield deliver.Delivery(
                self.outbox,
                worker,
                connect,
                clock=self.clock,
                first_delay_s=self.settings.retry_first.total_seconds(),
            )

    def advice(self, error: MailerError | None) -> str:
        """Return what the account's provider wants when it refuses a login, "" when there is nothing to add."""
        if not isinstance(error, DeliveryError):
            return ""
        return accounts.advice(self.settings.smtp_host, error.code, error.enhanced, error.text)

    # --- the outbox as people see it -------------------------------------------------------------------------------

    def entries(self, states: Sequence[str] = (), *, limit: int | None) -> Sequence[Entry]:
        """List entries, newest first; nothing was ever queued when there is no outbox yet."""
        if not self.database_exists:
            return ()
        return self.outbox.list([State(s) for s in states] or None, limit=limit)

    def stored_wire(self, entry: Entry) -> Iterator[bytes]:
        """Yield the mail of an entry as it was sealed; its date is that of the sending, or of now."""
        sealed = self.outbox.load(entry)
        return mime.wire(sealed, date=self.clock(), read_payload=self.outbox.read_payload)

    def step(self, name: str, reference: str) -> Entry:
        """Take the step `cancel`, `restore` or `retry` with the entry that a person named."""
        entry_id = self.outbox.get(reference).id
        take = {"cancel": self.outbox.cancel, "restore": self.outbox.restore, "retry": self.outbox.retry}[name]
        return take(entry_id, now=self.clock())

    def reschedule(self, reference: str, when: str, zone: str | None) -> Entry:
        """Give an entry another hour, read in `zone` or in its own."""
        entry, now = self.outbox.get(reference), self.clock()
        due = schedule.parse(when, now=now, zone=zone or entry.timezone)
        return self.outbox.reschedule(entry.id, due=due.instant, due_local=due.wall, timezone=due.timezone, now=now)

    def settle(self, reference: str, *, was_sent: bool) -> Entry:
        """Record what a person found out about an uncertain entry."""
        return self.outbox.settle(self.outbox.get(reference).id, was_sent=was_sent, now=self.clock())


def wall_time(words: str, zone: str) -> datetime:
    """Return a typed date and time in `zone` as naive wall time; raises UsageError for anything else."""
    return schedule.instant(words, zone=zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def rule(interview: Interview, *, now: datetime) -> Due:
    """Return the hour that the timing rule recommends for an interview's notes."""
    return schedule.recommended(
        interview.start,
        interview.end,
        zone=interview.timezone,
        decision_expected=interview.decision_expected,
        now=now,
    )


def chosen(found: Sequence[Interview], *, to: Sequence[str], kind: str) -> tuple[tuple[Interview, Note], ...]:
    """Return the notes of these interviews for the people of `to` (all when empty) and of one kind (any when "").

    Raises UsageError for an id that no file has.
    """
    ids = [person.id for interview in found for person in interview.people]
    for wanted in to:
        if wanted not in ids:
            raise UsageError(f"nobody here is called “{wanted}”; the people are: {', '.join(ids)}")
    return tuple(
        (interview, note)
        for interview in found
        for note in interview.notes
        if (not kind or note.kind == NoteKind(kind)) and (not to or any(p.id in to for p in note.people))
    )
