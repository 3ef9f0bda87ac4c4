"""The world view: one lane for each clock of the network, and on it what leaves when, quiet hours and closed days.

What leaves within hours of each other is drawn together; a stretch without a post separates two drawings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from crosspost.cli.report import words
from crosspost.domain.hours import quiet_of
from crosspost.domain.zones import PARIS, zone

if TYPE_CHECKING:
    from crosspost.desk.world import Departure, World
    from crosspost.domain.network import Network
    from crosspost.domain.planned import Skipped

_HOUR = timedelta(hours=1)

#: A drawing ends where nothing leaves for so long, and is never longer than that.
_PAUSE, _LONGEST = timedelta(hours=12), timedelta(hours=48)

#: So many drawings are shown; the timeline has the rest.
DRAWN = 6

#: How many missions a lane, a moved time, names.
_PLACES = 4

#: Marks closer than this (in % of a lane) become one where they are alike; those closer than that stand one below the
#: other, so that none hides another on a phone.
_ALIKE, _APART = 2.5, 11.0

#: How many different hours a lane says in words.
_SAID = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """What leaves on a lane at about one time in one manner (a key of `words.MANNERS`), and where on the lane, in %.

    `row` counts from 0: marks that would hide one another stand in different rows.
    """

    at: float
    manner: str
    number: int
    label: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a lane: where it begins, and how long it is, in per cent."""

    begins: float
    length: float


@dataclass(frozen=True, slots=True)
class Lane:
    """The missions of one clock: its distance from UTC, who they are, when they keep quiet, and what leaves.

    `said` holds the same in words, a line for each minute: how many posts, and its local, Paris and UTC time; `more` is
    how many minutes are not said.
    """

    offset: str
    places: str
    quiet: tuple[Span, ...]
    marks: tuple[Mark, ...]
    said: tuple[tuple[int, str], ...]
    more: int = 0

    @property
    def rows(self) -> int:
        """How many rows its marks take."""
        return 1 + max((mark.row for mark in self.marks), default=0)


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour of the axis: its place, in UTC and in Paris. `is_coarse`: it is shown where there is little room."""

    at: float
    utc: str
    paris: str
    is_coarse: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One stretch of time: its title, its hours, its lanes from east to west, and how many posts leave in it."""

    title: str
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """Something said of several posts: why they have another time, or are not said; how many; and whose they are."""

    why: str
    number: int
    names: str


@dataclass(frozen=True, slots=True)
class WorldView:
    """The drawings, of which the first few are shown; the manners that occur; what was moved, and what is unsaid."""

    drawings: tuple[Drawing, ...]
    more: int
    manners: tuple[str, ...]
    moved: tuple[Told, ...]
    unsaid: tuple[Told, ...]
    #: How many posts leave in each manner.
    counts: Counter[str]


def world_view(world: World, network: Network) -> WorldView:
    """Return the world as it is drawn."""
    stretches = list(_stretches(world.departures))
    counts = Counter(_manner(departure) for departure in world.departures)
    return WorldView(
        drawings=tuple(_drawing(stretch, network) for stretch in stretches[:DRAWN]),
        more=max(0, len(stretches) - DRAWN),
        manners=tuple(manner for manner in words.MANNERS if counts[manner]),
        moved=tuple(_moved(world.moved, network)),
        unsaid=tuple(_unsaid(world.unsaid, network)),
        counts=counts,
    )


def _manner(departure: Departure) -> str:
    if departure.is_quiet:
        return "quiet"
    if departure.closed:
        return "closed"
    return "moved" if departure.going.moved else "plain"


def _stretches(departures: Iterable[Departure]) -> Iterator[list[Departure]]:
    """Yield what leaves by stretches, the departures being in the order of time."""
    stretch: list[Departure] = []
    for departure in departures:
        at = departure.going.utc
        if stretch and (at - stretch[-1].going.utc >= _PAUSE or at - stretch[0].going.utc >= _LONGEST):
            yield stretch
            stretch = []
        stretch.append(departure)
    if stretch:
        yield stretch


@dataclass(frozen=True, slots=True)
class _Axis:
    """The hours of a drawing, from before the first post on; behind the last there is room for its mark."""

    begins: datetime
    ends: datetime

    def at(self, moment: datetime) -> float:
        """Return where a moment stands, in per cent."""
        return round(100 * ((moment - self.begins) / (self.ends - self.begins)), 2)

    def ticks(self) -> Iterator[Tick]:
        """Yield every third hour; every sixth is coarse, and every twelfth where the axis is long."""
        hours = round((self.ends - self.begins) / _HOUR)
        coarse = 12 if hours > 24 else 6
        for moment in (self.begins + _HOUR * n for n in range(hours)):
            if moment.hour % 3 == 0:
                paris = moment.astimezone(zone(PARIS))
                yield Tick(self.at(moment), f"{moment:%H}", f"{paris:%H}", moment.hour % coarse == 0)


def _drawing(stretch: Sequence[Departure], network: Network) -> Drawing:
    first, last = (end.going.utc.astimezone(UTC) for end in (stretch[0], stretch[-1]))
    begins = first.replace(minute=0, second=0, microsecond=0) - _HOUR
    drawn = (last - begins) / (1 - _APART / 100)
    hours = max(ceil(drawn / _HOUR), (last - begins) // _HOUR + 2)
    axis = _Axis(begins, begins + hours * _HOUR)
    by_offset: dict[timedelta, list[Departure]] = {}
    for departure in stretch:
        by_offset.setdefault(departure.going.local.utcoffset() or timedelta(0), []).append(departure)
    lanes = tuple(_lane(axis, offset, by_offset[offset], network) for offset in sorted(by_offset, reverse=True))
    return Drawing(f"{_day(first)}{_until(first, last)} (UTC)", tuple(axis.ticks()), lanes, len(stretch))


def _lane(axis: _Axis, offset: timedelta, leaving: Sequence[Departure], network: Network) -> Lane:
    missions = list(dict.fromkeys(d.going.mission for d in leaving))
    hours = Counter(d.going.utc for d in leaving)
    return Lane(
        offset=f"UTC{_signed(offset)}",
        places=words.named([words.mission_name(network, mission) for mission in missions], _PLACES),
        quiet=tuple(_quiet(axis, offset, missions, network)),
        marks=_marks(axis, offset, leaving),
        said=tuple((number, _clocks(at, offset)) for at, number in list(hours.items())[:_SAID]),
        more=max(0, len(hours) - _SAID),
    )


def _marks(axis: _Axis, offset: timedelta, leaving: Sequence[Departure]) -> tuple[Mark, ...]:
    """Return the marks of a lane in the order of time; alike and close, they are one that stands where it begins."""
    marks: list[Mark] = []
    for (at, manner), number in Counter((d.going.utc, _manner(d)) for d in leaving).items():
        place = axis.at(at)
        same = next((mark for mark in marks if mark.manner == manner and place - mark.at < _ALIKE), None)
        if same is not None:
            marks[marks.index(same)] = replace(same, number=same.number + number)
            continue
        taken = {mark.row for mark in marks if place - mark.at < _APART}
        row = next(row for row in range(len(marks) + 1) if row not in taken)
        marks.append(Mark(place, manner, number, f"{_clocks(at, offset)}, {words.MANNERS[manner][1]}", row))
    return tuple(marks)


def _quiet(axis: _Axis, offset: timedelta, missions: Sequence[str], network: Network) -> Iterator[Span]:
    """Yield the hours in which most of a lane's missions keep quiet, day by day, as far as they are drawn."""
    known = [quiet_of(network.missions[mission]) for mission in missions if mission in network.missions]
    if not known:
        return
    quiet, _ = Counter(known).most_common(1)[0]
    if not quiet:
        return
    day = (axis.begins + offset).date() - timedelta(days=1)
    while True:
        begins = datetime.combine(day, quiet.begins, UTC) - offset
        ends = quiet.end_after(datetime.combine(day, quiet.begins)).replace(tzinfo=UTC) - offset
        if begins >= axis.ends:
            return
        if ends > axis.begins:
            left, right = axis.at(max(begins, axis.begins)), axis.at(min(ends, axis.ends))
            yield Span(left, round(right - left, 2))
        day += timedelta(days=1)


def _moved(moved: Iterable[Departure], network: Network) -> Iterator[Told]:
    """Yield why posts have another time, in the order of time."""
    by_why: dict[str, list[str]] = {}
    for departure in moved:
        by_why.setdefault(departure.going.moved, []).append(departure.going.mission)
    yield from (_told(why, missions, network) for why, missions in by_why.items())


def _unsaid(unsaid: Iterable[Skipped], network: Network) -> Iterator[Told]:
    by_why: dict[str, list[str]] = {}
    for skip in unsaid:
        by_why.setdefault(skip.message, []).append(skip.account.rpartition("/")[0])
    yield from (_told(why, missions, network) for why, missions in by_why.items())


def _told(why: str, missions: Sequence[str], network: Network) -> Told:
    names = [words.mission_name(network, mission) for mission in dict.fromkeys(missions)]
    return Told(why, len(missions), words.named(names, _PLACES))


def _clocks(at: datetime, offset: timedelta) -> str:
    """Return an instant on the lane's clock, in Paris and in UTC: `Wed 09:00 · Wed 02:00 Paris · Wed 00:00 UTC`."""
    local = (at.astimezone(UTC) + offset).strftime("%a %H:%M")
    return f"{local} · {words.clock(at, PARIS)} Paris · {words.clock(at, 'UTC')} UTC"


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−" if minutes < 0 else "±"
    return f"{sign}{hours}" + (f":{rest:02}" if rest else "")


def _day(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def _until(first: datetime, last: datetime) -> str:
    return f" to {last:%A} {last.day} {last:%B}" if first.date() != last.date() else ""
