"""Show where the outbox may be kept, and that its password stays out of files and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailer import settings
from mailer.errors import SettingsError
from mailer.model import Secret
from mailer.settings import values

if TYPE_CHECKING:
    from pathlib import Path

URL = "postgresql://ada:hunter2@db.example.com/mailer"


def read(home: Path, outbox: str) -> settings.Settings:
    return settings.read(options={}, environ={"MAILER_HOME": str(home), "MAILER_OUTBOX": outbox})


def in_file(home: Path, outbox: str) -> settings.Settings:
    home.mkdir(exist_ok=True)
    (home / "config.env").write_text(f"MAILER_OUTBOX={outbox}\n")
    return settings.read(options={}, environ={"MAILER_HOME": str(home)})


def test_without_a_word_it_is_in_the_home(home: Path):
    assert read(home, "").outbox is None


def test_a_path_in_the_settings_file_starts_from_its_folder(home: Path):
    assert in_file(home, "shared/notes.db").outbox == home / "shared" / "notes.db"


def test_a_url_from_the_environment_may_hold_a_password_that_nothing_shows(home: Path):
    found = read(home, URL)

    assert found.outbox == Secret(URL)
    assert "hunter2" not in repr(found) + repr(found.outbox)


def test_a_url_without_a_password_may_stand_in_the_settings_file(home: Path):
    assert in_file(home, "postgresql://ada@db.example.com/mailer").outbox is not None


@pytest.mark.parametrize("url", [URL, "postgresql://ada@db.example.com/mailer?password=hunter2"])
def test_a_url_with_a_password_in_the_settings_file_is_refused_with_the_remedy(home: Path, url: str):
    with pytest.raises(SettingsError, match=r"config\.env:1.*~/\.pgpass, or into PGPASSWORD") as refused:
        in_file(home, url)

    assert "hunter2" not in str(refused.value)


def test_a_url_with_a_password_is_not_written_to_the_settings_file(home: Path):
    with pytest.raises(SettingsError, match="a password never belongs in a file"):
        settings.write(home, {"MAILER_OUTBOX": URL})

    assert not home.exists()


@pytest.mark.parametrize("url", ["mysql://ada:hunter2@db/mailer", "postgresql://ada:hun@ter2@db/mailer"])
def test_a_url_that_does_not_read_is_refused_without_being_shown(home: Path, url: str):
    with pytest.raises(SettingsError, match=r"^MAILER_OUTBOX \(environment\): its value ") as refused:
        read(home, url)

    assert "ter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["postgresql:ada:secret@db.example/mailer", "Postgres:/ada:secret@db.example/mailer"])
def test_a_url_with_its_slashes_missing_is_no_file_and_is_not_shown(text: str):
    with pytest.raises(ValueError, match="neither a file nor a postgresql:// URL") as caught:
        values.outbox(text)

    assert "secret" not in str(caught.value)
