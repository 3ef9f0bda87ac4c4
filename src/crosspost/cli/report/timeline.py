"""When posts leave around the globe: hour by hour in UTC, with Paris time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crosspost.cli.report import words
from crosspost.desk.report import NEVER_LEAVES
from crosspost.domain.zones import PARIS, zone

if TYPE_CHECKING:
    from crosspost.cli.report.frames import Frame
    from crosspost.desk.report import ReportData

#: A pause of more hours than this is said in words instead of drawn hour by hour.
_LONGEST_PAUSE = 3

#: How many places an hour names.
_PLACES = 5


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: when it begins, how many posts of each platform leave in it, the bar's parts in per cent, and where.

    `pause` is how many hours before it nothing leaves, where that is long.
    """

    start: datetime
    paris: str
    day: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    places: str
    pause: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The platforms in the order of the columns, and the hours."""

    platforms: tuple[str, ...]
    hours: tuple[Hour, ...]
    total: int


def timeline(data: ReportData, drawn: Sequence[Frame]) -> Timeline:
    """Return the hours in which posts leave, or left."""
    leaving = [frame for frame in drawn if frame.entry.state not in NEVER_LEAVES]
    by_hour: dict[datetime, list[Frame]] = {}
    for frame in leaving:
        by_hour.setdefault(frame.entry.time.utc.replace(minute=0, second=0, microsecond=0), []).append(frame)
    platforms = tuple(p for p in data.platforms if any(f.entry.content.platform == p for f in leaving))
    highest = max((len(frames) for frames in by_hour.values()), default=1)
    hours: list[Hour] = []
    for start in _hours(sorted(by_hour)):
        hours.append(_hour(start, by_hour.get(start, []), platforms, (highest, hours[-1].start if hours else None)))
    return Timeline(tuple(data.platforms[p].title for p in platforms), tuple(hours), len(leaving))


def _hours(busy: list[datetime]) -> list[datetime]:
    """Return the busy hours, and the idle ones between them where the pause is short."""
    found: list[datetime] = []
    for start in busy:
        hour = timedelta(hours=1)
        if found and start - found[-1] <= (_LONGEST_PAUSE + 1) * hour:
            while found[-1] + hour < start:
                found.append(found[-1] + hour)
        found.append(start)
    return found


def _hour(start: datetime, frames: list[Frame], platforms: tuple[str, ...], seen: tuple[int, datetime | None]) -> Hour:
    highest, before = seen
    counts = tuple(sum(f.entry.content.platform == p for f in frames) for p in platforms)
    names = list(dict.fromkeys(f.mission for f in frames))
    idle = int((start - before).total_seconds() // 3600) - 1 if before else 0
    is_new_day = before is None or before.date() != start.date()
    return Hour(
        start=start,
        paris=f"{start.astimezone(zone(PARIS)):%a %H:%M}",
        day=f"{start:%A} {start.day} {start:%B %Y}" if is_new_day else "",
        counts=counts,
        shares=tuple(round(100 * count / highest, 1) for count in counts),
        places=words.named(names, _PLACES),
        pause=idle if idle > _LONGEST_PAUSE else 0,
    )
