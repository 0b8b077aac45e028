"""Read what caniemail.com tested, as it ships reduced beside this module (`support.json`, made by `prepare`).

Takes nothing, gives each feature's title, date and answers. Licences of the data: the file NOTICE.
"""

from __future__ import annotations

import functools
import json
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from mailer.clients.groups import CLIENTS, Support

__all__ = ["LETTERS", "SHIPPED", "Answer", "Feature", "Source", "data_date", "features", "source"]

SHIPPED: Final = Path(__file__).parent / "support.json"
#: How an answer is written down: caniemail's own letters.
LETTERS: Final = {"y": Support.YES, "a": Support.PARTLY, "n": Support.NO, "u": Support.UNKNOWN}


class Source(NamedTuple):
    """Where the answers come from; `updated` is the day on which caniemail.com last changed, `sha256` of the file."""

    package: str
    version: str
    sha256: str
    updated: date


class Answer(NamedTuple):
    """What one group of mail programs (a `Client.id`) makes of a feature; `note` is "" when there is nothing to say."""

    client: str
    support: Support
    note: str


class Feature(NamedTuple):
    """A feature with the day of its last test and one answer for each of CLIENTS, in that order."""

    slug: str
    title: str
    tested: date
    answers: tuple[Answer, ...]


def source() -> Source:
    """Return which data this is."""
    found = _shipped()["source"]
    return Source(found["package"], found["version"], found["sha256"], date.fromisoformat(found["updated"]))


def data_date() -> date:
    """Return the day on which caniemail.com last changed before its data was taken; most tests are years older."""
    return source().updated


@functools.cache
def features() -> dict[str, Feature]:
    """Return every feature that is looked for, by its slug."""
    return {slug: _feature(slug, found) for slug, found in _shipped()["features"].items()}


def _feature(slug: str, found: dict[str, Any]) -> Feature:
    notes = found.get("notes", {})
    answers = (
        Answer(client.id, LETTERS[letter], notes.get(client.id, ""))
        for client, letter in zip(CLIENTS, found["support"], strict=True)
    )
    return Feature(slug, found["title"], date.fromisoformat(found["tested"]), tuple(answers))


@functools.cache
def _shipped() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return read
