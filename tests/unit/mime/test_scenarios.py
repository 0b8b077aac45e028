"""Each note of the worked interviews is sealed into the mail that the standard library would build."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from mailer import mime
from tests.unit.composer.scenario_notes import LABELS, compose_note, find_note
from tests.unit.mime.oracle import MESSAGE_ID, by_stdlib, no_defects, outline
from tests.unit.mime.test_flowed import trimmed, unflow

if TYPE_CHECKING:
    from email.message import EmailMessage


def sealed_bytes(label: str) -> bytes:
    interview, _, _ = find_note(label)
    sealed = mime.seal(compose_note(label), interview, message_id=MESSAGE_ID)
    return b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk))


def parse(label: str) -> EmailMessage:
    return message_from_bytes(sealed_bytes(label), policy=policy.default)


@pytest.mark.parametrize("label", LABELS)
def test_a_note_reads_as_the_one_the_standard_library_builds(label: str) -> None:
    assert outline(parse(label)) == outline(by_stdlib(compose_note(label)))


@pytest.mark.parametrize("label", LABELS)
def test_a_note_parses_without_a_defect(label: str) -> None:
    assert no_defects(parse(label))


@pytest.mark.parametrize("label", LABELS)
def test_the_text_unflows_to_what_was_composed(label: str) -> None:
    body = parse(label).get_body(("plain",))

    assert body is not None
    assert unflow(body.get_content().replace("\r\n", "\n")) == trimmed(compose_note(label).text)


@pytest.mark.parametrize("label", LABELS)
def test_a_composed_text_has_no_space_at_the_end_of_a_line(label: str) -> None:
    assert trimmed(compose_note(label).text) == compose_note(label).text


@pytest.mark.parametrize("label", LABELS)
def test_every_line_is_short_ascii(label: str) -> None:
    raw = sealed_bytes(label)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
