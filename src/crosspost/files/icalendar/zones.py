"""A time zone as calendar programs take it (VTIMEZONE): one clock, or two that change by one rule a year.

The standard knows lists of dates as well, and Outlook passes over them: it would show the event an hour off. So a zone
of which the file's years cannot be said by one yearly rule is not written at all, and its events are given in UTC: then
every program shows the right instant. That happens where a law changes, and where the clock follows the moon.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from crosspost.domain.zones import zone

#: One of a zone's clocks.
_Clock: TypeAlias = TimezoneStandard | TimezoneDaylight

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

#: The last weekday of its kind in a month, as a rule counts.
_LAST = -1

#: A clock that does not change is said to have begun here; every program takes it.
_ALWAYS = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time is naive by nature


@dataclass(frozen=True, slots=True)
class _Onset:
    """A change of a zone's clock: on the clock before it, and how far each of the two is ahead of UTC."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def places(self) -> set[int]:
        """Which weekday of its kind in the month it is: the second one, say, or the last."""
        number = (self.wall.day - 1) // 7 + 1
        is_last = self.wall.day + 7 > monthrange(self.wall.year, self.wall.month)[1]
        return {number, _LAST} if is_last else {number}

    @property
    def pattern(self) -> tuple[object, ...]:
        """What is the same each year where a rule is followed, but for the place in the month."""
        return (self.wall.month, self.wall.weekday(), self.wall.time(), self.before, self.after)


def component(name: str, first: int, last: int) -> Timezone | None:
    """Return the zone for the years from the first to the last; None where one yearly rule cannot say them."""
    years = [_onsets(name, year) for year in range(first, last + 1)]
    if not any(years):
        return _zone(name, [_fixed(name, first)])
    if any(len(onsets) != 2 for onsets in years):
        return None
    yearly = [_yearly([onsets[number] for onsets in years], first) for number in (0, 1)]
    rules = [rule for rule in yearly if rule is not None]
    return _zone(name, rules) if len(rules) == 2 else None


def _zone(name: str, clocks: Iterable[_Clock]) -> Timezone:
    found = Timezone()
    found.add("TZID", name)
    for clock in clocks:
        found.add_component(clock)
    return found


def _fixed(name: str, year: int) -> _Clock:
    local = datetime(year, 1, 1, tzinfo=UTC).astimezone(zone(name))
    offset = local.utcoffset() or timedelta(0)
    return _clock(_Onset(_ALWAYS, offset, offset, local.tzname() or ""))


def _yearly(onsets: Sequence[_Onset], first: int) -> _Clock | None:
    """Return the clock that begins by a rule which all these onsets follow, from the year before the first on."""
    shared = set.intersection(*(onset.places for onset in onsets))
    if not shared or len({onset.pattern for onset in onsets}) > 1:
        return None
    place = _LAST if _LAST in shared else shared.pop()
    begin = onsets[0]
    wall = _weekday(first - 1, begin.wall, place)
    found = _clock(_Onset(wall, begin.before, begin.after, begin.name))
    found.add("RRULE", vRecur(freq="YEARLY", bymonth=wall.month, byday=f"{place}{_DAYS[wall.weekday()]}"))
    return found


def _weekday(year: int, like: datetime, place: int) -> datetime:
    """Return the time of `like` on its weekday, month and place in another year."""
    days = [
        day
        for day in range(1, monthrange(year, like.month)[1] + 1)
        if like.replace(year=year, day=day).weekday() == like.weekday()
    ]
    return like.replace(year=year, day=days[place if place == _LAST else place - 1])


def _clock(onset: _Onset) -> _Clock:
    found = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
    found.add("DTSTART", onset.wall)
    found.add("TZOFFSETFROM", onset.before)
    found.add("TZOFFSETTO", onset.after)
    found.add("TZNAME", onset.name)
    return found


def _onsets(name: str, year: int) -> list[_Onset]:
    """Return what changes the clock within a year."""
    tz = zone(name)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    for moment in _changes(name, begin, end):
        before, after = ((moment - step).astimezone(tz) for step in (timedelta(seconds=1), timedelta(0)))
        ahead = before.utcoffset() or timedelta(0)
        wall = (moment + ahead).replace(tzinfo=None)
        found.append(_Onset(wall, ahead, after.utcoffset() or timedelta(0), after.tzname() or ""))
    return found


def _changes(name: str, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the instants, to the second, from which the clock is differently far from UTC. None has two on one day."""
    tz, day = zone(name), timedelta(days=1)
    while begin < end:
        if begin.astimezone(tz).utcoffset() != (begin + day).astimezone(tz).utcoffset():
            low, high = begin, begin + day
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                is_before = middle.astimezone(tz).utcoffset() == begin.astimezone(tz).utcoffset()
                low, high = (middle, high) if is_before else (low, middle)
            yield high
        begin += day
