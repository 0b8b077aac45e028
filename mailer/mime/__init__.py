"""Seal a finished note into the mail that is sent: every byte fixed but its Date line.

Takes a composition, gives a `Sealed`; `wire` turns that into the bytes for a server, a file or a preview.
"""

from __future__ import annotations

from mailer.mime.flowed import flow
from mailer.mime.payloads import read_from_disk
from mailer.mime.sealing import new_message_id, seal, size_bytes, wire

__all__ = ["flow", "new_message_id", "read_from_disk", "seal", "size_bytes", "wire"]
