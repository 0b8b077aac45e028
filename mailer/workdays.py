"""Know the days on which nobody works: the weekend, holidays that the user entered, and those of a country.

Takes what the settings say, gives a `Workdays`. The only home of the package `holidays` (an extra), which is imported
when a country's holidays are first asked for.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from mailer.errors import SettingsError

__all__ = ["MONDAY_TO_FRIDAY", "SETTING", "Holidays", "Workdays"]

#: The setting that an error here is about.
SETTING = "MAILER_HOLIDAYS"

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Holidays(NamedTuple):
    """Dates, and countries or their regions (ISO 3166, `US`, `DE-BY`) whose public holidays count."""

    dates: frozenset[date] = frozenset()
    regions: tuple[str, ...] = ()


class Workdays(NamedTuple):
    """The days of work: `weekend` holds days of the week (Monday is 0), never all seven.

    `source` is where the setting of the holidays stands, for errors. Every method raises SettingsError when a region is
    unknown, or the package that knows its holidays is not installed.
    """

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Holidays = Holidays()
    source: str = ""

    def day_off(self, day: date) -> str:
        """Return why nobody works that day (`Saturday`, `a holiday`, `a holiday (Labor Day)`), "" for a workday."""
        if day.weekday() in self.weekend:
            return _NAMES[day.weekday()]
        if day in self.holidays.dates:
            return "a holiday"
        for region in self.holidays.regions:
            if name := _calendar(region, self.source).get(day):
                return f"a holiday ({name})"
        return ""

    def includes(self, day: date) -> bool:
        """Tell whether it is a workday."""
        return not self.day_off(day)

    def after(self, day: date) -> date:
        """Return the next workday."""
        following = day + timedelta(days=1)
        while not self.includes(following):
            following += timedelta(days=1)
        return following


MONDAY_TO_FRIDAY = Workdays()


@cache
def _calendar(region: str, source: str) -> Any:
    """Return the public holidays of a region as a mapping from dates to names; it fills itself year by year."""
    try:
        from holidays import country_holidays
    except ImportError:
        raise SettingsError(
            f"the holidays of “{region}” need a package that is not installed. Run pip install"
            " 'interview-mailer[holidays]', or write the dates themselves",
            setting=SETTING,
            source=source,
        ) from None
    country, _, part = region.partition("-")
    try:
        return country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise SettingsError(
            f"nobody knows the holidays of “{region}”; expected a country or a region of it, such as US or DE-BY."
            " Correct it, or write the dates themselves",
            setting=SETTING,
            source=source,
        ) from None
