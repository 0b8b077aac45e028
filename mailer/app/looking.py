"""Show a note as it will arrive: its exact bytes, what is said of it, and what mail programs make of it.

Takes a Draft, gives a `Look` and, each only when asked for, the letter for a frame, the mail's parts, and judgements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mailer import checks, preview
from mailer.app import drafting
from mailer.errors import SealError
from mailer.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.app import App
    from mailer.app.drafting import Draft
    from mailer.clients import Use
    from mailer.model import Finding, Sealed
    from mailer.spam import Assessment, Sign

__all__ = ["Judgement", "Look", "Remark", "excerpts", "judged_by_programs", "letter", "look", "source", "wire"]

#: SpamAssassin's own program starts in a second or two; a machine under load needs a few.
SPAM_TIMEOUT_S = 20.0

#: The rule that stops a second note.
ALREADY_SENT = "already-sent"

_ORDER = {Level.BLOCK: 0, Level.QUESTION: 1, Level.HINT: 2}


class Remark(NamedTuple):
    """A finding with its number in the margin, and the key under which a question is answered."""

    number: int
    finding: Finding
    key: str


class Look(NamedTuple):
    """A note before it goes. Without `sealed` no mail can be made of it, and `refusal` says why."""

    draft: Draft
    sealed: Sealed | None
    refusal: str
    remarks: tuple[Remark, ...]

    @property
    def is_stopped(self) -> bool:
        """Tell whether a stop holds it."""
        return any(r.finding.level is Level.BLOCK for r in self.remarks)

    @property
    def has_questions(self) -> bool:
        """Tell whether a question is open."""
        return any(r.finding.level is Level.QUESTION for r in self.remarks)

    @property
    def is_sendable(self) -> bool:
        """Tell whether nothing is in the way of sending it."""
        return bool(self.sealed and self.sealed.envelope and not self.is_stopped and not self.has_questions)

    @property
    def stamp(self) -> str:
        """Return what changes when the letter does, for the address of its frame."""
        return self.sealed.fingerprint[:16] if self.sealed else ""


def look(app: App, draft: Draft, *, is_queued: bool = False) -> Look:
    """Look at a note: seal it, and number what is said of it, stops first.

    Of one that is in the outbox already (`is_queued`) it need not be said that a second one is stopped.
    """
    sealed, refusal = _sealed(app, draft)
    said = (finding for finding in draft.findings if not (is_queued and finding.rule == ALREADY_SENT))
    found = sorted(said, key=lambda finding: _ORDER[finding.level])
    remarks = tuple(
        Remark(
            number, finding, checks.answer_key(finding, draft.composition) if finding.level is Level.QUESTION else ""
        )
        for number, finding in enumerate(found, 1)
    )
    return Look(draft, sealed, refusal, remarks)


def _sealed(app: App, draft: Draft) -> tuple[Sealed | None, str]:
    try:
        return drafting.seal(app, draft), ""
    except SealError as error:
        return None, str(error)


def letter(seen: Look, *, with_marks: bool) -> str:
    """Return the HTML part for a frame; with marks at the words that remarks speak of, else byte for byte as sealed."""
    html = seen.draft.composition.html
    if not with_marks:
        return html
    return preview.marked_html(html, excerpts(seen)).html


def excerpts(seen: Look) -> list[tuple[str, str]]:
    """Return the words that remarks speak of, each with its number."""
    return [(str(r.number), r.finding.excerpt) for r in seen.remarks if r.finding.excerpt]


def wire(app: App, seen: Look) -> bytes:
    """Return the whole mail as it would go out now; raises SealError when none can be made."""
    if seen.sealed is None:
        raise SealError(seen.refusal)
    return b"".join(drafting.wire(app, seen.sealed))


def source(raw: bytes, *, shown_lines: int) -> str:
    """Return a mail as text with LF line ends, each long run of base64 cut after some lines and counted."""
    lines = raw.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return "\n".join(_cut(lines, shown_lines))


def _cut(lines: list[str], shown_lines: int) -> Iterator[str]:
    run: list[str] = []
    for line in [*lines, ""]:
        if _BASE64_LINE.fullmatch(line):
            run.append(line)
            continue
        left = len(run) - shown_lines
        yield from run if left <= shown_lines else (*run[:shown_lines], f"… {left:,} more lines of base64 …")
        run = []
        yield line


#: A whole line of base64 as it is written here (RFC 2045 6.8); no other text has 76 such characters on end.
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/]{76}")


class Judgement(NamedTuple):
    """What mail programs make of the letter, and what spam filters would dislike.

    `assessment` is SpamAssassin's, `failure` why there is none although it is installed.
    """

    uses: tuple[Use, ...]
    signs: tuple[Sign, ...]
    assessment: Assessment | None = None
    failure: str = ""


def judged_by_programs(app: App, seen: Look) -> Judgement:
    """Ask the tables and rules of this machine; SpamAssassin, where it is installed, takes a second or two."""
    from mailer import clients, spam

    uses = clients.examine(seen.draft.composition.html)
    if seen.sealed is None:
        return Judgement(uses, ())
    raw = wire(app, seen)
    said = spam.ask(raw, timeout_s=SPAM_TIMEOUT_S)
    if isinstance(said, spam.Unanswered):
        return Judgement(uses, spam.judge(raw), failure=said.problem)
    return Judgement(uses, spam.judge(raw), said)
