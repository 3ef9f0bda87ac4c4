"""Public holidays, from the `holidays` library, which computes them and says where it only estimates."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

#: How the library marks what depends on the sight of the moon, or was not announced yet: alone, or beside `observed`,
#: which is a day off instead of one at a weekend.
_ESTIMATED = re.compile(r"\((?:(observed), )?estimated\)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday: its name in English, and whether its day is only estimated."""

    name: str
    is_estimated: bool = False


def holiday(country: str, day: date) -> Holiday | None:
    """Return the country's public holiday of that day; None where there is none, or nobody knows the country's."""
    return _of_year(country, day.year).get(day)


@lru_cache(maxsize=1024)
def _of_year(country: str, year: int) -> dict[date, Holiday]:
    import holidays

    try:
        with warnings.catch_warnings():  # for some years it knows less, and says so to programmers
            warnings.simplefilter("ignore")
            found = holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError:
        return {}
    return {day: _read(name) for day, name in found.items()}


def _read(name: str) -> Holiday:
    # Two holidays on one day come as one name with a semicolon between.
    plain = _ESTIMATED.sub(lambda mark: f"({mark[1]})" if mark[1] else "", name)
    return Holiday(" ".join(plain.split()).replace(" ;", ";"), plain != name)
