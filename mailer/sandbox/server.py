"""Run the practice server: SMTP and the inbox page, both on loopback, each in a thread of its own.

Takes a folder and two ports, gives a context in which mail can be handed in and looked at.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Self, cast

from mailer.errors import SettingsError
from mailer.sandbox.inbox import Inbox
from mailer.sandbox.web import InboxServer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from mailer.sandbox.inbox import Arrived

__all__ = ["MAX_MAIL_BYTES", "Sandbox"]

#: The largest mail that is taken: 25 MiB of files in base64, and room for the note itself.
MAX_MAIL_BYTES = 40 * 1024 * 1024

#: How often the page's thread looks whether it shall stop.
POLL_S = 0.05


class Sandbox:
    """A practice server; `with Sandbox(folder) as sandbox` starts it, leaving stops it and frees both ports.

    It listens on 127.0.0.1 only, takes any mail without a password, and passes none on. The files stay.
    """

    def __init__(self, folder: Path | None = None, *, smtp_port: int = 0, http_port: int = 0) -> None:
        """Remember where to keep mail (None: a fresh temporary folder) and where to listen (0: any free port)."""
        self._folder = folder
        self._ports = smtp_port, http_port

    def __enter__(self) -> Self:
        """Start listening; raises SettingsError for a port that is taken, StorageError for an unusable folder."""
        smtp_port, http_port = self._ports
        self._inbox = Inbox(self._folder)
        try:
            self._smtp = _Reception(self._inbox, port=smtp_port)
        except OSError as exc:
            raise _port_refused("SMTP", smtp_port, exc) from exc
        try:
            self._web = InboxServer(self._inbox, port=http_port, smtp_port=self._smtp.port)
        except OSError as exc:
            self._smtp.close()
            raise _port_refused("HTTP", http_port, exc) from exc
        self._web_thread = threading.Thread(
            target=self._web.serve_forever, kwargs={"poll_interval": POLL_S}, name="sandbox-web", daemon=True
        )
        self._web_thread.start()
        self._smtp.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both servers; a mail that is being handed in is not taken."""
        self._smtp.close()
        self._web.shutdown()
        self._web.server_close()
        self._web_thread.join()

    @property
    def folder(self) -> Path:
        """Return the folder that holds the .eml files."""
        return self._inbox.folder

    @property
    def smtp_port(self) -> int:
        """Return the port on 127.0.0.1 where mail is handed in."""
        return self._smtp.port

    @property
    def http_url(self) -> str:
        """Return the address of the inbox page."""
        return f"http://127.0.0.1:{self._web.port}/"

    def messages(self) -> tuple[Arrived, ...]:
        """Return every mail accepted so far, the first to arrive first."""
        return self._inbox.all()


def _port_refused(what: str, port: int, exc: OSError) -> SettingsError:
    return SettingsError(f"port {port} cannot be used for {what} ({exc.strerror}); choose another, or 0 for a free one")


class _Reception:
    """The SMTP side: aiosmtpd in an event loop, in a thread."""

    def __init__(self, inbox: Inbox, *, port: int) -> None:
        """Bind the port; raises OSError when it is taken."""
        self._inbox = inbox
        self._listening = socket.create_server(("127.0.0.1", port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="sandbox-smtp", daemon=True)
        self._stop = asyncio.Event()
        self.port = int(self._listening.getsockname()[1])

    def start(self) -> None:
        """Begin to accept connections; those that come before wait in the listening socket."""
        self._thread.start()

    def close(self) -> None:
        """Close every connection and the listening socket, and wait until that is done."""
        if self._thread.ident is None:
            self._loop.close()
            self._listening.close()
        else:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        from aiosmtpd.smtp import SMTP

        def session() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",
                ident="mailer practice server",
                data_size_limit=MAX_MAIL_BYTES,
                enable_SMTPUTF8=True,
                loop=self._loop,
            )

        server = await self._loop.create_server(session, sock=self._listening)
        await self._stop.wait()
        server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Keep the mail that aiosmtpd took, and say so; a full disk is a temporary refusal (RFC 5321 4.2.3)."""
        try:
            arrived = self._inbox.keep(
                cast("bytes", envelope.content),
                envelope_from=envelope.mail_from or "",
                envelope_to=envelope.rcpt_tos,
            )
        except OSError:
            return "452 4.3.1 The mail cannot be written to its folder"
        return f"250 2.0.0 Kept as mail {arrived.id}"
