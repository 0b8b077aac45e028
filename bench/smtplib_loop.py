"""Hand in the same prebuilt mail many times on one connection: `python -m bench.smtplib_loop PORT COUNT BYTES`."""

from __future__ import annotations

import smtplib
import sys

from bench.outbox import mail


def main() -> None:
    """Do what the shortest script does: no ledger, no gate, nothing kept of what was sent."""
    port, count, size_bytes = map(int, sys.argv[1:])
    content = mail(size_bytes)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(count):
            server.sendmail("ada@example.com", f"p{number}@tidewater-libraries.example", content)


if __name__ == "__main__":
    main()
