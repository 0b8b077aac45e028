"""Keep the standard streams from failing a command: what was done stays done, though it cannot be printed.

Takes the process's streams, gives ones that remember a fault instead of raising it.
"""

from __future__ import annotations

import os
import sys
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["mend_streams", "unprinted"]

#: Where the output could not be put; the same as for a disk that takes no settings and no outbox.
EXIT_UNPRINTED = 3


class Unfailing(RawIOBase):
    """The end of an output stream that never fails: what cannot be written is dropped, and `fault` says why."""

    def __init__(self, raw: RawIOBase) -> None:
        self.raw = raw
        self.fault: OSError | None = None
        self._is_terminal = raw.isatty()

    def writable(self) -> bool:
        """Tell that this takes bytes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor behind it."""
        return self.raw.fileno()

    def isatty(self) -> bool:
        """Tell whether a terminal is behind it."""
        return self._is_terminal

    def write(self, octets: ReadableBuffer, /) -> int | None:
        """Write, or from the first failure on pretend to."""
        if self.fault is None:
            try:
                return self.raw.write(octets)
            except OSError as exc:
                self.fault = exc
        return memoryview(octets).nbytes


def mend_streams() -> Unfailing | None:
    """Let nothing fail because it cannot be printed: it may tell of a mail that was sent.

    A process without a console (pythonw, a closed descriptor) gets the null device; a letter that the console's
    encoding lacks is shown by its number; a full disk or a closed pipe behind a stream ends no delivery. Return the end
    of standard output, None where it can be known not to fail.
    """
    ends = {}
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # for as long as we run
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            raw: Any = getattr(stream.buffer, "raw", stream.buffer)
            ends[name] = Unfailing(raw)
            setattr(sys, name, rewrapped(stream, ends[name]))
    return ends.get("stdout")


def rewrapped(stream: TextIOWrapper, end: Unfailing) -> TextIOWrapper:
    """Return a text stream like this one onto another end; `sys.__stdout__` keeps the old one alive."""
    return TextIOWrapper(
        BufferedWriter(end),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def unprinted(end: Unfailing | None, status: int) -> int:
    """Say that the output is lost, if it is, and return the exit status; a reader who has read enough loses nothing."""
    sys.stdout.flush()
    fault = end.fault if end else None
    if fault is None or isinstance(fault, BrokenPipeError):
        return status
    sys.stderr.write(f"mailer: the output cannot be written: {fault.strerror}; what was done stays done\n")
    return status or EXIT_UNPRINTED
