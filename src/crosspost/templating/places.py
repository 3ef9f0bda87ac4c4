"""Cities and countries in the language of the post, by CLDR."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from crosspost.domain.network import Mission
from crosspost.templating.locales import locale_of
from crosspost.templating.problem import TemplateError


@dataclass(frozen=True, slots=True)
class Places:
    """What `mission` means in a text: looked up only where a text says it."""

    mission: Mission
    language: str

    @property
    def city(self) -> str:
        """The name of the mission's city.

        Raises:
            TemplateError: when the network gives the mission none, as it gives a region none.
        """
        return self._said("city", city_in(self.mission, self.language))

    @property
    def country(self) -> str:
        """The name of the mission's country.

        Raises:
            TemplateError: when the network gives the mission none, as it gives a region none.
        """
        return self._said("country", country_in(self.mission, self.language))

    def _said(self, field: str, name: str) -> str:
        if not name:
            raise TemplateError(f"{self.mission.id} has no {field} in the network, and the text says `mission.{field}`")
        return name


#: What a text may say of its mission.
FIELDS = ("city", "country")


def country_in(mission: Mission, language: str) -> str:
    """Return the name of the mission's country in a language; its code where CLDR has none, "" for a region."""
    return str(locale_of(language).territories.get(mission.country, mission.country))


@lru_cache(maxsize=4096)
def city_in(mission: Mission, language: str) -> str:
    """Return the name of the mission's city in a language.

    CLDR names one exemplar city for each zone (Asia/Tokyo: 東京). It serves only where it is the mission's own city: a
    consulate in Munich lives in Berlin's zone. Elsewhere the name is as the network writes it.
    """
    if not mission.timezone:
        return mission.city
    exemplar = _exemplar(mission.timezone, "en") or mission.timezone.rpartition("/")[2]
    if _folded(exemplar) != _folded(mission.city):
        return mission.city
    return _exemplar(mission.timezone, language) or mission.city


def _exemplar(zone: str, language: str) -> str:
    """Return CLDR's city of a zone, "" where it has no word of its own for it in that language."""
    zones = locale_of(language).time_zones
    return next((str(zones[name]["city"]) for name in _names_of(zone) if "city" in zones.get(name, {})), "")


@lru_cache(maxsize=512)
def _names_of(zone: str) -> tuple[str, ...]:
    """Return the names of a zone: CLDR never renames, and still files Kyiv under Europe/Kiev."""
    from babel.core import get_global

    return (zone, *(old for old, new in get_global("zone_aliases").items() if new == zone))


def _folded(name: str) -> str:
    """Return a name's letters without accents and capitals, for comparison: `N’Djaména` is `Ndjamena`."""
    return "".join(char for char in unicodedata.normalize("NFKD", name) if char.isalnum()).casefold()
