"""Exchange commands and replies with the server, each failure a `DeliveryError` that knows its stage.

smtplib's client on a socket of ours: it forms commands and reads the extensions; the reading of replies is our own,
with a deadline for the whole reply, bounds on its size, and no reply code made up by the client.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import DeliveryError, Stage
from mailer.sender.replies import BadReply, is_last_line, lost, parse_reply, refused

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from mailer.model import Reply

__all__ = ["Question", "Timeouts", "Wire"]

#: RFC 5321 4.5.3.1.5 allows 512 octets a line; real servers send more. Beyond this it is no SMTP server.
MAX_LINE_BYTES = 8192

#: The longest EHLO answers have about 40 lines.
MAX_REPLY_BYTES = 65536

#: A server has a few words for each stage; those that name the mail are new each time.
MAX_REPLIES_KEPT = 16

#: In place of the host's own name, which smtplib would look up (slow) and put into the mail's Received line (private).
EHLO_NAME = "[127.0.0.1]"


class Timeouts(NamedTuple):
    """How long each stage may take, in seconds.

    `greeting_s` also covers EHLO and the TLS handshake; `block_s` one write of the body; `dot_s` the answer to the
    final dot, where impatience makes an accepted mail look uncertain. Source: RFC 5321 4.5.3.2.
    """

    connect_s: float = 30.0
    greeting_s: float = 60.0
    command_s: float = 300.0
    data_s: float = 120.0
    block_s: float = 180.0
    dot_s: float = 600.0
    quit_s: float = 2.0

    def at(self, stage: Stage) -> float:
        """Return the seconds that one reply, or one write, may take at a stage."""
        return getattr(self, _SETTINGS[stage])  # type: ignore[no-any-return]  # every one is a float


_SETTINGS = {
    Stage.CONNECT: "connect_s",
    Stage.GREETING: "greeting_s",
    Stage.EHLO: "greeting_s",
    Stage.STARTTLS: "greeting_s",
    Stage.AUTH: "command_s",
    Stage.MAIL: "command_s",
    Stage.RCPT: "command_s",
    Stage.DATA: "data_s",
    Stage.BODY: "block_s",
    Stage.DOT: "dot_s",
}


class Question(NamedTuple):
    """A command, the stage that it opens, and what it asks for; `wants` is the first digit of the hoped-for reply.

    `what` completes "the server refuses …".
    """

    command: str
    stage: Stage
    what: str
    wants: int = 2


class Wire(smtplib.SMTP):
    """A connected socket that speaks SMTP.

    `replies` are those read since it was last emptied; `hidden` are strings that no reply may repeat into an error;
    `is_in_step` is true when every command written has had its reply, so that another may follow.
    """

    def __init__(self, sock: socket.socket, *, where: str, timeouts: Timeouts) -> None:
        super().__init__(local_hostname=EHLO_NAME)
        self.command_encoding = "utf-8"  # the same octets for ASCII; RFC 6531 for the rest
        self.sock: socket.socket | None = sock
        self.where = where
        self.timeouts = timeouts
        self.hidden: tuple[str, ...] = ()
        self.replies: list[Reply] = []
        self.is_in_step = False
        self._stage = Stage.GREETING
        self._what = "the connection"
        self._awaited = 1  # replies to come: the greeting first
        self._unread = bytearray()
        self._lines: list[bytes] = []
        self._parsed_before: dict[tuple[Stage, tuple[str, ...], tuple[bytes, ...]], Reply] = {}

    def greet(self) -> None:
        """Read the greeting."""
        self._wanted(self._read_reply())

    def say_ehlo(self) -> None:
        """Say EHLO and learn the extensions."""
        self._stage, self._what = Stage.EHLO, "our EHLO"
        self.ehlo()
        self._wanted(self.replies[-1])

    def ask(self, command: str, stage: Stage, what: str, wants: int = 2) -> Reply:
        """Send a command and return its reply, whose code begins with `wants`; raise DeliveryError for any other.

        `what` completes "the server refuses …".
        """
        self._stage, self._what = stage, what
        self.putcmd(command)
        return self._wanted(self._read_reply(), wants)

    def ask_all(self, questions: Sequence[Question]) -> None:
        """Ask one after the other until one is refused; raise DeliveryError for that one.

        Where the server offers PIPELINING, all are sent in one write, and the replies to those behind the refused one
        are read too. The socket is closed when one of them is positive: after such a 354 all that is written is text
        of a mail, and a lone dot, as the RFC advises, could deliver an empty one. Source: RFC 2920 3.1.
        """
        if "pipelining" not in self.esmtp_features:
            for question in questions:
                self.ask(*question)
            return
        self._turn_to(questions[0])
        self.send(_written(questions))
        self._awaited = len(questions)
        self.read_answers(questions)

    def read_answers(self, questions: Sequence[Question]) -> None:
        """Read the answers to what was sent in one write, as `ask_all` does."""
        for position, question in enumerate(questions, start=1):
            self._turn_to(question)
            try:
                self._wanted(self._read_reply(), question.wants)
            except DeliveryError:
                self._read_past(questions[position:])
                raise

    def send_body(self, block: bytes) -> None:
        """Write a block of the mail, already dot-stuffed; nothing is read."""
        self._stage, self._what = Stage.BODY, "the mail"
        self.send(block)

    def end_body(self, questions: Sequence[Question] = ()) -> Reply:
        """Write the final dot and return the reply that takes the mail over; raise OutcomeUnknown when none is read.

        `questions` about the next mail go out in the same write; `read_answers` reads what is said to them.
        """
        self._stage, self._what = Stage.DOT, "the mail"
        self.send(f".\r\n{_written(questions)}")
        self._awaited += len(questions)
        return self._wanted(self._read_reply())

    def refuse_early_words(self) -> None:
        """Raise DeliveryError when the server spoke, or went away, while it was not its turn."""
        if self.hears_something():
            self._wanted(self._read_reply(), wants=0)

    def hears_something(self) -> bool:
        """Tell, without waiting, whether the server has spoken or gone away although nothing was asked."""
        if self._unread or self.sock is None:
            return True
        self.sock.settimeout(0)
        try:
            octets = self.sock.recv(MAX_LINE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        self._unread += octets
        return True

    def upgrade(self, encrypt: Callable[[socket.socket], socket.socket]) -> None:
        """Go on over an encrypted socket, and forget what was learned on the open one (RFC 3207 4.2)."""
        if self.sock is not None:
            self.sock = encrypt(self.sock)
        self.esmtp_features = {}

    def say_quit(self) -> None:
        """Say QUIT and wait shortly for any answer; what it says changes nothing (RFC 5321 4.1.1.10)."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.settimeout(self.timeouts.quit_s)
                self.sock.sendall(b"QUIT\r\n")
                self.sock.recv(MAX_LINE_BYTES)

    @property
    def has_unread(self) -> bool:
        """Tell whether octets came after the last reply."""
        return bool(self._unread)

    # --- what smtplib calls ---

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # typeshed also allows any buffer
        """Write it all, or raise DeliveryError."""
        octets = s.encode(self.command_encoding) if isinstance(s, str) else s
        self.is_in_step, self._awaited = False, 1
        if self._unread:
            raise self._broken("spoke out of turn")
        if self.sock is None:
            raise self._broken("is not connected any more")
        try:
            self.sock.settimeout(self.timeouts.at(self._stage))
            self.sock.sendall(octets)
        except TimeoutError as exc:
            raise self._broken("took no more of what was sent") from exc
        except OSError as exc:
            self._raise_parting_words(exc)
            raise self._broken("closed the connection") from exc

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply in the shape that smtplib's `ehlo` wants."""
        reply = self._read_reply()
        return reply.code, b"\n".join(line[4:].strip() for line in self._lines)

    # --- replies ---

    def _read_reply(self) -> Reply:
        limit_s = self.timeouts.at(self._stage)
        try:
            self._lines = self._read_lines(time.monotonic() + limit_s)
            reply = self._parsed(tuple(self._lines))
        except TimeoutError as exc:
            raise self._broken(f"gave no answer within {limit_s:g} s") from exc
        except OSError as exc:
            raise self._broken("closed the connection") from exc
        except BadReply as exc:
            raise self._broken(f"does not speak SMTP ({exc})") from exc
        self.replies.append(reply)
        self._awaited -= 1
        self.is_in_step = self._awaited <= 0 and reply.code // 100 != 3  # 3yz waits for more of the same
        return reply

    def _parsed(self, lines: tuple[bytes, ...]) -> Reply:
        """Parse a reply; most of a long connection are word for word as one before."""
        key = (self._stage, self.hidden, lines)
        reply = self._parsed_before.get(key)
        if reply is None:
            reply = parse_reply(lines, self._stage, hidden=self.hidden)
            if len(self._parsed_before) < MAX_REPLIES_KEPT:
                self._parsed_before[key] = reply
        return reply

    def _read_past(self, questions: Sequence[Question]) -> None:
        """Read the replies to what was sent behind a refused command; whatever happens, the refusal counts."""
        with contextlib.suppress(DeliveryError):
            for question in questions:
                self._turn_to(question)
                self._close_after(self._read_reply())

    def _turn_to(self, question: Question) -> None:
        self._stage, self._what = question.stage, question.what

    def _read_lines(self, deadline: float) -> list[bytes]:
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._read_line(deadline)
            lines.append(line)
            size += len(line)
            if is_last_line(line):
                return lines
            if size > MAX_REPLY_BYTES:
                raise BadReply("an answer without an end")

    def _read_line(self, deadline: float) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > MAX_LINE_BYTES:
                raise BadReply("a line without an end")
            self._unread += self._receive(deadline)
        line = bytes(self._unread[:end]).rstrip(b"\r")
        del self._unread[: end + 1]
        return line

    def _receive(self, deadline: float) -> bytes:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        if self.sock is None:
            raise ConnectionError
        self.sock.settimeout(left_s)
        octets = self.sock.recv(MAX_LINE_BYTES)
        if not octets:
            raise ConnectionError
        return octets

    def _wanted(self, reply: Reply, wants: int = 2) -> Reply:
        if reply.code // 100 == wants:
            return reply
        self._close_after(reply)
        raise refused(reply, where=self.where, what=self._what)

    def _close_after(self, unwanted: Reply) -> None:
        """Close on a reply out of place, and on 421: the server closes the channel (RFC 5321 3.8)."""
        if unwanted.code < 400 or unwanted.code == 421:
            self.close()

    def _raise_parting_words(self, cause: OSError) -> None:
        """Raise the refusal with which a server closed while it was still being written to, if it gave one."""
        try:
            reply = self._read_reply() if self.hears_something() else None
        except DeliveryError:
            return
        if reply and reply.code >= 400:
            self.close()
            raise refused(reply, where=self.where, what=self._what) from cause

    def _broken(self, why: str) -> DeliveryError:
        """Close the socket and return the error for a conversation that cannot go on."""
        self.close()
        return lost(self._stage, where=self.where, why=why)


def _written(questions: Sequence[Question]) -> str:
    return "".join(f"{question.command}\r\n" for question in questions)
