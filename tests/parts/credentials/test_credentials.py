"""Keyrings of every kind, each in a process of its own as in the background, and password commands."""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mailer import credentials
from mailer.credentials import DEFAULT_LIMITS, Limits
from mailer.errors import CredentialError
from mailer.model import Account, Auth, Secret, Security

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    UseKeyring = Callable[[str], Path]

#: Where the stand-in keyrings are.
HERE = "tests.parts.credentials"
PASSWORD = "correct horse, battery: staple"


def make_account(**changes: Any) -> Account:
    fields: dict[str, Any] = {
        "host": "smtp.example.com",
        "port": 465,
        "security": Security.TLS,
        "auth": Auth.PASSWORD,
        "username": "ada@example.com",
    }
    return Account(**fields | changes)


@dataclass(frozen=True)
class Given:
    """What the settings say of passwords."""

    password_cmd: tuple[str, ...] = ()
    password: Secret | None = None


NOTHING = Given()


def background(account: Account | None = None, *, limits: Limits = DEFAULT_LIMITS) -> Secret | None:
    return credentials.secret_for(account or make_account(), NOTHING, interactive=False, limits=limits)


def keep(secret: str = PASSWORD, account: Account | None = None) -> str:
    return credentials.store(account or make_account(), Secret(secret), interactive=False)


def refusal(password_cmd: tuple[str, ...] = (), limits: Limits = DEFAULT_LIMITS) -> str:
    """Ask for the secret in the background and return the sentence of the error."""
    with pytest.raises(CredentialError) as caught:
        credentials.secret_for(make_account(), Given(password_cmd), interactive=False, limits=limits)
    return str(caught.value)


# --- the keyring -----------------------------------------------------------------------------------------------


def test_a_stored_password_is_found_in_another_process(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")

    assert keep() == f"{HERE}.file_keyring.Keyring"
    assert background() == Secret(PASSWORD)


def test_a_stored_password_is_found_by_one_who_is_there(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    credentials.store(make_account(), Secret(PASSWORD))

    assert credentials.secret_for(make_account(), NOTHING, interactive=True) == Secret(PASSWORD)


@pytest.mark.parametrize(
    "change", [{"host": "evil.example"}, {"username": "bob@example.com"}, {"host": "smtp.example.com/ada@example.com"}]
)
def test_another_host_or_user_never_receives_the_password(use_keyring: UseKeyring, change: dict[str, str]) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()

    with pytest.raises(CredentialError, match="no password is kept"):
        background(make_account(**change))


def test_two_users_at_one_host_have_entries_of_their_own() -> None:
    names = {credentials.service_name(make_account(username=u)) for u in ("ada@example.com", "bob@example.com")}

    assert len(names) == 2


def test_the_spelling_of_the_host_does_not_matter(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()

    assert background(make_account(host="SMTP.Example.com")) == Secret(PASSWORD)


def test_a_new_password_replaces_the_old_one(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep("old")
    keep("new")

    assert background() == Secret("new")


def test_a_forgotten_password_is_gone(use_keyring: UseKeyring) -> None:
    items = use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()

    credentials.delete(make_account(), interactive=False)

    assert json.loads(items.read_text()) == {}


def test_forgetting_what_is_not_there_is_no_error(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")

    credentials.delete(make_account(), interactive=False)


def test_the_keyring_in_use_is_named(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")

    assert credentials.describe_backend() == f"{HERE}.file_keyring.Keyring"


def test_what_a_keyring_prints_is_no_password(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.odd_keyrings.Talkative")
    keep()

    assert background() == Secret(PASSWORD)


def test_no_module_of_the_current_folder_comes_before_the_real_keyring(
    use_keyring: UseKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "keyring.py").write_text("raise SystemExit('stranger')")
    monkeypatch.chdir(trap)

    assert background() == Secret(PASSWORD)


# --- long secrets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [600, 601, 1280, 3000])
def test_a_long_secret_fits_where_windows_keeps_1280_characters(use_keyring: UseKeyring, length: int) -> None:
    use_keyring(f"{HERE}.odd_keyrings.Windows")
    secret = ("abcdef🔑" * 500)[:length]
    keep(secret)

    assert background() == Secret(secret)


def test_a_short_secret_after_a_long_one_leaves_no_part_behind(use_keyring: UseKeyring) -> None:
    items = use_keyring(f"{HERE}.odd_keyrings.Windows")
    keep("x" * 3000)
    keep("short")

    assert list(json.loads(items.read_text()).values()) == ["short"]


def test_a_forgotten_long_secret_leaves_no_part_behind(use_keyring: UseKeyring) -> None:
    items = use_keyring(f"{HERE}.odd_keyrings.Windows")
    keep("x" * 3000)

    credentials.delete(make_account(), interactive=False)

    assert json.loads(items.read_text()) == {}


def test_a_password_that_looks_like_a_count_of_parts_is_still_itself(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep("mailer-in-parts:7")

    assert background() == Secret("mailer-in-parts:7")


def test_a_secret_with_a_missing_part_is_said_to_be_damaged(use_keyring: UseKeyring) -> None:
    items = use_keyring(f"{HERE}.file_keyring.Keyring")
    keep("x" * 3000)
    kept = json.loads(items.read_text())
    del kept["mailer/smtp.example.com/ada@example.com/smtp#2|ada@example.com"]
    items.write_text(json.dumps(kept))

    assert "run mailer setup to store it again" in refusal()


# --- keyrings that are not used, or fail -----------------------------------------------------------------------


def test_without_a_stored_password_setup_is_named(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")

    assert refusal() == (
        "no password is kept for ada@example.com at smtp.example.com; run mailer setup, or set MAILER_PASSWORD_CMD to a"
        " command that prints the password (such as: pass show mail), or MAILER_PASSWORD in the environment"
    )


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.fail.Keyring", "no usable keyring"),
        ("keyring.backends.null.Keyring", "switched off"),
        (f"{HERE}.odd_keyrings.Locked", "is locked"),
        (f"{HERE}.odd_keyrings.Unopened", "has not been opened"),
        (f"{HERE}.odd_keyrings.Crashing", "the keyring failed (it ended with status -6)"),
        (f"{HERE}.odd_keyrings.Asking", "the keyring failed (EOFError)"),
        (f"{HERE}.odd_keyrings.NoSuchClass", "no usable keyring (AttributeError"),
        ("no_such_module.Keyring", "no usable keyring (ModuleNotFoundError: No module named 'no_such_module')"),
        ("", "no usable keyring (ValueError: Empty module name)"),
    ],
)
def test_each_fault_of_a_keyring_has_its_sentence_and_its_way_out(
    use_keyring: UseKeyring, backend: str, words: str
) -> None:
    use_keyring(backend)

    sentence = refusal()

    assert words in sentence
    assert "MAILER_PASSWORD_CMD" in sentence


def test_a_keyring_that_waits_for_a_dialogue_is_given_up(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.odd_keyrings.Waiting")

    assert "did not answer (within 3 s)" in refusal(limits=Limits(keyring_s=3))


def test_a_keyring_that_keeps_nothing_is_found_out_at_once(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.odd_keyrings.Forgetful")

    with pytest.raises(CredentialError, match="did not give back what was stored"):
        keep()


@pytest.mark.parametrize("backend", [f"{HERE}.odd_keyrings.Indiscreet", f"{HERE}.odd_keyrings.Buggy"])
@pytest.mark.parametrize("interactive", [True, False])
def test_no_error_of_any_keyring_shows_the_password(
    use_keyring: UseKeyring, backend: str, *, interactive: bool
) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()
    use_keyring(backend)

    with pytest.raises(CredentialError) as caught:
        credentials.store(make_account(), Secret(PASSWORD), interactive=interactive)

    assert "the keyring failed" in str(caught.value)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_a_machine_without_a_usable_interpreter_says_so(
    use_keyring: UseKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    assert "/no/such/python: No such file or directory" in refusal()


# --- plain text backends, found by keyring itself --------------------------------------------------------------

ALT_BACKENDS = """
import pathlib, os
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 0.5

    def get_password(self, service, username):
        return None

    def set_password(self, service, username, password):
        pathlib.Path(os.environ["FILE_KEYRING"]).write_text(password)
"""

DERIVED_BACKEND = """
from keyrings.alt.file import PlaintextKeyring

class Tidy(PlaintextKeyring):
    priority = 0.4
"""


@pytest.fixture
def install_backends(use_keyring: UseKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Install backends as packages do, by entry point, and leave the choice to keyring on a machine without a bus."""
    site = tmp_path / "site"
    (site / "keyrings" / "alt").mkdir(parents=True)
    (site / "keyrings" / "alt" / "file.py").write_text(ALT_BACKENDS)
    (site / "tidy_keyring.py").write_text(DERIVED_BACKEND)

    def install(*modules: str) -> Path:
        items = use_keyring("")
        metadata = site / "stand_ins-1.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stand-ins\nVersion: 1\n")
        lines = [f"b{n} = {module}\n" for n, module in enumerate(modules)]
        (metadata / "entry_points.txt").write_text("[keyring.backends]\n" + "".join(lines))
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{os.environ['PYTHONPATH']}")
        return items

    return install


def test_a_plain_text_keyring_that_keyring_picks_by_itself_is_refused(install_backends: Callable[..., Path]) -> None:
    items = install_backends("keyrings.alt.file")

    with pytest.raises(
        CredentialError, match=r"plain text \(keyrings\.alt\.file\.PlaintextKeyring\).*install a real one"
    ):
        keep()

    assert not items.exists()


def test_a_keyring_that_derives_from_a_plain_text_one_is_refused(install_backends: Callable[..., Path]) -> None:
    install_backends("tidy_keyring")

    with pytest.raises(CredentialError, match="plain text"):
        keep()


def test_in_a_chain_the_real_keyring_is_used_and_the_plain_text_one_never(
    install_backends: Callable[..., Path],
) -> None:
    install_backends("keyrings.alt.file", f"{HERE}.file_keyring")

    assert keep() == f"{HERE}.file_keyring.Keyring"
    assert background() == Secret(PASSWORD)


def test_a_chain_of_plain_text_keyrings_is_refused(install_backends: Callable[..., Path]) -> None:
    install_backends("keyrings.alt.file", "tidy_keyring")

    with pytest.raises(CredentialError, match="plain text"):
        keep()


# --- the command and the environment ---------------------------------------------------------------------------


def printing(code: str) -> tuple[str, ...]:
    """Return a command that runs this Python, without what is installed for it: it starts in a tenth of the time."""
    return (sys.executable, "-S", "-c", code)


def asked(code: str) -> Secret | None:
    return credentials.secret_for(make_account(), Given(printing(code)), interactive=False)


def test_the_command_goes_before_the_environment() -> None:
    given = Given(printing("print('a')"), Secret("b"))

    assert credentials.secret_for(make_account(), given, interactive=False) == Secret("a")


def test_the_environment_goes_before_the_keyring(use_keyring: UseKeyring) -> None:
    use_keyring(f"{HERE}.file_keyring.Keyring")
    keep()

    assert credentials.secret_for(make_account(), Given(password=Secret("b")), interactive=False) == Secret("b")


def test_an_account_without_sign_in_has_no_secret() -> None:
    given = Given(password=Secret("b"))

    assert credentials.secret_for(make_account(auth=Auth.NONE), given, interactive=False) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"secret\n", "secret"),
        (b"secret", "secret"),
        (b"secret\r\n", "secret"),
        (b" secret \n", " secret "),
        (b"secret\nuser: ada\n", "secret"),
        ("geheim-ä-秘密\n".encode(), "geheim-ä-秘密"),
    ],
)
def test_the_first_line_is_the_password_as_it_stands(written: bytes, expected: str) -> None:
    assert asked(f"import sys; sys.stdout.buffer.write({written!r})") == Secret(expected)


@pytest.mark.parametrize("interactive", [True, False])
def test_no_shell_sees_the_command(tmp_path: Path, *, interactive: bool) -> None:
    command = ("echo", f"$(touch {tmp_path}/ran); `id` && true")

    found = credentials.secret_for(make_account(), Given(command), interactive=interactive)

    assert found == Secret(f"$(touch {tmp_path}/ran); `id` && true")
    assert not (tmp_path / "ran").exists()


def test_a_failing_command_is_named_with_its_exit_code_and_without_its_words(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = "import sys; print('hunter2'); print('hunter3', file=sys.stderr); sys.exit(7)"

    sentence = refusal(password_cmd=printing(code))

    assert f"{sys.executable} ended with exit code 7" in sentence
    assert "hunter" not in sentence + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pass", "no password on its first line"),
        ("print()", "no password on its first line"),
        ("print('a\\0b')", "no password on its first line"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "not UTF-8"),
        ("import os; os.abort()", "exit code -6"),
    ],
)
def test_a_command_without_a_password_is_said(code: str, words: str) -> None:
    assert words in refusal(password_cmd=printing(code))


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("/no/such/program",), "/no/such/program cannot be run: No such file or directory"),
        (("/etc/hostname",), "/etc/hostname cannot be run: "),
        (("a\0b",), "cannot be run: it is no command"),
    ],
)
def test_a_command_that_cannot_be_run_is_named(argv: tuple[str, ...], words: str) -> None:
    assert words in refusal(password_cmd=argv)


def test_a_command_that_waits_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    code = (
        f"import subprocess, sys; subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=open({str(fifo)!r}, 'w'));"
        "import time; time.sleep(600)"
    )
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)

    sentence = refusal(password_cmd=printing(code), limits=Limits(command_s=1.5))

    os.set_blocking(reader, True)
    assert "did not end within 1.5 s" in sentence
    assert os.read(reader, 1) == b""  # the end: nobody holds the other side any more
    os.close(reader)


def test_a_command_that_may_ask_at_the_terminal_has_a_limit_too() -> None:
    waiting = Given(printing("import time; time.sleep(600)"))

    with pytest.raises(CredentialError, match=r"did not end within 1 s"):
        credentials.secret_for(make_account(), waiting, interactive=True, limits=Limits(command_s=1))


def test_a_command_that_prints_without_end_is_stopped() -> None:
    code = "while True: print('y' * 8000)"

    assert "did not end" in refusal(password_cmd=printing(code), limits=Limits(command_s=1))


def test_a_helper_that_a_command_leaves_behind_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'],"
        " start_new_session=True, stdin=open(sys.argv[1])); print('secret')"
    )
    reader, writer = os.pipe()

    command = (*printing(code), f"/proc/{os.getpid()}/fd/{reader}")
    found = credentials.secret_for(make_account(), Given(command), interactive=False)

    os.close(writer)
    os.close(reader)
    assert found == Secret("secret")


def test_in_the_background_a_command_has_no_terminal_and_no_input() -> None:
    code = "import os, sys; print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()))"

    assert asked(code) == Secret("True ''")
