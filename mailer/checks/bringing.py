"""Judge the thing a note brings: that it is there, that it may be given, and that the reader may leave it.

Rules: gift-file-missing, gift-not-placed, gift-tangible, contact-without-consent, gift-use-unclear, way-out-missing,
public-sector-gift, gift-unread, gift-details.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.attachments import locate
from mailer.checks.case import Remark
from mailer.checks.phrases import hits
from mailer.checks.topics import REQUESTS, TANGIBLE
from mailer.checks.words import links, sentences, squeeze, straighten, words
from mailer.errors import AttachmentFault
from mailer.model import GiftKind, Sector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.checks.case import Case
    from mailer.checks.paragraph import GiftParagraph
    from mailer.model import Gift

__all__ = [
    "WAYS_OUT",
    "contact_without_consent",
    "gift_details",
    "gift_file_missing",
    "gift_not_placed",
    "gift_tangible",
    "gift_unread",
    "gift_use_unclear",
    "public_sector_gift",
    "way_out_missing",
]


def _gift_line(case: Case, gift: Gift, key: str = "") -> int:
    return (case.key_line(f"gift.{key}") if key and gift is case.note.reader.gift else 0) or gift.line or case.note.line


# --- is it there? ----------------------------------------------------------------------------------------------


def gift_file_missing(case: Case) -> Iterator[Remark]:
    """Stop a note whose file cannot be attached; reads the disk."""
    for gift in case.note.gifts:
        if gift.file:
            try:
                locate(case.interview.path.parent, gift.file)
            except AttachmentFault as fault:
                yield Remark(
                    _as_sentence(str(fault).partition("; ")[0]),
                    _as_sentence(str(fault).partition("; ")[2] or "mend its name"),
                    gift.file,
                    _gift_line(case, gift, "file"),
                )


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def gift_not_placed(case: Case) -> Iterator[Remark]:
    """Stop a note whose recorded gift its text neither places nor carries."""
    for gift in case.note.gifts:
        is_placed = bool(case.composition.gift_text) and (gift is case.note.gift or _holds_title(case, gift))
        if not is_placed and not _carries(case, gift):
            yield Remark(
                f"“{gift.title}” is recorded for {case.note.reader.name}, and the letter does not bring it.",
                "Put {{ gift }} where it belongs, or take it out of the record.",
                "",
                _gift_line(case, gift),
            )


def _holds_title(case: Case, gift: Gift) -> bool:
    return squeeze(straighten(gift.title)).lower() in squeeze(case.text).lower()


def _carries(case: Case, gift: Gift) -> bool:
    """Tell whether the mail holds the gift's link, its contact, an entry of its list, or its file."""
    text = squeeze(case.text).lower()
    if gift.kind is GiftKind.FILE:
        return bool(case.composition.attachments) or gift.file.rpartition("/")[2].lower() in text
    marks = [untracked(gift.url), *(untracked(item.url) or item.name for item in gift.items)]
    if gift.contact:
        marks += [gift.contact.email, gift.contact.phone, gift.contact.name if case.composition.attachments else ""]
    return any(mark and squeeze(straighten(mark)).lower() in text for mark in marks)


# --- may it be given? ------------------------------------------------------------------------------------------


def gift_tangible(case: Case) -> Iterator[Remark]:
    """Stop a gift of money value in its title, its reason or its paragraph."""
    paragraph = case.gift
    for gift in case.note.gifts:
        fields = (gift.title, gift.why, *(item.name for item in gift.items), paragraph.own if paragraph else "")
        found = next((match for field in fields for _, match in hits(TANGIBLE, straighten(field))), None)
        excerpt = squeeze(found[0]).strip() if found else ""
        if excerpt and not _is_heard(case, excerpt):
            yield Remark(
                f"“{excerpt}” has money value, and could look like a bribe.",
                "Bring something to read, to use or to know instead.",
                excerpt,
                0 if paragraph and excerpt in squeeze(paragraph.own) else _gift_line(case, gift, "title"),
            )


def _is_heard(case: Case, excerpt: str) -> bool:
    """Tell whether these words are theirs: the firm's, a role's, or what somebody said."""
    people = case.interview.people
    theirs = [
        case.interview.company,
        case.interview.role,
        *(p.role for p in people),
        *(h for p in people for h in p.heard),
    ]
    return excerpt.lower() in straighten("\n".join(theirs)).lower()


def contact_without_consent(case: Case) -> Iterator[Remark]:
    """Stop a contact who has not agreed, or agrees only after the note goes."""
    for gift in case.note.gifts:
        if gift.kind is not GiftKind.CONTACT:
            continue
        name = gift.contact.name if gift.contact else gift.title
        consent = gift.contact.consent if gift.contact else None
        if consent is None:
            message = f"There is no date on which {name} agreed to be named."
        elif consent > case.send_at.date():
            message = f"{name} agrees on {consent:%Y-%m-%d}, after the note goes."
        else:
            continue
        yield Remark(
            message,
            "Ask them, then record the day as `consent`.",
            "",
            _gift_line(case, gift, "contact.consent" if consent else "contact"),
        )


def public_sector_gift(case: Case) -> Iterator[Remark]:
    """Ask a public body's candidate about a gift that is not recorded as free and public, a contact and a file."""
    for gift in case.note.gifts if case.interview.sector is Sector.PUBLIC else ():
        if gift.kind in {GiftKind.CONTACT, GiftKind.FILE} or not _is_said_free(gift.access):
            what = {GiftKind.CONTACT: "a contact", GiftKind.FILE: "a file"}.get(gift.kind, f"“{gift.title}”")
            yield Remark(
                f"{case.interview.company} is a public body: is {what} free, public and allowed there?",
                "Check their rules; a free public document, with `access` saying so, raises no question.",
                "",
                _gift_line(case, gift, "access"),
            )


def _is_said_free(access: str) -> bool:
    said = access.lower()
    is_free = any(word in said for word in ("free", "public", "open", "no charge", "no cost", "gratis", "kostenlos"))
    return is_free and not any(
        word in said for word in ("not free", "trial", "subscriber", "free for members", "not public")
    )


def gift_unread(case: Case) -> Iterator[Remark]:
    """Ask whether the sender has opened the article."""
    for gift in case.note.gifts:
        is_read = gift.read_on is not None and gift.read_on <= case.send_at.date()
        if gift.kind is GiftKind.ARTICLE and not is_read:
            yield Remark(
                f"Have you opened “{gift.title}”?",
                "Read it, then record the day as `read_on`.",
                "",
                _gift_line(case, gift, "read_on"),
            )


# --- may they leave it? ----------------------------------------------------------------------------------------

#: Words that let the reader leave the thing; looked for in lower case, white space squeezed.
WAYS_OUT: tuple[str, ...] = (
    *("no need", "needs no", "no reply", "no answer", "no response", "not a hint", "without a reply", "no comment"),
    *("ignore", "discard", "delete", "bin ", "skip ", "set it aside", "put it aside", "put them aside", "throw it"),
    *("no hurry", "no rush", "no harm", "no obligation", "no pressure", "no strings", "no matter", "no worries"),
    *("nothing is expected", "not expected", "don't expect", "do not expect", "not expecting", "never mind"),
    *("leave it", "leave them", "leave aside", "let it lie", "pass it to", "pass it on", "pass them on", "hand it on"),
    *("keep it for", "keep them for", "for your shelf", "for a slow", "for a quiet", "at your leisure", "whenever"),
    *("if not", "if you have one", "if you already", "if you've already", "if you know it", "if you have it"),
    *("if it is of", "if it's of", "if it helps", "if it is useful", "if it's useful", "if it suits", "if useful"),
    *("if any of", "if it is any", "if it's any", "if of use", "in case it", "only in case", "just in case"),
    *("already has", "already have", "already know", "already had", "already got", "moved on", "might already"),
    *("as background", "for background", "use whatever", "use what", "take what", "take whatever", "feel free"),
    *("entirely up to you", "up to you", "only if", "should it be", "should it not", "should you not", "or not at all"),
    *("don't feel", "do not feel", "please don't", "please do not", "unless you", "not needed", "nothing to do"),
    *("forget it", "forget about it", "no reason to answer", "you owe", "doesn't need", "does not need", "don't need"),
)


def gift_use_unclear(case: Case) -> Iterator[Remark]:
    """Ask what the reader can do with it, when neither its paragraph nor the sentences beside it say you or your."""
    paragraph = case.gift if case.is_english else None
    if paragraph and not _addresses_reader(f"{paragraph.own} {paragraph.beside}"):
        yield Remark(
            f"What can {case.note.reader.name} do with it?",
            "Say in one sentence what it is good for, with “you” in it.",
            paragraph.first_line,
        )


def _addresses_reader(text: str) -> bool:
    return any(w.partition("'")[0] in {"you", "your", "yours", "yourself"} for w in words(text.lower()))


def way_out_missing(case: Case) -> Iterator[Remark]:
    """Ask whether they may ignore it: no sentence lets them, or its own paragraph asks for something."""
    paragraph = case.gift if case.is_english and case.note.gifts else None
    if not paragraph:
        return
    request = _request(case, paragraph)
    if request:
        yield Remark(
            f"May {case.note.reader.name} ignore it? “{request}” asks for something.",
            "Let the thing stand without a question, a date or a request.",
            request,
        )
    elif not any(way in squeeze(case.prose).lower() for way in WAYS_OUT):
        yield Remark(
            f"May {case.note.reader.name} ignore it?",
            "Add a short way out, such as that it needs no answer.",
            "",
        )


def _request(case: Case, paragraph: GiftParagraph) -> str:
    prose = paragraph.own
    found = (squeeze(match[0]) for _, match in hits(REQUESTS, prose))
    request = next((words for words in found if not case.record.holds(words)), "")
    if request:
        return request
    asked = (s for s in sentences(prose) if s.rstrip("\"'”)").endswith("?"))
    return next((s for s in asked if not case.record.holds(s) and not any(q in s for q in '"“”')), "")


def gift_details(case: Case) -> Iterator[Remark]:
    """Remark on an article without minutes or access, and on more than one link outside a list."""
    text = case.text.lower()
    for gift in case.note.gifts:
        text = text.replace(straighten(gift.title).lower(), "")
        if gift.kind is GiftKind.ARTICLE and gift.minutes is None and "minute" not in text and " min" not in text:
            yield Remark(f"“{gift.title}”: how long does it take?", "Add the minutes.", "", _gift_line(case, gift))
        has_access = gift.access or any(
            word in text for word in ("free", "login", "log-in", "sign-in", "public", "open access")
        )
        if gift.kind is GiftKind.ARTICLE and not has_access:
            yield Remark(f"“{gift.title}”: is it free to open?", "Add the access.", "", _gift_line(case, gift))
    outside = [url for line in case.text.split("\n") if not line.startswith(("- ", " ")) for url in links(line)]
    if len(set(outside)) > 1:
        yield Remark("The letter holds more than one link.", "Keep the one that matters.", outside[1])


def untracked(url: str) -> str:
    """Return the URL without tracking parameters."""
    from mailer.checks.addresses import clean_url

    return clean_url(url) if url else ""
