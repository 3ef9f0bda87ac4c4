"""Weekends: the network's own column goes first, then the table below, then the library's data.

The table holds the countries where public sources disagree, or are known to be behind; each was decided by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from crosspost.calendars.closed import Source
from crosspost.domain.network import Mission

#: Days as the network file writes them, in the order of `date.weekday()`.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SATURDAY_SUNDAY = frozenset({"sat", "sun"})
_FRIDAY_SATURDAY = frozenset({"fri", "sat"})

#: Reviewed in 2026. CLDR and the holidays library disagree on all but IR and NP. Iran: Friday alone, a reform was
#: debated in 2024. Nepal: the two-day weekend of 2022 was given up, Saturday alone remained.
_REVIEWED: dict[str, frozenset[str]] = {
    "BD": _FRIDAY_SATURDAY,
    "BN": frozenset({"fri", "sun"}),
    "CD": _SATURDAY_SUNDAY,
    "DJ": _FRIDAY_SATURDAY,
    "HK": _SATURDAY_SUNDAY,
    "IN": _SATURDAY_SUNDAY,
    "IR": frozenset({"fri"}),
    "LY": _FRIDAY_SATURDAY,
    "MR": _SATURDAY_SUNDAY,
    "NP": frozenset({"sat"}),
    "PY": _SATURDAY_SUNDAY,
    "UG": _SATURDAY_SUNDAY,
    "VE": _SATURDAY_SUNDAY,
}


@dataclass(frozen=True, slots=True)
class Weekend:
    """The days of the week on which a mission is closed, as `fri`, `sat`; and whose word that is."""

    days: frozenset[str]
    source: Source


def weekend(mission: Mission) -> frozenset[str]:
    """Return the days of the week on which a mission is closed, as `fri`, `sat`."""
    return weekend_of(mission).days


def weekend_of(mission: Mission) -> Weekend:
    """Return a mission's weekend: the network's column, else the reviewed table, else the library."""
    if mission.weekend:
        return Weekend(frozenset(mission.weekend), Source.NETWORK)
    if mission.country in _REVIEWED:
        return Weekend(_REVIEWED[mission.country], Source.REVIEWED)
    return _of_library(mission.country)


@lru_cache(maxsize=512)
def _of_library(country: str) -> Weekend:
    import holidays

    try:
        days = frozenset(DAYS[day] for day in holidays.country_holidays(country).weekend)
    except NotImplementedError:
        return Weekend(_SATURDAY_SUNDAY, Source.NOBODY)
    return Weekend(days, Source.LIBRARY)
