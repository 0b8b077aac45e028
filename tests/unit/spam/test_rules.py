"""Each rule finds what a filter would dislike, and leaves a good mail alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import mime
from mailer.spam import RULES, judge
from tests.unit.composer.scenario_notes import LABELS, compose_note, find_note
from tests.unit.mime.oracle import MESSAGE_ID
from tests.unit.spam.mails import LETTER, make_mail, rules_of

LINKS = "".join(f"<a href='https://a.example/{n}'>one</a> " for n in range(11))
IMAGE = "<img src='cid:x' width='300' height='200' alt=''>"
KANJI = "中村様、本日はお時間をいただき誠にありがとうございました。" * 4

BAD = {
    "date-missing": make_mail(Date=None),
    "message-id-missing": make_mail(Message_ID=None),
    "message-id-bad": make_mail(Message_ID="<abc>"),
    "recipient-missing": make_mail(To=None),
    "reply-elsewhere": make_mail(From="a@gmail.com", Reply_To="a@yahoo.com"),
    "subject-missing": make_mail(Subject=None),
    "subject-capitals": make_mail(Subject="THANK YOU FOR TODAY"),
    "subject-shouting": make_mail(Subject="Thank you!!"),
    "html-only": make_mail(text=None),
    "text-unlike-html": make_mail(text="Thanks."),
    "text-disguised": make_mail(cte="base64"),
    "hidden-text": make_mail(html=f"<p>{LETTER}</p><p style='color:#fff'>x</p>"),
    "link-elsewhere": make_mail(html=f"<p>{LETTER}</p><a href='https://b.example/'>https://a.example/</a>"),
    "link-unsafe": make_mail(html=f"<p>{LETTER}</p><a href='http://a.example/'>https://a.example/</a>"),
    "links-many": make_mail(html=f"<p>{LETTER}</p>{LINKS}"),
    "image-only": make_mail(text="hi", html=IMAGE),
    "image-remote": make_mail(html=f"<p>{LETTER}</p><img src='https://a.example/x.png'>"),
    "tracking-pixel": make_mail(html=f"<p>{LETTER}</p><img src='cid:x' width=1 height=1>"),
    "html-clipped": make_mail(html=f"<p>{LETTER}</p>{'<br>' * 30_000}"),
    "attachment-program": make_mail(files={"CV.exe": b"x"}),
    "attachment-archive": make_mail(files={"CV.zip": b"PK\x03\x04"}),
}


def sealed_bytes(label: str) -> bytes:
    interview, _, _ = find_note(label)
    sealed = mime.seal(compose_note(label), interview, message_id=MESSAGE_ID)
    return b"".join(mime.wire(sealed, date=datetime(2026, 3, 6, 9, tzinfo=UTC), read_payload=mime.read_from_disk))


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_each_rule_finds_what_it_is_named_for(rule):
    assert rules_of(BAD[rule]) == [rule]


@pytest.mark.parametrize("label", LABELS)
def test_our_own_notes_give_no_sign(label):
    assert judge(sealed_bytes(label)) == ()


@pytest.mark.parametrize("rule", BAD)
def test_each_sign_says_what_is_seen_and_what_is_better(rule):
    [sign] = judge(BAD[rule])

    assert (sign.message[0].islower(), sign.advice[0].isupper(), sign.advice[-1]) == (True, True, ".")


def test_ids_are_unique():
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "good",
    [
        make_mail(),
        make_mail(html=None),
        make_mail(text=LETTER.replace(" ", "\n"), html=f"<p>{LETTER.replace('noon', '<b>no</b>on')}</p>"),
        make_mail(text=KANJI, html=f"<p>{KANJI}</p>", cte="base64"),
        make_mail(text=f"{LETTER} https://a.example/x", html=f"<p>{LETTER} <a href='https://a.example/x'>it</a></p>"),
        make_mail(Subject="RN ICU"),
        make_mail(Subject="お礼と資料のご送付について"),
        make_mail(From="a@gmail.com", Reply_To="b@gmail.com"),
        make_mail(Reply_To="ann@other.example"),
        make_mail(files={"CV.pdf": b"%PDF-1.7", "CV.docx": b"PK\x03\x04", "x.vcf": b"BEGIN:VCARD"}),
        make_mail(html=f"<p>{LETTER}</p><a href='https://www.a.example/long'>a.example</a>"),
        make_mail(html=f"<p>{LETTER}</p><a href='https://a.example/'>Node.js and report.pdf</a>"),
        make_mail(html=f"<p>{LETTER}</p><a href='https://xn--mnchen-3ya.de/'>https://münchen.de/</a>"),
        make_mail(html=f"<p>{LETTER}</p><a href='mailto:a@a.example'>a@a.example</a>"),
        make_mail(html=f"<p>{LETTER}</p><img src='cid:x' width=80 height=20>"),
        make_mail(html=f"<p style='background:#003; color:white'>{LETTER}</p>"),
        make_mail(html=f"<div style='color:#fff'><p style='color:#000'>{LETTER}</p></div>"),
        make_mail(html=f"<div style='font-size:0'><p style='font-size:15px'>{LETTER}</p></div>"),
        make_mail(html=f"<!-- hidden: <p hidden>x</p> --><p>{LETTER}</p>"),
        make_mail(Message_ID="<a@[127.0.0.1]>"),
    ],
    ids=range(20),
)
def test_what_only_resembles_a_sign_is_left_alone(good):
    assert rules_of(good) == []


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>x</p>",
        "<p style='display:none'>x</p>",
        "<p style='display : NONE !important'>x</p>",
        "<p style='visibility:hidden'>x</p>",
        "<p style='opacity:0'>x</p>",
        "<p style='font-size:1px'>x</p>",
        "<font color='#FFFFFE'>x</font>",
        "<p style='color:white'>x</p>",
        "<p style='color:rgb(250, 250, 250)'>x</p>",
        "<table bgcolor='#123456'><tr><td style='color:#123'>y</td><td style='color:#123456'>x</td></tr></table>",
        "<div style='display:none'><p style='color:red'>x</p></div>",
        "<div style='color:black;background:#000'><b>x</b></div>",
    ],
)
def test_text_that_cannot_be_seen_is_found_however_it_is_hidden(hidden):
    [sign] = judge(make_mail(html=f"<p>{LETTER}</p>{hidden}"))

    assert (sign.rule, sign.excerpt) == ("hidden-text", "x")


@pytest.mark.parametrize(
    ("name", "start"),
    [("CV.pdf", b"MZ\x90"), ("CV.docm", b"PK\x03\x04"), ("run.SCR", b""), ("page.html", b"<p>"), ("a.pdf.js", b"")],
)
def test_a_file_that_could_run_is_found_by_its_name_or_its_start(name, start):
    assert rules_of(make_mail(files={name: start})) == ["attachment-program"]


@pytest.mark.parametrize(("name", "start"), [("CV", b"PK\x03\x04"), ("CV.pdf", b"Rar!"), ("x.7z", b"")])
def test_an_archive_is_found_by_its_name_or_its_start(name, start):
    assert rules_of(make_mail(files={name: start})) == ["attachment-archive"]


@pytest.mark.parametrize("subject", ["FREE coffee", "Act now: LAST CHANCE", "Thank you!?", "$$ for you"])
def test_a_subject_like_an_advertisement_is_found(subject):
    assert rules_of(make_mail(Subject=subject)) == ["subject-shouting"]


def test_a_link_that_goes_elsewhere_says_where():
    [sign] = judge(BAD["link-elsewhere"])

    assert ("b.example" in sign.message, sign.excerpt) == (True, "https://a.example/")


def test_an_excerpt_shows_no_control_character():
    raw = make_mail(text=None, html="<p hidden>a\u202eb\u0007c</p>" + LETTER)

    assert [sign.excerpt for sign in judge(raw) if sign.rule == "hidden-text"] == ["a b c"]


def test_the_encoded_subject_is_read():
    assert rules_of(make_mail(Subject="ÜBERAUS HERZLICHEN DANK")) == ["subject-capitals"]


PIECES = st.sampled_from(
    [
        *(b"From:", b"To: ", b"Subject: =?utf-8?b?", b"=?x?q?=FF?=", b"\r\n", b"\n", b"\r\n\r\n", b"--x\r\n", b"--x--"),
        *(b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: text/html; charset=\xff\r\n\r\n"),
        *(b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/plain; charset*=u'x'%FF\r\n\r\n"),
        *(b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 666 x\r\n"),
        *(b'Content-Disposition: attachment; filename*0*="a', b"Message-ID: <", b"Reply-To: a@[", b"Date: \x00"),
        *(
            b"<a href='https://[/'>http://[/</a>",
            b"<![x",
            b"<!--",
            b"<p style='color:#",
            b"<img width=",
            b"</p>",
            b"\xff",
        ),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
def test_hostile_mail_gives_signs_and_no_error(raw):
    signs = judge(raw)

    assert all(len(sign.excerpt) <= 80 for sign in signs)


@pytest.mark.parametrize("depth", [50, 3000])
def test_a_mail_that_nests_its_parts_without_end_is_judged(depth):
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))

    assert "date-missing" in rules_of(raw)


@pytest.mark.parametrize("piece", "<a <!-- <b></i> <![ <p/ <a\thref='x'> &# <p\tstyle='color:#fff'>x</b>".split())
def test_a_huge_hostile_page_is_judged_in_one_go(piece):
    assert "html-clipped" in rules_of(make_mail(html=piece * (200_000 // len(piece)) + ">"))
