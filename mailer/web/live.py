"""Tell open pages that something changed: a file was saved, or a note went its way.

Takes folders to watch, gives words to every page that listens (`text/event-stream`). The word says where to look again,
never what is there.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.web.stamps import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

__all__ = ["Hub", "Watcher"]

#: A page that went away is noticed when the next word cannot be written; this one says nothing.
HEARTBEAT_S = 15.0

#: How long a burst of changes is gathered: editors write, rename and touch within a millisecond or two.
GATHER_MS = 40
STEP_MS = 8

#: How often the list of folders is made anew, when none of them has changed: a new one may have come.
LOOK_AGAIN_MS = 2000


class Hub:
    """The pages that listen, each with an event that wakes it; `publish` may be called by any thread.

    `count` is how often something was published.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()
        self.count = 0
        self.is_closed = False

    def publish(self) -> None:
        """Wake every page that listens."""
        self.count += 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Let every page go, so that the server can end at once."""
        self.is_closed = True
        self.publish()

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()

    async def words(self, *, seen: int) -> AsyncIterator[str]:
        """Give one page its words until it goes away or the server ends (HTML Standard, server-sent events).

        `seen` is the count when the page was written: what came between that and its listening is told at once.
        """
        self._loop = asyncio.get_running_loop()
        changed = asyncio.Event()
        if seen != self.count:
            changed.set()
        self._listeners.add(changed)
        try:
            yield "retry: 1000\n: listening\n\n"
            while not self.is_closed:
                try:
                    await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                changed.clear()
                yield "event: changed\ndata:\n\n"
        finally:
            self._listeners.discard(changed)


class Watcher(threading.Thread):
    """A thread that looks at folders and publishes when a file of interest changes in one of them.

    `folders` is asked again and again, since files name new ones; `is_of_interest` gets the path of each change.
    """

    def __init__(self, hub: Hub, folders: Callable[[], Iterable[Path]], is_of_interest: Callable[[Path], bool]) -> None:
        super().__init__(name="desk-watcher", daemon=True)
        self._hub = hub
        self._folders = folders
        self._is_of_interest = is_of_interest
        self._stamps: dict[str, Stamp | None] = {}
        self._is_over = threading.Event()

    def end(self) -> None:
        """End the thread, and wait until it has."""
        self._is_over.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        """Watch until the end."""
        while not self._is_over.is_set():
            folders = self._there()
            if not folders:
                self._is_over.wait(LOOK_AGAIN_MS / 1000)
                continue
            self._watch(folders)

    def _watch(self, folders: frozenset[Path]) -> None:
        """Watch these folders until there are others to watch."""
        from watchfiles import watch

        for changes in watch(
            *folders,
            watch_filter=lambda _, path: self._is_of_interest(Path(path)),
            debounce=GATHER_MS,
            step=STEP_MS,
            stop_event=self._is_over,
            rust_timeout=LOOK_AGAIN_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        ):
            if any(self._has_changed(path) for _, path in changes):
                self._hub.publish()
            if self._there() != folders:
                return

    def _has_changed(self, path: str) -> bool:
        """Tell whether a file is another one than when it was looked at last: to close one unchanged is news, too."""
        before, self._stamps[path] = self._stamps.get(path), stamp(Path(path))
        return before is None or self._stamps[path] != before

    def _there(self) -> frozenset[Path]:
        return frozenset(folder for folder in self._folders() if folder.is_dir())
