"""A real systemd takes the units, whatever the paths, and its timer sends a note that fell due."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailer.service import systemd
from mailer.service.job import Job
from tests.command import clean_environment
from tests.conftest import SCENARIOS
from tests.needs import SEARCH_PATH, needs
from tests.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_S = 240

FOLDERS = ["plain", "a b", "per%cent %h", "dol$lar ${HOME}", 'quo"te', "apo's", "back\\slash", "Ünï 月", "a;b#c=d"]

#: Stands for Python in a folder of any name: keeps its arguments and MAILER_HOME, each ended by NUL.
KEEPER = """\
#!/bin/sh
printf '%s\\0' "$MAILER_HOME" "$@" >"$(dirname "$0")/called"
"""


def make_unit(folder: Path, file: Path) -> Job:
    """Write the unit of a job whose interpreter, home and settings file lie in `folder`."""
    folder.mkdir(parents=True)
    python = folder / "python"
    python.write_text(KEEPER)
    python.chmod(0o755)
    job = Job(str(python), str(folder), str(folder / "my.env"))
    file.write_text(systemd.service_unit(job))
    return job


@needs("systemd-analyze")
@pytest.mark.parametrize("name", FOLDERS)
def test_systemd_verifies_the_units_whatever_the_paths_hold(name: str, tmp_path: Path) -> None:
    make_unit(tmp_path / name, tmp_path / "mailer.service")
    (tmp_path / "mailer.timer").write_text(systemd.timer_unit())
    argv = ["systemd-analyze", "verify", "--user", str(tmp_path / "mailer.service"), str(tmp_path / "mailer.timer")]
    environment = {"PATH": SEARCH_PATH, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "LANG": "C.UTF-8"}

    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


# --- a systemd of the test's own -----------------------------------------------------------------------------------

#: systemd runs for a user only where it runs the machine too; a mount that nobody else sees says that it does.
BOOTED = "mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system"
SYSTEMD = "/lib/systemd/systemd"

#: $0: a script that is given to bash while the user's systemd runs. Its output is ours.
WITH_SYSTEMD = f"""\
{SYSTEMD} --user >"$XDG_RUNTIME_DIR/log" 2>&1 &
manager=$!
until [ -S "$XDG_RUNTIME_DIR/systemd/private" ]; do
  kill -0 $manager || {{ cat "$XDG_RUNTIME_DIR/log"; exit 9; }}
  sleep 0.05
done
bash -c "$0"
status=$?
kill $manager
wait $manager
exit $status
"""


def may_mount() -> bool:
    """Tell whether this user may make a mount that nobody else sees."""
    argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", BOOTED]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def in_a_session(script: str, environment: Mapping[str, str], folder: Path) -> str:
    """Run a script in a session with a systemd of the user's own; give what it printed."""
    if not Path("/run/systemd/system").exists() and not may_mount():
        pytest.xfail("systemd does not run here, and nobody may mount what it needs")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    inner = ["dbus-run-session", "--", "bash", "-c", WITH_SYSTEMD, script]
    outer = [] if Path("/run/systemd/system").exists() else ["unshare", "--mount", "--propagation", "private"]
    shell = ["bash", "-c", f'{BOOTED if outer else ":"} && exec "$@"', "bash"]
    done = subprocess.run(
        [*outer, *shell, *inner],
        env={**environment, "XDG_RUNTIME_DIR": str(runtime), "PATH": SEARCH_PATH, "PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


real_systemd = needs("systemd-analyze", "dbus-run-session", "unshare")


@real_systemd
def test_systemd_starts_the_job_with_its_arguments_whatever_the_paths_hold(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path)
    units = Path(environment["HOME"]) / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    jobs = {name: make_unit(tmp_path / name, units / f"mailer-{number}.service") for number, name in enumerate(FOLDERS)}
    started = " ".join(f"mailer-{number}" for number in range(len(FOLDERS)))

    in_a_session(f"systemctl --user start {started}", environment, tmp_path)

    called = {name: (tmp_path / name / "called").read_bytes().decode().split("\0")[:-1] for name in FOLDERS}
    assert called == {name: [job.home, *job.arguments()] for name, job in jobs.items()}


#: The timer is told to look every second in place of every five minutes; all else is as installed.
WHOLE_LIFE = """\
set -e
mailer() { "$PYTHON" -m mailer "$@"; }
echo "== before"; mailer service status
echo "== install"; mailer service install
echo "== again"; mailer service install
echo "== status"; mailer service status
echo "== queue"; mailer queue "$INTERVIEW" --to vanderberg --at now --yes
echo "== by hand"; systemctl --user start mailer.service; mailer outbox --state sent
units="$HOME/.config/systemd/user"
mkdir "$units/mailer.timer.d"
printf '[Timer]\\nOnCalendar=*:*:*\\nAccuracySec=1us\\n' >"$units/mailer.timer.d/often.conf"
systemctl --user daemon-reload
systemctl --user restart mailer.timer
echo "== by the timer"; mailer queue "$INTERVIEW" --to nunez --at now --yes
tries=0
until mailer outbox --state sent | grep -q nunez; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.2; done
mailer outbox --state sent
echo "== ran"; mailer service status
rm -r "$units/mailer.timer.d"
systemctl --user daemon-reload
systemctl --user restart mailer.timer
echo "== remove"; mailer service remove
echo "== after"; mailer service status
find "$HOME" ! -type d
"""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Live through it all once, in a home with a difficult name; give what each step printed."""
    folder = tmp_path_factory.mktemp("life")
    environment = clean_environment(folder) | {"MAILER_HOME": str(folder / 'ma$iler ${HOME} %h "q" ünï')}
    environment["INTERVIEW"] = str(folder / "interview.md")
    shutil.copy(SCENARIOS / "05-quality-manager.md", environment["INTERVIEW"])
    home = Path(environment["MAILER_HOME"])
    home.mkdir(mode=0o700)
    with SmtpServer() as server:
        (home / "config.env").write_text(
            "MAILER_FROM='Monique Delacroix-Baker <monique.delacroix-baker@example.com>'\n"
            f"MAILER_SMTP_HOST=127.0.0.1\nMAILER_SMTP_PORT={server.port}\nMAILER_SMTP_SECURITY=none\nMAILER_AUTH=none\n"
        )
        said = in_a_session(WHOLE_LIFE, environment, folder)
        arrived = [message.rcpt_to[0] for message in server.messages]
    steps = dict(part.partition("\n")[::2] for part in said.split("== ")[1:])
    return steps | {"arrived": " ".join(arrived)}


@real_systemd
@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("before", "Not installed."),
        ("install", "the system now looks every five minutes"),
        ("again", "It is installed already"),
        ("status", "Installed (systemd), active."),
        ("status", "next run"),
        ("queue", "The system looks every five minutes."),
        ("by hand", "w.vanderberg@harborline-castings.example"),
        ("by the timer", "s.nunez@harborline-castings.example"),
        ("ran", "exit status 0"),
        ("remove", "The system no longer sends by itself."),
        ("after", "Nothing on this machine will wake up"),
    ],
)
def test_a_service_is_installed_sends_and_is_removed(step: str, words: str, life: dict[str, str]) -> None:
    assert words in life[step]


@real_systemd
def test_each_note_arrived_once(life: dict[str, str]) -> None:
    assert life["arrived"].split() == [
        "w.vanderberg@harborline-castings.example",
        "s.nunez@harborline-castings.example",
    ]


@real_systemd
def test_remove_leaves_nothing_behind(life: dict[str, str]) -> None:
    files = [Path(line) for line in life["after"].splitlines() if line.startswith("/")]

    assert [file for file in files if "mailer" in file.name] == []
