"""Join what several connections write at the same moment into one durable commit.

Takes pieces of work from any thread, gives each what its work returned. A thread leaves its piece and takes the lock;
whoever gets it does all the pieces that lie there in one transaction, while later ones gather for the next. So each
thread waits for at most two commits, and one thread alone pays nothing.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from mailer.errors import OutboxBusy, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.model import Payload
    from mailer.outbox import Outbox

__all__ = ["Commits"]

Result = TypeVar("Result")


class _Piece(Generic[Result]):
    """One thread's work, and what came of it."""

    __slots__ = ("error", "is_done", "result", "work")

    def __init__(self, work: Callable[[], Result]) -> None:
        self.work = work
        self.is_done = False
        self.result: Result | None = None
        self.error: BaseException | None = None


class Commits:
    """The one way to the outbox for threads that share it; `gather_s` is how long a leader waits for more pieces."""

    def __init__(self, outbox: Outbox, *, gather_s: float = 0.0) -> None:
        self._outbox = outbox
        self._gather_s = gather_s
        self._turn = Lock()
        self._waiting: deque[_Piece[object]] = deque()

    def __call__(self, work: Callable[[], Result]) -> Result:
        """Do the work, durable when this returns; raise what it raised, or what the commit raised.

        The work is one transaction with that of other threads, and may be done a second time when another's made the
        transaction fail: it changes nothing but the outbox. Never call this from within a work.
        """
        piece = _Piece(work)
        self._waiting.append(cast("_Piece[object]", piece))
        with self._turn:
            if not piece.is_done:
                if self._gather_s:
                    time.sleep(self._gather_s)
                self._do_waiting()
        if piece.error is not None:
            raise piece.error
        return cast("Result", piece.result)

    def read_payload(self, payload: Payload) -> Iterator[bytes]:
        """Give an attachment's bytes in pieces, as `Outbox.read_payload` does."""
        chunks = self._outbox.read_payload(payload)
        while True:
            with self._turn:
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    def _do_waiting(self) -> None:
        pieces = []
        while self._waiting:
            pieces.append(self._waiting.popleft())
        if not self._are_done_together(pieces):
            for piece in pieces:
                self._are_done_together([piece])

    def _are_done_together(self, pieces: list[_Piece[object]]) -> bool:
        """Do the pieces in one transaction; tell whether each has its end.

        When one fails for a reason of its own nothing is written, and each has to be done alone.
        """
        try:
            with self._outbox.transaction():
                results = [piece.work() for piece in pieces]
        except BaseException as exc:  # noqa: BLE001  # raised by the thread whose work it was
            if len(pieces) > 1 and not isinstance(exc, (StorageError, OutboxBusy)):
                return False
            for piece in pieces:
                piece.error, piece.is_done = exc, True
            return True
        for piece, result in zip(pieces, results, strict=True):
            piece.result, piece.is_done = result, True
        return True
