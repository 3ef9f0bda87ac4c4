"""Times as people mean them: a wall time and the clock it is read on. The instant is derived, never stored alone.

Gaps and folds follow the design: a wall time that the clocks skip becomes the first valid instant after the gap, and
the plan says so; one that they show twice is its first occurrence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from crosspost.domain.zones import UnknownZoneError, zone

LOCAL = "local"

#: Years that a time may lie in; others are slips of the finger, and the calendar's ends cannot be converted to UTC.
YEARS = range(2000, 2999)

#: No post is good for longer, and no lease, hold or look-up lasts as long.
LONGEST_DURATION = timedelta(days=3660)

_WALL = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION = re.compile(r"(?:(\d{1,9})d)?\s*(?:(\d{1,9})h)?\s*(?:(\d{1,9})m(?:in)?)?\s*(?:(\d{1,9})s)?")


class Shift(StrEnum):
    """What the clock change of a zone did to a wall time."""

    NONE = ""
    GAP = "gap"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: as UTC, and as the wall time and zone it was derived from."""

    utc: datetime
    wall: datetime
    zone: str
    shift: Shift = Shift.NONE

    @property
    def local(self) -> datetime:
        """The moment on the clock of its zone; after a gap, later than the wall time asked for."""
        return self.utc.astimezone(zone(self.zone))


@dataclass(frozen=True, slots=True)
class WallTime:
    """A wall time (naive) and its clock: `local` (each mission's own), or the name of a zone such as `UTC`."""

    wall: datetime
    clock: str = LOCAL

    def instant(self, mission_zone: str) -> Instant:
        """Return the moment at which the clock of a mission in that zone shows this time."""
        return resolve(self.wall, mission_zone if self.clock == LOCAL else self.clock)

    def __str__(self) -> str:
        """Return the time as a campaign file writes it."""
        style = "%Y-%m-%d %H:%M:%S" if self.wall.second else "%Y-%m-%d %H:%M"
        return f"{self.wall.strftime(style)} {self.clock}"


def hour_of(time: WallTime) -> str:
    """Return the hour of a time, and its clock, whatever the day: `09:00 local`."""
    return str(time).partition(" ")[2]


def resolve(wall: datetime, zone_name: str) -> Instant:
    """Return the instant at which the zone's clock shows the naive wall time, or the first valid one after."""
    tz = zone(zone_name)
    early, late = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return Instant(early, wall, zone_name)
    if early < late:  # the clock shows it twice
        return Instant(early, wall, zone_name, Shift.FOLD)
    return Instant(_end_of_gap(late, early, zone_name), wall, zone_name, Shift.GAP)


def _end_of_gap(before: datetime, after: datetime, zone_name: str) -> datetime:
    """Return the instant of the clock change, which lies between the two, to the second."""
    tz = zone(zone_name)
    offset = before.astimezone(tz).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def at_instant(moment: datetime) -> WallTime:
    """Return the wall time on UTC's clock of an instant, which is what `--now` means."""
    return WallTime(moment.astimezone(UTC).replace(tzinfo=None), "UTC")


def parse_time(text: str) -> WallTime:
    """Return the time that a campaign file or an option writes: `2027-03-01 09:00 local`.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    match = _WALL.match(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a time: write it as `2027-03-01 09:00 local`")
    clock = text.strip()[match.end() :].strip()
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups())
    try:
        wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a wall time is naive by nature
    except ValueError as error:
        raise ValueError(f"{match.group()!r} is not a date and time of the calendar ({error})") from error
    if year not in YEARS:
        raise ValueError(f"the year {year} cannot be meant: write it as `2027-03-01 09:00 local`")
    return WallTime(wall, clock_named(clock, match.group()))


def clock_named(name: str, wall: str) -> str:
    """Return the clock of that name, `local`, `UTC` or a zone's; `wall` is what was to be read on it.

    Raises:
        ValueError: when there is none, with what to write instead.
    """
    if not name:
        raise ValueError(f"a time needs its clock: write `{wall} local`, `{wall} Europe/Paris` or `{wall} UTC`")
    if name in {LOCAL, "UTC"}:
        return name
    if name == "Z":
        return "UTC"
    try:
        zone(name)
    except UnknownZoneError:
        raise ValueError(f"{name!r} is no clock: write `local`, `UTC`, or a zone such as `Europe/Paris`") from None
    return name


def parse_duration(text: str) -> timedelta:
    """Return the duration that `8h`, `90m`, `2d` or `1h 30m` writes.

    Raises:
        ValueError: when it is no duration, or none at all, or longer than ten years.
    """
    match = _DURATION.fullmatch(text.strip())
    days, hours, minutes, seconds = (int(g or 0) for g in (match.groups() if match else ()) or (0, 0, 0, 0))
    total = days * 86400 + hours * 3600 + minutes * 60 + seconds
    if total > LONGEST_DURATION.total_seconds():
        raise ValueError(f"{text!r} is too long: {format_duration(LONGEST_DURATION)} at most")
    duration = timedelta(seconds=total)
    if not duration:
        raise ValueError(f"{text!r} is not a duration: write `4h`, `90m` or `2d`")
    return duration


def format_duration(duration: timedelta) -> str:
    """Return the duration as `parse_duration` reads it."""
    total = int(duration.total_seconds())
    parts = [(total // 86400, "d"), (total % 86400 // 3600, "h"), (total % 3600 // 60, "m"), (total % 60, "s")]
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
