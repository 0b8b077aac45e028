"""Which provider an address, a host or a name belongs to."""

from __future__ import annotations

import pytest

from mailer.accounts import PROVIDERS, Provider, account_at, by_host, by_name, provider_for
from mailer.errors import CredentialError
from mailer.model import Account, Auth, Security
from mailer.settings import values


def key(found: Provider | None) -> str | None:
    return found.key if found else None


def named(name: str) -> Provider:
    found = by_name(name)
    assert found
    return found


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ada@gmail.com", "gmail"),
        ("Ada@GoogleMail.COM.", "gmail"),
        ("gmail.com", "gmail"),
        ("ada@hotmail.co.uk", "outlook"),
        ("ada@outlook.de", "outlook"),
        ("ada@live.nl", "outlook"),
        ("ada@school.onmicrosoft.com", None),
        ("ada@me.com", "icloud"),
        ("ada@yahoo.fr", "yahoo"),
        ("ada@yahoo.co.jp", "yahoo-japan"),
        ("ada@aol.com", "aol"),
        ("ada@fastmail.com", "fastmail"),
        ("ada@proton.me", "proton"),
        ("ada@zohomail.eu", "zoho-eu"),
        ("ada@gmx.de", "gmx"),
        ("ada@gmx.co.uk", "gmx-com"),
        ("ada@web.de", "webde"),
        ("ada@mailbox.org", "mailbox.org"),
        ("ada@posteo.net", "posteo"),
        ("ada@example.com", None),
        ("ada@yahoo.com.au", "yahoo"),
        ("ada@yahoo.example.com", None),
        ("ada@yahoo.co.uk.com", None),
        ("ada@notgmail.com", None),
        ("ada@yahoo", None),
        ("", None),
    ],
)
def test_an_address_belongs_to_the_provider_of_its_domain(address: str, expected: object) -> None:
    assert key(provider_for(address)) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("smtp.gmail.com", "gmail"),
        ("SMTP.Office365.com.", "microsoft365"),
        ("smtp.messagingengine.com", "fastmail"),
        ("smtp.example.com", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_a_host_belongs_to_the_provider_that_runs_it(host: str, expected: object) -> None:
    assert key(by_host(host)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gmail", "gmail"),
        ("google workspace", "gmail"),
        ("Microsoft 365", "microsoft365"),
        ("office-365", "microsoft365"),
        ("outlook.com", "outlook"),
        ("apple", "icloud"),
        ("AT&T", "att"),
        ("Zoho", "zoho-com"),
        ("WEB.DE", "webde"),
        ("my own", None),
        ("", None),
    ],
)
def test_a_provider_is_found_by_what_people_call_it(name: str, expected: object) -> None:
    assert key(by_name(name)) == expected


def test_an_account_has_all_that_a_login_needs() -> None:
    assert account_at(named("icloud"), "ada@icloud.com") == Account(
        "smtp.mail.me.com", 587, Security.STARTTLS, Auth.PASSWORD, "ada@icloud.com"
    )


@pytest.mark.parametrize("name", ["outlook.com", "tuta", "hey"])
def test_a_provider_without_passwords_has_no_account_but_a_way_round(name):
    with pytest.raises(CredentialError, match="What you can use instead"):
        account_at(named(name), "ada@example.com")


def test_at_some_providers_one_signs_in_with_the_part_before_the_at() -> None:
    assert account_at(named("web.de"), "ada@web.de").username == "ada"


def test_the_spaces_that_google_shows_are_no_part_of_the_password() -> None:
    assert named("gmail").password("abcd efgh  ijkl mnop\n") == "abcdefghijklmnop"


def test_elsewhere_a_space_is_part_of_the_password() -> None:
    assert named("posteo").password("correct horse ") == "correct horse "


def test_every_provider_is_reached_over_tls_at_a_proper_host() -> None:
    reachable = [p for p in PROVIDERS if p.host]

    assert [p.key for p in reachable if values.host(p.host) != p.host] == []
    assert {p.security for p in reachable} == {Security.TLS, Security.STARTTLS}


def test_no_two_providers_claim_a_key_a_host_a_name_or_a_domain() -> None:
    for claims in (
        [p.key for p in PROVIDERS],
        [h for p in PROVIDERS for h in {p.host, *p.other_hosts} if h],
        [n for p in PROVIDERS for n in {p.name.casefold(), *p.other_names}],
        [d for p in PROVIDERS for d in p.domains],
    ):
        assert len(claims) == len(set(claims))


def test_every_provider_says_how_to_sign_in_or_why_one_cannot() -> None:
    assert [p.key for p in PROVIDERS if bool(p.steps) == bool(p.obstacle)] == []
