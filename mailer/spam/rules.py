"""List every rule in the order in which its signs are shown, and run them.

Takes the bytes of a mail, gives signs. The meanings are those of SpamAssassin's rules where it has one; the figures are
starting values, to be changed on evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mailer.spam import bodies, heads, links
from mailer.spam.mail import read
from mailer.spam.sign import Sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mailer.spam.mail import Mail
    from mailer.spam.sign import Remark

__all__ = ["RULES", "Rule", "judge"]


class Rule(NamedTuple):
    """A rule's id and the function that finds."""

    id: str
    find: Callable[[Mail], Iterable[Remark]]


RULES: Final = (
    Rule("date-missing", heads.date_missing),
    Rule("message-id-missing", heads.message_id_missing),
    Rule("message-id-bad", heads.message_id_bad),
    Rule("recipient-missing", heads.recipient_missing),
    Rule("reply-elsewhere", heads.reply_elsewhere),
    Rule("subject-missing", heads.subject_missing),
    Rule("subject-capitals", heads.subject_capitals),
    Rule("subject-shouting", heads.subject_shouting),
    Rule("html-only", bodies.html_only),
    Rule("text-unlike-html", bodies.text_unlike_html),
    Rule("text-disguised", bodies.text_disguised),
    Rule("hidden-text", bodies.hidden_text),
    Rule("link-elsewhere", links.link_elsewhere),
    Rule("link-unsafe", links.link_unsafe),
    Rule("links-many", links.links_many),
    Rule("image-only", bodies.image_only),
    Rule("image-remote", bodies.image_remote),
    Rule("tracking-pixel", bodies.tracking_pixel),
    Rule("html-clipped", bodies.html_clipped),
    Rule("attachment-program", bodies.attachment_program),
    Rule("attachment-archive", bodies.attachment_archive),
)


def judge(raw: bytes) -> tuple[Sign, ...]:
    """Return what every rule says of a mail as it would go out, its Date line with it (CRLF); never fails on a mail."""
    mail = read(raw)
    return tuple(
        Sign(rule.id, remark.message, remark.advice, remark.excerpt) for rule in RULES for remark in rule.find(mail)
    )
