"""Start the command line: `python -m mailer` and the `mailer` command are the same."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

__all__ = ["main"]


def main() -> None:
    """Run one command and exit with its status.

    The collector rests: a command lives for a fraction of a second and its imports alone would wake it many times.
    The commands that stay (worker, sandbox) switch it on again.
    """
    gc.disable()
    mend_streams()
    from mailer.cli import run

    sys.exit(run(sys.argv[1:]))


def mend_streams() -> None:
    """Let nothing fail because it cannot be printed: it may tell of a mail that was sent.

    A process without a console (pythonw, a closed descriptor) gets the null device; a letter that the console's
    encoding lacks is shown by its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # for as long as we run
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
