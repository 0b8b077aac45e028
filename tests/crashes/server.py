"""Be a server that refuses, cuts and loses replies at random, knows what was in flight, and kills its client on demand.

Each worker has a server of its own, so that the server's kill meets the worker at the very moment it was asked for;
all servers of a run share one `Log`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from random import Random
    from types import TracebackType

__all__ = ["END_OF_NOTE", "POINTS", "Connection", "FaultyServer", "Log", "Transaction", "Trap"]

#: The last line of every note, by which the server knows that the body is whole though no dot has come.
END_OF_NOTE = b"That is all.\r\n"

#: Moments of the protocol as the server sees them, in order: a line has come (mail, rcpt, data), 354 has gone out and
#: the whole body has come without its dot (body), the dot has come (dot), the mail is kept (accepted), 250 has gone out.
POINTS = ("greeting", "mail", "rcpt", "data", "body", "dot", "accepted", "replied")

CUT = "cut"
LOST = "lost"
SLOW = "slow"

#: At a stage: what may happen there, and how often. CUT closes the line, LOST keeps the mail and then closes it.
FAULTS = {
    "rcpt": (("451 4.3.0 Try later", 0.02), ("421 4.3.2 Closing", 0.004), (SLOW, 0.01)),
    "data": (("451 4.3.0 Try later", 0.01), ("421 4.3.2 Closing", 0.004), (CUT, 0.005)),
    "body": ((CUT, 0.03),),
    "dot": (("452 4.3.1 Full", 0.02), ("421 4.3.2 Closing", 0.004), (LOST, 0.03), (CUT, 0.01), (SLOW, 0.03)),
}

MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


@dataclass(eq=False)
class Transaction:
    """One try of one note: how far the server saw it come."""

    address: str
    connection: Connection
    began: float
    message_id: str = ""
    is_accepted: bool = False
    was_answered: bool = False
    "After the dot; the worker may have died before it read that."


@dataclass
class Log:
    """What all servers of a run have seen."""

    accepted: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    points_of_kills: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, counter: Counter[str], what: str) -> None:
        with self.lock:
            counter[what] += 1


class Trap(NamedTuple):
    """Kill the worker when it reaches `point` for the `countdown`th time, `delay_s` later."""

    point: str
    countdown: int
    delay_s: float = 0.0


class FaultyServer:
    """A server on 127.0.0.1 and a free port, running inside `with`; misbehaves while `is_faulty`."""

    def __init__(self, log: Log, random: Random) -> None:
        self.log = log
        self.random = random
        self.is_faulty = True
        self.connections: list[Connection] = []
        self.life = 0
        self.kills: dict[int, float] = {}
        self.killed = threading.Event()
        self._victim: subprocess.Popen[bytes] | None = None
        self._trap: Trap | None = None
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._is_stopping = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_stopping.set()
        # Closed under an acceptor that waits, the listener would live on, and take what comes for the next one.
        with socket.create_connection(("127.0.0.1", self.port)):
            self._acceptor.join()
        self._listener.close()
        for connection in self.connections:
            connection.stop()

    def _accept(self) -> None:
        while True:
            peer, _ = self._listener.accept()
            if self._is_stopping.is_set():
                peer.close()
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, peer)
            self.connections.append(connection)
            connection.start()

    # --- the kill -----------------------------------------------------------------------------------------------

    def arm(self, victim: subprocess.Popen[bytes], trap: Trap) -> None:
        """Kill this process when it steps into the trap; `killed` is set then."""
        with self._lock:
            self.killed.clear()
            self._victim, self._trap = victim, trap

    def begin_life(self) -> None:
        """Count another worker, just before it starts."""
        self.life += 1

    def reached(self, point: str) -> None:
        """Spring the trap if this is its moment."""
        with self._lock:
            trap = self._trap
            if trap is None or trap.point != point:
                return
            self._trap = trap._replace(countdown=trap.countdown - 1)
        if trap.countdown == 1:
            time.sleep(trap.delay_s)
            self.kill(point)

    def kill(self, point: str = "any time") -> None:
        """Kill the armed process, once."""
        with self._lock:
            victim, self._victim, self._trap = self._victim, None, None
            if victim is None:
                return
            self.kills[self.life] = time.monotonic()
            victim.kill()
        self.log.count(self.log.points_of_kills, point)
        self.killed.set()

    def fault(self, stage: str) -> str:
        """Draw what goes wrong at this stage, "" for nothing."""
        drawn = self.random.random()
        for what, likelihood in FAULTS[stage] if self.is_faulty else ():
            drawn -= likelihood
            if drawn < 0:
                self.log.count(self.log.faults, f"{what[:3]} at {stage}" if what[0].isdigit() else f"{what} at {stage}")
                return what
        return ""


class _Over(Exception):
    """The conversation has ended."""


class Connection(threading.Thread):
    """One conversation, and what the server knows of it."""

    def __init__(self, server: FaultyServer, peer: socket.socket) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.transactions: list[Transaction] = []
        self.life = server.life
        self.began = time.monotonic()
        self.ended = float("inf")
        self.was_cut = False
        self._peer = peer
        self._buffer = b""

    @property
    def was_killed(self) -> bool:
        """Tell whether the process at the other end was killed while the connection stood."""
        return self.server.kills.get(self.life, float("inf")) <= self.ended

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)
        self.join(10)

    def run(self) -> None:
        with contextlib.suppress(OSError, _Over):
            self.converse()
        self.ended = time.monotonic()
        self._peer.close()

    def converse(self) -> None:
        commands: dict[bytes, Callable[[bytes], None]] = {
            b"EHLO": lambda _: self.say("250-faulty.test\r\n250-SIZE 99999999\r\n250-8BITMIME\r\n250 PIPELINING"),
            b"MAIL": lambda _: self.say("250 2.1.0 Ok", after="mail"),
            b"RCPT": self.on_rcpt,
            b"DATA": self.on_data,
            b"RSET": lambda _: self.say("250 2.0.0 Ok"),
            b"QUIT": self.on_quit,
        }
        self.say("220 faulty.test ESMTP", after="greeting")
        while True:
            line = self.read_to(b"\r\n")
            commands[line[:4].upper()](line)

    def on_rcpt(self, line: bytes) -> None:
        fault = self.server.fault("rcpt")
        self.refused = fault[:1].isdigit()
        address = line.partition(b"<")[2].partition(b">")[0].decode()
        self.transactions.append(Transaction(address, self, time.monotonic()))
        self.misbehave(fault)
        self.say(fault if self.refused else "250 2.1.5 Ok", after="rcpt")

    def on_data(self, _: bytes) -> None:
        if self.refused:
            self.say("554 5.5.1 No valid recipients")
            return
        fault = self.server.fault("data")
        self.misbehave(fault)
        if fault:
            self.say(fault)
            return
        self.say("354 Go on", after="data")
        self.on_body(self.transactions[-1])

    def on_body(self, transaction: Transaction) -> None:
        if self.server.fault("body"):
            self.receive()
            self.cut()
        content = self.read_to(b"\r\n.\r\n")
        found = MESSAGE_ID.search(content)
        assert found, "every note has a Message-ID"
        transaction.message_id = found[1].decode()
        self.server.reached("dot")
        self.on_dot(transaction, self.server.fault("dot"))

    def on_dot(self, transaction: Transaction, fault: str) -> None:
        transaction.is_accepted = fault in {"", LOST, SLOW}
        if transaction.is_accepted:
            self.server.log.count(self.server.log.accepted, transaction.message_id)
            self.server.reached("accepted")
        self.misbehave(fault)
        transaction.was_answered = True
        self.say("250 2.0.0 Ok" if transaction.is_accepted else fault, after="replied")

    def on_quit(self, _: bytes) -> None:
        self.say("221 2.0.0 Bye")
        raise _Over

    def misbehave(self, fault: str) -> None:
        if fault in {CUT, LOST}:
            self.cut()
        if fault == SLOW:
            time.sleep(0.02 + 0.08 * self.server.random.random())

    def cut(self) -> None:
        self.was_cut = True
        raise _Over

    def say(self, reply: str, *, after: str = "") -> None:
        """Reply; `after` names the point that is reached with it."""
        self._peer.sendall(reply.encode() + b"\r\n")
        if reply.startswith("421"):
            raise _Over
        self.server.reached(after)

    def read_to(self, end: bytes) -> bytes:
        """Return what comes before `end`; a body that is whole but for its dot is a point of its own."""
        is_whole = False
        while (at := self._buffer.find(end)) < 0:
            if not is_whole and self._buffer.endswith(END_OF_NOTE):
                is_whole = True
                self.server.reached("body")
            self.receive()
        found, self._buffer = self._buffer[:at], self._buffer[at + len(end) :]
        return found

    def receive(self) -> None:
        octets = self._peer.recv(1 << 16)
        if not octets:
            raise _Over
        self._buffer += octets
