"""A calendar and its events as iCalendar text, a component at a time: what is written need not be held whole."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crosspost.domain.schedule import Instant
from crosspost.domain.zones import zone
from crosspost.files.icalendar.lines import address, instant, line, text
from crosspost.files.icalendar.zones import component

_PRODUCER = "-//crosspost//deliveries//EN"

#: How long an event seems to last: a post takes no time, and what has none is not seen in a week's view.
_SHOWN = "PT15M"

#: How soon a program that has subscribed should look again.
_REFRESH = "PT15M"


class Status(StrEnum):
    """How sure an event is, in the standard's words."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a time. `sequence` never goes down, and `changed` is when it was last other than before.

    `url` is where it can be seen, "" where it cannot.
    """

    uid: str
    time: Instant
    summary: str
    description: str
    status: Status
    sequence: int
    changed: datetime
    location: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the events: what the calendar is called and about, and when it was written.

    `years` are the first and the last year of each zone's events, on the zone's own clock.
    """

    name: str
    about: str
    at: datetime
    years: Mapping[str, tuple[int, int]]


def years_of(clocks: Iterable[tuple[datetime, str]]) -> dict[str, tuple[int, int]]:
    """Return the first and the last year of each zone, on its clock, in which one of these instants falls."""
    found: dict[str, tuple[int, int]] = {}
    for moment, name in clocks:
        year = moment.astimezone(zone(name)).year
        first, last = found.get(name, (year, year))
        found[name] = (min(first, year), max(last, year))
    return found


def written(heading: Heading, events: Iterable[Event]) -> Iterator[str]:
    """Yield the file, a component at a time."""
    yield _head(heading)
    found = {name: component(name, *heading.years[name]) for name in sorted(heading.years) if name != "UTC"}
    zones = {name: said for name, said in found.items() if said is not None}
    yield from zones.values()
    for event in events:
        yield _event(event, heading.at, zones)
    yield line("END", "VCALENDAR")


def _head(heading: Heading) -> str:
    lines = [
        line("BEGIN", "VCALENDAR"),
        line("VERSION", "2.0"),
        line("PRODID", _PRODUCER),
        line("CALSCALE", "GREGORIAN"),
        line("METHOD", "PUBLISH"),
        line("NAME", text(heading.name)),
        line("X-WR-CALNAME", text(heading.name)),
        line("DESCRIPTION", text(heading.about)),
        line("X-WR-CALDESC", text(heading.about)),
        line("REFRESH-INTERVAL;VALUE=DURATION", _REFRESH),
        line("X-PUBLISHED-TTL", _REFRESH),
    ]
    return "".join(lines)


def _event(event: Event, at: datetime, zones: Container[str]) -> str:
    lines = [
        line("BEGIN", "VEVENT"),
        line("UID", text(event.uid)),
        line("DTSTAMP", instant(at)),
        _start(event.time, zones),
        line("DURATION", _SHOWN),
        line("SEQUENCE", str(event.sequence)),
        line("LAST-MODIFIED", instant(event.changed)),
        line("STATUS", event.status),
        line("TRANSP", "TRANSPARENT"),
        line("SUMMARY", text(event.summary)),
        line("DESCRIPTION", text(event.description)),
    ]
    if event.location:
        lines.append(line("LOCATION", text(event.location)))
    if event.categories:
        lines.append(line("CATEGORIES", ",".join(map(text, event.categories))))
    if event.url:
        lines.append(line("URL", address(event.url)))
    return "".join([*lines, line("END", "VEVENT")])


def _start(time: Instant, zones: Container[str]) -> str:
    """Return when it begins: on its zone's clock where programs can read that rightly, else in UTC.

    The second of two times that a clock shows twice can only be said in UTC: the standard means the first.
    """
    local = time.local
    is_second = local.replace(fold=0).utcoffset() != local.utcoffset()
    if time.zone not in zones or is_second:
        return line("DTSTART", instant(time.utc))
    return line(f"DTSTART;TZID={time.zone}", f"{local:%Y%m%dT%H%M%S}")
