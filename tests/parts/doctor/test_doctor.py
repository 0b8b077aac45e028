"""What the doctor finds, each ailment made for real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailer import credentials, doctor, onboarding, settings
from mailer.credentials import Limits
from mailer.database import Database
from mailer.doctor import Health, Part
from mailer.errors import CredentialError, Permanent, Stage, Temporary
from mailer.model import Account, Reply, Secret
from mailer.outbox import Outbox
from tests.factories import make_sealed
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mailer.model import Payload

    UseKeyring = Callable[[str], Path]

FILE_KEYRING = "tests.parts.credentials.file_keyring.Keyring"
NOW = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)
LOCAL = {
    "MAILER_FROM": "Ada Example <ada@example.com>",
    "MAILER_SMTP_HOST": "127.0.0.1",
    "MAILER_SMTP_SECURITY": "none",
    "MAILER_AUTH": "none",
}
REMOTE = {"MAILER_FROM": "Ada Example <ada@example.com>", "MAILER_SMTP_HOST": "localhost", "MAILER_PASSWORD": "secret"}


def accepting(_account: Account, _secret: Secret | None) -> tuple[Reply, ...]:
    return (Reply(220, "", "hello", "greeting"), Reply(235, "2.7.0", "welcome", "auth"))


def refusing(error: Exception) -> doctor.Prove:
    def prove(_account: Account, _secret: Secret | None) -> tuple[Reply, ...]:
        raise error

    return prove


def examined(
    home: Path, environ: dict[str, str], *, prove: doctor.Prove = accepting, is_offline: bool = False
) -> dict[str, Part]:
    """Return the parts by name."""
    found = settings.read(options={}, environ={"MAILER_HOME": str(home), **environ})
    parts = doctor.examine(found, prove=prove, now=NOW, is_offline=is_offline, limits=Limits(keyring_s=5))
    return {part.name: part for part in parts}


def health(home: Path, name: str, environ: dict[str, str] | None = None) -> Health:
    return examined(home, environ or {}, is_offline=True)[name].health


def queued(home: Path, due: datetime = NOW) -> tuple[Outbox, str]:
    """Queue a note and return the ledger and its id."""

    def no_files(_payload: Payload) -> Iterator[bytes]:
        raise AssertionError("there are none")

    ledger = Outbox(Database(home))
    entry = ledger.enqueue(
        make_sealed(), due=due, due_local=due.replace(tzinfo=None), timezone="UTC", now=due, read_payload=no_files
    )
    return ledger, entry.id


def test_a_local_account_with_everything_in_place_is_well(home: Path) -> None:
    home.mkdir(mode=0o700)
    with SmtpServer() as server:
        parts = examined(home, LOCAL | {"MAILER_SMTP_PORT": str(server.port)}, prove=onboarding.prove)

    assert {name: part.health for name, part in parts.items() if part.health not in {Health.OK, Health.SKIP}} == {}
    assert list(parts) == [
        "home", "settings", "sender", "timezone", "interviews", "outbox", "service", "account", "password", "name",
        "server", "login",
    ]  # fmt: skip


def test_every_ailment_has_its_remedy(home: Path) -> None:
    parts = examined(home, {"MAILER_FORM": "x"}).values()

    assert [p.name for p in parts if p.health in {Health.WARN, Health.FAIL} and not p.remedy] == []


# --- the folder and the settings -------------------------------------------------------------------------------


def test_a_home_that_is_not_there_yet_is_well(home: Path) -> None:
    assert health(home, "home") is Health.OK


def test_a_home_that_others_can_look_into_is_said(home: Path) -> None:
    home.mkdir()
    home.chmod(0o755)

    part = examined(home, {})["home"]

    assert (part.health, part.remedy) == (Health.WARN, f"chmod 700 {home}")


def test_a_disk_that_is_nearly_full_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(mode=0o700)
    monkeypatch.setattr(doctor, "SCARCE_BYTES", 2**70)

    assert health(home, "home") is Health.WARN


def test_a_home_that_is_a_file_fails(home: Path) -> None:
    home.write_text("")

    assert health(home, "home") is Health.FAIL


def test_a_settings_file_that_others_can_change_fails(home: Path) -> None:
    settings.write(home, {"MAILER_PHONE": "1"}).chmod(0o666)

    assert examined(home, {})["settings"].remedy == f"chmod 600 {home}/config.env"


def test_a_misspelt_variable_is_named(home: Path) -> None:
    part = examined(home, {"MAILER_FORM": "x"})["settings"]

    assert (part.health, "MAILER_FORM" in part.meaning) == (Health.WARN, True)


def test_a_missing_sender_fails(home: Path) -> None:
    assert health(home, "sender") is Health.FAIL


def test_a_sender_without_a_name_is_said(home: Path) -> None:
    assert health(home, "sender", {"MAILER_FROM": "ada@example.com"}) is Health.WARN


def test_a_machine_without_a_time_zone_is_said(home: Path) -> None:
    assert health(home, "timezone", {"TZ": "UTC"}) is Health.WARN
    assert health(home, "timezone", {"MAILER_TIMEZONE": "UTC"}) is Health.OK


# --- interviews ------------------------------------------------------------------------------------------------


def test_interviews_that_read_are_counted(home: Path, scenarios: Path) -> None:
    part = examined(home, {"MAILER_INTERVIEWS": str(scenarios)}, is_offline=True)["interviews"]

    assert (part.health, part.meaning) == (Health.OK, f"{scenarios}: 8 files")


def test_an_interview_that_does_not_read_is_named(home: Path, tmp_path: Path) -> None:
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text("---\ncompnay: x\n---\n")

    part = examined(home, {"MAILER_INTERVIEWS": str(tmp_path)}, is_offline=True)["interviews"]

    assert part.health is Health.WARN
    assert "one.md" in part.meaning
    assert "(and 1 more)" in part.meaning


def test_an_absent_folder_of_interviews_fails(home: Path, tmp_path: Path) -> None:
    assert health(home, "interviews", {"MAILER_INTERVIEWS": str(tmp_path / "absent")}) is Health.FAIL


# --- the outbox ------------------------------------------------------------------------------------------------


def test_looking_at_an_outbox_that_is_not_there_makes_none(home: Path) -> None:
    assert health(home, "outbox") is Health.OK
    assert not home.exists()


def test_a_note_that_waits_for_its_hour_is_well(home: Path) -> None:
    queued(home, NOW + timedelta(hours=1))

    part = examined(home, {})["outbox"]

    assert (part.health, part.meaning) == (Health.OK, "1 scheduled")


def test_a_note_that_no_worker_took_is_said(home: Path) -> None:
    queued(home, NOW - timedelta(hours=1))

    part = examined(home, {})["outbox"]

    assert part.health is Health.WARN
    assert "1 past the hour" in part.meaning


def test_an_uncertain_note_asks_for_a_person(home: Path) -> None:
    ledger, entry_id = queued(home)
    entry = ledger.claim_one(entry_id, now=NOW, owner="worker:1")
    ledger.mark_uncertain(ledger.begin_transmission(entry, now=NOW), now=NOW)

    part = examined(home, {})["outbox"]

    assert "outbox settle" in part.remedy


def test_a_missed_note_asks_for_a_new_hour(home: Path) -> None:
    ledger, _ = queued(home)
    ledger.miss_overdue(NOW + timedelta(days=1), now=NOW + timedelta(days=1))

    assert "reschedule" in examined(home, {})["outbox"].remedy


def test_a_damaged_outbox_fails(home: Path) -> None:
    queued(home)[0]._database.close()
    path = home / "mailer.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    assert health(home, "outbox") is Health.FAIL


def test_a_subtly_damaged_outbox_fails(home: Path) -> None:
    queued(home)[0]._database.close()
    with (home / "mailer.db").open("r+b") as stream:
        stream.seek(36)  # how many pages are free: https://www.sqlite.org/fileformat2.html#the_database_header
        stream.write((5).to_bytes(4, "big"))

    part = examined(home, {})["outbox"]

    assert (part.health, "is damaged" in part.meaning) == (Health.FAIL, True)


def test_an_outbox_that_is_no_database_fails(home: Path) -> None:
    home.mkdir()
    (home / "mailer.db").write_text("not a database, whatever its name says. " * 50)

    assert health(home, "outbox") is Health.FAIL


# --- the account, its password and its server ------------------------------------------------------------------


def test_without_an_account_nothing_is_asked_of_the_network(home: Path) -> None:
    parts = examined(home, {}, prove=refusing(AssertionError("asked")))

    assert parts["account"].health is Health.FAIL
    assert "server" not in parts


def test_offline_nothing_is_asked_of_the_network(home: Path) -> None:
    parts = examined(home, REMOTE, prove=refusing(AssertionError("asked")), is_offline=True)

    assert parts["server"].health is Health.SKIP
    assert "name" not in parts


def test_the_keyring_is_asked_as_a_worker_would_and_named(home: Path, use_keyring: UseKeyring) -> None:
    use_keyring(FILE_KEYRING)
    environ = {k: v for k, v in REMOTE.items() if k != "MAILER_PASSWORD"}
    account = settings.read(options={"MAILER_HOME": str(home)}, environ=environ).account()
    credentials.store(account, Secret("secret"))

    part = examined(home, environ)["password"]

    assert (part.health, part.meaning) == (Health.OK, f"kept by {FILE_KEYRING}")


def test_a_keyring_that_no_worker_can_use_fails_and_nobody_signs_in(home: Path) -> None:
    environ = {k: v for k, v in REMOTE.items() if k != "MAILER_PASSWORD"}

    parts = examined(home, environ, prove=refusing(AssertionError("asked")))

    assert parts["password"].health is Health.FAIL
    assert parts["server"].health is Health.SKIP


def test_a_command_is_named_and_its_output_is_not(home: Path) -> None:
    part = examined(home, REMOTE | {"MAILER_PASSWORD_CMD": "echo hunter2"})["password"]

    assert part.meaning == "echo prints one"


def test_a_password_of_the_environment_is_known_to_be_this_terminals(home: Path) -> None:
    assert "worker" in examined(home, REMOTE)["password"].meaning


def test_a_login_that_is_accepted_is_quoted(home: Path) -> None:
    parts = examined(home, REMOTE)

    assert (parts["server"].health, parts["login"].meaning) == (Health.OK, "accepted: 235 welcome")


@pytest.mark.parametrize(
    ("error", "server", "login"),
    [
        (CredentialError("wrong password"), Health.OK, Health.FAIL),
        (Temporary("not now", stage=Stage.AUTH, code=454), Health.OK, Health.FAIL),
        (Permanent("untrusted", stage=Stage.CONNECT), Health.FAIL, None),
    ],
)
def test_a_failure_is_of_the_server_or_of_the_login(
    home: Path, error: Exception, server: Health, login: Health | None
) -> None:
    parts = examined(home, REMOTE, prove=refusing(error))

    assert parts["server"].health is server
    assert (parts["login"].health if "login" in parts else None) is login


@pytest.mark.parametrize(("holds_s", "is_said"), [(0, False), (86400, True)])
def test_a_server_that_keeps_mails_until_their_hour_is_known_for_it(home: Path, holds_s: int, *, is_said: bool) -> None:
    with SmtpServer(holds_s=holds_s) as server:
        parts = examined(home, LOCAL | {"MAILER_SMTP_PORT": str(server.port)}, prove=onboarding.prove)

    assert ("mailer queue --hold-on-server" in parts["server"].meaning) is is_said


def test_a_host_that_has_no_address_is_named(home: Path) -> None:
    parts = examined(home, REMOTE | {"MAILER_SMTP_HOST": "no-such-host.invalid"})

    assert parts["name"].health is Health.FAIL
    assert "no-such-host.invalid cannot be found" in parts["name"].meaning


def test_no_part_shows_the_password(home: Path) -> None:
    assert "secret" not in repr(examined(home, REMOTE))
