"""Hold the frozen values that travel the line, in the order in which they appear on it.

Every step of `mailer` is one function that takes one of these and returns the next; nothing here does any work.
They are named tuples because a command lives for a tenth of a second, and a frozen dataclass takes ten times as long
to make.
Instants are aware UTC; wall times of the employer are naive datetimes beside an IANA zone name.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

__all__ = [
    "Account",
    "Attachment",
    "Auth",
    "Composition",
    "Contact",
    "Entry",
    "Envelope",
    "Event",
    "Finding",
    "Gift",
    "GiftItem",
    "GiftKind",
    "Interview",
    "Level",
    "Mailbox",
    "Note",
    "NoteKind",
    "Payload",
    "Person",
    "Rate",
    "Receipt",
    "Reply",
    "Sealed",
    "Secret",
    "Sector",
    "Security",
    "Slots",
    "State",
    "Trouble",
    "Verdict",
    "Voice",
]


class Mailbox(NamedTuple):
    """A display name (may be empty) and an address (RFC 5322 3.4); phone is the sender's own, "" when unknown."""

    name: str
    address: str
    phone: str = ""


# --- the interview, as its file says it ------------------------------------------------------------------------


class GiftKind(StrEnum):
    """What the note brings."""

    ARTICLE = "article"
    CONTACT = "contact"
    LIST = "list"
    FILE = "file"


class NoteKind(StrEnum):
    """Why the note is written; each kind goes once to a person for an interview."""

    THANK_YOU = "thank-you"
    FOLLOW_UP = "follow-up"
    STAY_IN_TOUCH = "stay-in-touch"
    RE_APPLY = "re-apply"


class Voice(StrEnum):
    """Which sentences join the slots of a note that has no section."""

    PLAIN = "plain"
    WARM = "warm"
    FORMAL = "formal"


class Sector(StrEnum):
    """Whether the employer's gift rules are those of a public body."""

    PRIVATE = "private"
    PUBLIC = "public"


class Contact(NamedTuple):
    """Somebody who agreed, on `consent`, to be named to the reader; email or phone is set."""

    name: str
    email: str = ""
    phone: str = ""
    consent: date | None = None


class GiftItem(NamedTuple):
    """One entry of a list gift."""

    name: str
    url: str = ""
    note: str = ""


class Gift(NamedTuple):
    """The useful thing a note brings; `file` is relative to the interview file's folder."""

    kind: GiftKind
    title: str
    why: str = ""
    minutes: int | None = None
    access: str = ""
    read_on: date | None = None
    url: str = ""
    contact: Contact | None = None
    vcard: bool = False
    items: tuple[GiftItem, ...] = ()
    file: str = ""
    line: int = 0


class Slots(NamedTuple):
    """The user's own words for a note without a section; an empty one leaves its sentence out."""

    thanks: str = ""
    moment: str = ""
    interest: str = ""
    offer: str = ""


class Person(NamedTuple):
    """One interviewer; `name` is never split, `greeting` never derived, and "" until the user has said it."""

    id: str
    name: str
    greeting: str
    email: str | None = None
    via: Mailbox | None = None
    role: str = ""
    heard: tuple[str, ...] = ()
    gift: Gift | None = None
    line: int = 0


class Note(NamedTuple):
    """One note to be written: to one person, or jointly to several.

    `source` is the section's Markdown (Jinja2), or None when the note is built from `slots`; `line` is the line of
    the file where that source (or, without one, the person) begins. `send` is naive wall time at the employer, or,
    where the file names an offset, another zone or a time after the interview, exact: aware in the ZoneInfo it was
    meant in. Without it the timing rule decides.
    """

    kind: NoteKind
    people: tuple[Person, ...]
    source: str | None
    line: int
    gift: Gift | None = None
    subject: str = ""
    send: datetime | None = None
    slots: Slots = Slots()
    voice: Voice = Voice.PLAIN

    @property
    def reader(self) -> Person:
        """Return the person the mail is for: the first that can be reached, else the first of the note."""
        return next((p for p in self.people if p.email or p.via), self.people[0])

    @property
    def recipient(self) -> Mailbox | None:
        """Return who receives the mail: the reader's own address before `via`; None when there is neither."""
        reader = self.reader
        return Mailbox(reader.name, reader.email) if reader.email else reader.via

    @property
    def is_passed_on(self) -> bool:
        """Tell whether somebody else receives the mail and is asked to pass it on."""
        return self.recipient is not None and not self.reader.email

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """Return every gift recorded for this note, its own first; in a joint thank-you each person may have one."""
        own = (self.gift,) if self.gift else ()
        if self.kind is not NoteKind.THANK_YOU:
            return own
        return own + tuple(p.gift for p in self.people if p.gift and p.gift is not self.gift)

    @property
    def label(self) -> str:
        """Return the person's id, with the kind in brackets unless it is the thank-you: `nguyen (follow-up)`."""
        first = self.people[0].id
        return first if self.kind is NoteKind.THANK_YOU else f"{first} ({self.kind})"


class Interview(NamedTuple):
    """One interview file, read whole. `lines` maps a dotted key (`people[0].gift.url`) to its line in the file."""

    path: Path
    company: str
    role: str
    start: datetime
    end: datetime
    timezone: str
    people: tuple[Person, ...]
    notes: tuple[Note, ...]
    decision_expected: date | None = None
    sector: Sector = Sector.PRIVATE
    locale: str = ""
    voice: Voice = Voice.PLAIN
    lines: Mapping[str, int] = MappingProxyType({})

    @property
    def id(self) -> str:
        """Return the file's name without its ending; what people type and lists show."""
        return self.path.stem

    @property
    def key(self) -> str:
        """Return what makes this interview the same one after its file was renamed or a word corrected.

        A candidate sits in one interview at a time, so its start and zone name it.
        """
        return f"{self.start.isoformat(timespec='minutes')}/{self.timezone}"


# --- the composed note -----------------------------------------------------------------------------------------


class Attachment(NamedTuple):
    """A file part: `path` names a file that is streamed from disk, or `content` holds the bytes of a small one."""

    filename: str
    content_type: str
    size_bytes: int
    path: Path | None = None
    content: bytes | None = None


class Composition(NamedTuple):
    """The finished note before it is a mail.

    `text` is LF-separated, one logical line a paragraph (wrapping belongs to the seal); `html` is a whole document
    with the theme inlined; `gift_text` is the plain text of the paragraph that `{{ gift }}` placed, "" if none.
    """

    note: Note
    sender: Mailbox
    to: Mailbox | None
    subject: str
    text: str
    html: str
    language: str
    gift_text: str = ""
    attachments: tuple[Attachment, ...] = ()


class Level(StrEnum):
    """What a finding means: a block stops the note, a question holds it back, a hint holds back nothing."""

    BLOCK = "block"
    QUESTION = "question"
    HINT = "hint"


class Verdict(StrEnum):
    """The one word said of a set of findings."""

    READY = "ready"
    QUESTIONS = "questions"
    STOP = "stop"


class Finding(NamedTuple):
    """One remark of one rule; `person` is the note's label, `excerpt` the words it speaks of ("" when of none)."""

    rule: str
    level: Level
    file: str
    line: int
    person: str
    message: str
    advice: str
    excerpt: str = ""


# --- the sealed mail -------------------------------------------------------------------------------------------


class Payload(NamedTuple):
    """An attachment's raw bytes by their SHA-256 (hex); the mail holds them as base64 in lines of 76 (RFC 2045 6.8)."""

    sha256: str
    size_bytes: int
    path: Path | None = None

    @property
    def wire_bytes(self) -> int:
        """Return the size on the wire: four bytes for three, CRLF after each line of 76."""
        encoded = (self.size_bytes + 2) // 3 * 4
        return encoded + 2 * ((encoded + 75) // 76)


class Envelope(NamedTuple):
    """What MAIL and RCPT say (RFC 5321): ASCII addresses unless `needs_smtputf8` (RFC 6531)."""

    mail_from: str
    rcpt_to: str
    size_bytes: int
    needs_smtputf8: bool = False


class Sealed(NamedTuple):
    """A mail whose every byte is fixed but its Date line, which transmission puts in front.

    `parts` in order: bytes with CRLF line ends, or a payload that is encoded while it is sent.
    `fingerprint` is the SHA-256 (hex) of it all without the Date and Message-ID lines.
    """

    interview: str
    interview_key: str
    people: tuple[str, ...]
    kind: NoteKind
    sender: Mailbox
    recipient: Mailbox | None
    subject: str
    message_id: str
    fingerprint: str
    envelope: Envelope | None
    parts: tuple[bytes | Payload, ...]

    def __repr__(self) -> str:
        """Name the mail without its text, which belongs into no log."""
        return f"Sealed({self.message_id}, fingerprint={self.fingerprint[:8]})"


# --- the account that delivers ---------------------------------------------------------------------------------


class Security(StrEnum):
    """How the connection is protected: TLS at once (RFC 8314), STARTTLS (RFC 3207), or none (loopback only)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Auth(StrEnum):
    """How the user proves who they are to the server (RFC 4954)."""

    PASSWORD = "password"  # noqa: S105  # the name of a method, no password
    NONE = "none"


class Secret:
    """A password that no repr, log or error shows; no tuple, so that it cannot be unpacked or dumped by accident."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        """Compare by the password itself."""
        return isinstance(other, Secret) and other.value == self.value

    def __hash__(self) -> int:
        """Hash as it compares."""
        return hash(self.value)

    def __repr__(self) -> str:
        """Show that there is one, not what it is."""
        return "Secret(…)"


class Account(NamedTuple):
    """Where mail is handed in; the secret is kept apart, bound to host and user name."""

    host: str
    port: int
    security: Security
    auth: Auth
    username: str = ""
    ca_file: Path | None = None


class Rate(NamedTuple):
    """At most `count` deliveries begun in any `period_s` seconds, wherever these begin."""

    count: int  # type: ignore[assignment]  # hides the method of tuples, which nobody misses here
    period_s: int

    def __str__(self) -> str:
        """Say it in words: `20 a minute`."""
        return f"{self.count} {PERIODS.get(self.period_s, f'in {self.period_s} s')}"


#: The periods that have a name, by their seconds.
PERIODS = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}


# --- the outbox ------------------------------------------------------------------------------------------------


class State(StrEnum):
    """Where an entry stands; the diagram stands above the transition table in `mailer.outbox.transitions`."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    HELD = "held"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Reply(NamedTuple):
    """A server's answer: code, RFC 3463 enhanced code ("" when none), text, and the stage that it answered."""

    code: int
    enhanced: str
    text: str
    stage: str


class Receipt(NamedTuple):
    """The positive answer to the final dot, and every reply of the delivery in order."""

    reply: Reply
    replies: tuple[Reply, ...] = ()


class Entry(NamedTuple):
    """One note in the outbox; `due` and `not_before` are aware UTC, `due_local` wall time in `timezone`.

    `attempts` counts the deliveries begun; `first_tried` is when the first was refused for a while, None before.
    `account` names the one that delivers it, "" where there is only one.
    """

    id: str
    state: State
    kind: NoteKind
    interview: str
    people: tuple[str, ...]
    to: Mailbox
    subject: str
    message_id: str
    fingerprint: str
    due: datetime
    due_local: datetime
    timezone: str
    not_before: datetime
    attempts: int
    created: datetime
    owner: str = ""
    last_reply: Reply | None = None
    interview_key: str = ""
    first_tried: datetime | None = None
    account: str = ""

    @property
    def person(self) -> str:
        """Return the id of the person that the note is for, the first of a joint one."""
        return self.people[0]


class Event(NamedTuple):
    """One step in an entry's life, append-only; `at` is aware UTC."""

    at: datetime
    from_state: State | None
    to_state: State
    detail: str


class Trouble(NamedTuple):
    """Why the due notes of an account wait, all of them, since when (aware UTC), and what a person can do about it.

    `kind` is settings, password, login, server (it or its certificate is refused), connection or storage.
    """

    kind: str
    sentence: str
    since: datetime
    account: str = ""
