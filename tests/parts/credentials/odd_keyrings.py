"""Keyrings that misbehave, each in one way."""

# ruff: noqa: ARG002  # the signatures are keyring's

from __future__ import annotations

import os
import sys
import time

from keyring.errors import InitError, KeyringError, KeyringLocked

from tests.parts.credentials.file_keyring import Keyring


class Locked(Keyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


class Unopened(Keyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise InitError("Failed to create the collection: Prompt dismissed..")


class Waiting(Keyring):
    """Waits for a dialogue that nobody answers."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(600)
        return None


class Talkative(Keyring):
    """Prints on standard output."""

    def get_password(self, service: str, username: str) -> str | None:
        print("welcome to this keyring")  # noqa: T201
        sys.stdout.flush()
        return super().get_password(service, username)


class Forgetful(Keyring):
    """Says nothing when it cannot keep anything."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Indiscreet(Keyring):
    """Quotes the password in the error that keyring foresees."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringError(f"cannot keep {password}")


class Buggy(Keyring):
    """Quotes the password in an error that nobody foresees."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError(f"{super().get_password(service, username)}")


class Windows(Keyring):
    """Refuses more than Windows does: 2560 bytes of UTF-16 an item."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        super().set_password(service, username, password)


class Crashing(Keyring):
    """Takes its process down, as a library of the desktop may."""

    def get_password(self, service: str, username: str) -> str | None:
        os.abort()


class Asking(Keyring):
    """Asks for a master password on the terminal, as keyrings.alt's encrypted file does."""

    def get_password(self, service: str, username: str) -> str | None:
        import getpass

        return getpass.getpass("Please enter password for encrypted keyring: ")
