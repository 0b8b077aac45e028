"""The table of rules, the verdict, answers, and where findings point."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import checks
from mailer.errors import NoteError, TemplateFault
from mailer.model import Level, Mailbox, NoteKind, Verdict
from tests.factories import make_interview
from tests.unit.checks.judging import bringing, judge, key_of, letter, mail, noon, record_of, rules

BLOCK = """
    empty-body placeholder-left greeting-missing wrong-company wrong-name other-person-topic attachment-missing gift-file-missing
    gift-not-placed gift-tangible contact-without-consent bad-link notes-near-identical header-injection broken-text
    impossible-send-time already-sent
""".split()
QUESTION = """
    thanks-generic moment-not-found gift-use-unclear way-out-missing interest-without-reason offer-missing
    day-word-wrong send-hour-odd subject-odd link-tracking marks-left too-long pay-talk sensitive-topic
    public-sector-gift gift-unread
""".split()
HINT = """
    stale-phrase length notes-similar reader-before-writer gift-details send-late signature language-mix
""".split()


@pytest.mark.parametrize(("level", "names"), [(Level.BLOCK, BLOCK), (Level.QUESTION, QUESTION), (Level.HINT, HINT)])
def test_the_table_holds_every_rule_of_a_level_in_order(level, names):
    assert [rule.id for rule in checks.RULES if rule.level is level] == names


def test_findings_come_stops_first():
    levels = [f.level for f in judge(mail("I hope this email finds you well. At [Company] I was."))]

    assert levels == sorted(levels, key=[Level.BLOCK, Level.QUESTION, Level.HINT].index)


def test_a_note_that_is_judged_alone_gets_what_it_gets_among_all():
    words = "Thank you for the walk through the plant, and for letting me talk to the operators about their audit."
    one, other = mail(words), mail(words, person={"id": "ada", "name": "Ada Example"})
    interview = record_of(one, other)
    context = checks.Context(send_at={}, now=noon())

    alone = checks.run(interview, [one, other], context, only={"ada"})

    assert alone == tuple(f for f in checks.run(interview, [one, other], context) if f.person == "ada")
    assert "notes-near-identical" in rules(alone)


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("At [Company] I was.", Verdict.STOP),
        ("Thank you for your time.", Verdict.QUESTIONS),
    ],
)
def test_the_verdict_is_that_of_the_gravest_finding(words, verdict):
    assert checks.verdict(judge(mail(words))) is verdict


def test_hints_alone_and_nothing_are_ready():
    hint = [f for f in judge(mail("I hope this email finds you well.")) if f.level is Level.HINT]

    assert (checks.verdict(hint), checks.verdict(())) == (Verdict.READY, Verdict.READY)


def test_a_file_that_does_not_read_is_a_stop():
    finding = checks.file_invalid(NoteError("`emial` is no key", path=Path("a.md"), line=7, key="people[0].emial"))

    assert (finding.rule, finding.level, finding.file, finding.line) == ("file-invalid", Level.BLOCK, "a.md", 7)


def test_a_file_that_is_not_there_is_not_to_be_mended():
    problem = "there is no such file; check the name, or make one with `mailer new`"

    finding = checks.file_invalid(NoteError(problem, path=Path("a.md")))

    assert finding.message == "there is no such file"
    assert finding.advice == "Check the name, or make one with `mailer new`."


def test_a_section_that_does_not_render_is_a_stop():
    finding = checks.file_invalid(TemplateFault("`gfit` is unknown", path=Path("a.md"), line=9))

    assert (finding.message, finding.excerpt) == ("`gfit` is unknown", "")


def test_a_follow_up_is_judged_by_the_hour_of_its_own_label():
    composition = mail("Is there news?", note={"kind": NoteKind.FOLLOW_UP})

    found = judge(composition, labels={"vanderberg (follow-up)": noon(hour=3)})

    assert "send-hour-odd" in rules(found)


ANY = st.text(max_size=60) | st.text(alphabet="ab .,:!?-\n'[]{}<>*#@/\\%&Ñ’\u202e", max_size=60)


@given(ANY, ANY, ANY, ANY, ANY)
def test_any_text_and_any_record_are_judged_without_an_error(text, subject, name, heard, title):
    person = {"name": name, "greeting": heard, "heard": (heard, title), "role": title}
    gift = {"title": title, "why": name, "url": heard, "access": subject}
    composition = bringing(
        text, gift=gift, subject=subject, person=person, text=text, to=Mailbox(name, heard), html=text
    )

    found = judge(
        composition, mail(text), interview={"company": name or "x"}, others=[make_interview(company=title or "y")]
    )

    assert all(f.message and f.advice and f.line for f in found)


# --- where findings point --------------------------------------------------------------------------------------


def test_a_finding_names_the_line_of_its_words():
    composition = mail("Thank you for the tour.", "At [Company] I was.")

    assert judge(composition)[0].line == 22


def test_words_that_are_wrapped_in_the_file_are_found():
    source = "Dear Mr. van der Berg,\n\nThank you for the tour. I hope this\nemail finds you well.\n"
    composition = mail(
        text=letter("Thank you for the tour. I hope this email finds you well."), note={"source": source}
    )

    assert next(f for f in judge(composition) if f.rule == "stale-phrase").line == 22


def test_curly_apostrophes_in_the_file_are_found():
    composition = mail("Thank you.", "Please don\u2019t hesitate to write.")

    assert next(f for f in judge(composition) if f.rule == "stale-phrase").line == 22


def test_words_of_a_slot_are_found_at_the_slot():
    from mailer.model import Slots

    note = {"source": None, "slots": Slots(thanks="the tour", offer="the list at [Company]")}
    composition = mail("Thank you for the tour. I could send the list at [Company].", note=note)

    found = judge(composition, interview={"lines": {"people[0].offer": 17}})

    assert next(f for f in found if f.rule == "placeholder-left").line == 17


def test_a_finding_about_nothing_in_particular_points_to_the_note():
    assert judge(mail())[0].line == 20


# --- answers ---------------------------------------------------------------------------------------------------


def answered(rule, before, after):
    """Tell whether an answer to a rule's question on one note silences it on another."""
    key = key_of(rule, before)
    return rule not in rules(judge(after, answers={key}))


def test_an_answered_question_is_not_asked_again():
    composition = mail("Thank you for your time.")

    assert answered("thanks-generic", composition, composition)


def test_an_answer_to_one_question_leaves_the_others():
    composition = mail("Thank you for your time.")

    assert "offer-missing" in rules(judge(composition, answers={key_of("thanks-generic", composition)}))


def test_a_stop_cannot_be_answered():
    composition = mail("At [Company] I was.")

    assert "placeholder-left" in rules(judge(composition, answers={key_of("placeholder-left", composition)}))


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("thanks-generic", mail("Thank you for your time."), mail("Thanks for your time.")),
        ("moment-not-found", mail("It rained."), mail("It snowed.")),
        ("moment-not-found", mail("It rained."), mail("It rained.", person={"heard": ("The core sand is damp.",)})),
        ("offer-missing", mail("Thank you again."), mail("Thanks again.")),
        ("pay-talk", mail("My salary is fair."), mail("My notice period is short.")),
        ("marks-left", mail("A **bold** word."), mail("A **new** word.")),
        ("subject-odd", mail("x", subject="Re: a"), mail("x", subject="Re: b")),
        ("gift-unread", bringing("x", gift={"read_on": None}), bringing("x", gift={"read_on": None, "title": "Other"})),
    ],
)
def test_a_change_of_what_was_judged_asks_again(rule, before, after):
    assert not answered(rule, before, after)


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("thanks-generic", mail("Thank you for your time."), mail("Thank you for your time.", "It snowed.")),
        ("pay-talk", mail("My salary is fair."), mail("My salary is fair. It snowed.")),
        ("subject-odd", mail("x", subject="Re: a"), mail("y", subject="Re: a")),
        ("gift-unread", bringing("x", gift={"read_on": None}), bringing("y", gift={"read_on": None, "line": 9})),
        ("pay-talk", mail("My salary isn't known."), mail("My salary isn\u2019t known.")),
    ],
)
def test_a_change_elsewhere_does_not_ask_again(rule, before, after):
    assert answered(rule, before, after)


def test_an_hour_that_was_meant_is_asked_again_when_it_moves():
    composition = mail("x")
    key = key_of("send-hour-odd", composition, send_at=noon(hour=3))

    assert "send-hour-odd" in rules(judge(composition, send_at=noon(hour=4), answers={key}))


def test_an_hour_of_now_that_was_meant_holds_for_the_minutes_of_that_hour():
    composition = mail("x")
    key = key_of("send-hour-odd", composition, send_at=noon(hour=3, minute=5))

    assert "send-hour-odd" not in rules(judge(composition, send_at=noon(hour=3, minute=6), answers={key}))


def test_a_day_word_that_was_meant_is_asked_again_on_another_day():
    composition = mail("Thank you for the tour today.")
    key = key_of("day-word-wrong", composition, send_at=noon(day=12))

    assert "day-word-wrong" in rules(judge(composition, send_at=noon(day=15), answers={key}))


def test_an_answer_for_one_person_is_none_for_another():
    composition = mail("Thank you for your time.")
    key = key_of("thanks-generic", composition)

    assert "thanks-generic" in rules(judge(mail("Thank you for your time.", person={"id": "nunez"}), answers={key}))
