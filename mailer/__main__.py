"""Start the command line: `python -m mailer` and the `mailer` command are the same."""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run one command and end the process with its status.

    The collector rests: a command lives for a fraction of a second and its imports alone would wake it many times.
    The commands that stay (worker, sandbox) switch it on again. The process ends at once when all is written and
    closed: to free each object first would take as long as a short command itself.
    """
    gc.disable()
    from mailer.cli import run
    from mailer.cli.streams import mend_streams, unprinted

    unfailing = mend_streams()
    status = unprinted(unfailing, run(sys.argv[1:]))
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
