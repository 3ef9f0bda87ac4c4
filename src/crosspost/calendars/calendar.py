"""The calendar of the network: whether a mission is closed on a day, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crosspost.calendars.closed import Because, Day, Source
from crosspost.calendars.holidays import holiday
from crosspost.calendars.weekends import DAYS, weekend_of
from crosspost.domain.network import Network


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A mission's own word on a day, which counts for all below it: open although others say closed, or closed."""

    mission: str
    day: date
    is_open: bool
    why: str


@dataclass(frozen=True)
class Calendar:
    """When the missions of a network are closed.

    A mission keeps the public holidays of its host country and of its ministry's. Its own word goes before everything;
    of several, the nearest owner's.
    """

    network: Network
    own_days: Iterable[OwnDay] = ()
    _own: Mapping[tuple[str, date], OwnDay] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the missions' own words quick to find."""
        object.__setattr__(self, "_own", {(own.mission, own.day): own for own in self.own_days})

    def why_closed(self, mission_id: str, day: date) -> str:
        """Return why a mission is closed on a day, such as `weekend in EG`; "" where it is open."""
        found = self.special(mission_id, day)
        return "" if found is None or found.is_open else found.why

    def special(self, mission_id: str, day: date) -> Day | None:
        """Return why a mission is closed on a day, or open by its own word; None on an ordinary day."""
        for owner in self.network.owners(mission_id):
            own = self._own.get((owner, day))
            if own is not None:
                return Day(Because.OWN, Source.MISSION, own.why, owner=owner, is_open=own.is_open)
        return self.by_rule(mission_id, day)

    def by_rule(self, mission_id: str, day: date) -> Day | None:
        """Return why a mission would be closed on a day if nobody had said anything: a weekend, or a holiday."""
        mission = self.network.missions[mission_id]
        rest = weekend_of(mission)
        if DAYS[day.weekday()] in rest.days:
            where = mission.country or mission.id
            return Day(Because.WEEKEND, rest.source, f"weekend in {where}", country=mission.country)
        ministry = self.network.missions[self.network.root].country
        for country in dict.fromkeys(filter(None, (mission.country, ministry))):
            found = holiday(country, day)
            if found is not None:
                why = f"{found.name} in {country}" + (", estimated" if found.is_estimated else "")
                return Day(Because.HOLIDAY, Source.LIBRARY, why, country=country, is_estimated=found.is_estimated)
        return None
