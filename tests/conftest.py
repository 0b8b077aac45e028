"""Keep every test away from the real home, keyring and network, and give it a MAILER_HOME of its own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sharing import ByKind, turn

SCENARIOS = Path(__file__).parent / "scenarios"

# How long an example takes is a matter of what runs beside it; in CI hypothesis itself sees it so.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give `-n auto` one process more than there are processors, since many tests wait for others."""
    return min((os.cpu_count() or 1) + 1, 8)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByKind:
    """Share tests out as `tests.sharing` says, in the order of their collection."""
    config.option.loadscopereorder = False
    return ByKind(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is quickest to fail, and end with what leaves no process idle."""
    items.sort(key=turn)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Count a skipped test as a failure in CI, where every server and reader must be there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point HOME and MAILER_HOME at fresh folders, forget every MAILER_* setting, and forbid the real keyring."""
    for name in [n for n in os.environ if n.startswith(("MAILER_", "XDG_"))]:
        monkeypatch.delenv(name)
    user_home = tmp_path / "user-home"
    user_home.mkdir()
    mailer_home = tmp_path / "mailer-home"
    monkeypatch.setenv("HOME", str(user_home))
    monkeypatch.setenv("MAILER_HOME", str(mailer_home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("MAILER_NOTIFY", "no")
    monkeypatch.setenv("NO_COLOR", "1")
    return mailer_home


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any connection that would leave this machine fail loudly."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in {"127.0.0.1", "::1", "localhost", "unix"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]  # typeshed asks for the exact address types of each family

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """Return a writable copy of the folder of worked interviews."""
    import shutil

    copy = tmp_path / "scenarios"
    shutil.copytree(SCENARIOS, copy)
    return copy
