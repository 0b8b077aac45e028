"""Only this machine is loopback: nothing unencrypted may go anywhere else."""

from __future__ import annotations

import pytest

from mailer.loopback import is_loopback


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.3.2.1", "127.255.255.254", "::1", "0:0::1", "localhost", "LocalHost"]
)
def test_these_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "10.0.0.1",
        "localhost.example.com",
        "127.0.0.1.example",
        "127.1",
        "128.0.0.1",
        "::",
        "::2",
        "::ffff:10.0.0.1",
        "local",
        "a\0",
        "ü",
    ],
)
def test_these_are_not(host: str) -> None:
    assert not is_loopback(host)
