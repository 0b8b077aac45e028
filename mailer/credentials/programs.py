"""Run another program for what it prints, without a shell and within a time limit."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

__all__ = ["TooSlow", "run"]

#: What is kept of a program's output; the rest is read and thrown away.
MAX_OUTPUT_BYTES = 64 * 1024


class TooSlow(Exception):
    """The program was stopped at its time limit."""


def run(
    argv: Sequence[str], *, timeout_s: float, given: bytes | None = None, may_prompt: bool = False
) -> tuple[int, bytes]:
    """Run a program and return its exit status (negative: the signal that ended it) and the start of its output.

    `given` is its standard input. With `may_prompt` it keeps the terminal, to ask for a passphrase there; else it has
    none, and nothing that it says is shown. Raises TooSlow, with everything that it started stopped, and OSError when
    it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603  # the user's own command, as an argument list
        list(argv),
        stdin=subprocess.PIPE if given is not None else None if may_prompt else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if may_prompt else subprocess.DEVNULL,
        start_new_session=not may_prompt,
    )
    output = bytearray()
    pipe = cast("IO[bytes]", process.stdout)
    reader = threading.Thread(target=_collect, args=(pipe, output), daemon=True)
    reader.start()
    try:
        if process.stdin:
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write(given or b"")
        status = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    finally:
        _stop(process, with_group=not may_prompt)
    # A program that left a helper in the background may have left it the pipe: its own output is there already.
    reader.join(timeout=1.0)
    return status, bytes(output)


def _collect(stream: IO[bytes], output: bytearray) -> None:
    """Read to the end, so that the program never waits for us, but keep the start only."""
    with stream:
        while block := stream.read1(8192):  # type: ignore[attr-defined]  # a pipe is a BufferedReader
            output += block[: max(0, MAX_OUTPUT_BYTES - len(output))]


def _stop(process: subprocess.Popen[bytes], *, with_group: bool) -> None:
    """End a program that still runs, with what it started where it leads a session of its own."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if with_group and hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
