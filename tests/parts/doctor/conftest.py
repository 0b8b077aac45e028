"""Give these tests the file keyring of the credentials' tests."""

from __future__ import annotations

from tests.parts.credentials.conftest import use_keyring

__all__ = ["use_keyring"]
