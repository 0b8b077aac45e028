"""Which account an address has: at the host given, else at the provider named, else at the one known by the address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailer.app.account import account_for, mailbox, sign_in_steps, typed_password
from mailer.errors import CredentialError, UsageError
from mailer.model import Auth, Mailbox, Secret, Security

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


@pytest.mark.parametrize(
    ("address", "options", "host", "port", "security"),
    [
        ("ada@gmail.com", {}, "smtp.gmail.com", 465, TLS),
        ("ada@own.example", {"provider": "gmail"}, "smtp.gmail.com", 465, TLS),
        ("ada@own.example", {"provider": "Google Workspace"}, "smtp.gmail.com", 465, TLS),
        ("ada@gmail.com", {"provider": "fastmail"}, "smtp.fastmail.com", 465, TLS),
        ("ada@gmail.com", {"port": 587}, "smtp.gmail.com", 587, STARTTLS),
        ("ada@gmail.com", {"security": "starttls"}, "smtp.gmail.com", 587, STARTTLS),
        ("ada@gmail.com", {"host": "mx.own.example"}, "mx.own.example", 465, TLS),
        ("ada@own.example", {"host": "mx.own.example"}, "mx.own.example", 465, TLS),
        ("ada@own.example", {"host": "mx.own.example", "port": 587}, "mx.own.example", 587, STARTTLS),
        ("ada@own.example", {"host": "mx.own.example", "security": "starttls"}, "mx.own.example", 587, STARTTLS),
        ("ada@own.example", {"host": "mx.own.example", "port": 2465, "security": "tls"}, "mx.own.example", 2465, TLS),
        ("ada@own.example", {"host": "127.0.0.1", "port": 1025, "security": "none"}, "127.0.0.1", 1025, NONE),
    ],
)
def test_the_server_is_the_one_that_was_meant(
    address: str, options: dict[str, Any], host: str, port: int, security: Security
):
    account = account_for(address, **options)

    assert (account.host, account.port, account.security, account.auth) == (host, port, security, Auth.PASSWORD)


@pytest.mark.parametrize("options", [{}, {"host": "mx.own.example"}])
def test_a_user_name_and_a_certificate_stand_as_they_are_given(options: dict[str, Any]):
    ca_file = Path("company-ca.pem")

    account = account_for("ada@gmail.com", username="ada-lovelace", ca_file=ca_file, **options)

    assert (account.username, account.ca_file) == ("ada-lovelace", ca_file)


@pytest.mark.parametrize("options", [{}, {"host": "mx.own.example"}])
def test_one_signs_in_with_the_address_unless_told_otherwise(options: dict[str, Any]):
    assert account_for("ada@gmail.com", **options).username == "ada@gmail.com"


@pytest.mark.parametrize(
    ("options", "unknown"), [({}, "ada@own.example"), ({"provider": "nobody at all"}, "nobody at all")]
)
def test_a_provider_that_is_not_known_is_told_with_the_ways_out(options: dict[str, Any], unknown: str):
    with pytest.raises(UsageError) as caught:
        account_for("ada@own.example", **options)

    said = str(caught.value)
    assert said.startswith(f"nobody here knows where {unknown} hands in mail; say --host")
    assert "gmail, outlook" in said


def test_a_provider_without_passwords_says_what_else_works():
    with pytest.raises(CredentialError, match="OAuth2"):
        account_for("ada@outlook.com")


def test_the_way_to_a_password_is_known_for_a_provider_and_for_no_server_of_ones_own():
    known, own = account_for("ada@gmail.com"), account_for("ada@own.example", host="mx.own.example")

    assert (bool(sign_in_steps(known)), sign_in_steps(own)) == (True, ())


def test_the_spaces_in_which_a_provider_shows_its_password_are_none_of_it():
    known, own = account_for("ada@gmail.com"), account_for("ada@own.example", host="mx.own.example")

    assert typed_password(known, "abcd efgh ijkl mnop") == Secret("abcdefghijklmnop")
    assert typed_password(own, "correct horse") == Secret("correct horse")


def test_an_empty_password_is_none():
    with pytest.raises(UsageError, match="the password is empty"):
        typed_password(account_for("ada@gmail.com"), "")


def test_a_name_and_an_address_are_a_mailbox():
    assert mailbox("Ada Example", "ada@example.com") == Mailbox("Ada Example", "ada@example.com")


@pytest.mark.parametrize(
    "address", ["ada", "ada@", "@example.com", "a b@example.com", "ada@example.com\nBcc: x@y.example"]
)
def test_an_address_that_is_none_is_named(address: str):
    with pytest.raises(UsageError) as caught:
        mailbox("Ada", address)

    assert address in str(caught.value)
