"""Cities and countries in the language of the post, by CLDR."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from crosspost.domain.network import Mission
from crosspost.templating.filters import locale_of


def country_in(mission: Mission, language: str) -> str:
    """Return the name of the mission's country in a language; its code where CLDR has none, "" for a region."""
    return locale_of(language).territories.get(mission.country, mission.country)


@lru_cache(maxsize=4096)
def city_in(mission: Mission, language: str) -> str:
    """Return the name of the mission's city in a language.

    CLDR names one exemplar city for each zone (Asia/Tokyo: 東京). It serves only where it is the mission's own city: a
    consulate in Munich lives in Berlin's zone. Elsewhere the name is as the network writes it.
    """
    if not mission.timezone:
        return mission.city
    exemplar = _exemplar(mission.timezone, "en") or mission.timezone.rpartition("/")[2].replace("_", " ")
    if _folded(exemplar) != _folded(mission.city):
        return mission.city
    return _exemplar(mission.timezone, language) or mission.city


def _exemplar(zone: str, language: str) -> str:
    return str(locale_of(language).time_zones.get(zone, {}).get("city", ""))


def _folded(name: str) -> str:
    """Return a name without accents and capitals, for comparison."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
