"""Install, look and remove, against programs that keep what they are called with."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailer.errors import ServiceError, StorageError
from mailer.service import installing
from mailer.service.job import job_here
from mailer.service.machine import Machine, System

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.service.job import Job
    from tests.parts.service.conftest import Programs

RUNNING = """\
ActiveState=active
NextElapseUSecRealtime=Mon 2026-11-23 04:35:00 UTC
LastTriggerUSec=Mon 2026-11-23 04:30:04 UTC
Result=success
ExecMainStatus=0
"""
LOADED = "gui/501/mailer.worker = {\n\tactive count = 0\n\tstate = not running\n\truns = 3\n\tlast exit code = 5\n}\n"
TASK = '"HOST","\\mailer","23.11.2026 04:35:00","Ready","Interactive only","23.11.2026 04:30:01","0","N/A"\n'

ACTIVE = {
    System.SYSTEMD: ("systemctl-show", RUNNING),
    System.LAUNCHD: ("launchctl-print", LOADED),
    System.TASK_SCHEDULER: ("schtasks-Query", TASK),
}
SYSTEMS = tuple(ACTIVE)


def on(system: System, machine: Machine) -> Machine:
    return machine._replace(system=system)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def changing(calls: list[list[str]]) -> list[list[str]]:
    """Leave out the calls that only ask."""
    return [call for call in calls if call[1] not in {"print", "/Query"} and call[2:3] != ["show"]]


# --- install -------------------------------------------------------------------------------------------------------


def test_systemd_takes_up_the_two_units(job: Job, machine: Machine, programs: Programs) -> None:
    changed = installing.install(job, machine)

    assert changed == (machine.units / "mailer.service", machine.units / "mailer.timer")
    assert changing(programs.calls) == [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", "mailer.timer"],
    ]


def test_launchd_takes_up_the_agent_in_the_place_of_an_older_one(
    job: Job, machine: Machine, programs: Programs
) -> None:
    changed = installing.install(job, on(System.LAUNCHD, machine))

    assert changed == (machine.agents / "mailer.worker.plist",)
    assert changing(programs.calls) == [
        ["launchctl", "bootout", "gui/501/mailer.worker"],
        ["launchctl", "enable", "gui/501/mailer.worker"],
        ["launchctl", "bootstrap", "gui/501", str(changed[0])],
    ]


def test_windows_takes_up_the_task(job: Job, home: Path, machine: Machine, programs: Programs) -> None:
    changed = installing.install(job, on(System.TASK_SCHEDULER, machine))

    assert changed == (home / "service-task.xml",)
    assert changing(programs.calls) == [
        ["schtasks", "/Create", "/TN", "mailer", "/XML", str(changed[0]), "/F"],
    ]


@pytest.mark.parametrize(
    ("system", "bits"), [(System.SYSTEMD, 0o644), (System.LAUNCHD, 0o644), (System.TASK_SCHEDULER, 0o600)]
)
def test_files_have_their_mode_whatever_the_umask(
    system: System, bits: int, job: Job, machine: Machine, programs: Programs
) -> None:
    before = os.umask(0o002)
    try:
        changed = installing.install(job, on(system, machine))
    finally:
        os.umask(before)

    assert {mode(path) for path in changed} == {bits}
    assert [p.name for p in changed[0].parent.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_second_install_changes_nothing(system: System, job: Job, machine: Machine, programs: Programs) -> None:
    installing.install(job, on(system, machine))
    programs.answer(ACTIVE[system][0], out=ACTIVE[system][1])
    programs.forget()

    assert installing.install(job, on(system, machine)) == ()
    assert changing(programs.calls) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_install_that_was_switched_off_is_switched_on_again(
    system: System, job: Job, machine: Machine, programs: Programs
) -> None:
    installing.install(job, on(system, machine))
    first = changing(programs.calls)
    programs.forget()

    assert installing.install(job, on(system, machine)) == ()
    assert changing(programs.calls) == first


def test_an_install_from_a_new_place_takes_the_old_ones(job: Job, machine: Machine, programs: Programs) -> None:
    installing.install(job._replace(home=f"{job.home}-2"), machine)
    programs.answer("systemctl-show", out=RUNNING)

    assert installing.install(job, machine) == (machine.units / "mailer.service",)


def test_an_interpreter_without_mailer_is_refused_before_anything_is_written(
    job: Job, machine: Machine, programs: Programs, tmp_path: Path
) -> None:
    lonely = tmp_path / "python"
    lonely.write_text("#!/bin/sh\necho 'No module named mailer' >&2\nexit 1\n")
    lonely.chmod(0o755)

    with pytest.raises(ServiceError, match=r"does not find mailer .*No module named mailer.*install mailer into that"):
        installing.install(job._replace(interpreter=str(lonely)), machine)

    assert not machine.units.exists()


def test_a_unit_of_somebody_elses_is_left_alone(job: Job, machine: Machine, programs: Programs) -> None:
    machine.units.mkdir()
    (machine.units / "mailer.service").write_text("[Service]\nExecStart=/usr/bin/other-mailer\n")

    with pytest.raises(ServiceError, match="was not written by mailer"):
        installing.install(job, machine)
    with pytest.raises(ServiceError, match="was not written by mailer"):
        installing.remove(job, machine)

    assert "other-mailer" in (machine.units / "mailer.service").read_text()
    assert programs.calls == []


def test_a_folder_that_takes_no_file_is_named(job: Job, machine: Machine, programs: Programs) -> None:
    machine.units.write_text("a file stands where the folder should be")

    with pytest.raises(StorageError, match=r"units/mailer\.service cannot be written"):
        installing.install(job, machine)


def test_the_refusal_of_the_system_is_one_sentence_with_the_remedy(
    job: Job, machine: Machine, programs: Programs
) -> None:
    programs.answer("systemctl-enable", err="noise\nFailed to connect to bus: No medium found\n", status=1)

    with pytest.raises(ServiceError) as caught:
        installing.install(job, machine)

    assert str(caught.value) == (
        "`systemctl --user enable --now mailer.timer` failed: Failed to connect to bus: No medium found."
        " See `systemctl --user status`; once it works, run the command again"
    )


def test_a_system_that_refuses_without_a_word_is_quoted_by_its_status(
    job: Job, machine: Machine, programs: Programs
) -> None:
    programs.answer("schtasks-Create", status=5)

    with pytest.raises(ServiceError, match="failed: exit status 5"):
        installing.install(job, on(System.TASK_SCHEDULER, machine))


def test_a_program_that_does_not_answer_is_stopped_and_named(
    job: Job, machine: Machine, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.service.programs.LIMIT_S", 0.2)
    (programs.bin / "systemctl").write_text("#!/bin/sh\nexec sleep 600\n")

    with pytest.raises(ServiceError, match=r"`systemctl --user show .*` did not answer within 0 s; try again later"):
        installing.status(job, machine)


def test_an_interpreter_whose_path_nobody_can_write_down_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/opt/py\udcff/python")

    with pytest.raises(ServiceError, match="has characters that no service can name"):
        job_here(home)


def test_a_program_that_is_not_there_is_named(
    job: Job, machine: Machine, programs: Programs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServiceError, match="launchctl cannot be started: No such file or directory"):
        installing.install(job, on(System.LAUNCHD, machine))


def test_launchd_is_asked_again_while_it_still_unloads_the_old_agent(
    job: Job, machine: Machine, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.service.programs.PAUSE_S", 0.0)
    programs.answer("launchctl-bootstrap", err="Bootstrap failed: 5: Input/output error", status=5)

    with pytest.raises(ServiceError, match=r"Input/output error\. Log in at the Mac's own screen"):
        installing.install(job, on(System.LAUNCHD, machine))

    assert [call[1] for call in programs.calls].count("bootstrap") == 3


def test_where_nothing_runs_services_the_line_for_cron_is_given(job: Job, machine: Machine, programs: Programs) -> None:
    nowhere = machine._replace(system=System.NONE, why_none="no systemd runs here")

    with pytest.raises(ServiceError) as caught:
        installing.install(job, nowhere)

    assert "no systemd runs here" in str(caught.value)
    assert f"\n*/5 * * * * MAILER_HOME={job.home} {job.interpreter} -P -m mailer worker --once" in str(caught.value)
    assert "keep `mailer worker` running" in str(caught.value)


# --- status --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", [*SYSTEMS, System.NONE])
def test_what_was_never_installed_is_not(system: System, job: Job, machine: Machine, programs: Programs) -> None:
    found = installing.status(job, on(system, machine))

    assert (found.is_installed, found.is_current, found.difference) == (False, False, None)
    assert {state for _, state in found.files} == {"absent"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_was_installed_is_active_and_current(
    system: System, job: Job, machine: Machine, programs: Programs
) -> None:
    installing.install(job, on(system, machine))
    programs.answer(ACTIVE[system][0], out=ACTIVE[system][1])

    found = installing.status(job, on(system, machine))

    assert (found.is_installed, found.is_current) == (True, True)


def test_systemd_tells_the_next_and_the_last_run(job: Job, machine: Machine, programs: Programs) -> None:
    programs.answer("systemctl-show", out=RUNNING)

    standing = installing.status(job, machine).standing

    assert standing is not None
    assert standing.next_run == datetime(2026, 11, 23, 4, 35, tzinfo=UTC)
    assert standing.last_run == datetime(2026, 11, 23, 4, 30, 4, tzinfo=UTC)
    assert standing.last_result == "exit status 0"


def test_systemd_that_stopped_a_run_at_its_limit_says_so(job: Job, machine: Machine, programs: Programs) -> None:
    programs.answer("systemctl-show", out=RUNNING.replace("Result=success", "Result=timeout"))

    standing = installing.status(job, machine).standing

    assert standing is not None
    assert standing.last_result == "timeout"


def test_a_timer_that_never_ran_has_no_last_run(job: Job, machine: Machine, programs: Programs) -> None:
    programs.answer("systemctl-show", out="ActiveState=inactive\nNextElapseUSecRealtime=\nLastTriggerUSec=n/a\n")

    standing = installing.status(job, machine).standing

    assert standing == (False, None, None, "")


def test_launchd_and_windows_tell_how_the_last_run_ended(job: Job, machine: Machine, programs: Programs) -> None:
    programs.answer("launchctl-print", out=LOADED)
    programs.answer("schtasks-Query", out=TASK)

    mac = installing.status(job, on(System.LAUNCHD, machine)).standing
    windows = installing.status(job, on(System.TASK_SCHEDULER, machine)).standing

    assert mac == (True, None, None, "exit status 5")
    assert windows == (True, None, None, "at 23.11.2026 04:30:01: exit status 0")


@pytest.mark.parametrize("system", SYSTEMS)
def test_another_install_is_told_by_the_line_that_differs(
    system: System, job: Job, machine: Machine, programs: Programs
) -> None:
    installing.install(job._replace(config="/elsewhere/mailer.env"), on(system, machine))

    found = installing.status(job, on(system, machine))

    assert found.difference is not None
    assert "/elsewhere/mailer.env" in found.difference[0] + found.difference[1] or system is System.LAUNCHD
    assert "differs" in {state for _, state in found.files}


def test_a_file_that_cannot_be_read_is_named(job: Job, machine: Machine, programs: Programs) -> None:
    (machine.units / "mailer.timer").mkdir(parents=True)

    with pytest.raises(StorageError, match=r"mailer\.timer cannot be read"):
        installing.status(job, machine)


# --- remove --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", SYSTEMS)
def test_remove_takes_away_what_install_made(system: System, job: Job, machine: Machine, programs: Programs) -> None:
    installed = installing.install(job, on(system, machine))

    assert installing.remove(job, on(system, machine)) == installed
    assert not any(path.exists() for path in installed)


@pytest.mark.parametrize(
    ("system", "calls"),
    [
        (
            System.SYSTEMD,
            [
                ["systemctl", "--user", "disable", "--now", "mailer.timer"],
                ["systemctl", "--user", "daemon-reload"],
                ["systemctl", "--user", "reset-failed", "mailer.service"],
            ],
        ),
        (System.LAUNCHD, [["launchctl", "bootout", "gui/501/mailer.worker"]]),
        (System.TASK_SCHEDULER, [["schtasks", "/Delete", "/TN", "mailer", "/F"]]),
    ],
)
def test_the_system_forgets_what_is_removed(
    system: System, calls: list[list[str]], job: Job, machine: Machine, programs: Programs
) -> None:
    installing.install(job, on(system, machine))
    programs.forget()

    installing.remove(job, on(system, machine))

    assert programs.calls == calls


@pytest.mark.parametrize("system", [*SYSTEMS, System.NONE])
def test_removing_what_is_not_there_does_nothing(
    system: System, job: Job, machine: Machine, programs: Programs
) -> None:
    assert installing.remove(job, on(system, machine)) == ()
    assert programs.calls == []


def test_the_link_goes_too_when_systemd_is_out_of_reach(job: Job, machine: Machine, programs: Programs) -> None:
    installing.install(job, machine)
    link = machine.units / "timers.target.wants" / "mailer.timer"
    link.parent.mkdir()
    link.symlink_to(machine.units / "mailer.timer")
    programs.forget()

    removed = installing.remove(job, on(System.NONE, machine))

    assert link in removed
    assert not link.is_symlink()
    assert programs.calls == []
