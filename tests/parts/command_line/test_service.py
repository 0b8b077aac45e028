"""`mailer service` from the command line, against a systemctl that keeps what it is called with; and who wakes up."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mailer.app import App
from mailer.app.service import notes, prospect
from mailer.model import Secret
from mailer.service.machine import System, machine_here
from mailer.settings import Settings
from tests.parts.service.conftest import Programs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parts.command_line.conftest import Desk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd")

NOTHING_WAKES_UP = (
    "Nothing on this machine will wake up to send them: run `mailer service install`, or keep `mailer worker` running."
)


@pytest.fixture
def programs(desk: Desk) -> Programs:
    """Give the user a systemd of their own, as far as `mailer` can see, that answers whatever the test says."""
    made = Programs(desk.folder / "programs")
    runtime = desk.folder / "runtime"
    (runtime / "systemd").mkdir(parents=True)
    (runtime / "systemd" / "private").touch()
    desk.environment["XDG_RUNTIME_DIR"] = str(runtime)
    desk.environment["PATH"] = f"{made.bin}{os.pathsep}{desk.environment['PATH']}"
    return made


@pytest.fixture
def no_systemd(desk: Desk) -> None:
    """Give the user a session without a systemd of their own."""
    desk.environment["XDG_RUNTIME_DIR"] = str(desk.folder / "nothing-here")


def units(desk: Desk) -> Path:
    return desk.folder / "user-home" / ".config" / "systemd" / "user"


def enable(desk: Desk) -> None:
    """Do what the real systemctl does on `enable`."""
    wants = units(desk) / "timers.target.wants"
    wants.mkdir()
    (wants / "mailer.timer").symlink_to(units(desk) / "mailer.timer")


def install(desk: Desk) -> None:
    assert desk.run("service", "install").status == 0
    enable(desk)


# --- install, status, remove ---------------------------------------------------------------------------------------


def test_install_says_what_it_wrote(desk: Desk, programs: Programs) -> None:
    done = desk.run("service", "install")

    assert (done.status, done.err) == (0, "")
    assert f"wrote {units(desk)}/mailer.timer\n" in done.out
    assert "every five minutes" in done.out


def test_the_unit_runs_this_interpreter_for_this_home(desk: Desk, programs: Programs) -> None:
    desk.run("service", "install")

    unit = (units(desk) / "mailer.service").read_text()
    assert f'Environment="MAILER_HOME={desk.home}"\n' in unit
    assert f'ExecStart="{sys.executable}" -P -m mailer worker --once' in unit


def test_a_settings_file_of_ones_own_is_handed_on(desk: Desk, programs: Programs, tmp_path: Path) -> None:
    own = tmp_path / "my settings.env"
    own.touch()

    desk.run("--config", own, "service", "install")

    assert f'-m mailer --config "{own}" worker --once' in (units(desk) / "mailer.service").read_text()


def test_install_for_scripts_tells_how_it_stands(desk: Desk, programs: Programs) -> None:
    found = desk.run("service", "install", "--json").json

    assert found["system"] == "systemd"
    assert found["installed"] is True
    assert found["changed"] == [file["path"] for file in found["files"]]


def test_install_once_more_says_that_it_is_there(desk: Desk, programs: Programs) -> None:
    install(desk)

    assert "It is installed already" in desk.run("service", "install").out


def test_install_from_another_home_says_whose_place_it_takes(desk: Desk, programs: Programs) -> None:
    install(desk)
    other = desk.folder / "other-home"

    done = desk.run("--home", other, "service", "install")

    earlier = f'Environment="MAILER_HOME={desk.home}"'
    assert f"this takes the place of an earlier install, which had: {earlier}\n" in done.out


@pytest.mark.parametrize("verb", ["install", "status", "remove"])
def test_print_shows_files_and_commands_and_touches_nothing(verb: str, desk: Desk, programs: Programs) -> None:
    shown = desk.run("service", verb, "--print")

    assert shown.status == 0
    assert f"{units(desk)}/mailer.timer" in shown.out
    assert "$ systemctl --user " in shown.out
    assert (programs.calls, units(desk).exists(), desk.home.exists()) == ([], False, False)


def test_print_for_scripts_has_the_files_whole(desk: Desk, programs: Programs) -> None:
    shown = desk.run("service", "install", "--print", "--json").json

    assert "OnCalendar=*:0/5\n" in shown["files"][1]["content"]
    assert shown["commands"][1] == ["systemctl", "--user", "enable", "--now", "mailer.timer"]


def test_status_before_an_install_says_that_nothing_will_wake_up(desk: Desk, programs: Programs) -> None:
    for words in (("service",), ("service", "status")):
        found = desk.run(*words)

        assert found.status == 0
        assert found.out.startswith("Not installed.\n")
        assert NOTHING_WAKES_UP in found.out


def test_status_tells_the_next_and_the_last_run(desk: Desk, programs: Programs) -> None:
    install(desk)
    programs.answer(
        "systemctl-show",
        out="ActiveState=active\nNextElapseUSecRealtime=Mon 2026-11-23 04:35:00 UTC\n"
        "LastTriggerUSec=Mon 2026-11-23 04:30:04 UTC\nResult=success\nExecMainStatus=0\n",
    )

    spoken, found = desk.run("service", "status"), desk.run("service", "status", "--json").json

    assert "Installed (systemd), active.\n" in spoken.out
    assert "exit status 0" in spoken.out
    assert (found["next_run_utc"], found["current"]) == ("2026-11-23T04:35:00+00:00", True)
    assert (found["last_run_utc"], found["waker"]) == ("2026-11-23T04:30:04+00:00", "service")


def test_status_after_a_move_shows_what_differs_and_how_to_mend_it(desk: Desk, programs: Programs) -> None:
    install(desk)
    unit = units(desk) / "mailer.service"
    unit.write_text(unit.read_text().replace(sys.executable, "/old/place/python"))

    found = desk.run("service", "status")

    assert 'there now            ExecStart="/old/place/python" -P' in found.out
    assert f'install would write  ExecStart="{sys.executable}" -P' in found.out
    assert "To bring it up to date: mailer service install\n" in found.out


def test_remove_takes_everything_away_and_says_so(desk: Desk, programs: Programs) -> None:
    install(desk)

    done = desk.run("service", "remove")

    assert (done.status, done.out.count("removed ")) == (0, 3)
    assert [path for path in units(desk).rglob("*") if not path.is_dir()] == []


def test_remove_for_scripts_names_the_files(desk: Desk, programs: Programs) -> None:
    install(desk)

    assert len(desk.run("service", "remove", "--json").json["removed"]) == 3
    assert desk.run("service", "remove", "--json").json == {"removed": []}
    assert desk.run("service", "remove").out == "It was not installed; nothing was done.\n"


def test_a_systemctl_that_fails_is_one_sentence_and_status_3(desk: Desk, programs: Programs) -> None:
    programs.answer("systemctl-daemon-reload", err="Failed to reload daemon: Connection timed out\n", status=1)

    failed = desk.run("service", "install")

    assert (failed.status, failed.out) == (3, "")
    assert "Failed to reload daemon: Connection timed out. See `systemctl --user status`" in failed.err


def test_without_a_service_manager_the_line_for_cron_is_given(desk: Desk, no_systemd: None) -> None:
    failed = desk.run("service", "install")

    assert failed.status == 3
    assert f"*/5 * * * * MAILER_HOME={desk.home} {sys.executable} -P -m mailer worker --once" in failed.err
    assert desk.run("service", "install", "--json").json["error"]["kind"] == "ServiceError"


# --- what the service does not see ---------------------------------------------------------------------------------


def test_install_names_the_settings_that_only_the_terminal_has_and_no_value(desk: Desk, programs: Programs) -> None:
    desk.environment["MAILER_SMTP_HOST"] = "mx.own.example"
    desk.environment["MAILER_PASSWORD"] = "correct horse"

    done = desk.run("service", "install")

    assert "MAILER_SMTP_HOST" in done.out
    assert f"Write them into {desk.home}/config.env." in done.out
    assert "MAILER_PASSWORD: the service does not see it" in done.out
    assert "mx.own.example" not in done.out
    assert "correct horse" not in done.out


def test_install_says_nothing_of_settings_in_the_file(desk: Desk, programs: Programs) -> None:
    given = {name: desk.environment.pop(name) for name in list(desk.environment) if name.startswith("MAILER_")}
    desk.environment["MAILER_HOME"] = given.pop("MAILER_HOME")
    desk.home.mkdir(mode=0o700)
    (desk.home / "config.env").write_text("".join(f"{name}='{value}'\n" for name, value in given.items()))

    assert "Write " not in desk.run("service", "install").out


def test_install_says_that_the_keyring_may_be_locked_and_names_the_way_out(desk: Desk, programs: Programs) -> None:
    desk.environment["MAILER_AUTH"] = "password"

    done = desk.run("service", "install")

    assert "the keyring may stay locked" in done.out
    assert "MAILER_PASSWORD_CMD" in done.out


def test_install_says_when_the_password_command_is_not_where_the_service_looks(desk: Desk, programs: Programs) -> None:
    desk.environment["MAILER_PASSWORD_CMD"] = "my-own-pass show"

    assert "the service may not find my-own-pass, as its PATH is short" in desk.run("service", "install").out


@pytest.mark.parametrize("system", [System.LAUNCHD, System.TASK_SCHEDULER])
def test_elsewhere_notes_go_out_while_the_user_is_logged_in(system: System, home: Path) -> None:
    machine = machine_here()._replace(system=system)
    app = App(Settings(home=home, config_path=home / "config.env", timezone="UTC"))

    assert [note[:47] for note in notes(app, machine)] == ["Notes go out while you are logged in; what fell"]


def test_status_where_there_is_no_systemd_says_why(desk: Desk, no_systemd: None) -> None:
    assert desk.run("service").out.startswith("Not within reach: ")


# --- who wakes up --------------------------------------------------------------------------------------------------


def queued(desk: Desk) -> str:
    return desk.run("queue", "harborline.md", "--at", "+2h", "--yes").out.splitlines()[-1]


def test_queue_says_when_nothing_will_wake_up(desk: Desk, no_systemd: None) -> None:
    assert queued(desk) == NOTHING_WAKES_UP


def test_queue_tells_scripts_too(desk: Desk, no_systemd: None) -> None:
    assert desk.run("queue", "harborline.md", "--at", "+2h", "--yes", "--json").json["waker"] == "none"


def test_queue_says_that_the_system_looks(desk: Desk, programs: Programs) -> None:
    install(desk)

    assert queued(desk) == "The system looks every five minutes."


def test_queue_says_that_a_worker_is_running(desk: Desk, no_systemd: None) -> None:
    argv = [sys.executable, "-m", "mailer", "worker"]
    with subprocess.Popen(argv, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as worker:
        assert worker.stdout is not None
        try:
            while not (desk.home / "worker-stays").exists():
                assert worker.poll() is None
            said = queued(desk)
        finally:
            worker.terminate()

    assert said == "A `mailer worker` or a desk is open on this machine and sends them while it is."


def test_queue_knows_cron_by_its_deeds(desk: Desk, no_systemd: None) -> None:
    desk.home.mkdir(mode=0o700)
    done = desk.run("worker", "--once", "--quiet")

    assert (done.status, done.out) == (0, "")
    assert "runs `mailer worker --once` now and then" in queued(desk)


def test_a_worker_run_by_hand_is_no_schedule(desk: Desk, no_systemd: None) -> None:
    desk.home.mkdir(mode=0o700)
    desk.run("worker", "--once")

    assert queued(desk) == NOTHING_WAKES_UP


def test_a_service_taken_away_a_moment_after_it_ran_will_not_run_again(desk: Desk, programs: Programs) -> None:
    install(desk)
    desk.run("worker", "--once", "--quiet")
    desk.run("service", "remove")

    assert queued(desk) == NOTHING_WAKES_UP


def part(desk: Desk) -> dict[str, str]:
    parts = desk.run("doctor", "--offline", "--json").json["parts"]
    found: dict[str, str] = next(part for part in parts if part["name"] == "service")
    return found


def test_doctor_warns_when_queued_notes_wait_and_nothing_wakes_up(desk: Desk, no_systemd: None) -> None:
    before = part(desk)
    queued(desk)
    after = part(desk)

    assert (before["health"], after["health"]) == ("skip", "warn")
    assert "mailer service install" in after["remedy"]


def test_doctor_finds_a_service_of_another_place(desk: Desk, programs: Programs) -> None:
    install(desk)
    before = part(desk)
    unit = units(desk) / "mailer.service"
    unit.write_text(unit.read_text().replace(sys.executable, "/old/place/python"))

    after = part(desk)

    assert (before["health"], after["health"]) == ("ok", "warn")
    assert "/old/place/python" in after["meaning"]
    assert after["remedy"] == "bring it up to date: mailer service install"


def test_an_outbox_step_that_queues_a_note_says_who_sends_it(desk: Desk, no_systemd: None) -> None:
    entry = desk.run("queue", "harborline.md", "--at", "+2h", "--yes", "--json").json["entries"][0]["id"]

    moved = desk.run("outbox", "reschedule", entry, "--at", "+3h").out
    cancelled = desk.run("outbox", "cancel", entry).out
    restored = desk.run("outbox", "restore", entry).out

    assert moved.endswith(f"{NOTHING_WAKES_UP}\n")
    assert restored.endswith(f"{NOTHING_WAKES_UP}\n")
    assert NOTHING_WAKES_UP not in cancelled


def test_a_shared_outbox_is_sent_by_other_machines(desk: Desk, no_systemd: None) -> None:
    address = Secret("postgresql://ada@db.example.com/mailer")
    app = App(Settings(home=desk.home, config_path=desk.home / "config.env", timezone="UTC", outbox=address))

    assert "they go out where `mailer worker --cluster` runs" in prospect(app).sentence
