"""A calendar and its events as iCalendar text, a component at a time: what is written need not be held whole."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import icalendar

from crosspost.domain.schedule import Instant
from crosspost.domain.zones import zone
from crosspost.files.icalendar.zones import component

_PRODUCER = "-//crosspost//deliveries//EN"

#: How long an event seems to last: a post takes no time, and what has none is not seen in a week's view.
_SHOWN = timedelta(minutes=15)

#: How soon a program that has subscribed should look again.
_REFRESH = timedelta(minutes=15)

#: How the file ends.
_END = "END:VCALENDAR\r\n"

#: What a text must not hold, but for a tab; and what programs that read line by line take for the end of one.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


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
    """Yield the file in parts: what stands above the events, each event, and the end."""
    found = {name: component(name, *heading.years[name]) for name in sorted(heading.years) if name != "UTC"}
    zones = {name: said for name, said in found.items() if said is not None}
    yield _said(_head(heading, zones.values())).removesuffix(_END)
    for event in events:
        yield _said(_event(event, heading.at, zones))
    yield _END


def _said(component: icalendar.Component) -> str:
    octets: bytes = component.to_ical()
    return octets.decode()


def _head(heading: Heading, zones: Iterable[icalendar.Timezone]) -> icalendar.Calendar:
    head = icalendar.Calendar()
    head.add("VERSION", "2.0")
    head.add("PRODID", _PRODUCER)
    head.add("CALSCALE", "GREGORIAN")
    head.add("METHOD", "PUBLISH")
    for name in ("NAME", "X-WR-CALNAME"):
        head.add(name, _text(heading.name))
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        head.add(name, _text(heading.about))
    head.add("REFRESH-INTERVAL", _REFRESH, {"VALUE": "DURATION"})
    head.add("X-PUBLISHED-TTL", icalendar.vDuration(_REFRESH))
    for zone_ in zones:
        head.add_component(zone_)
    return head


def _event(event: Event, at: datetime, zones: Container[str]) -> icalendar.Event:
    found = icalendar.Event()
    found.add("UID", _text(event.uid))
    found.add("DTSTAMP", at)
    _add_start(found, event.time, zones)
    found.add("DURATION", _SHOWN)
    found.add("SEQUENCE", event.sequence)
    found.add("LAST-MODIFIED", event.changed)
    found.add("STATUS", event.status)
    found.add("TRANSP", "TRANSPARENT")
    found.add("SUMMARY", _text(event.summary))
    found.add("DESCRIPTION", _text(event.description))
    if event.location:
        found.add("LOCATION", _text(event.location))
    if event.categories:
        found.add("CATEGORIES", [_text(category) for category in event.categories])
    if event.url:
        found.add("URL", _text(event.url).replace("\n", ""))
    return found


def _add_start(event: icalendar.Event, time: Instant, zones: Container[str]) -> None:
    """Say when it begins: on its zone's clock where programs can read that rightly, else in UTC.

    The second of two times that a clock shows twice can only be said in UTC: the standard means the first.
    """
    local = time.local
    is_second = local.replace(fold=0).utcoffset() != local.utcoffset()
    if time.zone not in zones or is_second:
        event.add("DTSTART", time.utc)
    else:
        # Named here, since the library would say Dakar's clock as UTC, which it equals.
        event.add("DTSTART", local.replace(tzinfo=None), {"TZID": time.zone})


def _text(value: str) -> _Text:
    """Return a text as a calendar may hold it: what breaks a line for some programs is a line break for all."""
    return _Text(_CONTROLS.sub("", _LINE_BREAKS.sub("\n", value)))


class _Text(icalendar.vText):
    """A text whose every sign comes back: the library takes a backslash with an N after it for a line break."""

    def to_ical(self) -> bytes:
        """Return the text escaped."""
        return b"\\\\N".join(icalendar.vText(part).to_ical() for part in self.split("\\N"))
