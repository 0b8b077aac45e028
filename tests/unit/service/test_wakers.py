"""Whether anything on this machine will send what is queued is told from a few files, and from locks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.service import launchd, systemd, task_scheduler
from mailer.service.job import File, Job
from mailer.service.machine import Machine, System, machine_here
from mailer.service.wakers import SENTENCES, Waker, forget_runs, note_run, staying, waker


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(System.SYSTEMD, tmp_path / "units", tmp_path / "stamps", tmp_path / "agents", has_systemd=True)


@pytest.fixture
def mailer_home(home: Path) -> Path:
    home.mkdir()
    return home


def write(file: File) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_bytes(file.content)


def install(job: Job, machine: Machine, *, is_enabled: bool = True) -> None:
    """Put the files where an install puts them, and systemd's link."""
    plans = {
        System.SYSTEMD: lambda: systemd.install(job, machine),
        System.LAUNCHD: lambda: launchd.install(job, machine),
        System.TASK_SCHEDULER: lambda: task_scheduler.install(job),
    }
    for file in plans[machine.system]().files:
        write(file)
    if is_enabled and machine.system is System.SYSTEMD:
        link = systemd.enabling_link(machine)
        link.parent.mkdir()
        link.symlink_to(machine.units / systemd.TIMER)


def told(home: Path, machine: Machine) -> Waker:
    return waker(home, machine, now=datetime.now(tz=UTC))


def test_on_a_machine_where_nothing_was_done_nothing_wakes_up(home: Path, machine: Machine) -> None:
    assert told(home, machine) is Waker.NONE
    assert not home.exists()


@pytest.mark.parametrize("system", [System.SYSTEMD, System.LAUNCHD, System.TASK_SCHEDULER])
def test_an_installed_service_wakes_up(system: System, mailer_home: Path, machine: Machine) -> None:
    install(Job("/usr/bin/python3", str(mailer_home)), machine._replace(system=system))

    assert told(mailer_home, machine._replace(system=system)) is Waker.SERVICE


@pytest.mark.parametrize("system", [System.SYSTEMD, System.LAUNCHD, System.TASK_SCHEDULER])
def test_the_service_of_another_home_sends_nothing_of_this_one(
    system: System, mailer_home: Path, machine: Machine, tmp_path: Path
) -> None:
    install(Job("/usr/bin/python3", str(tmp_path / "other")), machine._replace(system=system))

    assert told(mailer_home, machine._replace(system=system)) is Waker.NONE


def test_a_timer_that_is_not_switched_on_wakes_nobody(mailer_home: Path, machine: Machine) -> None:
    install(Job("/usr/bin/python3", str(mailer_home)), machine, is_enabled=False)

    assert told(mailer_home, machine) is Waker.NONE


def test_units_that_were_copied_to_a_machine_without_systemd_wake_nobody(mailer_home: Path, machine: Machine) -> None:
    install(Job("/usr/bin/python3", str(mailer_home)), machine)

    assert told(mailer_home, machine._replace(system=System.NONE, has_systemd=False)) is Waker.NONE


def test_units_out_of_this_sessions_reach_wake_up_all_the_same(mailer_home: Path, machine: Machine) -> None:
    install(Job("/usr/bin/python3", str(mailer_home)), machine)

    assert told(mailer_home, machine._replace(system=System.NONE)) is Waker.SERVICE


def test_a_worker_that_stays_sends_for_as_long_as_it_does(home: Path, machine: Machine) -> None:
    with staying(home):
        during = told(home, machine)

    assert (during, told(home, machine)) == (Waker.WORKER, Waker.NONE)


def test_of_two_workers_that_stay_the_second_goes_on_alone(home: Path, machine: Machine) -> None:
    with staying(home):
        with staying(home):
            pass

        assert told(home, machine) is Waker.WORKER


def test_a_look_at_the_worker_keeps_no_other_from_staying(home: Path, machine: Machine) -> None:
    with staying(home):
        told(home, machine)
        with staying(home):
            assert told(home, machine) is Waker.WORKER


def test_a_home_that_cannot_be_written_stops_no_worker(home: Path) -> None:
    home.write_text("a file stands where the folder should be")

    with staying(home):
        note_run(home)


def test_what_ran_on_a_schedule_a_moment_ago_will_run_again(mailer_home: Path, machine: Machine) -> None:
    note_run(mailer_home)

    assert told(mailer_home, machine) is Waker.SCHEDULE


@pytest.mark.parametrize("age", [timedelta(minutes=12), timedelta(minutes=-12)])
def test_a_schedule_that_last_ran_long_ago_or_in_the_future_is_none(
    age: timedelta, mailer_home: Path, machine: Machine
) -> None:
    note_run(mailer_home)
    at = (datetime.now(tz=UTC) - age).timestamp()
    os.utime(mailer_home / "last-run", (at, at))

    assert told(mailer_home, machine) is Waker.NONE


def test_a_schedule_that_was_taken_away_is_forgotten(mailer_home: Path, machine: Machine) -> None:
    note_run(mailer_home)
    forget_runs(mailer_home)
    forget_runs(mailer_home)

    assert told(mailer_home, machine) is Waker.NONE


def test_every_answer_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Waker)
    assert "mailer service install" in SENTENCES[Waker.NONE]
    assert "keep `mailer worker` running" in SENTENCES[Waker.NONE]


# --- which machine this is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("platform", "system"), [("darwin", System.LAUNCHD), ("win32", System.TASK_SCHEDULER)])
def test_macs_and_windows_have_one_service_manager_each(platform: str, system: System, tmp_path: Path) -> None:
    machine = machine_here({"HOME": str(tmp_path)}, platform=platform)

    assert (machine.system, machine.agents) == (system, tmp_path / "Library" / "LaunchAgents")


def test_systemd_is_used_where_the_users_own_manager_listens(tmp_path: Path) -> None:
    (tmp_path / "systemd").mkdir()
    (tmp_path / "systemd" / "private").touch()

    machine = machine_here({"XDG_RUNTIME_DIR": str(tmp_path)}, platform="linux", booted=tmp_path / "none")

    assert (machine.system, machine.why_none) == (System.SYSTEMD, "")


def test_a_session_without_its_manager_is_told_to_log_in(tmp_path: Path) -> None:
    machine = machine_here({"XDG_RUNTIME_DIR": str(tmp_path)}, platform="linux", booted=tmp_path)

    assert (machine.system, machine.has_systemd) == (System.NONE, True)
    assert "log in as yourself" in machine.why_none


@pytest.mark.parametrize(
    ("kernel", "word"),
    [("6.1.0-13-amd64", "a container"), ("5.15.153.1-microsoft-standard-WSL2", "/etc/wsl.conf"), (None, "a container")],
)
def test_a_machine_without_systemd_says_so_and_what_would_help(kernel: str | None, word: str, tmp_path: Path) -> None:
    if kernel:
        (tmp_path / "osrelease").write_text(kernel)
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}

    machine = machine_here(environ, platform="linux", booted=tmp_path / "none", kernel=tmp_path / "osrelease")

    assert (machine.system, machine.has_systemd) == (System.NONE, False)
    assert word in machine.why_none


def test_the_units_lie_where_the_user_keeps_settings(tmp_path: Path) -> None:
    own = machine_here({"HOME": "/home/ada"}, platform="linux", booted=tmp_path)
    moved = machine_here({"HOME": "/home/ada", "XDG_CONFIG_HOME": "/cfg"}, platform="linux", booted=tmp_path)

    assert own.units == Path("/home/ada/.config/systemd/user")
    assert moved.units == Path("/cfg/systemd/user")
