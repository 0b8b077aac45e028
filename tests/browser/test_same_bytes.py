"""What was looked at is what the server took, byte for byte, whichever note it is."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mailer.model import NoteKind
from tests.browser.desks import fingerprint_of, open_desk, with_scenarios
from tests.unit.composer.scenario_notes import LABELS, find_note

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.desks import Place

FILES = sorted({label.partition(".")[0] for label in LABELS})


def hour_of(name: str) -> datetime:
    """Return the first hour at which a file has a note go, when its words about days are true."""
    label = next(label for label in LABELS if label.startswith(name))
    interview, note, _ = find_note(label)
    assert note.send is not None
    return note.send.replace(tzinfo=ZoneInfo(interview.timezone))


@pytest.mark.parametrize("name", FILES)
def test_each_note_of_a_file_arrives_as_it_was_shown(page: Page, tmp_path: Path, name: str) -> None:
    labels = [label for label in LABELS if label.startswith(name)]
    _, _, sender = find_note(labels[0])
    with open_desk(tmp_path, moment=hour_of(name), undo_s=0, sender=f"{sender.name} <{sender.address}>") as place:
        add_setting(place, f"MAILER_PHONE={sender.phone}")
        with_scenarios(place, name)
        page.goto(place.server.link(f"/interviews/{name}"))
        for label in labels:
            _, note, _ = find_note(label)
            kind = "" if note.kind is NoteKind.THANK_YOU else f"&kind={note.kind}"
            seal, letter, files, saved = looked_at(page, place, f"/interviews/{name}/{note.people[0].id}", kind)
            outbox_seal = sent(page, place, f"/interviews/{name}/{note.people[0].id}", kind)

            raw = place.sandbox.messages()[-1].path.read_bytes()
            assert fingerprint_of(raw)[:8] == seal == outbox_seal
            assert fingerprint_of(saved) == fingerprint_of(raw)
            assert html_of(raw) == letter
            assert files_of(raw) == files
        assert len(place.sandbox.messages()) == len(labels)


def add_setting(place: Place, line: str) -> None:
    path = place.home / "config.env"
    path.write_text(f"{path.read_text()}{line}\n")


def looked_at(page: Page, place: Place, note: str, kind: str) -> tuple[str, bytes, list[bytes], bytes]:
    """Return what a page shows of a note: its seal, the letter in its frame, what is attached, the saved mail."""
    with page.expect_response(lambda answer: "/letter?" in answer.url) as framed:
        page.goto(place.url(f"{note}?marks=off{kind}"))
    letter, seal = framed.value.body(), seal_on(page)
    page.goto(place.url(f"{note}?tab=parts{kind}"))
    links = page.locator("a[href*='/attached/']").evaluate_all("links => links.map(link => link.href)")
    files = [page.request.get(link).body() for link in links]
    return seal, letter, files, page.request.get(place.url(f"{note}/note.eml?{kind[1:]}")).body()


def sent(page: Page, place: Place, note: str, kind: str) -> str:
    """Send a note by its button, and return the seal that the outbox shows."""
    from playwright.sync_api import expect

    page.goto(place.url(f"{note}/send?{kind[1:]}"))
    questions = page.get_by_label("Let the questions pass this once")
    if questions.count():
        questions.check()
    page.get_by_role("button", name="Send to").click()
    expect(page.get_by_role("main")).to_contain_text("The server took your note")
    return seal_on(page)


def seal_on(page: Page) -> str:
    found = re.search(r"Fingerprint\s+([0-9a-f]{8})\b", page.get_by_role("main").inner_text())
    assert found is not None
    return found[1]


def html_of(raw: bytes) -> bytes:
    """Return the html part with the line ends of a page; in a mail its last line has one, too."""
    body = message_from_bytes(raw, policy=policy.default).get_body(("html",))
    assert body is not None
    content: bytes = body.get_payload(decode=True)  # type: ignore[assignment]  # decoded it is bytes
    return content.replace(b"\r\n", b"\n").removesuffix(b"\n")


def files_of(raw: bytes) -> list[bytes]:
    message = message_from_bytes(raw, policy=policy.default)
    return [part.get_payload(decode=True) for part in message.iter_attachments()]  # type: ignore[misc]  # decoded it is bytes
