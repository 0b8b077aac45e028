"""The built wheel stands on its own: installed away from the checkout, with its templates, it runs the whole demo."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from mailer import __version__
from tests.command import unmeasured

CHECKOUT = Path(__file__).parents[2]
TIMEOUT_S = 600


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, as a release would."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(CHECKOUT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a clean environment and return its folder of programs."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    constraints = str(CHECKOUT / "constraints.txt")
    pip("--python", str(programs / "python"), "install", "--no-compile", "--constraint", constraints, str(wheel))
    return programs


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    environment = unmeasured(os.environ)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def stranger(tmp_path: Path) -> dict[str, str]:
    """Return the environment of somebody with an empty home who never heard of the checkout."""
    (tmp_path / "empty-home").mkdir()
    return {"HOME": str(tmp_path / "empty-home"), "PATH": os.defpath, "LANG": "C.UTF-8"}


def run(installed: Path, stranger: dict[str, str], cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(installed / "mailer"), *arguments]
    return subprocess.run(
        command,
        env=stranger,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_template_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    there = {f.relative_to(CHECKOUT).as_posix() for f in (CHECKOUT / "templates").rglob("*") if f.is_file()}

    packed = {name.removeprefix("mailer/") for name in zipfile.ZipFile(wheel).namelist()}

    assert there
    assert there <= packed


def test_the_pages_of_the_desk_and_the_licences_of_its_data_are_in_the_wheel(wheel: Path) -> None:
    folders = [CHECKOUT / "mailer" / "web" / name for name in ("pages", "static")]
    wanted = {f.relative_to(CHECKOUT).as_posix() for folder in folders for f in folder.rglob("*.*") if f.is_file()}

    packed = set(zipfile.ZipFile(wheel).namelist())

    assert wanted | {"mailer/clients/support.json", "mailer/clients/NOTICE"} <= packed


def test_the_wheel_holds_nothing_but_the_program_and_its_own_description(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"mailer", f"interview_mailer-{__version__}.dist-info"}


def test_the_installed_command_tells_its_version(installed: Path, stranger: dict[str, str], tmp_path: Path) -> None:
    told = run(installed, stranger, tmp_path, "--version")

    assert (told.returncode, told.stdout) == (0, f"mailer {__version__}\n")


def test_the_installed_command_runs_the_whole_demo(installed: Path, stranger: dict[str, str], tmp_path: Path) -> None:
    demo = run(installed, stranger, tmp_path, "demo")

    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "Traceback" not in demo.stderr


def test_the_installed_command_composes_with_the_packed_templates(
    installed: Path, stranger: dict[str, str], tmp_path: Path
) -> None:
    interview = CHECKOUT / "tests" / "scenarios" / "04-software-engineer.md"
    stranger["MAILER_FROM"] = "Beatriz Furtado <beatriz.furtado@example.com>"

    shown = run(installed, stranger, tmp_path, "show", str(interview), "--to", "wojcik", "--text")

    assert shown.returncode == 0, shown.stderr
    assert "the incident walk-through" in shown.stdout


def test_the_installed_command_shows_a_note_on_the_desk(
    installed: Path, stranger: dict[str, str], tmp_path: Path
) -> None:
    interview = CHECKOUT / "tests" / "scenarios" / "04-software-engineer.md"
    stranger["MAILER_FROM"] = "Beatriz Furtado <beatriz.furtado@example.com>"
    command = [str(installed / "mailer"), "preview", str(interview), "--no-browser"]

    with subprocess.Popen(command, env=stranger, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        link = process.stdout.readline().split()[-1]
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = browser.open(link, timeout=60).read().decode()
        process.terminate()

    assert "The letter" in page
    assert process.returncode == 0
