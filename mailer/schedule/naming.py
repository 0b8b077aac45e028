"""Name days, places and offsets as people write them; takes dates and zone names, gives words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["DAYS", "MONTHS", "NO_ZONES", "date_said", "offset_said", "place", "shown", "written"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: Files of the zone database that ZoneInfo opens although they name no place.
NO_ZONES = ("posix/", "right/", "localtime", "posixrules", "Factory")

MAX_SHOWN = 60


def date_said(day: date) -> str:
    """Return `Tue 24 Nov 2026`, whatever the locale."""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def place(zone: str) -> str:
    """Return the city of an IANA zone, as people say it."""
    return zone.rpartition("/")[2].replace("_", " ")


def offset_said(moment: datetime) -> str:
    """Return the offset of an aware moment from UTC, `+01:00`."""
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"


def written(wall: datetime) -> str:
    """Return a wall time as it can be typed, with its seconds if it has any."""
    return f"{wall:%Y-%m-%d %H:%M:%S}" if wall.second else f"{wall:%Y-%m-%d %H:%M}"


def shown(text: str) -> str:
    """Quote what a person typed: at most 60 characters, without any that a terminal acts on."""
    visible = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: MAX_SHOWN + 1])
    return visible if len(visible) <= MAX_SHOWN else visible[: MAX_SHOWN - 1] + "…"
