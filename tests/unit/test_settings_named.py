"""Test the accounts that have a name and a file of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer.errors import SettingsError
from mailer.model import Rate, Security
from mailer.settings import named, read

if TYPE_CHECKING:
    from pathlib import Path

MAIN = {
    "MAILER_FROM": "Ada Example <ada@example.com>",
    "MAILER_SMTP_HOST": "smtp.example.com",
    "MAILER_SMTP_USERNAME": "ada",
    "MAILER_PASSWORD": "of the main account",
    "MAILER_PASSWORD_CMD": "pass show main",
}


def kept(home: Path, name: str, *lines: str) -> None:
    file = named.account_file(home, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines), encoding="utf-8")


def settings_of(home: Path, name: str, **environ: str):
    main = read(options={"MAILER_HOME": str(home)}, environ=MAIN | environ)
    return named.of_account(main, name)


def problem(home: Path, name: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings_of(home, name)
    return str(caught.value)


def test_an_account_is_handed_in_where_its_file_says(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example", "MAILER_SMTP_PORT=587", "MAILER_RATE=5/minute")

    settings = settings_of(home, "work")

    account = settings.account()
    assert (account.host, account.port, account.security) == ("smtp.work.example", 587, Security.STARTTLS)
    assert settings.rate == (Rate(5, 60),)


def test_without_a_name_the_main_account_is_meant(home: Path):
    assert settings_of(home, "").account().host == "smtp.example.com"


def test_a_named_account_gets_neither_user_name_nor_password_of_the_main_one(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example")

    settings = settings_of(home, "work")

    assert (settings.smtp_username, settings.password, settings.password_cmd) == ("", None, ())


def test_the_user_name_is_the_address_that_the_file_names(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example", "MAILER_FROM=Ada <ada@work.example>")

    assert settings_of(home, "work").account().username == "ada@work.example"


def test_the_environment_speaks_of_the_main_account_alone(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example")

    assert settings_of(home, "work", MAILER_SMTP_HOST="elsewhere.example").smtp_host == "smtp.work.example"


def test_an_account_without_a_file_is_named_with_the_remedy(home: Path):
    said = problem(home, "work")

    assert "this machine knows no account “work”" in said
    assert "mailer setup --account work" in said


def test_a_password_in_the_file_of_an_account_is_refused(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example", "MAILER_PASSWORD=secret")

    said = problem(home, "work")

    assert "a password never belongs in a file" in said
    assert "work.env:2" in said


def test_a_setting_of_the_program_in_the_file_of_an_account_is_refused_with_its_line(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example", "MAILER_MAX_LATE=1h")

    assert "MAILER_MAX_LATE" in problem(home, "work")
    assert "work.env:2" in problem(home, "work")


def test_a_server_elsewhere_needs_protection_also_for_a_named_account(home: Path):
    kept(home, "work", "MAILER_SMTP_HOST=smtp.work.example", "MAILER_SMTP_SECURITY=none")

    with pytest.raises(SettingsError, match=r"work\.env:2"):
        settings_of(home, "work").account()


def test_the_accounts_of_a_machine_are_listed_by_name_and_other_files_left_out(home: Path):
    kept(home, "work")
    kept(home, "hiring-2")
    kept(home, "Not A Name")

    assert named.names(home) == ("hiring-2", "work")


def test_a_machine_without_named_accounts_lists_none(home: Path):
    assert named.names(home) == ()


@pytest.mark.parametrize("name", ["Work", "a b", "../etc", "-a", "ä", "x" * 41])
def test_a_name_that_no_file_could_bear_everywhere_is_refused(home: Path, name: str):
    with pytest.raises(SettingsError, match="is no name of an account"):
        read(options={"MAILER_HOME": str(home)}, environ={"MAILER_ACCOUNT": name})


def test_the_account_of_a_queued_note_is_a_setting(home: Path):
    assert read(options={"MAILER_HOME": str(home)}, environ={"MAILER_ACCOUNT": "work"}).account_name == "work"
