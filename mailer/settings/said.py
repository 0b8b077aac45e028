"""Say a setting's value in the words in which it could be typed; takes a value, gives one line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mailer.model import Mailbox, Rate, Secret
from mailer.settings.table import SETTINGS
from mailer.settings.values import PERIODS_S, SECONDS, mailbox_text
from mailer.workdays import Holidays

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.settings import Settings

__all__ = ["SET_NOT_SHOWN", "said"]

#: What is said of a secret.
SET_NOT_SHOWN = "set, not shown"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def said(settings: Settings, name: str) -> str:
    """Return the value that holds, "" for none; of one that may hold a secret only that there is one."""
    setting = SETTINGS[name]
    value = getattr(settings, setting.field)
    if value is None or value in ("", ()):
        return "none" if name == "MAILER_RATE" else ""
    if isinstance(value, Secret) or (setting.is_secret and name != "MAILER_OUTBOX"):
        return SET_NOT_SHOWN
    return _WRITTEN.get(type(value), str)(value)


def _length(value: timedelta) -> str:
    """Return a length as `values.duration` reads it: `12h`, `1h30m`."""
    left_s, parts = round(value.total_seconds()), []
    for unit in ("d", "h", "m", "s"):
        number, left_s = divmod(left_s, SECONDS[unit])
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts)


def _rate(rate: Rate) -> str:
    """Return a rate as `values.rate` reads it."""
    period = next(name for name, seconds in PERIODS_S.items() if seconds == rate.period_s)
    return f"{rate.count}/{period}"


#: How a value is written that its own type would write otherwise.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    Mailbox: mailbox_text,
    timedelta: _length,
    Holidays: lambda value: ", ".join([*(day.isoformat() for day in sorted(value.dates)), *value.regions]),
    frozenset: lambda value: ", ".join(_DAYS[day] for day in sorted(value)),
    tuple: lambda value: ", ".join(map(_rate, value)),
}
