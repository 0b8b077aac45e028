"""Compare the desk with a bare Starlette, and fifty notes with three: `python -m bench.desk [ROUNDS]`."""

from __future__ import annotations

import shutil
import sys
import time
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.browsing import Client, browser, chromium, opened, repainted_ms, running
from bench.measuring import BIN, Place, Row, alternate, at_most, report
from bench.notes import write_interviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Page

__all__ = ["answering", "many_notes", "painting", "repainting"]

FEW, MANY = 3, 50
#: Saves and answers are quick, and spread: so many of each are measured.
SAVES = 25
#: How much longer the pages of a file with seventeen times as many notes may take: always less than that.
SMOOTH = {
    ("note", "as it stands"): 5.0,
    ("note", "just saved"): 10.0,
    ("interview", "as it stands"): 10.0,
    ("interview", "just saved"): 15.0,
}
#: What changes in the letter at each save: the number of a shelf.
BEFORE = "{{ person.role }} of lost"


def preview(place: Place, name: str, notes: int) -> tuple[Path, Sequence[str | Path], dict[str, str]]:
    """Write a file of so many notes; return it, the command that shows it, and the environment."""
    (path,) = write_interviews(place.folder / name, notes)
    return path, (BIN / "mailer", "preview", path, "--no-browser", "--json"), place.environment(f"{name}/home")


def within(name: str, bound_ms: float, figure_ms: float) -> Row:
    """Make the row of a figure that has a bound by itself."""
    return Row(name, figure_ms, bound_ms, "ms", figure_ms / bound_ms, f"<= {bound_ms:.0f} ms", figure_ms <= bound_ms)


def shown(name: str, figures: tuple[float, float]) -> Row:
    """Make the row of a comparison that has no bound."""
    return Row(name, *figures, "ms", figures[0] / figures[1], "none", is_met=True)


def first_answer(command: Sequence[str | Path], env: dict[str, str] | None = None) -> float:
    """Return the milliseconds from the command to the whole first page, the link followed."""
    with running(command, env) as server:
        Client(server.link).enter()
        return (time.perf_counter() - server.begin) * 1000


def answering(place: Place, rounds: int) -> Iterator[Row]:
    """Time a cold process from the command to the note's page, against a bare Starlette that says hello."""
    _, command, env = preview(place, "answering", FEW)
    hello = (sys.executable, Path(__file__).with_name("hello.py"))

    def known() -> float:
        return first_answer(command, env)

    def first_time() -> float:
        shutil.rmtree(env["MAILER_HOME"], ignore_errors=True)
        return first_answer(command, env)

    yield at_most("first answer / bare Starlette", "ms", 2.0, alternate(rounds, known, lambda: first_answer(hello)))
    yield shown(
        "first answer, nothing cached / bare Starlette", alternate(rounds, first_time, lambda: first_answer(hello))
    )


def painting(place: Place, rounds: int) -> Iterator[Row]:
    """Time a cold process from the command to the note with its letter painted in a Chromium that runs already."""
    if not chromium():
        return
    _, command, env = preview(place, "painting", FEW)
    with browser(place.folder) as launched:

        def painted_ms() -> float:
            with running(command, env) as server, opened(launched, server.link) as (_, painted):
                return (painted - server.begin_wall) * 1000

        yield within("command to first painted note", 1000, median([painted_ms() for _ in range(rounds + 1)][1:]))


def repainting(place: Place, _: int) -> Iterator[Row]:
    """Time a save from outside to the letter painted anew, with three notes in the file and with fifty."""
    if not chromium():
        return
    with browser(place.folder) as launched:
        figures = []
        for notes in (FEW, MANY):
            path, command, env = preview(place, f"repainting-{notes}", notes)
            with running(command, env) as server, opened(launched, server.link) as (page, _):
                figures.append(saves_ms(page, path))
        few, many = figures
        yield within("save to repaint, 3 notes", 150, few)
        yield within("save to repaint, 50 notes", 150, many)
        yield shown("save to repaint, 50 notes / 3 notes", (many, few))


def saves_ms(page: Page, path: Path) -> float:
    """Save again and again, with a rest in between, and return the median."""
    text, times_ms = path.read_text(encoding="utf-8"), []
    time.sleep(1)  # until the page listens
    for number in range(1000, 1000 + SAVES):
        words = f"{number} of lost"
        times_ms.append(repainted_ms(page, path, text.replace(BEFORE, words), words))
        time.sleep(0.1)
    return median(times_ms)


def many_notes(place: Place, _: int) -> Iterator[Row]:
    """Time the answers of pages with fifty notes in the file and with three: as they stand, and after a save."""
    few, many = (answers_ms(place, notes) for notes in (FEW, MANY))
    for (name, state), bound in SMOOTH.items():
        figures = many[name, state], few[name, state]
        yield at_most(f"{name} page {state}, 50 notes / 3 notes", "ms", bound, figures)


def answers_ms(place: Place, notes: int) -> dict[tuple[str, str], float]:
    """Return the medians by page and state."""
    path, command, env = preview(place, f"answers-{notes}", notes)
    text, numbers = path.read_text(encoding="utf-8"), count(1000)

    def save() -> None:
        path.write_text(text.replace(BEFORE, f"{next(numbers)} of lost"), encoding="utf-8")
        time.sleep(0.05)  # until the watcher has looked

    def stay() -> None:
        pass

    with running(command, env) as server:
        client = Client(server.link)
        note = client.enter()
        urls = {"note": note, "interview": note.rpartition("/")[0]}
        return {
            (name, state): median_ms(client, url, before)
            for name, url in urls.items()
            for state, before in (("as it stands", stay), ("just saved", save))
        }


def median_ms(client: Client, url: str, before: Callable[[], None]) -> float:
    """Ask for a page again and again, something done before each time, and return the median."""
    client.timed_ms(url)
    times_ms = []
    for _ in range(SAVES):
        before()
        times_ms.append(client.timed_ms(url))
    return median(times_ms)


if __name__ == "__main__":
    sys.exit(report((answering, painting, repainting, many_notes), int(sys.argv[1]) if len(sys.argv) > 1 else 9))
