"""A keyring that is a JSON file, for processes that have no desktop: PYTHON_KEYRING_BACKEND=…file_keyring.Keyring."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class Keyring(KeyringBackend):
    """Keeps its items in the file named by FILE_KEYRING."""

    priority = 1.0

    def _items(self) -> dict[str, str]:
        path = Path(os.environ["FILE_KEYRING"])
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _keep(self, items: dict[str, str]) -> None:
        Path(os.environ["FILE_KEYRING"]).write_text(json.dumps(items))

    def get_password(self, service: str, username: str) -> str | None:
        return self._items().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._items() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        items = self._items()
        if items.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError("No such password!")
        self._keep(items)
