"""Only the public internet may be called: no address that is private, special, or wraps one that is."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.links import is_public


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"],
)  # fmt: skip
def test_these_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  # no bind: it stands for this machine when it is called
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::101:101",
        "2002:7f00:1::",
        "2002:c0a8:1::",
        "2001:0:101:101::1",
        "2001:db8::1",
        "2606:2800::5efe:7f00:1",
        "2606:2800::200:5efe:a00:1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%2",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ],
)
def test_these_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_judged_as_itself(address: IPv4Address) -> None:
    wraps = [0xFFFF << 32 | int(address), 0x64FF9B << 96 | int(address), 0x2002 << 112 | int(address) << 80]

    assert {is_public(IPv6Address(wrapped)) for wrapped in wraps} == {is_public(address)}


@given(st.ip_addresses())
def test_what_is_public_is_global(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address) or not (address.is_private or address.is_loopback or address.is_multicast)
