"""SpamAssassin is asked where it is installed, by its server or its program, and a failure is said and not raised."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailer import mime
from mailer.spam import NOT_IN_IT, Assessment, Hit, Unanswered, ask
from tests.needs import needs
from tests.unit.composer.scenario_notes import compose_note, find_note
from tests.unit.mime.oracle import MESSAGE_ID
from tests.unit.spam.mails import make_mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: As spamd 4.0.1 answers REPORT.
REPORT = b"""Spam detection software, running on the system "x",
has NOT identified this incoming email as spam.

Content preview:  See the table:
 pts rule name              description
---- ---------------------- ----
 9.9 PREVIEWED              not a rule

Content analysis details:   (3.7 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
 2.7 MISSING_DATE           Missing Date: header
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 1.0 FORGED_GMAIL_RCVD      'From' gmail.com does not match 'Received' headers
 0.0 T_PDS_A_LONG_NAME_OF_RULE HTML message short, T_SPOOFED_URL and
                            T_KHOP_NO_FULL_NAME

"""
ANSWER = b"SPAMD/1.1 0 EX_OK\r\nContent-length: %d\r\nSpam: False ; 3.7 / 5.0\r\n\r\n%b" % (len(REPORT), REPORT)


@contextmanager
def spamd(answer: bytes | None) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """Listen like spamd, read one request to its end, and answer so; with None never answer."""
    asked: list[bytes] = []
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(b"".join(iter(lambda: connection.recv(65536), b"")))
            if answer is None:
                done.wait(30)
            else:
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname(), asked
        finally:
            done.set()
            thread.join()


@pytest.fixture
def nobody() -> tuple[str, int]:
    """Return an address of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address: tuple[str, int] = listener.getsockname()
    return address


def make_program(folder: Path, script: str) -> str:
    """Write a program that stands where spamassassin would."""
    path = folder / "spamassassin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# --- the server ------------------------------------------------------------------------------------------------------


def test_spamd_is_asked_for_a_report_of_the_very_bytes():
    raw = make_mail()

    with spamd(ANSWER) as (address, asked):
        ask(raw, timeout_s=10, spamd=address)

    assert asked == [b"REPORT SPAMC/1.5\r\nContent-length: %d\r\n\r\n%b" % (len(raw), raw)]


def test_a_report_of_spamd_becomes_score_and_rules_without_what_holds_only_before_sending():
    with spamd(ANSWER) as (address, _):
        found = ask(make_mail(), timeout_s=10, spamd=address)

    assert found == Assessment(
        score=2.7,
        required=5.0,
        hits=(
            Hit("MISSING_DATE", 2.7, "Missing Date: header"),
            Hit("T_PDS_A_LONG_NAME_OF_RULE", 0.0, "HTML message short, T_SPOOFED_URL and T_KHOP_NO_FULL_NAME"),
        ),
        left_out=("NO_RELAYS", "FORGED_GMAIL_RCVD"),
        by="spamd",
    )


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n", b"\xff\x00", b"SPAMD/1.0 76 Bad header\r\n"]
)
def test_something_else_that_listens_there_is_said(answer):
    with spamd(answer) as (address, _):
        found = ask(make_mail(), timeout_s=10, spamd=address)

    assert isinstance(found, Unanswered)
    assert "spamd gave no score" in found.problem


def test_a_server_that_does_not_answer_is_given_up_after_the_time_out():
    with spamd(None) as (address, _):
        found = ask(make_mail(), timeout_s=0.05, spamd=address)

    assert found == Unanswered("spamd did not answer within 0.05 s; try again when the machine is less busy")


# --- the program -----------------------------------------------------------------------------------------------------


def test_without_spamassassin_there_is_no_answer(nobody, tmp_path):
    assert ask(make_mail(), timeout_s=1, spamd=nobody, program=str(tmp_path / "spamassassin")) is None


def test_a_program_that_takes_too_long_is_ended(nobody, tmp_path):
    found = ask(make_mail(), timeout_s=0.1, spamd=nobody, program=make_program(tmp_path, "exec sleep 60"))

    assert found == Unanswered("spamassassin did not answer within 0.1 s; try again when the machine is less busy")


@pytest.mark.parametrize(
    ("script", "problem"),
    [("cat >/dev/null; exit 3", "ended with status 3"), ("cat >/dev/null; echo hello", "gave no score")],
)
def test_a_program_that_fails_is_said(nobody, tmp_path, script, problem):
    found = ask(make_mail(), timeout_s=10, spamd=nobody, program=make_program(tmp_path, script))

    assert isinstance(found, Unanswered)
    assert problem in found.problem


def test_a_program_that_cannot_be_started_is_said(nobody, tmp_path):
    program = make_program(tmp_path, "")
    (tmp_path / "spamassassin").write_bytes(b"\x7fELF")

    found = ask(make_mail(), timeout_s=10, spamd=nobody, program=program)

    assert isinstance(found, Unanswered)
    assert "cannot be started" in found.problem


@needs("spamassassin")
def test_the_real_program_finds_what_is_wrong_and_leaves_out_what_is_not(nobody):
    raw = make_mail(text=None, html="<p>Hi</p>", From="ann.smith@gmail.com", Date=None, Message_ID="<abc>")

    found = ask(raw, timeout_s=60, spamd=nobody)

    assert isinstance(found, Assessment)
    assert {"MISSING_DATE", "INVALID_MSGID", "MIME_HTML_ONLY"} <= {hit.rule for hit in found.hits}
    assert {"NO_RECEIVED", "NO_RELAYS", "FORGED_GMAIL_RCVD"} <= set(found.left_out)
    assert found.score == pytest.approx(sum(hit.score for hit in found.hits), abs=0.25)  # each score is rounded


@needs("spamassassin")
def test_the_real_program_has_nothing_against_a_note_of_ours(nobody):
    interview, _, _ = find_note("05-quality-manager.nunez")
    sealed = mime.seal(compose_note("05-quality-manager.nunez"), interview, message_id=MESSAGE_ID)
    raw = b"".join(mime.wire(sealed, date=datetime.now(UTC), read_payload=mime.read_from_disk))

    found = ask(raw, timeout_s=60, spamd=nobody)

    assert isinstance(found, Assessment)
    assert (found.score <= 0.1, found.required, found.by) == (True, 5.0, "spamassassin")


@needs("spamassassin")
def test_the_real_program_leaves_nothing_in_the_home(nobody, tmp_path):
    ask(make_mail(), timeout_s=60, spamd=nobody)

    assert list((tmp_path / "user-home").iterdir()) == []


def test_what_the_score_does_not_hold_is_named():
    assert [name for name in ("SPF", "DKIM", "DMARC", "reputation", "Gmail", "Outlook") if name not in NOT_IN_IT] == []
