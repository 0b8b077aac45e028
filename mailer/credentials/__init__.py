"""Find, keep and forget the password of an account: a command's, the environment's, or the keyring's.

Takes an account, gives a Secret. What is kept is bound to host and user name, so another host never receives it. No
secret enters an error, and where nobody may be there to answer, nothing asks.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from mailer.errors import CredentialError
from mailer.model import Auth, Secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from mailer.model import Account

    class Sources(Protocol):
        """Where else than in the keyring a password may be; the settings are such a place."""

        @property
        def password_cmd(self) -> Sequence[str]:
            """Return a command that prints the password, () when there is none."""

        @property
        def password(self) -> Secret | None:
            """Return the password of the environment, None when there is none."""


__all__ = ["DEFAULT_LIMITS", "Limits", "delete", "describe_backend", "secret_for", "service_name", "store"]


class Limits(NamedTuple):
    """How long a password command, and a keyring in the background, may take."""

    command_s: float = 30.0
    keyring_s: float = 15.0


DEFAULT_LIMITS = Limits()

INSTEAD = (
    "set MAILER_PASSWORD_CMD to a command that prints the password (such as: pass show mail), or MAILER_PASSWORD in the"
    " environment"
)

#: What a fault of the keyring means and what helps; `{}` is the detail, in brackets when there is one.
SENTENCES = {
    "absent": f"this machine has no usable keyring{{}}; {INSTEAD}",
    "off": "the keyring is switched off{}; take PYTHON_KEYRING_BACKEND or default-keyring in keyringrc.cfg back, or "
    + INSTEAD,
    "insecure": "the only keyring here keeps passwords in plain text{}, so it is not used; install a real one (on Linux"
    f" gnome-keyring or KWallet), or {INSTEAD}",
    "locked": f"the keyring is locked{{}}; log in to your desktop or unlock it, then run this again. Or {INSTEAD}",
    "unopened": "the keyring has not been opened{}; open it once from your desktop (on Linux: Passwords and Keys), or "
    + INSTEAD,
    "damaged": "the keyring does not give back the password{}; run mailer setup to store it again",
    "broken": f"the keyring failed{{}}; try again, or {INSTEAD}",
    "silent": f"the keyring did not answer{{}}; it may be waiting for you to unlock it. Unlock it, or {INSTEAD}",
}


def secret_for(
    account: Account, sources: Sources, *, interactive: bool, limits: Limits = DEFAULT_LIMITS
) -> Secret | None:
    """Return the account's password: what the command of `sources` prints, else its `password`, else the keyring's.

    None for an account without sign-in. With `interactive` false nothing asks anybody anything, and a keyring that
    blocks is given up after its limit. Raises CredentialError when there is none or it cannot be had.
    """
    if account.auth is Auth.NONE:
        return None
    if sources.password_cmd:
        return _printed_by(sources.password_cmd, may_prompt=interactive, timeout_s=limits.command_s)
    if sources.password is not None:
        return sources.password
    found = _ask("get", account, interactive=interactive, limits=limits)["secret"]
    if found is None:
        raise CredentialError(
            f"no password is kept for {account.username} at {account.host}; run mailer setup, or {INSTEAD}"
        )
    return Secret(found)


def store(account: Account, secret: Secret, *, interactive: bool = True, limits: Limits = DEFAULT_LIMITS) -> str:
    """Keep the account's password in the keyring, read it back, and return the keyring's name.

    Raises CredentialError; then nothing can be relied upon to be kept.
    """
    return str(_ask("put", account, secret=secret, interactive=interactive, limits=limits)["backend"])


def delete(account: Account, *, interactive: bool = True, limits: Limits = DEFAULT_LIMITS) -> None:
    """Forget the account's password in the keyring; none is no error. Raises CredentialError."""
    _ask("drop", account, interactive=interactive, limits=limits)


def describe_backend(*, interactive: bool = False, limits: Limits = DEFAULT_LIMITS) -> str:
    """Name the keyring that would be used, as one who runs in the background finds it; raises CredentialError."""
    return str(_ask("look", None, interactive=interactive, limits=limits)["backend"])


def service_name(account: Account) -> str:
    """Name the keyring's entry: one for each user at each host, as Windows keeps one user a name."""
    return f"mailer/{account.host.lower()}/{account.username}/smtp"


def _ask(
    verb: str, account: Account | None, *, interactive: bool, limits: Limits, secret: Secret | None = None
) -> dict[str, Any]:
    """Ask the keyring, in the background from a process that can be stopped; raises CredentialError for any fault."""
    request = {
        "verb": verb,
        "service": service_name(account) if account else "",
        "user": account.username if account else "",
        "secret": secret.value if secret else None,
        "may_prompt": interactive,
    }
    answer = _here(request) if interactive else _apart(request, limits.keyring_s)
    if "fault" in answer:
        detail = f" ({answer['detail']})" if answer["detail"] else ""
        raise CredentialError(SENTENCES[answer["fault"]].format(detail))
    return answer


def _here(request: dict[str, Any]) -> dict[str, Any]:
    from mailer.credentials import backend

    return backend.answer(request)


def _apart(request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Ask from a process of its own: a desktop's dialogue waits without limit and takes no time-out.

    Source: python-poetry/poetry#8623, #1917.
    """
    import json
    from pathlib import Path

    from mailer.credentials import programs

    # By its path, with -P: no `keyring.py` or `json.py` of the current folder comes in its way.
    argv = [sys.executable, "-P", str(Path(__file__).with_name("backend.py"))]
    try:
        status, output = programs.run(argv, given=json.dumps(request).encode(), timeout_s=timeout_s)
    except programs.TooSlow:
        return {"fault": "silent", "detail": f"within {timeout_s:g} s"}
    except OSError as exc:
        return {"fault": "broken", "detail": f"{sys.executable}: {exc.strerror}"}
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:  # the process died: a crash in a library of the desktop
        return {"fault": "broken", "detail": f"it ended with status {status}"}
    return answer


def _printed_by(argv: Sequence[str], *, may_prompt: bool, timeout_s: float) -> Secret:
    """Return the first line that a command prints, without its line end; no error repeats what it printed."""
    from mailer.credentials import programs

    name = argv[0]
    try:
        status, output = programs.run(argv, timeout_s=timeout_s, may_prompt=may_prompt)
    except programs.TooSlow:
        raise CredentialError(
            f"MAILER_PASSWORD_CMD: {name} did not end within {timeout_s:g} s; run it by hand to see what it waits for"
        ) from None
    except (OSError, ValueError) as exc:  # ValueError: a NUL in an argument
        why = getattr(exc, "strerror", None) or "it is no command"
        raise CredentialError(f"MAILER_PASSWORD_CMD: {name} cannot be run: {why}; correct the command") from None
    if status != 0:
        raise CredentialError(
            f"MAILER_PASSWORD_CMD: {name} ended with exit code {status}; run it by hand to see what it says"
        )
    return _first_line(output, name)


def _first_line(output: bytes, name: str) -> Secret:
    line = output.partition(b"\n")[0].removesuffix(b"\r")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:  # whose text would quote the bytes
        raise CredentialError(f"MAILER_PASSWORD_CMD: what {name} prints is not UTF-8; have it print UTF-8") from None
    if not text or "\0" in text:
        raise CredentialError(
            f"MAILER_PASSWORD_CMD: {name} prints no password on its first line; run it by hand to see what it says"
        )
    return Secret(text)
