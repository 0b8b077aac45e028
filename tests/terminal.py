"""Run `mailer` at a terminal, as a person does: prompts are read, answers typed, keys pressed."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import select
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

__all__ = ["Terminal"]

CTRL_C = "\x03"
DEADLINE_S = 30.0
AGAIN_S = 1.0
ROWS = 40

#: argv: the command. The terminal becomes that of its session, so that Ctrl-C and a hidden prompt find it.
_LOG_IN = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
#: What the terminal around the tests says about itself.
_OUTER = {"COLUMNS", "LINES", "FORCE_COLOR"}
_CODE = re.compile(r"\x1b(?:\[[0-9;?]*(?:[A-Za-z]|$)|$)")


class Terminal:
    """One command at a pseudo-terminal so many columns wide, inside `with`; leaving it ends the command.

    `raw` is all that came to the screen, typed letters included where they are echoed.
    """

    def __init__(
        self,
        *arguments: str | Path,
        environment: Mapping[str, str],
        cwd: Path,
        columns: int = 120,
    ) -> None:
        self.raw = ""
        self._seen = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, (ROWS, columns))
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LOG_IN, sys.executable, "-m", "mailer", *map(str, arguments)],
            env={name: value for name, value in environment.items() if name not in _OUTER},
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def screen(self) -> str:
        """Return what is to be read on the screen, without the codes that style it."""
        return _CODE.sub("", self.raw).replace("\r", "")

    def read_until(self, words: str) -> None:
        """Wait until these words have come after those waited for before; fail when the command ends without them."""
        deadline = time.monotonic() + DEADLINE_S
        while words not in self.screen[self._seen :]:
            if not self._read(deadline):
                raise AssertionError(f"“{words}” never came; on the screen: {self.screen}")
        self._seen = self.screen.index(words, self._seen) + len(words)

    def answer(self, prompt: str, line: str) -> None:
        """Wait for a prompt, then type a line and press Enter."""
        self.read_until(prompt)
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        """Type these keys as they are."""
        os.write(self._master, keys.encode())

    def finish(self) -> int:
        """Wait for the end of the command and return its exit status."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(deadline):
            pass
        return self._process.wait(DEADLINE_S)

    def interrupt(self) -> int:
        """Press Ctrl-C, as a person does: again when nothing happens. Return the exit status.

        `input` looks at signals only until it begins to wait; one that comes right then is heard with the next.
        """
        deadline = time.monotonic() + DEADLINE_S
        self.press(CTRL_C)
        while True:
            if not self._comes_by(time.monotonic() + AGAIN_S):
                if time.monotonic() > deadline:
                    raise AssertionError(f"Ctrl-C does not end it; on the screen: {self.screen}")
                self.press(CTRL_C)
            elif not self._take():
                return self._process.wait(DEADLINE_S)

    def _read(self, deadline: float) -> bool:
        """Take what comes to the screen in time; False when nothing more will."""
        if not self._comes_by(deadline):
            raise AssertionError(f"nothing came for {DEADLINE_S:.0f} s; on the screen: {self.screen}")
        return self._take()

    def _comes_by(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        return bool(ready)

    def _take(self) -> bool:
        octets = b""
        with contextlib.suppress(OSError):  # Linux says EIO when nobody holds the other end any more
            octets = os.read(self._master, 65536)
        self.raw += self._decoder.decode(octets)
        return bool(octets)
