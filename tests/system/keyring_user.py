"""Use the credentials as one process of a user's session would: `python -m tests.system.keyring_user VERB HOW [SECRET]`.

VERB is keep, read, forget or name; HOW is `background` or `there`. Prints what came of it, or `error:` and the sentence.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from mailer import credentials
from mailer.credentials import Limits
from mailer.errors import CredentialError
from mailer.model import Account, Auth, Secret, Security

ACCOUNT = Account("smtp.example.com", 465, Security.TLS, Auth.PASSWORD, "ada@example.com")
#: Tells our lines from those of a daemon that the bus starts.
MARK = "> "
LIMITS = Limits(keyring_s=30)


@dataclass(frozen=True)
class Nothing:
    """Settings that say nothing of passwords."""

    password_cmd: tuple[str, ...] = ()
    password: Secret | None = None


def main(verb: str, how: str, secret: str = "") -> str:
    interactive = how == "there"
    try:
        if verb == "keep":
            return credentials.store(ACCOUNT, Secret(secret), interactive=interactive, limits=LIMITS)
        if verb == "read":
            found = credentials.secret_for(ACCOUNT, Nothing(), interactive=interactive, limits=LIMITS)
            return found.value if found else "none"
        if verb == "forget":
            credentials.delete(ACCOUNT, interactive=interactive, limits=LIMITS)
            return "forgotten"
        return credentials.describe_backend(interactive=interactive, limits=LIMITS)
    except CredentialError as exc:
        return f"error: {exc}"


if __name__ == "__main__":
    print(f"{MARK}{main(*sys.argv[1:])}")  # noqa: T201
