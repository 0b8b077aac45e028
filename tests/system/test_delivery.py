"""Every worked interview goes through the real command line and a real Postfix, and is read back by strangers."""

from __future__ import annotations

import contextlib
import email
import email.utils
import hashlib
import mailbox
import os
import pty
import re
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.command import Finished, clean_environment, run_mailer
from tests.conftest import SCENARIOS
from tests.needs import needs
from tests.system.postfix import HOST, PASSWORD, USERNAME, needs_postfix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.system.postfix import Postfix

pytestmark = needs_postfix

#: Each note of the worked interviews by its file and the first person it is for.
NOTES = (
    ("01-nurse", "obrien"),
    ("01-nurse", "nguyen"),
    ("02-teacher", "adebayo"),
    ("02-teacher", "whitcombe"),
    ("04-software-engineer", "raman"),
    ("04-software-engineer", "iyer"),
    ("04-software-engineer", "wojcik"),
    ("05-quality-manager", "vanderberg"),
    ("05-quality-manager", "nunez"),
    ("07-accountant", "gross"),
    ("07-accountant", "celik"),
    ("09-sales-rep", "fitzgerald"),
    ("09-sales-rep", "achterberg"),
    ("10-designer", "sato"),
    ("10-designer", "kim"),
    ("12-policy-analyst", "dsouza"),
)
FILES = tuple(dict.fromkeys(file for file, _ in NOTES))
WITH_A_FILE = {"sato": ["dusk-contrast-chart.pdf"], "whitcombe": ["Hanna Tesfaye.vcf"]}

#: Rules that speak of the relays a mail came through; here it came through none.
RELAY_RULES = {"NO_RECEIVED", "NO_RELAYS", "ALL_TRUSTED", "UNPARSEABLE_RELAY"}
HIGHEST_SCORE = 0.1


@dataclass(frozen=True)
class Delivered:
    """One note: what its file says of it, what `show` said, what `send` said, and what lay in the Maildir."""

    front: Mapping[str, Any]
    person: Mapping[str, Any]
    sender: Mapping[str, str]
    text: str
    html: str
    eml: bytes
    fingerprint: str
    entry: Mapping[str, Any]
    maildir: Path
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """Return the mail as Python's parser reads it."""
        return parsed(self.raw)

    @property
    def to(self) -> Mapping[str, str]:
        """Return who was to receive it: the person, or the one who passes it on."""
        return self.person if self.person["email"] else self.person["via"]

    def part(self, content_type: str) -> str:
        """Return the decoded text of the only part of a type."""
        (part,) = (p for p in self.message.walk() if p.get_content_type() == content_type)
        assert isinstance(part, EmailMessage)
        return str(part.get_content())


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def front_matter(file: Path) -> Any:
    """Read what stands between the first two lines of dashes, by another way than mailer's."""
    return YAML(typ="safe", pure=True).load(file.read_text("utf-8").split("\n---\n")[0].removeprefix("---\n"))


def senders() -> Any:
    return YAML(typ="safe", pure=True).load((SCENARIOS / "senders.yaml").read_text("utf-8"))


def settings(postfix: Postfix, folder: Path, sender: Mapping[str, str], **changes: str) -> dict[str, str]:
    """Return the environment of a user who hands in mail at this Postfix with STARTTLS and a password."""
    account = {
        "MAILER_FROM": f"{sender['name']} <{sender['email']}>",
        "MAILER_TIMEZONE": sender["timezone"],
        "MAILER_SMTP_HOST": HOST,
        "MAILER_SMTP_PORT": str(postfix.port),
        "MAILER_SMTP_SECURITY": "starttls",
        "MAILER_SMTP_USERNAME": USERNAME,
        "MAILER_PASSWORD": PASSWORD,
        "MAILER_CA_FILE": str(postfix.ca_file),
    }
    return clean_environment(folder) | account | changes


def done(finished: Finished) -> Finished:
    assert finished.status == 0, finished.out + finished.err
    return finished


@pytest.fixture(scope="session")
def line(postfix: Postfix, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Delivered]:
    """Send every note of every worked interview, and return each by its person's id."""
    folder = tmp_path_factory.mktemp("line")
    shutil.copytree(SCENARIOS, folder / "interviews")
    return {note: delivered for file in FILES for note, delivered in sent(postfix, folder, file).items()}


def sent(postfix: Postfix, folder: Path, name: str) -> dict[str, Delivered]:
    """Show and send the notes of one interview."""
    file = folder / "interviews" / f"{name}.md"
    front, sender = front_matter(file), senders()[f"{name}.md"]
    environment = settings(postfix, folder / name, sender)
    notes = [person for stem, person in NOTES if stem == name]
    shown = {note: show(file, note, environment) for note in notes}
    # The interview of one file may still lie ahead of the machine's clock; --yes passes questions, this passes the stop.
    sending = ("send", file, "--yes", "--despite", "impossible-send-time", "--json")
    entries = done(run_mailer(*sending, environment=environment)).json["entries"]
    found = {}
    for entry in entries:
        assert entry["state"] == "sent", entry
        postfix.wait_until_delivered(entry["last_reply"]["text"])
        maildir = folder / name / entry["person"]
        shutil.move(postfix.maildir(entry["to"]), maildir)
        (mail,) = (maildir / "new").iterdir()
        person = next(p for p in front["people"] if p["id"] == entry["person"])
        found[entry["person"]] = Delivered(
            front, person, sender, *shown[entry["person"]], entry, maildir, mail.read_bytes()
        )
    assert set(found) == set(notes)
    return found


def show(file: Path, person: str, environment: Mapping[str, str]) -> tuple[str, str, bytes, str]:
    """Return what `mailer show` says of a note: text, HTML, the whole mail, the fingerprint."""
    text, html, eml, fingerprint = (
        done(run_mailer("show", file, "--to", person, option, environment=environment))
        for option in ("--text", "--html", "--eml", "--fingerprint")
    )
    return text.out, html.out, eml.stdout, fingerprint.out.strip()


@pytest.fixture(params=[person for _, person in NOTES])
def note(request: pytest.FixtureRequest, line: dict[str, Delivered]) -> Delivered:
    return line[request.param]


# --- judged ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_no_worked_interview_is_stopped_at_its_own_hour(name: str, postfix: Postfix, tmp_path: Path) -> None:
    file = SCENARIOS / f"{name}.md"
    environment = settings(postfix, tmp_path, senders()[file.name])
    hour = str(front_matter(file)["people"][0]["send"])

    checked = run_mailer("check", file, "--as-of", hour, "--json", environment=environment)

    expected = "questions" if name == "02-teacher" else "ready"
    assert (checked.status, checked.json["verdict"]) == (0, expected), checked.out


# --- the headers -------------------------------------------------------------------------------------------------------


def test_the_headers_name_sender_and_recipient_as_the_record_does(note: Delivered) -> None:
    (sender,), (recipient,) = note.message["From"].addresses, note.message["To"].addresses

    assert (note.sender["name"], note.sender["email"]) == (sender.display_name, sender.addr_spec)
    assert (note.to["name"], note.to["email"]) == (recipient.display_name, recipient.addr_spec)


def test_the_envelope_names_the_same_two(note: Delivered) -> None:
    assert note.message["Return-Path"] == f"<{note.sender['email']}>"
    assert note.message["Delivered-To"] == note.to["email"]


def test_the_subject_arrives_as_it_was_written(note: Delivered) -> None:
    assert note.message["Subject"] == note.person["subject"]


def test_the_message_id_is_of_the_senders_domain_and_the_one_in_the_outbox(note: Delivered) -> None:
    message_id = note.message["Message-ID"]

    assert re.fullmatch(r"<[\w.+-]+@example\.com>", message_id)
    assert message_id == note.entry["message_id"]


def test_the_language_is_that_of_the_interview(note: Delivered) -> None:
    assert note.message["Content-Language"] == note.front["locale"]


def test_the_date_is_the_moment_of_sending(note: Delivered) -> None:
    date = note.message["Date"].datetime
    received = re.search(r";\s*(.+)\Z", note.message["Received"])

    assert date.tzinfo is not None
    assert received
    handed_in = email.utils.parsedate_to_datetime(received[1])
    assert abs((handed_in - date).total_seconds()) < 60


def test_no_header_stands_twice(note: Delivered) -> None:
    names = [name.lower() for name in note.message.keys() if name.lower() != "received"]  # noqa: SIM118  # repeated keys count

    assert sorted(set(names)) == sorted(names)


def test_nothing_tells_the_name_of_the_senders_machine(note: Delivered) -> None:
    words = {socket.gethostname(), socket.getfqdn()} - {"localhost"}
    readable = "\n".join([*map(": ".join, note.message.items()), note.part("text/plain"), note.part("text/html")])

    assert not [w for w in words if re.search(rf"\b{re.escape(w)}\b", readable, re.IGNORECASE)]
    assert "from [127.0.0.1] (" in note.message["Received"]


def test_nothing_tells_the_folders_of_the_senders_machine(note: Delivered) -> None:
    assert str(note.maildir.parents[1]).encode() not in note.raw
    assert str(Path.cwd()).encode() not in note.raw


# --- the tree ----------------------------------------------------------------------------------------------------------


def test_pythons_parser_finds_no_fault(note: Delivered) -> None:
    assert not [d for part in note.message.walk() for d in part.defects]
    assert not [d for part in note.message.walk() for h in part.values() for d in h.defects]


def test_the_tree_is_text_and_html_and_the_file_beside_them(note: Delivered) -> None:
    files = WITH_A_FILE.get(note.person["id"], [])

    assert shape(note.message) == (
        ["mixed", ["alternative", "plain", "html"], *files] if files else ["alternative", "plain", "html"]
    )


def shape(part: Any) -> Any:
    """Return a tree of MIME subtypes, file names standing for files."""
    if part.is_multipart():
        return [part.get_content_subtype(), *map(shape, part.iter_parts())]
    return part.get_filename() or part.get_content_subtype()


def test_the_chart_arrives_whole(line: dict[str, Delivered]) -> None:
    (chart,) = line["sato"].message.iter_attachments()

    assert chart.get_content_type() == "application/pdf"
    assert chart.get_content() == (SCENARIOS / "files" / "dusk-contrast-chart.pdf").read_bytes()


def test_the_contact_arrives_as_a_card(line: dict[str, Delivered]) -> None:
    (card,) = line["whitcombe"].message.iter_attachments()

    assert card.get_content_type() == "text/vcard"
    assert re.search(r"^FN:Hanna Tesfaye\r\n", card.get_content(), re.MULTILINE)
    assert re.search(r"^EMAIL\b.*:hanna\.tesfaye@city-library\.example\r\n", card.get_content(), re.MULTILINE)


# --- shown is sent -----------------------------------------------------------------------------------------------------


def test_the_text_is_the_one_that_show_prints(note: Delivered) -> None:
    shown = note.text.removeprefix(f"Subject: {note.person['subject']}\n\n")

    assert unflowed(note.part("text/plain")).strip() == shown.strip()


def unflowed(text: str) -> str:
    """Return format=flowed text with each paragraph on one line (RFC 3676 4.2, 4.4)."""
    unstuffed = (row.removeprefix(" ") for row in text.split("\n"))
    return "".join(row if row.endswith(" ") else f"{row}\n" for row in unstuffed)


def test_the_text_begins_with_the_greeting_and_ends_with_the_sender(note: Delivered) -> None:
    lines = note.part("text/plain").strip().splitlines()

    assert lines[0] == note.person["greeting"]
    assert lines[-1].startswith(note.sender["name"])


def test_the_html_is_the_one_that_show_prints(note: Delivered) -> None:
    assert note.part("text/html").rstrip("\n") == note.html.rstrip("\n")


def test_the_bytes_are_those_that_show_prints(note: Delivered) -> None:
    assert without_headers(wire_bytes(note.raw), "date", "message-id") == without_headers(
        note.eml, "date", "message-id"
    )


def test_the_fingerprint_of_what_arrived_is_the_one_that_was_shown(note: Delivered) -> None:
    arrived = without_headers(wire_bytes(note.raw), "date", "message-id")

    assert hashlib.sha256(arrived).hexdigest() == note.fingerprint == note.entry["fingerprint"]


def wire_bytes(raw: bytes) -> bytes:
    """Return the bytes handed in: CRLF line ends, without what Postfix put in front."""
    return without_headers(raw.replace(b"\n", b"\r\n"), "return-path", "x-original-to", "delivered-to", "received")


def without_headers(mail: bytes, *names: str) -> bytes:
    """Return a mail with CRLF line ends without some headers, everything else byte for byte."""
    head, gap, body = mail.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    kept = [f for f in fields if f.partition(b":")[0].decode().lower() not in names]
    return b"\r\n".join(kept) + gap + body


# --- read by others ----------------------------------------------------------------------------------------------------


@needs("mutt")
def test_mutt_shows_it_decoded(note: Delivered, tmp_path: Path) -> None:
    page = " ".join(mutt_page(note.maildir, tmp_path).split())
    sentence = first_sentence(note.part("text/plain"))

    assert f"From: {note.sender['name']} <{note.sender['email']}>" in page.replace('"', "")
    assert f"Subject: {note.person['subject']}" in page
    assert sentence in page
    for filename in WITH_A_FILE.get(note.person["id"], []):
        assert f"Attachment #2: {filename}" in page


def first_sentence(text: str) -> str:
    """Return the first sentence after the greeting, its line ends as blanks."""
    paragraph = text.strip().split("\n\n")[1]
    return " ".join(paragraph.split()).partition(". ")[0]


def mutt_page(maildir: Path, folder: Path) -> str:
    """Open the one mail of a Maildir in mutt on a terminal of its own, and return the page it shows."""
    page = folder / "page.txt"
    commands = (
        f'set folder={folder} pager="cp %s {page}"; set prompt_after=no wait_key=no charset=utf-8 allow_8bit; unset markers; '
        "ignore *; unignore from to subject date; push <display-message><exit>"
    )
    environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "200", "LINES": "50"}
    run_on_a_terminal(["mutt", "-n", "-F", os.devnull, "-R", "-f", str(maildir), "-e", commands], environment)
    return page.read_text("utf-8")


def run_on_a_terminal(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a program that insists on a terminal to its end, and take its screen from it so that it never waits for us."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as program:
        os.close(theirs)
        too_long = threading.Timer(30, program.kill)
        too_long.start()
        with contextlib.suppress(OSError):  # the other end was closed: the program is over
            while os.read(ours, 65536):
                pass
        os.close(ours)
        status = program.wait()
        too_long.cancel()
    assert status == 0


@pytest.fixture(scope="session")
def scores(line: dict[str, Delivered], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Have SpamAssassin judge all mails in one go; return the rules each met with what they count."""
    folder = tmp_path_factory.mktemp("spamassassin")
    box = mailbox.mbox(folder / "box")
    for note in line.values():
        box.add(without_relays(note.raw))
    box.close()
    with (folder / "box").open("rb") as mails, (folder / "judged").open("wb") as judged:
        subprocess.run(
            ["spamassassin", "-L", "--mbox", "--cf", "add_header all Rules _TESTSSCORES( )_"],
            stdin=mails,
            stdout=judged,
            env={**os.environ, "HOME": str(folder)},
            timeout=300,
            check=True,
        )
    with contextlib.closing(mailbox.mbox(folder / "judged")) as read:
        rules = [str(parsed(bytes(mail))["X-Spam-Rules"]) for mail in read]
    return {person: dict(map(score, found.split())) for person, found in zip(line, rules, strict=True)}


def score(rule: str) -> tuple[str, float]:
    name, _, value = rule.partition("=")
    return name, float(value)


def without_relays(raw: bytes) -> bytes:
    """Return a mail as the sender's program made it, with LF line ends."""
    return wire_bytes(raw).replace(b"\r\n", b"\n")


@needs("spamassassin")
@pytest.mark.parametrize("person", [person for _, person in NOTES])
def test_spamassassin_finds_nothing_to_say(person: str, scores: dict[str, dict[str, float]]) -> None:
    counted = {rule: value for rule, value in scores[person].items() if rule not in RELAY_RULES}

    assert sum(value for value in counted.values() if value > 0) <= HIGHEST_SCORE, counted


# --- exactly once, and nothing on a wrong line -------------------------------------------------------------------------


@pytest.fixture
def interview(scenarios: Path) -> Path:
    return scenarios / "05-quality-manager.md"


@pytest.fixture
def environment(postfix: Postfix, tmp_path: Path) -> dict[str, str]:
    """Return the settings of the interview's writer, in a home of their own."""
    return settings(postfix, tmp_path, senders()["05-quality-manager.md"])


NUNEZ = "s.nunez@harborline-castings.example"


def test_a_second_send_is_refused_and_delivers_nothing(
    interview: Path, environment: dict[str, str], postfix: Postfix
) -> None:
    first = done(run_mailer("send", interview, "--to", "nunez", "--yes", "--json", environment=environment))
    postfix.wait_until_delivered(first.json["entries"][0]["last_reply"]["text"])
    postfix.take(NUNEZ)

    again = run_mailer("send", interview, "--to", "nunez", "--yes", environment=environment)

    assert again.status == 1
    assert "already" in again.out + again.err
    assert postfix.take(NUNEZ) == []


def test_a_queued_note_is_delivered_by_the_worker(
    interview: Path, environment: dict[str, str], postfix: Postfix
) -> None:
    queued = run_mailer("queue", interview, "--to", "nunez", "--at", "now", "--yes", "--json", environment=environment)
    assert [e["state"] for e in done(queued).json["entries"]] == ["scheduled"]

    done(run_mailer("worker", "--once", environment=environment))

    (entry,) = done(run_mailer("outbox", "--json", environment=environment)).json["entries"]
    assert entry["state"] == "sent"
    postfix.wait_until_delivered(entry["last_reply"]["text"])
    (mail,) = postfix.take(NUNEZ)
    assert mail["Message-ID"] == queued.json["entries"][0]["message_id"]


SATO = "sato@hoshi-studio.example"


@needs("mutt")
def test_a_file_with_a_name_beyond_ascii_arrives_under_it_though_it_is_gone_here(
    scenarios: Path, postfix: Postfix, tmp_path: Path
) -> None:
    environment = settings(postfix, tmp_path, senders()["10-designer.md"])
    interview, name = scenarios / "10-designer.md", "Übersicht – 夕方の文字.pdf"
    interview.write_text(
        interview.read_text("utf-8").replace("file: files/dusk-contrast-chart.pdf", f"file: {name}"), "utf-8"
    )
    content = (scenarios / "files" / "dusk-contrast-chart.pdf").rename(scenarios / name).read_bytes()
    done(run_mailer("queue", interview, "--to", "sato", "--at", "now", "--yes", environment=environment))
    shutil.rmtree(scenarios)

    done(run_mailer("worker", "--once", environment=environment))

    (entry,) = done(run_mailer("outbox", "--json", environment=environment)).json["entries"]
    postfix.wait_until_delivered(entry["last_reply"]["text"])
    page = mutt_page(postfix.maildir(SATO), tmp_path)
    (mail,) = postfix.take(SATO)
    (chart,) = mail.iter_attachments()
    assert (chart.get_filename(), chart.get_content()) == (name, content)
    assert f"Attachment #2: {name}" in page


def test_tls_at_once_delivers_too(interview: Path, environment: dict[str, str], postfix: Postfix) -> None:
    environment |= {"MAILER_SMTP_PORT": str(postfix.tls_port), "MAILER_SMTP_SECURITY": "tls"}

    sent_now = done(run_mailer("send", interview, "--to", "nunez", "--yes", "--json", environment=environment))

    postfix.wait_until_delivered(sent_now.json["entries"][0]["last_reply"]["text"])
    (mail,) = postfix.take(NUNEZ)
    assert "with ESMTPSA" in mail["Received"]


def test_an_address_that_is_not_ascii_is_delivered_by_smtputf8(
    interview: Path, environment: dict[str, str], postfix: Postfix
) -> None:
    address = "jörg.müller@kupferberg-soehne.example"
    interview.write_text(interview.read_text("utf-8").replace(NUNEZ, address), "utf-8")

    sent_now = done(run_mailer("send", interview, "--to", "nunez", "--yes", "--json", environment=environment))

    postfix.wait_until_delivered(sent_now.json["entries"][0]["last_reply"]["text"])
    (raw,) = postfix.delivered(address)
    (mail,) = postfix.take(address)
    assert "with UTF8SMTPSA" in mail["Received"]
    assert f"<{address}>".encode() in raw.partition(b"\n\n")[0]


def test_a_recipient_the_server_does_not_know_is_refused_for_good(interview: Path, environment: dict[str, str]) -> None:
    stranger = "stranger@harborline-castings.example"
    interview.write_text(interview.read_text("utf-8").replace(NUNEZ, stranger), "utf-8")

    refused = run_mailer("send", interview, "--to", "nunez", "--yes", environment=environment)

    assert refused.status == 4
    assert "User unknown" in refused.out + refused.err


def test_a_wrong_password_is_named_and_delivers_nothing(
    interview: Path, environment: dict[str, str], postfix: Postfix
) -> None:
    environment["MAILER_PASSWORD"] = "a guess that is wrong"

    refused = run_mailer("send", interview, "--to", "nunez", "--yes", environment=environment)

    assert refused.status in {3, 4}
    assert "password" in refused.out + refused.err
    assert "a guess that is wrong" not in refused.out + refused.err
    assert postfix.take(NUNEZ) == []


def test_a_server_of_another_authority_is_not_trusted_and_gets_no_password(
    interview: Path, environment: dict[str, str], postfix: Postfix
) -> None:
    del environment["MAILER_CA_FILE"]
    already_said = len(postfix.log)

    refused = run_mailer("send", interview, "--to", "nunez", "--yes", environment=environment)

    assert refused.status in {3, 4}
    assert "certificate" in refused.out + refused.err
    assert not [line for line in postfix.log[already_said:] if "sasl_username" in line]
    assert postfix.take(NUNEZ) == []
