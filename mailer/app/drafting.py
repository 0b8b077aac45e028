"""Read, compose, judge and seal: from interview files to drafts that may go.

Takes the application and paths, gives Drafts. Preview, check, show, send and queue all come through here, so what was
looked at is what is sent.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from mailer import checks, composer, interviews, mime, schedule
from mailer.app.hours import expected
from mailer.errors import NoteError, SealError, UsageError
from mailer.model import Level, NoteKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from mailer.app import App
    from mailer.errors import TemplateFault
    from mailer.model import Composition, Finding, Interview, Note, Sealed

__all__ = [
    "Draft",
    "answer",
    "answer_one",
    "chosen",
    "compose",
    "describe",
    "distinct",
    "drafts",
    "file_invalid",
    "fingerprints",
    "flowed",
    "in_spite_of",
    "read",
    "seal",
    "seal_all",
    "verdict",
    "wire",
]

#: As many characters of a fingerprint as lists show; fewer could be met by chance.
MIN_FINGERPRINT = 8


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


def read(app: App, paths: Iterable[Path]) -> tuple[Interview, ...]:
    """Read interview files, in the order given, each once however often and by whatever name it is given."""
    return tuple(interviews.read(path, cache=app.cache, workdays=app.settings.workdays) for path in distinct(paths))


def distinct(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths without those that lead to a file named before, links and `..` followed."""
    by_file: dict[str, Path] = {}
    for path in paths:
        by_file.setdefault(os.path.realpath(path), path)  # pathlib's own stumbles over a link that leads to itself
    return tuple(by_file.values())


def compose(app: App, found: Sequence[Interview], *, to: Sequence[str] = (), kind: str = "") -> tuple[Draft, ...]:
    """Compose the chosen notes without judging them; each draft's `send_at` is now.

    Raises UsageError when `to` names nobody of these files.
    """
    now = app.clock()
    return tuple(
        Draft(interview, note, _composition(app, interview, note), now)
        for interview, note in chosen(found, to=to, kind=kind)
    )


def drafts(  # noqa: PLR0913  # each narrows what is judged, or when
    app: App,
    found: Sequence[Interview],
    *,
    to: Sequence[str] = (),
    kind: str = "",
    as_of: str | None = None,
    moment: Callable[[Interview, Note], datetime] | None = None,
) -> tuple[Draft, ...]:
    """Compose and judge the chosen notes, each as of the instant at which it would be sent.

    `as_of` is a wall time at the employer that stands for now; `moment` decides when a note is sent, by default
    the file's own `send`, else the timing rule. The other files given and those in the user's folder of
    interviews are the history that the rules compare with.
    """
    wanted = frozenset(id(note) for _, note in chosen(found, to=to, kind=kind))
    history = (*found, *_known(app, found))
    judged: list[Draft] = []
    for interview in found:
        now = schedule.instant(as_of, zone=interview.timezone) if as_of else app.clock()
        send_at = moment or (lambda i, n, now=now: expected(app, i, n, now=now))  # type: ignore[misc]
        judged += _judged(app, interview, wanted, now=now, send_at=send_at, history=history)
    return tuple(judged)


def _judged(  # noqa: PLR0913  # the notes, and what they are judged by
    app: App,
    interview: Interview,
    wanted: frozenset[int],
    *,
    now: datetime,
    send_at: Callable[[Interview, Note], datetime],
    history: Sequence[Interview],
) -> list[Draft]:
    """Judge the notes whose identity is wanted; the others of the interview are what they are held against."""
    drafts = [Draft(interview, n, _composition(app, interview, n), send_at(interview, n)) for n in interview.notes]
    context = checks.Context(
        now=now,
        send_at={d.note.label: d.send_at for d in drafts},
        others=[other for other in history if other is not interview],
        sent=app.outbox.sent_notes(interview.key, [p.id for p in interview.people]) if app.outbox_exists else (),
        answers=app.answers.keys() if app.database.exists else (),
        workdays=app.settings.workdays,
    )
    kept = [d for d in drafts if id(d.note) in wanted]
    findings = checks.run(interview, [d.composition for d in drafts], context, only={d.note.label for d in kept})
    return [d._replace(findings=tuple(f for f in findings if f.person == d.note.label)) for d in kept]


def _composition(app: App, interview: Interview, note: Note) -> Composition:
    return composer.compose(interview, note, app.settings.sender, app.templates)


def _known(app: App, found: Sequence[Interview]) -> Iterator[Interview]:
    """Read the other interviews of the user's folder; one that does not read is `mailer doctor`'s to name."""
    folder = app.interviews_folder
    seen = {interview.path.resolve() for interview in found}
    for path in interviews.find(folder) if app.settings.interviews or folder.is_dir() else ():
        if path.resolve() not in seen:
            try:
                yield interviews.read(path, cache=app.cache, workdays=app.settings.workdays)
            except NoteError:
                continue


def answer(app: App, drafts: Sequence[Draft], rules: Sequence[str]) -> tuple[Draft, ...]:
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
                app.answers.add(key, rule=finding.rule, interview=draft.interview.key, person=finding.person)
    return tuple(
        d._replace(findings=tuple(f for f in d.findings if f.level is not Level.QUESTION or f.rule not in rules))
        for d in drafts
    )


def answer_one(app: App, draft: Draft, key: str) -> None:
    """Store that one open question, named by its key, is meant as it stands; raises UsageError when it is not open."""
    for finding in draft.findings:
        if finding.level is Level.QUESTION and checks.answer_key(finding, draft.composition) == key:
            app.answers.add(key, rule=finding.rule, interview=draft.interview.key, person=finding.person)
            return
    raise UsageError("this question is not open any more: the note was changed, or it was answered before")


def in_spite_of(drafts: Sequence[Draft], rules: Sequence[str]) -> tuple[Draft, ...]:
    """Return the drafts without what these rules found, which the user takes upon themselves.

    Raises UsageError for a rule that does not exist.
    """
    known = [rule.id for rule in checks.RULES]
    for rule in rules:
        if rule not in known:
            raise UsageError(f"there is no rule “{rule}”; `mailer check FILE` names the rule beside what it found")
    return tuple(d._replace(findings=tuple(f for f in d.findings if f.rule not in rules)) for d in drafts)


def verdict(drafts: Sequence[Draft]) -> Verdict:
    """Say the one word about all of these notes."""
    return checks.verdict([finding for draft in drafts for finding in draft.findings])


def file_invalid(error: NoteError | TemplateFault) -> Finding:
    """Return a file that does not read as a finding like the others."""
    return checks.file_invalid(error)


def seal(app: App, draft: Draft) -> Sealed:
    """Fix the bytes of a note, under a Message-ID of its own."""
    message_id = mime.new_message_id(draft.composition.sender, app.token())
    return mime.seal(draft.composition, draft.interview, message_id=message_id)


def fingerprints(app: App, drafts: Sequence[Draft]) -> dict[str, str]:
    """Return each note's fingerprint by its label; one that a block keeps from being sealed has none."""
    found: dict[str, str] = {}
    for draft in drafts:
        try:
            found[draft.note.label] = seal(app, draft).fingerprint
        except SealError:
            if not any(f.level is Level.BLOCK for f in draft.findings):
                raise
    return found


def flowed(draft: Draft) -> str:
    """Return the text part as a reader sees it, wrapped, without the marks that let their program reflow it."""
    return "\n".join(line.rstrip(" ") for line in mime.flow(draft.composition.text).split("\n"))


def wire(app: App, sealed: Sealed) -> Iterator[bytes]:
    """Yield the mail's bytes as they would go out now, attachments read from disk."""
    return mime.wire(sealed, date=app.clock(), read_payload=mime.read_from_disk)


def describe(app: App, draft: Draft) -> dict[str, Any]:
    """Return what there is to see of a note, for scripts."""
    sealed = seal(app, draft)
    head = next(wire(app, sealed)).partition(b"\r\n\r\n")[0]
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


def seal_all(app: App, drafts: Sequence[Draft], *, expect: str | None = None) -> tuple[Sealed, ...]:
    """Seal notes that are to be sent.

    Raises SealError when a note has nobody to go to, or is not the one that `expect` (a fingerprint, or its
    beginning of eight characters or more) stands for.
    """
    sealed = tuple(seal(app, draft) for draft in drafts)
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


def chosen(found: Sequence[Interview], *, to: Sequence[str], kind: str) -> tuple[tuple[Interview, Note], ...]:
    """Return the notes of these interviews for the people of `to` (all when empty) and of one kind (any when "").

    Raises UsageError for an id that no file has, and when no note is left: nobody means to send nothing.
    """
    ids = [person.id for interview in found for person in interview.people]
    for wanted in to:
        if wanted not in ids:
            raise UsageError(f"nobody here is called “{wanted}”; the people are: {', '.join(ids)}")
    picked = tuple(
        (interview, note)
        for interview in found
        for note in interview.notes
        if (not kind or note.kind == NoteKind(kind)) and (not to or any(p.id in to for p in note.people))
    )
    if not picked:
        raise UsageError(
            f"no {kind or 'note'} to {', '.join(to or ids)} is written here; its section begins with “## ID ({kind})”"
        )
    return picked
