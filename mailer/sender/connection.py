"""Open a connection to an account's server and transmit mails over it.

The line of one mail: MAIL, RCPT and DATA (in one write where the server takes that), body, gate, final dot. Whatever
breaks before the dot is surely unsent.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Self

from mailer.errors import Permanent, Stage, Temporary
from mailer.loopback import is_loopback
from mailer.model import Auth, Receipt, Security
from mailer.sender import tls
from mailer.sender.body import blocks, stuffed
from mailer.sender.hold import hold_limits, hold_parameter
from mailer.sender.login import log_in
from mailer.sender.wire import Question, Timeouts, Wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from types import TracebackType

    from mailer.model import Account, Envelope, Reply, Secret

__all__ = ["Connection", "connect", "mail_command"]

DEFAULT_TIMEOUTS = Timeouts()

#: What ends a path or begins a parameter.
_NEVER_IN_A_PATH = frozenset("<> ")


def connect(account: Account, secret: Secret | None, *, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> Connection:
    """Open a connection that is ready for mail: verified, encrypted and logged in as the account says.

    Raises Permanent or Temporary with the stage connect, greeting, ehlo, starttls or auth. Credentials leave this
    machine only over TLS.
    """
    _refuse_unsafe(account, secret)
    context = None if account.security is Security.NONE else tls.verifying_context(account)
    sock = _open_socket(account, timeouts.connect_s)
    if context and account.security is Security.TLS:
        sock = tls.encrypted(sock, context, account, stage=Stage.CONNECT, timeout_s=timeouts.at(Stage.GREETING))
    wire = Wire(sock, where=tls.address_of(account), timeouts=timeouts)
    try:
        wire.greet()
        wire.say_ehlo()
        if context and account.security is Security.STARTTLS:
            _start_tls(wire, context, account)
        if secret is not None and account.auth is Auth.PASSWORD:
            log_in(wire, account.username, secret)
    except BaseException:
        wire.close()
        raise
    return Connection(wire)


class Connection:
    """A connection that is ready for mail, many over its life; made by `connect`, used by one thread."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._is_inside_mail = False
        self._announced: tuple[Envelope, tuple[Question, ...]] | None = None
        #: Every reply of the opening, in order.
        self.replies: tuple[Reply, ...] = tuple(wire.replies)

    @property
    def extensions(self) -> Mapping[str, str]:
        """Return what the server offers, by lower-case keyword (RFC 5321 4.1.1.1), with its parameters."""
        return self._wire.esmtp_features

    @property
    def is_usable(self) -> bool:
        """Tell whether another mail can be tried here; false after a cut, a failure within the mail, or 421."""
        if self._announced:
            return self._wire.sock is not None
        return self._wire.is_in_step and not self._wire.hears_something()

    def transmit(
        self,
        envelope: Envelope,
        content: Iterable[bytes],
        gate: Callable[[], Envelope | None],
        *,
        hold_until: datetime | None = None,
    ) -> Receipt:
        """Hand over one mail and return the server's receipt; with `hold_until` (aware) it keeps it until that hour.

        `content` are the mail's bytes with CRLF line ends, cut anywhere, not dot-stuffed. `gate` runs when all of it
        but the final dot was written: until it returns, the mail is surely unsent. What `gate` or `content` raise
        passes through, the socket closed, the mail surely unsent. When `gate` returns the envelope of the mail that
        follows here, its MAIL, RCPT and DATA go out with the dot where the server takes that (RFC 2920 3.1), which
        saves a wait; any other mail than that one then needs another connection.

        Raises Permanent or Temporary when the mail was surely not taken, OutcomeUnknown when the dot went out and no
        reply was read. Source: RFC 5321 3.3, 4.2.5.
        """
        wire = self._wire
        wire.replies = []
        if self._announced:
            self._hear_about(envelope, hold_until)
        else:
            questions = _questions(envelope, wire, hold_until)
            self._begin()
            wire.ask_all(questions)
        return Receipt(self._transmit_body(content, gate), tuple(wire.replies))

    def close(self) -> None:
        """Say QUIT if the server is listening, and close; never raises, for a mail already accepted stays accepted."""
        wire = self._wire
        if wire.is_in_step and wire.sock is not None:
            wire.say_quit()
        wire.close()

    def __enter__(self) -> Self:
        """Return the connection itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _begin(self) -> None:
        """Forget a mail that was broken off after MAIL."""
        if not self.is_usable:
            self._wire.close()
            raise Temporary(
                f"The connection to {self._wire.where} is not usable any more. Connect again.", stage=Stage.MAIL
            )
        if self._is_inside_mail:
            self._wire.ask("RSET", Stage.MAIL, "to forget the last mail")
        self._is_inside_mail = True

    def _hear_about(self, envelope: Envelope, hold_until: datetime | None) -> None:
        """Read what the server says to the mail that was announced with the last dot."""
        announced, questions = self._announced or (None, ())
        self._announced = None
        if announced != envelope or hold_until is not None:
            self._wire.close()
            raise Temporary(f"{self._wire.where} awaits another mail. Connect again.", stage=Stage.MAIL)
        self._is_inside_mail = True
        self._wire.read_answers(questions)

    def _announcement(self, envelope: Envelope | None) -> tuple[Envelope, tuple[Question, ...]] | None:
        """Return what can be asked about the next mail before this one is answered; None for nothing."""
        if envelope is None or "pipelining" not in self._wire.esmtp_features:
            return None
        try:
            return envelope, _questions(envelope, self._wire, None)
        except Permanent:  # said when it is its turn
            return None

    def _transmit_body(self, content: Iterable[bytes], gate: Callable[[], Envelope | None]) -> Reply:
        """Write body, pass the gate, write the dot.

        Whatever interrupts closes the socket: RSET or QUIT would become text of the mail.
        """
        try:
            for block in stuffed(blocks(content)):
                self._wire.send_body(block)
            self._wire.refuse_early_words()
            announced = self._announcement(gate())
        except BaseException:
            self._wire.close()
            raise
        self._is_inside_mail = False  # any answer to the dot ends it (RFC 5321 4.1.1.4)
        self._announced = announced
        return self._wire.end_body(announced[1] if announced else ())


def mail_command(
    envelope: Envelope, extensions: Mapping[str, str], where: str, *, hold_until: datetime | None = None
) -> str:
    """Return the MAIL command with the parameters that the server's extensions allow.

    Raises Permanent when the mail is larger than the server takes (RFC 1870), needs SMTPUTF8 where it is not offered
    (RFC 6531), or is to be kept until an hour where that is not offered (RFC 4865): better known before the body than
    after it, and a server that overlooked the hour would deliver at once.
    """
    parameters = [f"MAIL FROM:{_path(envelope.mail_from, Stage.MAIL)}"]
    if "size" in extensions:
        _refuse_oversize(envelope, extensions["size"], where)
        parameters.append(f"SIZE={envelope.size_bytes}")
    if envelope.needs_smtputf8 or not (envelope.mail_from + envelope.rcpt_to).isascii():
        if "smtputf8" not in extensions:
            raise Permanent(
                f"{where} offers no SMTPUTF8, so it cannot carry addresses beyond ASCII, and this mail from "
                f"{envelope.mail_from} to {envelope.rcpt_to} has one. Use another address or another provider.",
                stage=Stage.MAIL,
            )
        parameters.extend(
            p for p, needs in (("BODY=8BITMIME", "8bitmime"), ("SMTPUTF8", "smtputf8")) if needs in extensions
        )
    if hold_until is not None:
        if hold_limits(extensions) is None:
            raise Permanent(
                f"{where} does not keep mails until their hour (it offers no FUTURERELEASE), so nothing was sent.",
                stage=Stage.MAIL,
            )
        parameters.append(hold_parameter(hold_until))
    return " ".join(parameters)


def _questions(envelope: Envelope, wire: Wire, hold_until: datetime | None) -> tuple[Question, ...]:
    """Return what is asked before the body; raise Permanent when an address or the size makes it hopeless."""
    mail = mail_command(envelope, wire.esmtp_features, wire.where, hold_until=hold_until)
    whom = f"the sender {envelope.mail_from}" + (" or the hour to keep the mail until" if hold_until else "")
    rcpt = f"RCPT TO:{_path(envelope.rcpt_to, Stage.RCPT)}"
    return (
        Question(mail, Stage.MAIL, whom),
        Question(rcpt, Stage.RCPT, f"the recipient {envelope.rcpt_to}"),
        Question("DATA", Stage.DATA, "the mail", wants=3),
    )


def _refuse_oversize(envelope: Envelope, limit: str, where: str) -> None:
    """Compare with the SIZE limit; 0 and nothing mean that there is none to know (RFC 1870 3)."""
    limit_bytes = int(limit) if limit.isascii() and limit.isdigit() else 0
    if 0 < limit_bytes < envelope.size_bytes:
        raise Permanent(
            f"The mail has {envelope.size_bytes:,} bytes, and {where} takes at most {limit_bytes:,}. "
            "Make the attachment smaller, or send a link to it.",
            stage=Stage.MAIL,
        )


def _path(address: str, stage: Stage) -> str:
    """Return the address in angle brackets; refuse what could end the command or begin a parameter."""
    if not address.isprintable() or not _NEVER_IN_A_PATH.isdisjoint(address):
        raise Permanent(f"The address {address!r} cannot be put into an SMTP command. Correct it.", stage=stage)
    return f"<{address}>"


def _refuse_unsafe(account: Account, secret: Secret | None) -> None:
    """Refuse, before anything is opened, what would send mail or credentials in the clear or could not log in."""
    problem, stage = "", Stage.CONNECT
    is_local = is_loopback(account.host)
    if account.security is Security.NONE and not is_local:
        problem = f"{account.host} is not this machine, so the line must be encrypted: set MAILER_SMTP_SECURITY."
    elif account.auth is Auth.NONE and not is_local:
        problem = f"{account.host} is not this machine, so a login is needed: set MAILER_AUTH=password."
    elif account.auth is Auth.PASSWORD and (secret is None or not account.username):
        problem = f"There is no user name or no password for {account.host}. Run: mailer setup"
        stage = Stage.AUTH
    if problem:
        raise Permanent(problem, stage=stage)


def _refuse_bad_address(account: Account) -> None:
    """Refuse what the system would bend into another address: it cuts names at a NUL, and ports to 16 bits."""
    host = account.host
    if not host or host.startswith(".") or not host.isprintable() or " " in host:
        raise Permanent(f"{host!r} is no host name. Check MAILER_SMTP_HOST.", stage=Stage.CONNECT)
    if not 0 < account.port < 65536:
        raise Permanent(f"{account.port} is no port. Check MAILER_SMTP_PORT.", stage=Stage.CONNECT)


def _open_socket(account: Account, timeout_s: float) -> socket.socket:
    """Connect, with Nagle's algorithm off: it would hold the final dot back for 40 ms and more."""
    _refuse_bad_address(account)
    where = tls.address_of(account)
    advice = "Check MAILER_SMTP_HOST, MAILER_SMTP_PORT and the network; nothing was sent."
    try:
        sock = socket.create_connection((account.host, account.port), timeout=timeout_s)
    except UnicodeError as exc:  # a label that no host name can have
        raise Permanent(f"{account.host!r} is no host name. {advice}", stage=Stage.CONNECT) from exc
    except TimeoutError as exc:
        problem = f"{where} did not answer within {timeout_s:g} s. {advice}"
        raise Temporary(problem, stage=Stage.CONNECT) from exc
    except ConnectionRefusedError as exc:
        raise Temporary(f"No server answers at {where}. {advice}", stage=Stage.CONNECT) from exc
    except socket.gaierror as exc:
        raise Temporary(f"The host {account.host} cannot be found. {advice}", stage=Stage.CONNECT) from exc
    except OSError as exc:
        raise Temporary(f"{where} cannot be reached ({exc.strerror or exc}). {advice}", stage=Stage.CONNECT) from exc
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _start_tls(wire: Wire, context: ssl.SSLContext, account: Account) -> None:
    """Encrypt by STARTTLS (RFC 3207), and ask anew what the server offers; never go on without."""
    if not wire.has_extn("starttls"):
        raise Permanent(
            f"{wire.where} does not offer STARTTLS, so nothing was sent over the open line. If the provider names port "
            "465, set it with MAILER_SMTP_SECURITY=tls; if not, something on the way may be taking STARTTLS out.",
            stage=Stage.STARTTLS,
        )
    wire.ask("STARTTLS", Stage.STARTTLS, "to start TLS")
    if wire.hears_something() and wire.has_unread:
        raise Permanent(
            f"{wire.where} sent plain text after STARTTLS, so nothing was sent. Somebody may be interfering.",
            stage=Stage.STARTTLS,
        )
    timeout_s = wire.timeouts.at(Stage.STARTTLS)
    wire.upgrade(lambda sock: tls.encrypted(sock, context, account, stage=Stage.STARTTLS, timeout_s=timeout_s))
    wire.say_ehlo()
