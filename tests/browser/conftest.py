"""Give tests a page of a real Chromium, which reaches this machine's loopback and nothing else."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.needs import SEARCH_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

#: The first is Debian's build of the same browser without a window around it, which takes a third of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")

#: `only_loopback` does not hold for another program, so that every other name and address is unknown to it.
ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1"

#: Nothing of a browser's own goes out either.
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


# Playwright's loop counts as running in this thread until it stops, and `asyncio.run` refuses to start beside it: the
# browser lives as long as tests of this folder follow one another, not for the whole session.
@pytest.fixture(scope="package")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Browser]]:
    """Give what starts a Chromium in a home of its own, with more arguments if a test has any."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # what is waited for comes at once, but on a machine with other work
    path = next(filter(None, (shutil.which(name, path=SEARCH_PATH) for name in PROGRAMS)), None)
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("not installed here: chromium")
    unconfined = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root gets no sandbox
    environment: dict[str, str | float | bool] = {**os.environ, "HOME": str(tmp_path_factory.mktemp("browser-home"))}
    with sync_playwright() as playwright:

        def launched(*arguments: str) -> Browser:
            return playwright.chromium.launch(
                executable_path=path or PROGRAMS[0],
                args=[*QUIET, ONLY_LOOPBACK, *unconfined, *arguments],
                env=environment,
            )

        yield launched


@pytest.fixture(scope="package")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """Run one Chromium for these tests."""
    with launch() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a window of its own, without cookies or storage, that prefers no colour scheme."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="null") as context:
        yield context.new_page()
