"""Be any SMTP server on loopback: a good one by default, and at each stage as hostile as a script says.

    with SmtpServer({"rcpt": "451 4.3.0 Try later"}) as server:      # always
    with SmtpServer({"rcpt": ["451 4.3.0 Try later"]}) as server:    # the first time, then as usual
    with SmtpServer({"dot": Cut(), "data": [None, Silence()]}) ...   # cut; well the first time, silent the second

Stages: connect (before TLS at once), greeting, ehlo, starttls, handshake (after the 220 to STARTTLS), auth, credentials
(each answer within AUTH), mail, rcpt, data, rcpt_alone (without a sender), data_alone (without a recipient), body (from
354 to the dot), dot, rset, quit. What happened is on the server: `messages`, `commands`, `logins`, `plaintext` (octets
before TLS), `connections`, `body` (what has come of the body under way, up to 1 MiB), `body_size`, `done` (scripted
misdeeds within a body that are over); `wait_until` waits for any of it. One thread a connection. Commands may come many
in one write; each is answered on its own, and an empty string in the script holds an answer back.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import socket
import struct
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from mailer.model import Security

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

__all__ = [
    "Behaviour",
    "Cut",
    "Deaf",
    "Endless",
    "Gate",
    "Message",
    "Raw",
    "Silence",
    "SmtpServer",
    "StartTls",
    "Trickle",
]

EXTENSIONS = ("SIZE 35882577", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "PIPELINING")
WAIT_S = 10.0


@dataclass(frozen=True)
class Cut:
    """Close the connection instead of replying.

    At stage dot the mail is first kept when `accept` is true: accepted, the reply lost. At stage body, close after
    `after_bytes` of it. With `reset` the peer sees a reset rather than an orderly end.
    """

    accept: bool = False
    after_bytes: int = 0
    reset: bool = False


@dataclass(frozen=True)
class Silence:
    """Say nothing until the client goes away. At stage dot the mail is first kept when `accept` is true."""

    accept: bool = False


@dataclass(frozen=True)
class Raw:
    """Send these very bytes in place of the reply, then go on; at stage dot the mail counts as not accepted."""

    octets: bytes


@dataclass(frozen=True)
class Endless:
    """Send these bytes again and again until the client goes away."""

    octets: bytes = b"x" * 4096
    first: bytes = b""


@dataclass(frozen=True)
class Trickle:
    """Send one octet of these at a time, again and again, until the client goes away."""

    octets: bytes = b"2"
    every_s: float = 0.02


@dataclass(frozen=True)
class Deaf:
    """Read nothing more until the server is stopped, so that what the client writes piles up."""


@dataclass(frozen=True)
class StartTls:
    """Answer STARTTLS well, with `injected` plain text in the same segment as the 220, then begin TLS."""

    injected: bytes = b""


#: A string is the reply to send (several lines: joined by CRLF).
Behaviour = str | Cut | Silence | Raw | Endless | Trickle | Deaf | StartTls


@dataclass(frozen=True)
class Message:
    """A mail that the server took responsibility for; `content` without dot-stuffing, CRLF line ends kept."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    username: str


class SmtpServer:
    """A server on 127.0.0.1 and a free port, running inside `with`.

    `security` NONE, STARTTLS or TLS (the last two need `context`, see tests/certificates.py); `users` maps user names to
    passwords and makes AUTH required, offered only once the line is encrypted unless `auth_in_clear`. With `holds_s` it
    offers FUTURERELEASE (RFC 4865) up to so many seconds ahead and refuses every other hour; it takes each mail at once
    all the same, with its parameters in `options`. Without, it knows no HOLDUNTIL.
    """

    def __init__(
        self,
        script: Mapping[str, Behaviour | Sequence[Behaviour | None]] | None = None,
        *,
        security: Security = Security.NONE,
        context: ssl.SSLContext | None = None,
        users: Mapping[str, str] | None = None,
        mechanisms: Sequence[str] = ("PLAIN", "LOGIN"),
        auth_in_clear: bool = False,
        extensions: Iterable[str] = EXTENSIONS,
        offers_starttls: bool = True,
        holds_s: int = 0,
        port: int = 0,
        listens_at: str = "127.0.0.1",
    ) -> None:
        self.security = security
        self.context = context
        self.users = users
        self.mechanisms = tuple(mechanisms)
        self.auth_in_clear = auth_in_clear
        self.extensions = tuple(extensions)
        self.offers_starttls = offers_starttls
        self.holds_s = holds_s
        self.messages: list[Message] = []
        self.commands: list[str] = []
        self.logins: list[tuple[str, str, str]] = []
        self.plaintext = bytearray()
        self.body = bytearray()
        self.body_size = 0
        self.connections = 0
        self.done: list[str] = []
        self._always = {s: b for s, b in (script or {}).items() if isinstance(b, Behaviour)}
        self._once = {s: list(b) for s, b in (script or {}).items() if not isinstance(b, Behaviour)}
        self._changed = threading.Condition()
        self._sessions: list[_Session] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server((listens_at, port), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    host = "127.0.0.1"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Cut every connection and refuse new ones; what was recorded stays readable."""
        self.stopping.set()
        with contextlib.suppress(OSError), socket.socket() as waker:  # wakes the acceptor on every system
            waker.settimeout(1)
            waker.connect(("127.0.0.1", self.port))
        self._acceptor.join()
        self._listener.close()
        for session in self._sessions:
            session.stop()

    def wait_until(self, condition: Callable[[SmtpServer], bool], timeout_s: float = WAIT_S) -> None:
        """Wait until what was recorded meets the condition; fail the test when it does not in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), timeout_s):
                raise AssertionError(f"the server never saw it; commands so far: {self.commands}")

    def wait_until_idle(self, timeout_s: float = WAIT_S) -> None:
        """Wait until every connection has ended."""
        self.wait_until(lambda s: all(session.is_over for session in s._sessions), timeout_s)

    def behaviour(self, stage: str) -> Behaviour | None:
        """Return what the script wants at this stage now; None is the usual reply."""
        with self._changed:
            rest = self._once.get(stage)
            if rest:
                return rest.pop(0)
            return self._always.get(stage)

    @contextlib.contextmanager
    def _recording(self) -> Iterator[None]:
        with self._changed:
            yield
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._recording():
                self.connections += 1
                session = _Session(self, connection)
                self._sessions.append(session)
            session.start()


class _Gone(Exception):
    """The conversation is over."""


class _Session(threading.Thread):
    """One conversation."""

    def __init__(self, server: SmtpServer, connection: socket.socket) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.connection = connection
        self.buffer = bytearray()
        self.is_encrypted = False
        self.is_over = False
        self.username = ""
        self.mail_from: str | None = None
        self.rcpt_to: list[str] = []
        self.options: tuple[str, ...] = ()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.join(WAIT_S)

    def run(self) -> None:
        try:
            self.converse()
        except (OSError, _Gone):
            pass
        finally:
            with contextlib.suppress(OSError):
                self.connection.close()
            with self.server._recording():
                self.is_over = True

    # --- the conversation ---

    def converse(self) -> None:
        if self.server.security is Security.TLS:
            self.act("connect", "")
            self.encrypt()
        self.act("greeting", "220 scripted.test ESMTP")
        while True:
            line = self.line().decode("utf-8", "surrogateescape")
            with self.server._recording():
                self.server.commands.append(line)
            verb, _, rest = line.partition(" ")
            command = getattr(self, f"on_{verb.lower()}", None)
            if command is None:
                self.say("500 5.5.1 Command unknown")
            else:
                command(rest)

    def on_ehlo(self, _rest: str) -> None:
        self.forget()
        lines = ["scripted.test greets you", *self.server.extensions]
        if self.server.holds_s:
            last = datetime.now(tz=UTC) + timedelta(seconds=self.server.holds_s)
            lines.append(f"FUTURERELEASE {self.server.holds_s} {last:%Y-%m-%dT%H:%M:%SZ}")
        if self.server.security is Security.STARTTLS and self.server.offers_starttls and not self.is_encrypted:
            lines.append("STARTTLS")
        if self.server.users is not None and (self.is_encrypted or self.server.auth_in_clear):
            lines.append(" ".join(("AUTH", *self.server.mechanisms)))
        usual = "\r\n".join([*(f"250-{x}" for x in lines[:-1]), f"250 {lines[-1]}"])
        self.act("ehlo", usual)

    def on_helo(self, _rest: str) -> None:
        self.act("ehlo", "250 scripted.test")

    def on_starttls(self, _rest: str) -> None:
        if self.act("starttls", "220 2.0.0 Ready to start TLS"):
            self.act("handshake", "")
            self.encrypt()

    def on_auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        asked = self.server.behaviour("auth")
        if asked is not None:
            if self.perform(asked):
                self.username = "scripted"
            return
        if mechanism == "PLAIN":
            answer = self.decoded(initial or self.challenge("334 "))
            _, username, password = answer.split("\0", 2)
        else:
            username = self.decoded(initial or self.challenge("334 VXNlcm5hbWU6"))
            password = self.decoded(self.challenge("334 UGFzc3dvcmQ6"))
        with self.server._recording():
            self.server.logins.append((mechanism, username, password))
        if (self.server.users or {}).get(username) == password:
            self.username = username
            self.say("235 2.7.0 Authentication successful")
        else:
            self.say("535 5.7.8 Username and password not accepted")

    def on_mail(self, rest: str) -> None:
        address, *options = rest.removeprefix("FROM:").split(" ")
        if self.server.users is not None and not self.username:
            self.say("530 5.7.0 Authentication required")
        elif refusal := self.refused_hold(options):
            self.say(refusal)
        elif self.act("mail", "250 2.1.0 Sender ok"):
            self.mail_from, self.options = address.strip("<>"), tuple(options)

    def refused_hold(self, options: Sequence[str]) -> str:
        """Return how an hour is refused that the server will not keep a mail until, "" when there is none such."""
        asked = [option for option in options if option.startswith(("HOLDUNTIL=", "HOLDFOR="))]
        if not asked:
            return ""
        if not self.server.holds_s:
            return "555 5.5.4 Parameter not recognized"
        try:
            (hour,) = asked
            now, until = datetime.now(tz=UTC), datetime.strptime(hour, "HOLDUNTIL=%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            return "501 5.5.4 No such hour"
        if until <= now:
            return "501 5.5.4 That hour has passed"
        return "" if until <= now + timedelta(seconds=self.server.holds_s) else "501 5.5.4 That hour is too far ahead"

    def on_rcpt(self, rest: str) -> None:
        if self.mail_from is None:
            self.act("rcpt_alone", "503 5.5.1 MAIL first")
        elif self.act("rcpt", "250 2.1.5 Recipient ok"):
            self.rcpt_to.append(rest.removeprefix("TO:").strip("<>"))

    def on_data(self, _rest: str) -> None:
        if self.rcpt_to:
            is_taken = self.act("data", "354 End data with <CR><LF>.<CR><LF>")
        else:
            is_taken = self.act("data_alone", "554 5.5.1 No valid recipients")
        if is_taken:
            content = self.read_body()
            message = Message(self.mail_from or "", tuple(self.rcpt_to), content, self.options, self.username)
            self.forget()
            self.answer_dot(message)

    def on_rset(self, _rest: str) -> None:
        self.forget()
        self.act("rset", "250 2.0.0 Reset")

    def on_noop(self, _rest: str) -> None:
        self.say("250 2.0.0 Ok")

    def on_quit(self, _rest: str) -> None:
        self.act("quit", "221 2.0.0 Bye")
        raise _Gone

    def answer_dot(self, message: Message) -> None:
        asked = self.server.behaviour("dot")
        usual = f"250 2.0.0 Accepted as {len(self.server.messages) + 1}"
        is_kept = asked is None or (isinstance(asked, str) and asked.startswith("2")) or getattr(asked, "accept", False)
        if is_kept:
            with self.server._recording():
                self.server.messages.append(message)
        self.perform(usual if asked is None else asked)

    # --- steps ---

    def forget(self) -> None:
        self.mail_from = None
        self.rcpt_to = []
        self.options = ()

    def act(self, stage: str, usual: str) -> bool:
        """Do what the script wants at this stage, else say the usual; tell whether the answer was positive."""
        asked = self.server.behaviour(stage)
        return self.perform(usual if asked is None else asked)

    def perform(self, asked: Behaviour) -> bool:
        """Answer, and tell whether positively; or misbehave, which ends the conversation."""
        match asked:
            case str():
                if asked:
                    self.say(asked)
                return asked[:1] in "23"
            case Raw():
                self.connection.sendall(asked.octets)
                return False
            case StartTls():
                self.connection.sendall(b"220 2.0.0 Ready\r\n" + asked.injected)
                return True
            case _:
                self.misbehave(asked)
        raise _Gone

    def misbehave(self, asked: Behaviour) -> None:
        match asked:
            case Endless():
                self.connection.sendall(asked.first)
                while True:
                    self.connection.sendall(asked.octets)
            case Trickle():
                for octet in itertools.cycle(asked.octets):
                    self.connection.sendall(bytes([octet]))
                    self.server.stopping.wait(asked.every_s)
            case Deaf():
                self.server.stopping.wait()
            case Cut(reset=True):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case Silence():
                while self.connection.recv(65536):
                    pass

    def say(self, reply: str) -> None:
        self.connection.sendall(reply.encode() + b"\r\n")

    def challenge(self, usual: str) -> str:
        if not self.act("credentials", usual):
            raise _Gone
        answer = self.line().decode()
        with self.server._recording():
            self.server.commands.append(answer)
        return answer

    @staticmethod
    def decoded(answer: str) -> str:
        return base64.b64decode(answer).decode("utf-8", "surrogatepass")

    def encrypt(self) -> None:
        assert self.server.context is not None, "TLS needs a context"
        context = self.server.context
        self.connection = context.wrap_socket(self.connection, server_side=True, do_handshake_on_connect=False)
        self.connection.do_handshake()
        self.is_encrypted = True
        self.buffer.clear()

    def receive(self) -> int:
        octets = self.connection.recv(65536)
        if not octets:
            raise _Gone
        if not self.is_encrypted:
            with self.server._changed:
                self.server.plaintext += octets[: max(0, 65536 - len(self.server.plaintext))]
        self.buffer += octets
        return len(octets)

    def line(self) -> bytes:
        while (end := self.buffer.find(b"\n")) < 0:
            self.receive()
        line = bytes(self.buffer[:end]).rstrip(b"\r")
        del self.buffer[: end + 1]
        return line

    def read_body(self) -> bytes:
        """Read to the final dot and undo the dot-stuffing (RFC 5321 4.5.2)."""
        asked = self.server.behaviour("body")
        searched = 0
        self.buffer[:0] = b"\r\n"  # so that a dot on the first line is one after a line end
        while True:
            with self.server._recording():
                self.server.body_size = len(self.buffer) - 2
                if self.server.body_size < 1 << 20:
                    self.server.body = self.buffer[2:]
            end = self.buffer.find(b"\r\n.\r\n", searched)
            if asked is not None and len(self.buffer) > getattr(asked, "after_bytes", 0) + 2:
                self.perform(asked)
                asked = None
                with self.server._recording():
                    self.server.done.append("body")
            if end >= 0:
                break
            searched = max(0, len(self.buffer) - 4)
            self.receive()
        content = bytes(self.buffer[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]
        del self.buffer[: end + 5]
        return content


#: A gate that nobody opens is open after this.
GATE_S = 60


class Gate(SmtpServer):
    """A server that holds its answer to the final dot back until `open` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.open = threading.Event()

    def behaviour(self, stage: str) -> Behaviour | None:
        if stage == "dot":
            self.reached.set()
            self.open.wait(GATE_S)
        return super().behaviour(stage)
