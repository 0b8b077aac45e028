"""Type the nodes of the front matter key by key, and say exactly where one does not fit.

`Fields` reads one mapping: its unknown and duplicate keys are refused at once, then each key is asked for with a
reader, a function (node, place) -> value. Every key met is recorded with its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mailer.errors import NoteError
from mailer.interviews.layout import FORBIDDEN, tidied
from mailer.interviews.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from enum import StrEnum
    from pathlib import Path

__all__ = [
    "QUOTES_NEEDED",
    "Fields",
    "Place",
    "address",
    "choice",
    "day",
    "entries",
    "flag",
    "known_as",
    "language",
    "line_of_text",
    "link",
    "moment",
    "optional",
    "prose",
    "shortened",
    "whole_minutes",
    "zone",
]

T = TypeVar("T")
E = TypeVar("E", bound="StrEnum")

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
MAX_MINUTES = 24 * 60
#: `- Chez Odile: quiet` is a mapping to YAML; whoever wrote it meant a text.
QUOTES_NEEDED = "if this is text with “: ” in it, put the whole text in quotes"


class Place:
    """Where a value stands: dotted key and line of a file; making one records its line in `lines`."""

    __slots__ = ("key", "line", "lines", "path")

    def __init__(self, path: Path, lines: dict[str, int], key: str, line: int) -> None:
        self.path = path
        self.lines = lines
        self.key = key
        self.line = line
        if key:
            lines[key] = line

    def at_key(self, name: str, line: int) -> Place:
        """Return the place of a key of the mapping here."""
        return Place(self.path, self.lines, f"{self.key}.{name}" if self.key else name, line)

    def at_item(self, index: int, line: int) -> Place:
        """Return the place of an item of the list here."""
        return Place(self.path, self.lines, f"{self.key}[{index}]", line)

    def fault(self, problem: str) -> NoteError:
        """Return the error that says `problem` of this place."""
        return NoteError(
            f"{self.key}: {problem}" if self.key else problem, path=self.path, line=self.line, key=self.key
        )

    def unexpected(self, node: Node, expected: str) -> NoteError:
        """Return the error that says what was found and what is expected."""
        return self.fault(f"found {shortened(node.said)}, expected {expected}")


class Fields:
    """One mapping of known keys; raises NoteError for an unknown key, a duplicate one, or no mapping at all."""

    def __init__(
        self, node: Node, place: Place, keys: Iterable[str], *, elsewhere: dict[str, str] | None = None
    ) -> None:
        self.place = place
        self._values: dict[str, tuple[Node, Place]] = {}
        known = tuple(keys)
        if not isinstance(node, Mapping):
            raise place.unexpected(node, f"keys with values, such as “{known[0]}:”")
        for key, value in node.pairs:
            self._admit(key, value, known, elsewhere or {})

    def _admit(self, key: Node, value: Node, known: tuple[str, ...], elsewhere: dict[str, str]) -> None:
        if not isinstance(key, Scalar):
            raise self._at(key.line).unexpected(key, "a key, one word before “:”")
        name = key.text
        if name not in known:
            raise self._at(key.line, name).fault(f"unknown key “{shortened(name)}”{_remedy(name, known, elsewhere)}")
        if name in self._values:
            first = self._values[name][1].line
            raise self._at(key.line, name).fault(f"this key stands twice, first on line {first}; keep one")
        self._values[name] = value, self.place.at_key(name, key.line)

    def _at(self, line: int, name: str = "") -> Place:
        """Return a place for an error, without recording it."""
        dotted = f"{self.place.key}.{shortened(name)}" if self.place.key and name else shortened(name) or self.place.key
        return Place(self.place.path, {}, dotted, line)

    def __contains__(self, name: str) -> bool:
        """Tell whether the key is there and not null."""
        return name in self._values and not self._values[name][0].is_null

    def place_of(self, name: str) -> Place:
        """Return where the key stands, or where its mapping stands when it is absent."""
        return self._values[name][1] if name in self._values else self.place

    def get(self, name: str, reader: Callable[[Node, Place], T], default: T) -> T:
        """Return the key's value, `default` when the key is absent or null."""
        return reader(*self._values[name]) if name in self else default

    def need(self, name: str, reader: Callable[[Node, Place], T]) -> T:
        """Return the key's value; raises NoteError when it is absent, null or an empty text."""
        if name not in self._values:
            missing = self._at(self.place.line, name)
            raise missing.fault("this key is missing; it is required")
        node, place = self._values[name]
        value = None if node.is_null else reader(node, place)
        if value is None or value == "":
            raise place.fault("found nothing, but this key is required")
        return value


def known_as(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean “…”?` for the nearest known word, "" when none is near."""
    from difflib import get_close_matches

    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(word.casefold()[:80], by_folded, n=1, cutoff=0.6)
    return f"; did you mean “{by_folded[near[0]]}”?" if near else ""


def _remedy(name: str, known: tuple[str, ...], elsewhere: dict[str, str]) -> str:
    if name in elsewhere:
        return f"; {elsewhere[name]}"
    return f"{known_as(name, known)} (known here: {', '.join(known)})"


def shortened(text: str) -> str:
    """Quote from a file: return at most 60 characters on one line, without any that a terminal acts on."""
    visible = "".join(c if c.isprintable() else "�" for c in text[:61])
    return visible if len(visible) <= 60 else visible[:59] + "…"


# --- readers: (node, place) -> value ---------------------------------------------------------------------------


def prose(node: Node, place: Place, expected: str = "text") -> str:
    """Return a text that may have several lines, stripped at its ends and at the end of each line."""
    if isinstance(node, Mapping):
        raise place.unexpected(node, f"{expected}; {QUOTES_NEEDED}")
    if not isinstance(node, Scalar):
        raise place.unexpected(node, expected)
    if node.is_null:
        return ""
    found = FORBIDDEN.search(node.text)
    if found:
        raise place.fault(f"found the character U+{ord(found[0]):04X}, which cannot be in a mail; delete it")
    return tidied(node.text)


def line_of_text(node: Node, place: Place, expected: str = "text on one line") -> str:
    """Return a text of one line, stripped; a tab in it becomes a space."""
    text = prose(node, place, expected)
    if "\n" in text:
        raise place.fault(f"found a line break, expected {expected}")
    return text.replace("\t", " ")


def address(node: Node, place: Place) -> str:
    """Return an e-mail address, as `mailer.interviews.addresses` accepts it."""
    from mailer.interviews.addresses import fault_of

    text = line_of_text(node, place, "one e-mail address, or null")
    fault = fault_of(text)
    if fault:
        raise place.fault(f"found {shortened(node.said)}, which is no e-mail address: {fault}")
    return text


def link(node: Node, place: Place) -> str:
    """Return a web address with its scheme; whether it is a good one is for the checks."""
    text = line_of_text(node, place, "a web address such as https://…")
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in {"http", "https"} or not rest.strip("/") or any(c.isspace() for c in text):
        raise place.unexpected(node, "a web address that begins with https:// and has no space")
    return text


def day(node: Node, place: Place) -> date:
    """Return a calendar day, YYYY-MM-DD (ISO 8601)."""
    return _instant(node, place, r"(\d{4})-(\d\d)-(\d\d)", "a day such as 2026-06-11").date()


def moment(node: Node, place: Place) -> datetime:
    """Return a wall time, naive: YYYY-MM-DD HH:MM, seconds optional, `T` or a space between."""
    pattern = r"(\d{4})-(\d\d)-(\d\d)[Tt ] *(\d\d):(\d\d)(?::(\d\d))?"
    expected = "a local time such as 2026-06-11 10:00 (its zone is the key timezone)"
    return _instant(node, place, pattern, expected)


def _instant(node: Node, place: Place, pattern: str, expected: str) -> datetime:
    import re
    from datetime import datetime

    found = re.fullmatch(pattern, line_of_text(node, place, expected), re.ASCII)
    if not found:
        raise place.unexpected(node, expected)
    try:
        instant = datetime(*(int(figure) for figure in found.groups("0")))  # type: ignore[arg-type]  # noqa: DTZ001  # six figures, wall time
    except ValueError as exc:
        raise place.unexpected(node, f"{expected}: {exc}") from exc
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        raise place.unexpected(node, f"{expected}, in a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return instant


def zone(node: Node, place: Place) -> str:
    """Return the name of a zone that the machine's IANA database knows, in its own spelling."""
    name = line_of_text(node, place, "an IANA time zone such as Europe/Berlin")
    if not _is_zone(name):
        raise place.unexpected(node, f"an IANA time zone such as Europe/Berlin{_zone_known_as(name)}")
    return name


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    from mailer.schedule.naming import NO_ZONES

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return not name.startswith(NO_ZONES)


def _zone_known_as(name: str) -> str:
    """Return the zone that was meant: a city alone finds its region."""
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    city = name.casefold().replace(" ", "_")
    by_city = next((z for z in zones if city in {z.casefold(), z.rpartition("/")[2].casefold()}), "")
    return f"; did you mean “{by_city}”?" if by_city else known_as(city, zones)


def language(node: Node, place: Place) -> str:
    """Return a language tag in the syntax of BCP 47 (RFC 5646 2.1)."""
    import re

    text = line_of_text(node, place, "a language tag such as en-GB")
    if len(text) > 35 or not re.fullmatch(r"(?:[A-Za-z]{2,8}|[xX])(?:-[A-Za-z0-9]{1,8})*", text):
        raise place.unexpected(node, "a language tag such as en-GB, with hyphens")
    return text


def whole_minutes(node: Node, place: Place) -> int:
    """Return a whole number of minutes, 1 to a day's."""
    text = line_of_text(node, place, "a whole number of minutes")
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MAX_MINUTES):
        raise place.unexpected(node, f"a whole number of minutes from 1 to {MAX_MINUTES}")
    return int(text)


def flag(node: Node, place: Place) -> bool:
    """Return true or false (YAML 1.2 10.3.2); `yes` and `no` are words."""
    text = line_of_text(node, place, "true or false")
    if text not in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        raise place.unexpected(node, "true or false")
    return text.lower() == "true"


def choice(kind: type[E], *, but: tuple[E, ...] = ()) -> Callable[[Node, Place], E]:
    """Return a reader for one of the words of an enum, those of `but` left out."""
    words = {member.value: member for member in kind if member not in but}

    def read_word(node: Node, place: Place) -> E:
        expected = f"one of {', '.join(words)}"
        text = line_of_text(node, place, expected)
        if text not in words:
            raise place.unexpected(node, expected + known_as(text, words))
        return words[text]

    return read_word


def optional(reader: Callable[[Node, Place], T]) -> Callable[[Node, Place], T | None]:
    """Return the reader, typed so that None can be its default."""
    return reader


def entries(node: Node, place: Place, expected: str) -> list[tuple[Node, Place]]:
    """Return the items of a list with their places."""
    if not isinstance(node, Sequence):
        raise place.unexpected(node, expected)
    return [(item, place.at_item(index, item.line)) for index, item in enumerate(node.items)]
