"""List every rule in the order in which findings are shown.

Takes nothing, gives one table of (id, level, function). The rules by their figures are starting values, to be changed
on evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mailer.checks import addresses, bringing, hours, likeness, manner, names, safety, substance, wording
from mailer.model import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mailer.checks.case import Case, Remark

__all__ = ["FILE_INVALID", "RULES", "Rule"]

#: The one rule that the reader of interview files decides.
FILE_INVALID = "file-invalid"


class Rule(NamedTuple):
    """A rule's id, what its findings mean, and the function that finds."""

    id: str
    level: Level
    judge: Callable[[Case], Iterable[Remark]]


RULES: Final = (
    Rule("empty-body", Level.BLOCK, wording.empty_body),
    Rule("placeholder-left", Level.BLOCK, wording.placeholder_left),
    Rule("greeting-missing", Level.BLOCK, names.greeting_missing),
    Rule("wrong-company", Level.BLOCK, names.wrong_company),
    Rule("wrong-name", Level.BLOCK, names.wrong_name),
    Rule("other-person-topic", Level.BLOCK, names.other_person_topic),
    Rule("attachment-missing", Level.BLOCK, wording.attachment_missing),
    Rule("gift-file-missing", Level.BLOCK, bringing.gift_file_missing),
    Rule("gift-not-placed", Level.BLOCK, bringing.gift_not_placed),
    Rule("gift-tangible", Level.BLOCK, bringing.gift_tangible),
    Rule("contact-without-consent", Level.BLOCK, bringing.contact_without_consent),
    Rule("bad-link", Level.BLOCK, addresses.bad_link),
    Rule("notes-near-identical", Level.BLOCK, likeness.notes_near_identical),
    Rule("header-injection", Level.BLOCK, safety.header_injection),
    Rule("broken-text", Level.BLOCK, safety.broken_text),
    Rule("impossible-send-time", Level.BLOCK, hours.impossible_send_time),
    Rule("already-sent", Level.BLOCK, safety.already_sent),
    Rule("thanks-generic", Level.QUESTION, substance.thanks_generic),
    Rule("moment-not-found", Level.QUESTION, substance.moment_not_found),
    Rule("gift-use-unclear", Level.QUESTION, bringing.gift_use_unclear),
    Rule("way-out-missing", Level.QUESTION, bringing.way_out_missing),
    Rule("interest-without-reason", Level.QUESTION, substance.interest_without_reason),
    Rule("offer-missing", Level.QUESTION, substance.offer_missing),
    Rule("day-word-wrong", Level.QUESTION, hours.day_word_wrong),
    Rule("send-hour-odd", Level.QUESTION, hours.send_hour_odd),
    Rule("subject-odd", Level.QUESTION, manner.subject_odd),
    Rule("link-tracking", Level.QUESTION, addresses.link_tracking),
    Rule("marks-left", Level.QUESTION, wording.marks_left),
    Rule("too-long", Level.QUESTION, manner.too_long),
    Rule("pay-talk", Level.QUESTION, substance.pay_talk),
    Rule("sensitive-topic", Level.QUESTION, substance.sensitive_topic),
    Rule("public-sector-gift", Level.QUESTION, bringing.public_sector_gift),
    Rule("gift-unread", Level.QUESTION, bringing.gift_unread),
    Rule("stale-phrase", Level.HINT, wording.stale_phrase),
    Rule("length", Level.HINT, manner.length),
    Rule("notes-similar", Level.HINT, likeness.notes_similar),
    Rule("reader-before-writer", Level.HINT, manner.reader_before_writer),
    Rule("gift-details", Level.HINT, bringing.gift_details),
    Rule("send-late", Level.HINT, hours.send_late),
    Rule("signature", Level.HINT, manner.signature),
    Rule("language-mix", Level.HINT, manner.language_mix),
)
