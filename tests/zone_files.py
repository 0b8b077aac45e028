"""Write the file of a time zone as the IANA database has it, with rules that a test makes up."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_zone"]


def write_zone(tree: Path, name: str, rules: str) -> None:
    """Write `name` below `tree` with POSIX `rules` (`CET-1CEST,M3.5.0,M10.5.0/3`) for all time (RFC 8536, version 2)."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)  # one type, its name of four octets
    block = b"TZif2" + bytes(15) + counts + struct.pack(">lbb", 0, 0, 0) + b"LMT\0"
    file = tree / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(block + block + b"\n" + rules.encode() + b"\n")
