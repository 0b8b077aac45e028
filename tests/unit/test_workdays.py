"""Show which days are days of work: by the week, by dates that the user entered, by the holidays of a region."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mailer import settings
from mailer.errors import SettingsError
from mailer.workdays import MONDAY_TO_FRIDAY, Holidays, Workdays

ROOT = Path(__file__).parents[2]

CHRISTMAS_EVE = date(2026, 12, 24)  # a Thursday
NEW_YEAR = date(2027, 1, 1)  # a Friday


def workdays_of(home: Path, **values: str) -> Workdays:
    return settings.read(options={}, environ={"MAILER_HOME": str(home)} | values).workdays


def test_the_week_is_monday_to_friday_and_knows_no_holiday(home: Path) -> None:
    found = workdays_of(home)

    assert found == MONDAY_TO_FRIDAY
    assert [found.day_off(date(2026, 12, day)) for day in (25, 26, 27)] == ["", "Saturday", "Sunday"]


def test_a_week_from_sunday_to_thursday_rests_on_friday_and_saturday(home: Path) -> None:
    found = workdays_of(home, MAILER_WEEKEND="Fri, saturday")

    assert (found.after(date(2026, 12, 24)), found.includes(date(2026, 12, 27))) == (date(2026, 12, 27), True)


@pytest.mark.parametrize("words", ["someday", "sat sun mon tue wed thu fri", "6", "sa", ","])
def test_a_weekend_that_is_none_is_refused(words: str, home: Path) -> None:
    with pytest.raises(SettingsError, match=r"MAILER_WEEKEND \(environment\): .*expected such as"):
        workdays_of(home, MAILER_WEEKEND=words)


def test_dates_that_the_user_entered_are_days_off(home: Path) -> None:
    found = workdays_of(home, MAILER_HOLIDAYS="2026-12-24, 2027-01-01")

    assert (found.day_off(CHRISTMAS_EVE), found.after(CHRISTMAS_EVE)) == ("a holiday", date(2026, 12, 25))


@pytest.mark.parametrize(
    "words", ["2026-02-30", "24.12.2026", "20261224", "2026-W52-4", "Christmas", "D-BY", "US_NY", "U5"]
)
def test_a_holiday_that_is_neither_a_date_nor_a_region_is_refused(words: str, home: Path) -> None:
    with pytest.raises(SettingsError, match=r"MAILER_HOLIDAYS \(environment\): .*expected such"):
        workdays_of(home, MAILER_HOLIDAYS=words)


def test_a_region_is_found_whatever_its_case(home: Path) -> None:
    assert workdays_of(home, MAILER_HOLIDAYS="us, 2026-12-24, de-by").holidays == Holidays(
        frozenset({CHRISTMAS_EVE}), ("US", "DE-BY")
    )


# --- with the package -----------------------------------------------------------------------------------------------


def test_the_holidays_of_a_country_are_days_off_by_their_names() -> None:
    pytest.importorskip("holidays")

    assert Workdays(holidays=Holidays(regions=("US",))).day_off(NEW_YEAR) == "a holiday (New Year's Day)"


def test_a_region_has_holidays_that_its_country_has_not() -> None:
    pytest.importorskip("holidays")
    epiphany = date(2027, 1, 6)  # a Wednesday

    assert Workdays(holidays=Holidays(regions=("DE",))).includes(epiphany)
    assert not Workdays(holidays=Holidays(regions=("DE-BY",))).includes(epiphany)


@pytest.mark.parametrize("region", ["XX", "DE-ZZ", "US-BY"])
def test_a_region_that_nobody_knows_is_named_with_the_way_out(region: str) -> None:
    pytest.importorskip("holidays")
    found = Workdays(holidays=Holidays(regions=(region,)), source="config.env:3")

    with pytest.raises(SettingsError) as refused:
        found.includes(NEW_YEAR)

    assert str(refused.value) == (
        f"MAILER_HOLIDAYS (config.env:3): nobody knows the holidays of “{region}”; expected a country or a region of"
        " it, such as US or DE-BY. Correct it, or write the dates themselves"
    )


# --- without it -----------------------------------------------------------------------------------------------------

#: argv: the region, "" for none. Stands for a machine without the extra, whatever this one has.
WITHOUT = """
import sys
sys.modules["holidays"] = None
from datetime import date
from mailer.errors import SettingsError
from mailer.workdays import Holidays, Workdays
try:
    print(Workdays(holidays=Holidays(regions=tuple(sys.argv[1:]))).includes(date(2027, 1, 1)))
except SettingsError as error:
    print(error)
"""


def without_package(*regions: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *regions],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_without_the_package_a_region_says_how_to_install_it() -> None:
    assert without_package("US") == (
        "MAILER_HOLIDAYS: the holidays of “US” need a package that is not installed. Run pip install"
        " 'interview-mailer[holidays]', or write the dates themselves"
    )


def test_without_the_package_and_a_region_nothing_is_missing() -> None:
    assert without_package() == "True"
