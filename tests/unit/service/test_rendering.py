"""What the system is given: the same bytes as in the golden files, and read back by another hand it is the job."""

from __future__ import annotations

import plistlib
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.service import launchd, systemd, task_scheduler
from mailer.service.cron import crontab_line
from mailer.service.job import Job
from tests.unit.service import unit_files

GOLDEN = Path(__file__).parent / "golden"
ADA = Job("/home/ada/.venv/bin/python", "/home/ada/.local/share/mailer")
MAC = Job("/Users/ada/Job Search/.venv/bin/python", "/Users/ada/Library/Application Support/mailer")
WINDOWS = Job(
    r"C:\Users\Ada Example\venv\Scripts\python.exe", r"C:\Users\Ada Example\AppData\Local\mailer", r"D:\R&D\mailer.env"
)
SPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}

#: What a folder can be called on the three systems, and what a shell, systemd, cron or XML would take for its own.
paths = st.text(
    st.one_of(st.sampled_from(" %$\"'\\&<>;:{}()#~=@-+\tüñ月"), st.characters(exclude_categories=["Cs", "Cc"])),
    min_size=1,
).map("/home/".__add__)
jobs = st.builds(Job, interpreter=paths, home=paths, config=st.one_of(st.just(""), paths))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mailer.service", systemd.service_unit(ADA).encode()),
        ("mailer.timer", systemd.timer_unit().encode()),
        ("mailer.worker.plist", launchd.agent(MAC)),
        ("service-task.xml", task_scheduler.install(WINDOWS).files[0].content),
        ("crontab", f"{crontab_line(ADA)}\n".encode()),
    ],
)
def test_what_is_rendered_is_the_golden_file(name: str, content: bytes) -> None:
    assert (GOLDEN / name).read_bytes() == content


# --- systemd -------------------------------------------------------------------------------------------------------


def service(job: Job) -> dict[str, str]:
    return dict(unit_files.sections(systemd.service_unit(job))["Service"])


@given(jobs)
def test_systemd_starts_the_job_whatever_its_paths_hold(job: Job) -> None:
    found = unit_files.arguments(service(job)["ExecStart"])

    if found[0] == "/bin/sh":
        assert found[1:3] == ["-c", 'exec "$0" "$@"']
        found = found[3:]
    assert found == [job.interpreter, *job.arguments()]


@given(jobs)
def test_systemd_gives_the_worker_its_home(job: Job) -> None:
    assert unit_files.environment(service(job)["Environment"]) == {"MAILER_HOME": job.home}


@given(jobs, paths)
def test_a_unit_serves_the_home_that_it_names_and_no_other(job: Job, other: str) -> None:
    unit = systemd.service_unit(job)

    assert systemd.serves(unit, job.home)
    assert systemd.serves(unit, other) == (other == job.home)


def test_an_interpreter_that_systemd_refuses_to_start_is_started_by_a_shell() -> None:
    line = service(Job('/home/ada/"new"/python', "/h"))["ExecStart"]

    assert line.startswith(':"/bin/sh" -c ')


def test_a_run_of_systemd_may_last_five_minutes_and_is_no_failure_for_a_refused_note() -> None:
    found = service(ADA)

    assert (found["Type"], found["TimeoutStartSec"], found["SuccessExitStatus"]) == ("oneshot", "5min", "4 5 6")


def test_the_timer_runs_every_five_minutes_and_makes_up_for_what_was_missed() -> None:
    found = unit_files.sections(systemd.timer_unit())

    assert dict(found["Timer"]) == {"OnCalendar": "*:0/5", "Persistent": "true", "AccuracySec": "30s"}
    assert found["Install"] == [("WantedBy", "timers.target")]


# --- launchd -------------------------------------------------------------------------------------------------------


def test_the_agent_read_back_is_the_job() -> None:
    agent = plistlib.loads(launchd.agent(MAC))

    assert agent["ProgramArguments"] == [MAC.interpreter, *MAC.arguments()]
    assert agent["EnvironmentVariables"] == {"MAILER_HOME": MAC.home}


def test_the_agent_runs_at_login_and_every_five_minutes_of_the_clock() -> None:
    agent = plistlib.loads(launchd.agent(MAC))

    assert agent["RunAtLoad"] is True
    assert [when["Minute"] for when in agent["StartCalendarInterval"]] == list(range(0, 60, 5))


def test_the_agent_logs_into_mailer_home() -> None:
    agent = plistlib.loads(launchd.agent(MAC))

    assert {agent["StandardOutPath"], agent["StandardErrorPath"]} == {f"{MAC.home}/service.log"}


@given(paths, paths)
def test_an_agent_serves_the_home_that_it_names_and_no_other(home: str, other: str) -> None:
    agent = launchd.agent(Job("/usr/bin/python3", home)).decode()

    assert launchd.serves(agent, home)
    assert launchd.serves(agent, other) == (other == home)


# --- Task Scheduler ------------------------------------------------------------------------------------------------


def windows_arguments(line: str) -> list[str]:
    """Part a command line as CommandLineToArgvW does. Source: Microsoft, “Parsing C++ command-line arguments”."""
    found, word, backslashes, is_quoted, is_word = [], "", 0, False, False
    for character in [*line, " "]:
        if character == "\\":
            backslashes += 1
            continue
        word += "\\" * (backslashes // 2 if character == '"' else backslashes)
        is_word = is_word or bool(backslashes) or character not in " \t"
        if character == '"' and backslashes % 2 == 0:
            is_quoted = not is_quoted
        elif character in " \t" and not is_quoted:
            found += [word] if is_word else []
            word, is_word = "", False
        else:
            word += character
        backslashes = 0
    return found


def task(job: Job) -> ET.Element:
    return ET.fromstring(task_scheduler.install(job).files[0].content)  # noqa: S314  # our own


def setting(job: Job, path: str) -> str | None:
    return task(job).findtext(f"t:{path.replace('/', '/t:')}", namespaces=SPACE)


def test_the_task_read_back_is_the_job_with_its_home_as_an_option() -> None:
    arguments = windows_arguments(setting(WINDOWS, "Actions/Exec/Arguments") or "")

    assert setting(WINDOWS, "Actions/Exec/Command") == r"C:\Users\Ada Example\venv\Scripts\pythonw.exe"
    assert arguments == [
        "-P", "-m", "mailer", "--home", WINDOWS.home, "--config", WINDOWS.config, "worker", "--once", "--quiet",
    ]  # fmt: skip


@given(jobs)
def test_the_task_keeps_every_argument_apart(job: Job) -> None:
    assert windows_arguments(setting(job, "Actions/Exec/Arguments") or "") == list(job.arguments(names_home=True))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Settings/StartWhenAvailable", "true"),
        ("Settings/DisallowStartIfOnBatteries", "false"),
        ("Settings/StopIfGoingOnBatteries", "false"),
        ("Settings/MultipleInstancesPolicy", "IgnoreNew"),
        ("Principals/Principal/LogonType", "InteractiveToken"),
        ("Principals/Principal/RunLevel", "LeastPrivilege"),
        ("Triggers/TimeTrigger/Repetition/Interval", "PT5M"),
    ],
)
def test_the_task_runs_every_five_minutes_also_on_batteries_as_the_user(path: str, value: str) -> None:
    assert setting(WINDOWS, path) == value


def test_the_task_is_utf_16_with_its_mark_as_schtasks_wants_it() -> None:
    content = task_scheduler.install(WINDOWS).files[0].content

    assert content.startswith(b"\xff\xfe")
    assert content.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')


@pytest.mark.parametrize(
    ("interpreter", "windowless"),
    [
        (r"C:\Py\python.exe", r"C:\Py\pythonw.exe"),
        (r"C:\Py\python3.12.exe", r"C:\Py\pythonw3.12.exe"),
        (r"C:\Py\pythonw.exe", r"C:\Py\pythonw.exe"),
    ],
)
def test_the_task_opens_no_window(interpreter: str, windowless: str) -> None:
    assert setting(Job(interpreter, r"C:\m"), "Actions/Exec/Command") == windowless


# --- cron ----------------------------------------------------------------------------------------------------------


@given(jobs)
def test_the_crontab_line_read_back_is_the_job(job: Job) -> None:
    fields, command = crontab_line(job)[:12], crontab_line(job)[12:]

    assert fields == "*/5 * * * * "
    assert "%" not in command.replace("\\%", "")
    assert shlex.split(command.replace("\\%", "%")) == [f"MAILER_HOME={job.home}", job.interpreter, *job.arguments()]


def test_a_settings_file_of_ones_own_is_handed_on() -> None:
    job = Job("/usr/bin/python3", "/h", "/etc/mailer.env")

    assert job.arguments() == ("-P", "-m", "mailer", "--config", "/etc/mailer.env", "worker", "--once", "--quiet")
