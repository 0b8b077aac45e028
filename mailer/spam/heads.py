"""Judge the header of a mail.

Rules: date-missing, message-id-missing, message-id-bad, recipient-missing, subject-missing, subject-capitals,
subject-shouting, reply-elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.spam.sign import Remark, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.spam.mail import Mail

__all__ = [
    "date_missing",
    "message_id_bad",
    "message_id_missing",
    "recipient_missing",
    "reply_elsewhere",
    "subject_capitals",
    "subject_missing",
    "subject_shouting",
]

#: RFC 5322 3.6.4, with the dot in the domain that filters ask for.
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@(?:[^\s<>@.]+(?:\.[^\s<>@.]+)+|\[[^\s<>@]+\])>")
#: Where anybody gets an address for nothing.
_FREE = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|aol|icloud|me|mac|zoho|mail|fastmail)\.com"
    r"|(?:yahoo|ymail|gmx|hotmail|outlook|live)\.[a-z.]{2,6}|proton(?:mail\.com|\.me|mail\.ch)|pm\.me|web\.de|t-online\.de"
    r"|(?:mail|yandex)\.ru|qq\.com|163\.com|126\.com"
)
_SHOUTS = re.compile(
    r"\b(?:FREE|URGENT|WINNER|CASH|CLICK|BUY|OFFER|LAST CHANCE|ACT NOW|IMPORTANT|ATTENTION|GUARANTEED)\b"
    r"|[!?]{2,}|[$€£]{2,}"
)
#: Shorter subjects in capitals are abbreviations.
_CAPITALS_FROM = 10


def date_missing(mail: Mail) -> Iterator[Remark]:
    """Ask for a Date (SpamAssassin: MISSING_DATE)."""
    if not mail.headers.get("date"):
        yield Remark("the mail has no Date", "Send it by a program that dates it.")


def message_id_missing(mail: Mail) -> Iterator[Remark]:
    """Ask for a Message-ID (MISSING_MID)."""
    if not mail.headers.get("message-id"):
        yield Remark("the mail has no Message-ID", "Send it by a program that gives it one.")


def message_id_bad(mail: Mail) -> Iterator[Remark]:
    """Ask for a Message-ID with a left side and a domain (INVALID_MSGID, MSGID_NOFQDN1)."""
    found = mail.headers.get("message-id", "")
    if found and not _MESSAGE_ID.fullmatch(found):
        yield Remark(
            "the Message-ID is not made like one", "It is `<something@a.domain>`, with a dot.", shortened(found)
        )


def recipient_missing(mail: Mail) -> Iterator[Remark]:
    """Ask for an address in To (MISSING_HEADERS)."""
    if not mail.addresses("to"):
        yield Remark("no address stands in To", "Write it to the one person who is to read it.")


def subject_missing(mail: Mail) -> Iterator[Remark]:
    """Ask for a Subject (MISSING_SUBJECT)."""
    if not mail.headers.get("subject"):
        yield Remark("the mail has no subject", "Say in a few words what you bring.")


def subject_capitals(mail: Mail) -> Iterator[Remark]:
    """Find a subject of two words or more in capitals alone (SUBJ_ALL_CAPS)."""
    subject = mail.headers.get("subject", "")
    is_shouted = subject.isupper() and subject != subject.lower()
    if is_shouted and len(subject) >= _CAPITALS_FROM and " " in subject:
        yield Remark("the subject is all capitals", "Write it as a sentence.", shortened(subject))


def subject_shouting(mail: Mail) -> Iterator[Remark]:
    """Find words and marks that advertisements shout: FREE, !!, $$."""
    found = _SHOUTS.search(mail.headers.get("subject", ""))
    if found:
        yield Remark("the subject shouts like an advertisement", "Say it quietly.", found[0])


def reply_elsewhere(mail: Mail) -> Iterator[Remark]:
    """Find answers led from a free mailbox to another domain (FREEMAIL_REPLYTO, FREEMAIL_FORGED_REPLYTO)."""
    senders = {_domain(address) for address in mail.addresses("from")}
    answers = [address for address in mail.addresses("reply-to") if _domain(address) not in senders]
    if answers and any(_FREE.fullmatch(domain) for domain in senders):
        yield Remark(
            "answers go to another domain than the free mailbox it comes from",
            "Leave Reply-To out, or send from the mailbox that is to be answered.",
            shortened(answers[0]),
        )


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
