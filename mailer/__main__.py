"""Start the command line: `python -m mailer` and the `mailer` command are the same."""

from __future__ import annotations

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Run one command and exit with its status.

    The collector rests: a command lives for a fraction of a second and its imports alone would wake it many times.
    The commands that stay (worker, sandbox) switch it on again.
    """
    gc.disable()
    from mailer.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
