"""The settings as a page shows them, the few that it changes, and the account that it sets up by a real login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.app import App, setting_up
from mailer.errors import CredentialError, SettingsError, UsageError
from tests.parts.onboarding.test_onboarding import ADA, FILE_KEYRING, PASSWORD, mail_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailer.app.setting_up import Shown
    from mailer.model import Account

    UseKeyring = Callable[[str], Path]


def app_of(home: Path, **environ: str) -> App:
    return App(settings.read(options={}, environ={"MAILER_HOME": str(home), **environ}))


def shown(app: App, name: str) -> Shown:
    return next(setting for setting in setting_up.shown(app) if setting.name == name)


def form(account: Account, **changes: str) -> dict[str, str]:
    """Return the form as Ada fills it in for this account."""
    return {
        "name": ADA.name,
        "address": ADA.address,
        "host": account.host,
        "port": str(account.port),
        "security": "tls",
        "username": ADA.address,
        "ca_file": str(account.ca_file),
        "password": PASSWORD.value,
        **changes,
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAILER_FROM", "Ada Example <ada@example.com>"),
        ("MAILER_SMTP_PORT", "587"),
        ("MAILER_WEEKEND", "fri, sat"),
        ("MAILER_HOLIDAYS", "2026-12-24, 2026-12-31, US"),
        ("MAILER_MAX_LATE", "1h30m"),
        ("MAILER_RATE", "20/minute, 400/day"),
        ("MAILER_RATE", "none"),
        ("MAILER_NOTIFY", "no"),
        ("MAILER_TIMEZONE", "Asia/Tokyo"),
    ],
)
def test_a_setting_is_shown_as_it_could_be_typed(home: Path, name: str, text: str):
    found = shown(app_of(home, **{name: text}), name)

    assert (found.value, found.source, found.is_overriding) == (text, "environment", True)


def test_a_secret_is_never_shown(home: Path):
    app = app_of(home, MAILER_PASSWORD="correct horse", MAILER_PASSWORD_CMD="pass show 'correct horse'")

    assert "correct horse" not in repr(setting_up.shown(app))
    assert shown(app, "MAILER_PASSWORD").value == "set, not shown"


def test_a_plain_setting_is_written_and_the_default_comes_back_with_nothing(home: Path):
    setting_up.change_settings(app_of(home), {"MAILER_PHONE": "+1 313 555 0188", "MAILER_WEEKEND": "fri, sat"})
    setting_up.change_settings(app_of(home), {"MAILER_WEEKEND": ""})

    assert (home / "config.env").read_text() == "MAILER_PHONE='+1 313 555 0188'\n"
    assert shown(app_of(home), "MAILER_PHONE").source.endswith("config.env:1")


def test_a_change_that_the_environment_overrides_is_told(home: Path):
    app = app_of(home, MAILER_TIMEZONE="Asia/Tokyo")

    changed = setting_up.change_settings(app, {"MAILER_TIMEZONE": "Europe/Berlin"})

    assert changed.shadowed == (("MAILER_TIMEZONE", "environment"),)


def test_other_settings_are_not_changed_from_a_page(home: Path):
    with pytest.raises(UsageError, match="MAILER_PASSWORD_CMD"):
        setting_up.change_settings(app_of(home), {"MAILER_PHONE": "1", "MAILER_PASSWORD_CMD": "rm -r /"})

    assert not home.exists()


def test_a_value_that_would_not_read_is_not_written(home: Path):
    with pytest.raises(SettingsError, match="did you mean Europe/Berlin"):
        setting_up.change_settings(app_of(home), {"MAILER_TIMEZONE": "Europe/Berlni"})

    assert not home.exists()


def test_a_form_sets_the_account_up_by_a_real_login(home: Path, tmp_path: Path, use_keyring: UseKeyring):
    use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (server, account):
        done = setting_up.set_up_from_form(app_of(home), form(account))

    assert [login[1:] for login in server.logins] == [(ADA.address, PASSWORD.value)]
    assert done.config_path == home / "config.env"
    assert app_of(home).settings.account() == account


def test_a_form_without_a_password_keeps_the_one_of_the_account(home: Path, tmp_path: Path, use_keyring: UseKeyring):
    use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (server, account):
        setting_up.set_up_from_form(app_of(home), form(account))
        setting_up.set_up_from_form(app_of(home), form(account, name="Ada E. Example", password=""))

    assert len(server.logins) == 2
    assert app_of(home).settings.sender.name == "Ada E. Example"


def test_a_wrong_password_is_told_and_nothing_is_kept(home: Path, tmp_path: Path, use_keyring: UseKeyring):
    keyring = use_keyring(FILE_KEYRING)
    with mail_server(tmp_path) as (_, account), pytest.raises(CredentialError):
        setting_up.set_up_from_form(app_of(home), form(account, password="wrong"))

    assert not (home / "config.env").exists()
    assert not keyring.exists() or "wrong" not in keyring.read_text()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"port": "four"}, "is no port"),
        ({"security": "some"}, "is no kind of protection"),
        ({"address": ""}, "the address is missing"),
        ({"address": "ada"}, "is no mail address"),
        ({"password_command": "pass show ada"}, "leave one of the two empty"),
        ({"colour": "green"}, "cannot be changed here"),
    ],
)
def test_what_a_form_cannot_mean_is_said_before_any_server_is_asked(home: Path, changes: dict[str, str], said: str):
    fields = {"name": "Ada", "address": "ada@example.com", "host": "127.0.0.1", "port": "1", "password": "x"}

    with pytest.raises(UsageError, match=said):
        setting_up.set_up_from_form(app_of(home), fields | changes)

    assert not home.exists()
