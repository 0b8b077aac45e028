"""Judge the hour at which a note goes, and what its words say of the day.

Rules: impossible-send-time, send-hour-odd, day-word-wrong, send-late. All times are on the employer's clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mailer import schedule
from mailer.checks.case import Remark
from mailer.checks.phrases import hits
from mailer.checks.topics import DAY_WORDS
from mailer.checks.words import straighten, words
from mailer.errors import UsageError
from mailer.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from mailer.checks.case import Case
    from mailer.checks.phrases import Phrase

__all__ = ["day_word_wrong", "impossible_send_time", "send_hour_odd", "send_late"]

_NIGHT_FROM_H, _NIGHT_TO_H = 22, 6
_LATE_H = 48
#: Up to here nobody reckons in days.
_IN_HOURS_H = 72
#: No row of the timing rule waits longer.
_SOON_H = 2
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _said(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}, {moment:%H:%M}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


# --- can it be? ------------------------------------------------------------------------------------------------


def impossible_send_time(case: Case) -> Iterator[Remark]:
    """Stop a time that the clocks skip, and a sending before the interview ends."""
    interview, note = case.interview, case.note
    lines = interview.lines
    recorded = [("start", interview.start, lines.get("start", 0)), ("send", _on_the_wall(case), _send_line(case))]
    if "end" in lines or not lines:
        recorded.append(("end", interview.end, lines.get("end", 0)))
    for key, wall, line in recorded:
        if wall and _is_skipped(wall, case.zone):
            problem, _, remedy = _refusal(wall, interview.timezone).partition("; ")
            yield Remark(_sentence(problem), _sentence(remedy), f"{key}: {wall:%Y-%m-%d %H:%M}", line or note.line)
    end = case.end.astimezone(UTC)
    moments = (_planned(case), case.send_at)
    early = next((moment for moment in moments if moment and moment.astimezone(UTC) < end), None)
    if early:
        yield Remark(
            f"It would go on {_said(early)}, before the interview ends ({_said(case.end)} in {case.place}).",
            "Choose a time after the interview.",
            "",
            _send_line(case) or note.line,
        )


def _on_the_wall(case: Case) -> datetime | None:
    """Return the recorded send time if it is wall time, which may not exist; None for an exact one, and without one."""
    send = case.note.send
    return send if send is not None and send.tzinfo is None else None


def _planned(case: Case) -> datetime | None:
    """Return the recorded send time on the employer's clock, aware; the first of two."""
    send = case.note.send
    if send is None:
        return None
    return send.astimezone(case.zone) if send.tzinfo else send.replace(tzinfo=case.zone)


def _send_line(case: Case) -> int:
    return case.key_line("send") if case.note.send else 0


def _is_skipped(wall: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clocks skip a wall time: read with fold=1 it comes before itself with fold=0 (PEP 495)."""
    return wall.replace(tzinfo=zone, fold=1).astimezone(UTC) < wall.replace(tzinfo=zone).astimezone(UTC)


def _refusal(wall: datetime, zone: str) -> str:
    """Return the sentence in which the schedule refuses a wall time."""
    try:
        schedule.at(wall, zone)
    except UsageError as error:
        return str(error)
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# --- is it meant? ----------------------------------------------------------------------------------------------


def send_hour_odd(case: Case) -> Iterator[Remark]:
    """Ask about the night, a sending too soon after the talk, and a local time that happens twice."""
    local, recorded = case.send_at, _recorded(case)
    excerpt = f"{recorded:%Y-%m-%d %H:%M}" if recorded else f"{local:%Y-%m-%d}"
    line = _send_line(case) or case.note.line
    if not _NIGHT_TO_H <= local.hour < _NIGHT_FROM_H:
        hour = f"{recorded:%H:%M}" if recorded else f"about {local.hour}:00"
        message = f"Is {hour} on {_day(local)} meant? It is night in {case.place}."
        yield Remark(message, "Choose an hour of the working day.", excerpt, line)
    if 0 <= case.since_end_h < _SOON_H and local < (earliest := _earliest(case)):
        yield Remark(
            f"So soon? The interview ends at {case.end:%H:%M}.",
            f"Wait until {earliest:%H:%M}, so that it does not look prepared.",
            excerpt,
            line,
        )
    wall = _on_the_wall(case)
    if wall and _is_twice(wall, case.zone):
        yield Remark(
            f"{_said(wall)} happens twice in {case.place}: the clocks go back. Which of the two?",
            _sentence(_refusal(wall, case.interview.timezone).partition("; ")[2]),
            excerpt,
            line,
        )


def _recorded(case: Case) -> datetime | None:
    """Return the recorded send time as the employer's clock shows it, None when the note is judged at another."""
    planned = _planned(case)
    if planned is None or case.send_at not in {planned, planned.replace(fold=1)}:
        return None
    return planned.replace(tzinfo=None)


def _earliest(case: Case) -> datetime:
    """Return the earliest hour that is not too soon, by the timing rule."""
    interview = case.interview
    suggestion = schedule.suggest(
        interview.start,
        interview.end,
        zone=interview.timezone,
        decision_expected=interview.decision_expected,
        workdays=case.context.workdays,
    )
    return suggestion.earliest.instant.astimezone(case.zone)


def _is_twice(wall: datetime, zone: ZoneInfo) -> bool:
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    return first.astimezone(UTC) < second.astimezone(UTC)


def _long(hours: float) -> str:
    return f"{hours:.0f} hours" if hours <= _IN_HOURS_H else f"{hours / 24:.0f} days"


def send_late(case: Case) -> Iterator[Remark]:
    """Remark on a thank-you after two days, and on a weekend, an evening or an early morning."""
    local, line = case.send_at, _send_line(case) or case.note.line
    if case.note.kind is NoteKind.THANK_YOU and case.since_end_h > _LATE_H:
        yield Remark(
            f"It goes {_long(case.since_end_h)} after the interview.",
            "Send it all the same, without an apology.",
            "",
            line,
        )
    minutes = local.hour * 60 + local.minute
    if day_off := case.context.workdays.day_off(local.date()):
        named = day_off if day_off.startswith("a ") else f"a {day_off}"
        yield Remark(f"It goes on {named}.", "The next working day is read with more calm.", "", line)
    elif 18 * 60 + 30 < minutes < 22 * 60:
        yield Remark(
            f"It goes in the evening ({local:%H:%M}).", "The next morning at half past eight is better.", "", line
        )
    elif 6 * 60 <= minutes < 7 * 60 + 30:
        yield Remark(f"It goes early in the morning ({local:%H:%M}).", "Half past eight is better.", "", line)


# --- what the words say ----------------------------------------------------------------------------------------

_THANKS = frozenset({"thank", "thanks", "grateful", "appreciate", "appreciated", "enjoyed"})
_TALK = frozenset(
    """
    met talked spoke walked visited conversation interview meeting tour visit discussed introduced showed came
    """.split()
)
_OUR_TALK = ("our talk", "our call", "our chat", "our hour")
_FUTURE = frozenset("will would could can may free available if next until from ll d".split())


def day_word_wrong(case: Case) -> Iterator[Remark]:
    """Ask about a day beside a word for the meeting that is another day when the note is read."""
    if not case.is_english or not any(True for _ in hits(DAY_WORDS, case.plain)):
        return
    for sentence in (case.subject, *case.sentences):
        for phrase, match in hits(DAY_WORDS, sentence):
            word = " ".join(match[1].split())
            if _is_about_the_talk(sentence) and not _is_theirs(case, word, phrase) and not _is_true(case, word):
                yield _wrong_day(case, word, match[0])


def _is_about_the_talk(sentence: str) -> bool:
    """Tell whether a sentence thanks, or tells of the meeting and not of a time to come."""
    lowered = sentence.lower()
    said = {part for word in words(lowered) for part in word.split("'")}
    if said & _THANKS:
        return True
    return bool(said & _TALK or any(talk in lowered for talk in _OUR_TALK)) and not said & _FUTURE


def _is_theirs(case: Case, word: str, phrase: Phrase) -> bool:
    """Tell whether a weekday stands in what they said or in the thing brought."""
    if phrase.id != "weekday":
        return False
    return word in case.record.own.title() or any(word in straighten(gift.why) for gift in case.note.gifts)


def _is_true(case: Case, word: str) -> bool:
    start, end = case.interview.start, case.interview.end
    if word in _WEEKDAYS:
        return word in {_WEEKDAYS[start.weekday()], _WEEKDAYS[end.weekday()]}
    sent, said = case.send_at.date(), word.lower()
    if said == "yesterday":
        return sent - timedelta(days=1) in {start.date(), end.date()}
    if said == "tomorrow":
        return sent + timedelta(days=1) in {start.date(), end.date()}
    begins_in_time = {"this morning": start.hour < 12, "this afternoon": end.hour >= 12}.get(said, True)
    return sent in {start.date(), end.date()} and begins_in_time


def _wrong_day(case: Case, word: str, excerpt: str) -> Remark:
    start, sent = case.interview.start, case.send_at
    if word in _WEEKDAYS:
        message = f"You met on {_day(start)}; the letter says {word}."
    else:
        message = f"The note goes on {_day(sent)} in {case.place}, and you met on {_day(start)}: is “{word}” right?"
    return Remark(message, f"Write {_right_word(start.date(), sent.date())}.", excerpt)


def _right_word(met: date, sent: date) -> str:
    apart = (sent - met).days
    return {0: "today", 1: "yesterday"}.get(apart, f"on {met:%A}" if apart < 7 else f"on {met.day} {met:%B}")
