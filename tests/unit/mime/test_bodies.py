"""Bodies travel in lines that every server takes, and decode to what was written."""

from __future__ import annotations

import base64
import quopri
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.errors import SealError
from mailer.mime.bodies import encode_base64, encode_text
from mailer.model import Payload

if TYPE_CHECKING:
    from collections.abc import Callable

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "7bit": bytes,
    "quoted-printable": quopri.decodestring,
    "base64": base64.b64decode,
}
texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=600),
    st.text(st.sampled_from("a =.\t\né"), max_size=600),
    st.text(st.sampled_from("aé"), min_size=900, max_size=2500),
)


@given(texts)
@example("x" * 999)
@example("é \n. \n.\nFrom me\n")
def test_a_body_decodes_to_its_text_with_crlf(text: str) -> None:
    encoding, body = encode_text("text", text)

    assert DECODE[encoding](body) == (text + "\n" * (not text.endswith("\n"))).replace("\n", "\r\n").encode()


@given(texts)
def test_a_body_is_ascii_in_crlf_lines_of_at_most_998(text: str) -> None:
    encoding, body = encode_text("text", text)
    lines = body.split(b"\r\n")

    assert body.isascii()
    assert lines[-1] == b""
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= (998 if encoding == "7bit" else 76)


@given(texts)
def test_an_armoured_line_never_ends_in_a_space(text: str) -> None:
    encoding, body = encode_text("text", text)

    assert encoding == "7bit" or not any(line.endswith((b" ", b"\t")) for line in body.split(b"\r\n"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain", "7bit"),
        ("x" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
        ("a few é in a line of Latin letters", "quoted-printable"),
        ("谢谢您的时间" * 9, "base64"),
    ],
)
def test_the_shortest_encoding_that_does_is_taken(text: str, encoding: str) -> None:
    assert encode_text("text", text)[0] == encoding


@pytest.mark.parametrize("bad", ["\r", "\0", "\x0c", "\x1b", "\x7f", "\ud83d"])
def test_a_character_that_no_body_may_hold_is_refused_naming_the_part(bad: str) -> None:
    with pytest.raises(SealError, match="the html holds") as caught:
        encode_text("html", f"a{bad}b")

    assert str(caught.value).isprintable()


@given(st.lists(st.binary(max_size=200), max_size=12))
def test_base64_streams_as_if_encoded_at_once(chunks: list[bytes]) -> None:
    streamed = b"".join(encode_base64(chunks))

    assert streamed == base64.encodebytes(b"".join(chunks)).replace(b"\n", b"\r\n")


@given(st.binary(max_size=400))
def test_a_payload_knows_its_size_on_the_wire(raw: bytes) -> None:
    assert Payload("", len(raw)).wire_bytes == len(b"".join(encode_base64([raw])))
