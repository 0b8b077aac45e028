"""Start a desk and ask it as a browser does: by plain HTTP, and with a real Chromium that tells when it has painted."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["Client", "Running", "browser", "chromium", "opened", "repainted_ms", "running"]

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")
WAIT_MS = 10_000

#: When the page and the frame of its letter had painted their first words, as milliseconds of the machine's clock.
PAINTED = """() => {
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  return paint ? performance.timeOrigin + paint.startTime : null;
}"""

#: Two frames after the new letter is loaded it has been painted (HTML Standard, update the rendering). A frame's load
#: does not bubble, but is seen on its way down.
REPAINTED = """() => {
  window.repainted = new Promise((resolve, reject) => {
    const painted = () => resolve(performance.timeOrigin + performance.now());
    document.addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(painted)),
      { capture: true, once: true });
    setTimeout(() => reject(new Error('the letter was not drawn anew')), 10000);
  });
}"""


class Running(NamedTuple):
    """A server that a command started: its link, and when the command was given, in seconds of both clocks."""

    link: str
    begin: float
    begin_wall: float


@contextlib.contextmanager
def running(command: Sequence[str | Path], env: dict[str, str] | None = None) -> Iterator[Running]:
    """Start a server and read the JSON with its link; end it after."""
    begin, begin_wall = time.perf_counter(), time.time()
    server = subprocess.Popen([str(c) for c in command], env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        text = ""
        while not text.rstrip().endswith("}"):
            line = server.stdout.readline()
            if not line:
                sys.exit(f"{' '.join(map(str, command))} gave no link: {text}")
            text += line
        yield Running(json.loads(text)["link"], begin, begin_wall)
    finally:
        server.kill()
        server.communicate()


class Client:
    """One browser without a window: it keeps the cookie and the connection, and follows a redirect."""

    def __init__(self, link: str) -> None:
        self._parts = urlsplit(link)
        self._connection = http.client.HTTPConnection("127.0.0.1", self._parts.port or 0)
        self._cookie = ""

    def enter(self) -> str:
        """Follow the link and return the URL of the page that it leads to, whose whole answer is here."""
        url = f"{self._parts.path}?{self._parts.query}"
        while answer := self._ask(url):
            url = answer
        return self._url

    def timed_ms(self, url: str) -> float:
        """Ask for a page and return how long its whole answer took."""
        begin = time.perf_counter()
        self._ask(url)
        return (time.perf_counter() - begin) * 1000

    def _ask(self, url: str) -> str:
        self._url = url
        self._connection.request("GET", url, headers={"cookie": self._cookie} if self._cookie else {})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status == http.client.SEE_OTHER:
            self._cookie = answer.headers["set-cookie"].partition(";")[0]
            return answer.headers["location"]
        assert answer.status == http.client.OK, content
        return ""


def chromium() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def browser(home: Path) -> Iterator[Browser]:
    """Run one Chromium in a home of its own."""
    from playwright.sync_api import sync_playwright

    unconfined = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root gets no sandbox
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(), args=[*QUIET, *unconfined], env={**os.environ, "HOME": str(home)}
        )
        yield launched
        launched.close()


@contextlib.contextmanager
def opened(launched: Browser, link: str) -> Iterator[tuple[Page, float]]:
    """Open a note in a window of its own; give the page, and when it and its letter had painted (seconds, wall)."""
    with launched.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(link, wait_until="load")
        (letter,) = [frame for frame in page.frames if frame.parent_frame]
        painted = [where.wait_for_function(PAINTED, timeout=WAIT_MS).json_value() for where in (page, letter)]
        yield page, max(painted) / 1000


def repainted_ms(page: Page, path: Path, text: str, words: str) -> float:
    """Write the file from outside, as an editor does, and return how long until the letter shows `words`."""
    page.evaluate(REPAINTED)
    begin_ms = time.time() * 1000
    path.write_text(text, encoding="utf-8")
    end_ms = page.evaluate("() => window.repainted")
    assert words in page.frame_locator("iframe").locator("body").inner_text(), words
    return end_ms - begin_ms
