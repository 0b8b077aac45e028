"""Run the desk on loopback: bind a port, answer our own browser, end at once when told to.

Takes a way to start the application, gives links that open the desk once.
"""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from mailer.errors import SettingsError
from mailer.web.live import Hub, Watcher
from mailer.web.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import FrameType, TracebackType

    import uvicorn

    from mailer.app import App
    from mailer.app.attending import Attendant
    from mailer.web.desk import Desk

__all__ = ["Server"]

#: What is being answered when the desk ends has so long, in seconds.
GRACE_S = 2

#: What works beside the pages begins after the first of them is answered, or so many seconds after nobody asked.
BESIDE_AFTER_S = 1.0

#: A note that is in hand when the desk ends is delivered to its end, for so long at most.
STOP_TIMEOUT_S = 60.0


class Server:
    """The desk on 127.0.0.1; the port is bound at once, so that a link is good before `run` answers it.

    `start` wires an application, once for each visit, so that changed settings hold at the next one. With `delivers`
    it sends what is due while it is open; a note that is sent can be undone for `undo_s` seconds (None: a minute).
    Raises SettingsError for a port that is taken.
    """

    def __init__(
        self,
        start: Callable[[], App],
        *,
        files: Sequence[Path] = (),
        port: int = 0,
        delivers: bool = True,
        undo_s: float | None = None,
    ) -> None:
        self._start = start
        self._files = files
        self._delivers = delivers
        self._undo_s = undo_s
        try:
            self._socket = socket.create_server(("127.0.0.1", port))
        except OSError as exc:
            raise SettingsError(
                f"port {port} cannot be used ({exc.strerror}); choose another with --port, or leave it out for a free"
                " one"
            ) from exc
        # Inherited by each connection: asyncio sets it on sockets of its own making alone, and the body of an answer
        # would wait behind its head for the browser's delayed acknowledgement, 40 ms (RFC 1122 4.2.3.2, 4.2.3.4).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(self._socket.getsockname()[1])
        self._session = Session(self.port)
        self._hub = Hub()
        self._answering: uvicorn.Server | None = None

    def __enter__(self) -> Self:
        """Give the server itself; leaving frees the port."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the port."""
        self._socket.close()

    def link(self, page: str = "/") -> str:
        """Return a link that opens a page of the desk in a browser that was not here before; it works once."""
        query = urlencode({"ticket": self._session.ticket(), "next": page})
        return f"http://127.0.0.1:{self.port}/enter?{query}"

    def _attendant(self) -> Attendant | None:
        if not self._delivers:
            return None
        from mailer.app.attending import Attendant

        return Attendant(self._start)

    def run(self) -> None:
        """Answer until `end`, or SIGINT or SIGTERM; a signal then goes on to the handler that was there before."""
        from mailer.web import watching
        from mailer.web.desk import Desk

        attendant = self._attendant()
        desk = Desk(
            self._start,
            given=self._files,
            session=self._session,
            hub=self._hub,
            attendant=attendant,
            undo_s=self._undo_s,
        )
        watcher = Watcher(self._hub, lambda: watching.folders(desk), watching.is_of_interest)
        self._answering = self._uvicorn(desk)
        if self._hub.is_closed:  # the end came before the beginning
            return

        def begin_beside() -> None:
            desk.is_asked.wait(BESIDE_AFTER_S)
            watcher.start()
            if attendant:
                attendant.start()

        beside = threading.Thread(target=begin_beside, name="desk-beside", daemon=True)
        try:
            beside.start()
            self._answering.run(sockets=[self._socket])
        finally:
            desk.is_asked.set()
            beside.join()
            watcher.end()
            if attendant:
                attendant.stop(STOP_TIMEOUT_S)

    def end(self) -> None:
        """Let `run` return, from another thread: pages that listen are let go, what is being answered is finished."""
        self._hub.close()
        if self._answering:
            self._answering.should_exit = True

    def _uvicorn(self, desk: Desk) -> uvicorn.Server:
        import uvicorn

        from mailer.web.routes import application

        hub = self._hub

        class Ending(uvicorn.Server):
            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                hub.close()
                super().handle_exit(sig, frame)

        logging.getLogger("uvicorn").addHandler(logging.NullHandler())
        logging.getLogger("uvicorn").propagate = False
        config = uvicorn.Config(
            application(desk, port=self.port),
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        return Ending(config)
