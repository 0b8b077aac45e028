"""Reduce caniemail's data to our groups and features: `python -m mailer.clients.prepare package/data/caniemail.json`.

Takes the file of the npm package `caniemail` (`npm pack caniemail`, unpacked, nothing of it run), writes `support.json`
beside this module: of each feature its title, the day of its last test, one letter for each group, and the notes.
"""

from __future__ import annotations

import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailer.clients.features import DETECTORS
from mailer.clients.groups import CLIENTS, SEVERITY, Client
from mailer.clients.record import LETTERS, SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["prepare", "reduced"]

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_DATE = re.compile(r"\d{4}(-\d\d)?")


def reduced(raw: bytes, version: str) -> dict[str, Any]:
    """Return what ships of caniemail's file, whose package has this version."""
    data = json.loads(raw)
    found = {entry["slug"]: entry for entry in data["data"]}
    return {
        "source": {
            "package": "caniemail",
            "version": version,
            "sha256": sha256(raw).hexdigest(),
            "updated": data["last_update_date"][:10],
        },
        "features": {slug: _feature(found[slug]) for slug in sorted(DETECTORS)},
    }


def prepare(path: Path, shipped: Path = SHIPPED) -> None:
    """Write `support.json`, one line for each feature, so that a change shows where it is."""
    package = json.loads((path.parent.parent / "package.json").read_text(encoding="utf-8"))
    value = reduced(path.read_bytes(), package["version"])
    lines = ",\n".join(f"{json.dumps(slug)}: {_dumped(feature)}" for slug, feature in value["features"].items())
    text = f'{{\n"source": {_dumped(value["source"])},\n"features": {{\n{lines}\n}}\n}}\n'
    shipped.write_text(text, encoding="utf-8")


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _feature(entry: Mapping[str, Any]) -> dict[str, Any]:
    answers = {client.id: _worst(client, entry) for client in CLIENTS}
    notes = {client: note for client, (_, note) in answers.items() if note}
    return {
        "title": entry["title"].strip(),
        "tested": _day(entry["last_test_date"]),
        "support": "".join(letter for letter, _ in answers.values()),
    } | ({"notes": notes} if notes else {})


def _day(text: str) -> str:
    """Return a date of the data in full: one of them says `2024-05-1`."""
    year, month, day = text.split("-")
    return f"{year}-{month:0>2}-{day:0>2}"


def _worst(client: Client, entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return the worst letter among a group's programs with its note, which names the programs when not all agree."""
    found = list(_latest(client, entry))
    if not found:
        return "u", ""
    worst = max((letter for letter, _, _ in found), key=lambda letter: SEVERITY.index(LETTERS[letter]))
    alike = [(place, note) for letter, place, note in found if letter == worst]
    noted: dict[str, list[str]] = {}
    for place, note in alike:
        noted.setdefault(note, []).append(place)
    if len(alike) == len(found) and len(noted) == 1:
        return worst, next(iter(noted))
    return worst, " ".join(f"{', '.join(places)}: {note or _bare(worst)}" for note, places in noted.items())


def _bare(letter: str) -> str:
    return f"{ {'y': 'supported', 'a': 'partly supported', 'n': 'not supported', 'u': 'not tested'}[letter] }."


def _latest(client: Client, entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield letter, name and note of the latest version of each program that was tested.

    Some numbers have no note in the data.
    """
    for family, platform, place in client.platforms:
        versions = entry["stats"].get(family, {}).get(platform)
        if versions:
            letter, *numbers = versions[_newest(list(versions))].split()
            texts = (entry["notes_by_num"] or {}) if numbers else {}
            yield letter, place, " ".join(_plain(texts.get(n.removeprefix("#"), "")) for n in numbers).strip()


def _newest(versions: list[str]) -> str:
    """Return the highest version of the kind that stands last: some go from years to version numbers."""
    is_dated = bool(_DATE.fullmatch(versions[-1]))
    alike = [version for version in versions if bool(_DATE.fullmatch(version)) == is_dated]
    return max(alike, key=lambda version: [int(number) for number in re.findall(r"\d+", version)])


def _plain(markdown: str) -> str:
    """Return a note with the words of its links alone."""
    return " ".join(_LINK.sub(r"\1", markdown).split())


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
