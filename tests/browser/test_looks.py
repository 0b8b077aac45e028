"""Every page is there, wide and narrow, light and dark; with MAILER_SCREENSHOTS=FOLDER a picture of each is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailer.web.routes import STATIC
from tests.browser.desks import faults_of
from tests.browser.gallery import SCHEMES, WIDTHS, Gallery, open_gallery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

#: Read before the tests' own home hides every setting.
FOLDER = os.environ.get("MAILER_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with open_gallery(tmp_path_factory.mktemp("gallery")) as gallery:
        yield gallery


@pytest.fixture(scope="module")
def browsers(browser: Browser, launch: Callable[..., Browser]) -> Iterator[dict[str, Browser]]:
    """Run a light and a dark Chromium: Playwright's own dark scheme would reach into the letter's frame, too."""
    with launch("--force-dark-mode", "--blink-settings=preferredColorScheme=0") as dark:
        yield {"light": browser, "dark": dark}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_shows_something_and_complains_of_nothing(
    browsers: dict[str, Browser], gallery: Gallery, scheme: str
) -> None:
    with browsers[scheme].new_context(color_scheme="null") as context:
        page = gallery.let_in(context)
        faults = faults_of(page)
        blank, too_wide = [], []
        for name in gallery.pages:
            gallery.show(page, name)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                blank += [name] if len(page.get_by_role("main").inner_text()) < 20 else []
                too_wide += [name] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
                if FOLDER:
                    keep_picture(page, Path(FOLDER) / f"{name}-{width}-{scheme}.png")

        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
    assert (blank, too_wide) == ([], [])
    assert [fault for fault in faults if "404" not in fault] == []


def keep_picture(page: Page, path: Path) -> None:
    """Take a picture of the whole page in a window as high as it, where frames are drawn before and not after."""
    size = page.viewport_size
    assert size is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({**size, "height": page.evaluate("Math.max(900, document.documentElement.scrollHeight)")})
    page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 300))")
    page.screenshot(path=path)
    page.set_viewport_size(size)


@pytest.mark.parametrize(("ending", "most_bytes"), [("css", 20_000), ("js", 10_000)])
def test_what_pages_load_stays_small(ending: str, most_bytes: int) -> None:
    assert sum(path.stat().st_size for path in STATIC.glob(f"*.{ending}")) < most_bytes
