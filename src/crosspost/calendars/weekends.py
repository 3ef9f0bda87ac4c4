"""Weekends: the network's own column goes first, then the table below, then the library's data.

The table holds the countries where public sources disagree, or are known to be behind; each was decided by hand.
"""

from __future__ import annotations

from functools import lru_cache

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


def weekend(mission: Mission) -> frozenset[str]:
    """Return the days of the week on which a mission is closed, as `fri`, `sat`."""
    return frozenset(mission.weekend) or _REVIEWED.get(mission.country) or _of_library(mission.country)


@lru_cache(maxsize=512)
def _of_library(country: str) -> frozenset[str]:
    import holidays

    try:
        return frozenset(DAYS[day] for day in holidays.country_holidays(country).weekend)
    except NotImplementedError:
        return _SATURDAY_SUNDAY
