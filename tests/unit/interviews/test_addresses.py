"""An address is one dot-atom at one domain name, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.interviews.addresses import fault_of


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "w.vanderberg+line3@harborline-castings.example",
        "o'brien@b.example",
        "!#$%&'*+-/=?^_`{|}~@b.example",
        "jürgen@groß.example",
        "佐藤@例え.テスト",
        "josé@josé.example",
        "राम@उदाहरण.भारत",
        "a@l·l.example",
        "a@localhost",
        "a@xn--bcher-kva.example",
        "a@1.2.example",
        f"{'l' * 64}@{'d' * 63}.example",
    ],
)
def test_an_address_is_taken(address: str) -> None:
    assert fault_of(address) == ""


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "no @"),
        ("a", "no @"),
        ("a@b@c.example", "more than one @"),
        ("@b.example", "before or after"),
        ("a@", "before or after"),
        ("a@b", "no dot"),
        ("a@b.example.", "edge"),
        ("a@.b.example", "edge"),
        ("a@b..example", "empty"),
        ("a@-b.example", "hyphen"),
        ("a@b-.example", "hyphen"),
        (".a@b.example", "dot"),
        ("a.@b.example", "dot"),
        ("a..b@c.example", "dot"),
        ("a b@c.example", "space"),
        ("a@b c.example", "space"),
        ("a\N{NO-BREAK SPACE}@b.example", "U+00A0"),
        ("a\N{ZERO WIDTH SPACE}@b.example", "U+200B"),
        ("a@b\N{RIGHT-TO-LEFT OVERRIDE}.example", "U+202E"),
        ("a\n@b.example", "U+000A"),
        ("a@b\r\n.example", "U+000D"),
        ("a\0@b.example", "U+0000"),
        ("Ada <a@b.example>", "space"),
        ("<a@b.example>", "“<”"),
        ("mailto:a@b.example", "“:”"),
        ("a@b.example, c", "“,”"),
        ('"a b"@c.example', '“"”'),
        ("a@[127.0.0.1]", "“[”"),
        ("a@127.0.0.1", "number"),
        ("a@b_c.example", "“_”"),
        ("a@b。example", "no dot"),
        (f"{'l' * 65}@b.example", "more than 64 bytes"),
        (f"{'é' * 33}@b.example", "more than 64 bytes"),
        (f"a@{'d' * 64}.example", "too long"),
        (f"a@{'d.' * 127}example", "longer than 254 bytes"),
    ],
)
def test_an_address_is_refused_with_its_reason(address: str, fault: str) -> None:
    assert fault in fault_of(address)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_a_taken_address_has_nothing_that_breaks_a_command(address: str) -> None:
    if fault_of(address) == "":
        assert address.isprintable()
        assert address.count("@") == 1
        assert not set(address) & set(' ()<>,;:\\"[]')
