"""Setting an account up against a real server on loopback and a keyring that is a file."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailer import credentials, onboarding, settings
from mailer.errors import CredentialError, Permanent, SettingsError, Temporary
from mailer.model import Account, Auth, Mailbox, Secret, Security
from tests.certificates import Authority
from tests.smtp_server import Cut, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mailer.onboarding import SetUp

    UseKeyring = Callable[[str], Path]

FILE_KEYRING = "tests.parts.credentials.file_keyring.Keyring"
ADA = Mailbox("Ada Example", "ada@example.com")
PASSWORD = Secret("correct horse")


@contextmanager
def mail_server(tmp_path: Path, script: Any = None, **options: Any) -> Iterator[tuple[SmtpServer, Account]]:
    """Run a TLS server that knows Ada, and give it with her account there."""
    authority = Authority(tmp_path / "authority")
    options = {"users": {ADA.address: PASSWORD.value}} | options
    with SmtpServer(script, security=Security.TLS, context=authority.issue().server_context(), **options) as server:
        yield server, Account("127.0.0.1", server.port, Security.TLS, Auth.PASSWORD, ADA.address, authority.ca_file)


def read(home: Path, **environ: str) -> settings.Settings:
    return settings.read(options={}, environ={"MAILER_HOME": str(home), **environ})


def set_up(home: Path, account: Account, secret: Secret | None = PASSWORD, **arguments: Any) -> SetUp:
    return onboarding.set_up(read(home), ADA, account, secret, **{"may_prompt": False} | arguments)


def test_a_proof_logs_in_and_sends_nothing(tmp_path: Path) -> None:
    with mail_server(tmp_path) as (server, account):
        replies = onboarding.prove(account, PASSWORD)

    assert (replies[-1].code, replies[-1].stage) == (235, "auth")
    assert [login[1:] for login in server.logins] == [(ADA.address, PASSWORD.value)]
    assert server.messages == []


def test_what_was_set_up_is_all_that_a_later_run_needs(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account):
        done = set_up(home, account)

    found = read(home)

    assert done.keyring == FILE_KEYRING
    assert (found.account(), found.sender) == (account, ADA)
    assert credentials.secret_for(found.account(), found, interactive=False) == PASSWORD


def test_the_settings_file_never_holds_the_password(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account):
        done = set_up(home, account)

    assert PASSWORD.value not in done.config_path.read_text()
    assert PASSWORD.value not in repr(done)


def test_after_a_refused_login_nothing_is_kept_anywhere(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    items = use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account), pytest.raises(CredentialError) as caught:
        set_up(home, account, Secret("wrong"))

    assert "Check the user name and the password." in str(caught.value)
    assert "wrong horse" not in str(caught.value)
    assert not items.exists()
    assert not home.exists()


def test_a_refused_login_comes_with_the_providers_advice(tmp_path: Path) -> None:
    script = {"auth": "534 5.7.9 Application-specific password required"}
    with (
        mail_server(tmp_path, script) as (_, account),
        pytest.raises(CredentialError, match=r"534 5\.7\.9 .*wants an app password"),
    ):
        onboarding.prove(account, PASSWORD)


@pytest.mark.parametrize(
    ("script", "kind"), [({"auth": "454 4.7.0 Later"}, Temporary), ({"greeting": "554 5.7.1 No"}, Permanent)]
)
def test_a_server_that_cannot_be_spoken_to_is_no_matter_of_the_password(
    home: Path, tmp_path: Path, use_keyring: UseKeyring, script: dict[str, str], kind: type[Exception]
) -> None:
    items = use_keyring(FILE_KEYRING)
    with mail_server(tmp_path, script) as (_, account), pytest.raises(kind):
        set_up(home, account)

    assert not items.exists()
    assert not home.exists()


def test_a_cut_after_the_login_began_keeps_nothing(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    items = use_keyring(FILE_KEYRING)
    with mail_server(tmp_path, {"auth": Cut()}) as (_, account), pytest.raises(Temporary):
        set_up(home, account)

    assert not items.exists()


def test_an_unusable_keyring_stops_before_the_settings_are_written_and_names_the_other_ways(
    home: Path, tmp_path: Path
) -> None:
    with mail_server(tmp_path) as (_, account), pytest.raises(CredentialError) as caught:
        set_up(home, account)

    assert "the login at 127.0.0.1 works, but its password cannot be kept" in str(caught.value)
    assert "set MAILER_PASSWORD_CMD" in str(caught.value)
    assert not home.exists()


def test_a_command_stands_in_for_the_keyring(home: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path) as (_, account):
        done = set_up(home, account, password_cmd="echo 'correct horse'")

    found = read(home)

    assert done.keyring == ""
    assert credentials.secret_for(account, found, interactive=False) == PASSWORD


def test_the_environment_stands_in_for_the_keyring(home: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path) as (_, account):
        done = set_up(home, account, uses_keyring=False)

    assert done.keyring == ""
    assert done.config_path.exists()


def test_a_new_account_in_the_keyring_ends_the_old_command(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    use_keyring(FILE_KEYRING)
    settings.write(home, {"MAILER_PASSWORD_CMD": "echo old", "MAILER_SMTP_USERNAME": "old", "MAILER_MAX_LATE": "5h"})
    with mail_server(tmp_path) as (_, account):
        set_up(home, account)

    found = read(home)

    assert (found.password_cmd, found.smtp_username, found.max_late) == ((), "", timedelta(hours=5))


def test_the_file_of_config_is_the_one_that_is_written(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.env"
    other.write_text(f"MAILER_HOME={home}\n")
    given = settings.read(options={}, environ={}, config=other)
    with mail_server(tmp_path) as (_, account):
        onboarding.set_up(given, ADA, account, PASSWORD, uses_keyring=False)

    assert not (home / "config.env").exists()
    assert settings.read(options={}, environ={}, config=other).account() == account


def test_what_the_environment_overrides_is_said(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    use_keyring(FILE_KEYRING)
    given = read(home, MAILER_SMTP_HOST="old.example.com", MAILER_PASSWORD="old")
    with mail_server(tmp_path) as (_, account):
        done = onboarding.set_up(given, ADA, account, PASSWORD, may_prompt=False)

    assert done.shadowed == (("MAILER_SMTP_HOST", "environment"), ("MAILER_PASSWORD", "environment"))


def test_a_provider_without_passwords_is_never_shown_one(home: Path) -> None:
    account = Account("smtp-mail.outlook.com", 587, Security.STARTTLS, Auth.PASSWORD, "ada@outlook.com")

    def never(_account: Account, _secret: Secret | None) -> tuple[()]:
        raise AssertionError("the password would have gone out")

    with pytest.raises(CredentialError, match=r"OAuth2.*What you can use instead"):
        set_up(home, account, prove=never)


def test_an_account_on_this_machine_may_need_no_sign_in(home: Path) -> None:
    with SmtpServer() as server:
        account = Account("127.0.0.1", server.port, Security.NONE, Auth.NONE)
        set_up(home, account, None)

    assert read(home).account() == account


def test_a_user_name_other_than_the_address_is_written(home: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path, users={"ada": "correct horse"}) as (_, account):
        other = Account(account.host, account.port, account.security, account.auth, "ada", account.ca_file)
        set_up(home, other, uses_keyring=False)

    assert read(home).account() == other


def test_the_telephone_number_is_written_when_given(home: Path) -> None:
    with SmtpServer() as server:
        account = Account("127.0.0.1", server.port, Security.NONE, Auth.NONE)
        mailbox = Mailbox("Example, Ada", "ada@example.com", "+1 313 555 0188")
        onboarding.set_up(read(home), mailbox, account, None)

    assert read(home).sender == mailbox


def test_a_settings_file_that_does_not_read_is_left_as_it_is(home: Path) -> None:
    given = read(home)
    home.mkdir()
    (home / "config.env").write_text("MAILER_FROM='open\n")
    with SmtpServer() as server, pytest.raises(SettingsError):
        onboarding.set_up(given, ADA, Account("127.0.0.1", server.port, Security.NONE, Auth.NONE), None)

    assert (home / "config.env").read_text() == "MAILER_FROM='open\n"


@pytest.mark.parametrize("spelling", ["LOCALHOST", "localhost.", " localhost "])
def test_the_password_is_found_again_however_the_host_was_spelt(
    home: Path, tmp_path: Path, use_keyring: UseKeyring, spelling: str
) -> None:
    use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account):
        set_up(home, account._replace(host=spelling))

    found = read(home)

    assert credentials.secret_for(found.account(), found, interactive=False) == PASSWORD


def test_a_host_that_is_none_is_refused_before_anything_is_tried(home: Path) -> None:
    account = Account("https://smtp.example.com", 465, Security.TLS, Auth.PASSWORD, ADA.address)

    with pytest.raises(SettingsError, match=r"MAILER_SMTP_HOST .*is a URL"):
        set_up(home, account)


def test_the_keyrings_entry_names_host_and_user(home: Path, tmp_path: Path, use_keyring: UseKeyring) -> None:
    items = use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account):
        set_up(home, account)

    assert list(json.loads(items.read_text())) == ["mailer/127.0.0.1/ada@example.com/smtp|ada@example.com"]
