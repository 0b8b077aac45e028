"""A page looks again when a file that it shows was changed, and at nothing that lies beside it for a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.web.watching import is_of_interest


@pytest.mark.parametrize("name", ["acme.md", "chart.pdf", "plain.css", "article.md.j2", "config.env", "mailer.db-wal"])
def test_what_a_page_shows_is_of_interest(name: str):
    assert is_of_interest(Path("/home/ada") / name)


@pytest.mark.parametrize(
    "name", [".acme.md.4711.tmp", ".#acme.md", "acme.md~", "mailer.db-shm", "mailer.db", "capture.json", "x.lock"]
)
def test_what_lies_beside_it_is_not(name: str):
    assert not is_of_interest(Path("/home/ada") / name)
