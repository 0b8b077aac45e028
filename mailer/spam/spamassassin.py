"""Ask SpamAssassin about a mail, where it is installed: its server spamd, or else its program.

Takes the bytes of a mail, gives its score and the rules that it met, without those that only hold before sending.
"""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ARTEFACTS", "NOT_IN_IT", "SPAMD", "Assessment", "Hit", "Unanswered", "ask"]

#: Where spamd listens unless told otherwise.
SPAMD: Final = ("127.0.0.1", 783)
#: Rules that any mail meets that no server has carried yet; they say nothing of the mail that arrives.
ARTEFACTS: Final = frozenset(
    {
        "ALL_TRUSTED",
        "FORGED_GMAIL_RCVD",
        "FORGED_HOTMAIL_RCVD2",
        "FORGED_YAHOO_RCVD",
        "NO_RECEIVED",
        "NO_RELAYS",
        "UNPARSEABLE_RELAY",
    }
)
#: What the score does not say, to be shown beside it.
NOT_IN_IT: Final = (
    "The score is of the text alone. Gmail and Outlook decide by SPF, DKIM and DMARC of your domain and by the"
    " reputation of the server that sends it, which are not in it."
)

#: A report is a few kilobytes; what goes on for longer is none.
_REPORT_BYTES = 1_000_000
_TABLE_HEAD = re.compile(r"^---- -{10,}.*$", re.MULTILINE)
_HIT = re.compile(r" *(-?\d+\.\d+|-?\d+) +([A-Z][A-Z0-9_]+) +(\S.*)")
_PROGRAM_SCORE = re.compile(r"^X-Spam-Status:[^\n]*?score=(-?[\d.]+)\s+required=(-?[\d.]+)", re.MULTILINE)
_SPAMD_SCORE = re.compile(r"^Spam: *\w+ *; *(-?[\d.]+) */ *(-?[\d.]+)", re.MULTILINE)


class Hit(NamedTuple):
    """A rule of SpamAssassin's that the mail met; a positive score speaks against it."""

    rule: str
    score: float
    description: str


class Assessment(NamedTuple):
    """What SpamAssassin says: `score` without what was left out, and from which score on it calls a mail spam.

    `by` is `spamd` or `spamassassin`; `left_out` names the rules that only hold before sending. Show
    `NOT_IN_IT` beside it.
    """

    score: float
    required: float
    hits: tuple[Hit, ...]
    left_out: tuple[str, ...]
    by: str


class Unanswered(NamedTuple):
    """SpamAssassin is there and did not answer; the sentence says why and what can be done."""

    problem: str


def ask(
    raw: bytes, *, timeout_s: float, spamd: tuple[str, int] = SPAMD, program: str = "spamassassin"
) -> Assessment | Unanswered | None:
    """Return what SpamAssassin says of a mail; None where it is not installed.

    Asks spamd when something listens there, else runs the program without its network tests and without the user's own
    settings. Takes up to `timeout_s` seconds (spamd 0.1, the program 1 to 3); nothing is kept on disk. A failure is a
    value and no error, because the mail is judged by our own rules all the same.
    """
    try:
        connection = socket.create_connection(spamd, timeout=timeout_s)
    except OSError:
        return _by_program(raw, timeout_s, program)
    with connection:
        return _by_spamd(raw, connection, timeout_s)


# --- the server ------------------------------------------------------------------------------------------------------


def _by_spamd(raw: bytes, connection: socket.socket, timeout_s: float) -> Assessment | Unanswered:
    """Send one REPORT request. Source: spamd's PROTOCOL, SPAMC/1.5."""
    request = f"REPORT SPAMC/1.5\r\nContent-length: {len(raw)}\r\n\r\n".encode()
    try:
        connection.sendall(request + raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(_received(connection, time.monotonic() + timeout_s)).decode("utf-8", "replace")
    except TimeoutError:
        return _too_slow("spamd", timeout_s)
    except OSError as exc:
        return Unanswered(f"spamd broke off: {exc.strerror or exc}; see its log, or stop it to use the program")
    head, _, report = answer.replace("\r\n", "\n").partition("\n\n")
    return _read(_SPAMD_SCORE.search(head), report, "spamd")


def _received(connection: socket.socket, deadline: float) -> Iterator[bytes]:
    """Yield what comes until the server ends it; raises TimeoutError at the deadline."""
    size = 0
    while size < _REPORT_BYTES:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        chunk = connection.recv(65536)
        if not chunk:
            return
        size += len(chunk)
        yield chunk


# --- the program -----------------------------------------------------------------------------------------------------


def _by_program(raw: bytes, timeout_s: float, program: str) -> Assessment | Unanswered | None:
    """Run `spamassassin -L -t` in an empty home of its own, which goes away with all it wrote."""
    import os
    import shutil
    import subprocess
    from tempfile import TemporaryDirectory

    found = shutil.which(program)
    if found is None:
        return None
    with TemporaryDirectory(prefix="mailer-spam-") as home:
        try:
            ran = subprocess.run(  # noqa: S603  # a fixed argument list; the mail goes in by standard input
                [found, "--local", "--test-mode", "--nocreate-prefs"],
                input=raw,
                capture_output=True,
                env={**os.environ, "HOME": home, "LC_ALL": "C"},
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _too_slow("spamassassin", timeout_s)
        except OSError as exc:
            return Unanswered(f"{found} cannot be started: {exc.strerror}; see whether it is installed whole")
    if ran.returncode:
        return Unanswered(f"{found} ended with status {ran.returncode}; run `spamassassin --lint` to see why")
    output = ran.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    head, _, report = output.partition("\n\n")
    return _read(_PROGRAM_SCORE.search(head), report, "spamassassin")


def _too_slow(by: str, timeout_s: float) -> Unanswered:
    return Unanswered(f"{by} did not answer within {timeout_s:g} s; try again when the machine is less busy")


# --- the report ------------------------------------------------------------------------------------------------------


def _read(scored: re.Match[str] | None, report: str, by: str) -> Assessment | Unanswered:
    """Return the assessment of a report whose score was found; both ways give the same table of rules."""
    if scored is None:
        return Unanswered(f"{by} gave no score; see whether it is SpamAssassin 3.4 or later")
    hits = tuple(_hits(report))
    counted = tuple(hit for hit in hits if hit.rule not in ARTEFACTS)
    left_out = tuple(hit for hit in hits if hit.rule in ARTEFACTS)
    score = float(scored[1]) - sum(hit.score for hit in left_out)
    return Assessment(
        score=round(score, 1) + 0.0,  # -0.0 reads oddly
        required=float(scored[2]),
        hits=counted,
        left_out=tuple(hit.rule for hit in left_out),
        by=by,
    )


def _hits(report: str) -> Iterator[Hit]:
    """Yield the rules of the last table, so that no table in the mail itself is taken for it."""
    _, *tables = _TABLE_HEAD.split(report)
    found: list[Hit] = []
    for line in tables[-1].split("\n")[1:] if tables else []:
        if match := _HIT.fullmatch(line):
            found.append(Hit(match[2], float(match[1]), match[3].strip()))
        elif found and line.startswith(" " * 20):
            found[-1] = found[-1]._replace(description=f"{found[-1].description} {line.strip()}")
        elif not line.strip():
            break
    yield from found
