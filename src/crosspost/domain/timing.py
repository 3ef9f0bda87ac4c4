"""The ways to say when, in one string: a wall time, the next working hours, after the original, a mission's own slot.

Each way writes itself as it is read. What counts from "now" gets its beginning when it is queued (`anchored`): a plan
that is made again tomorrow must not move.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeGuard

from crosspost.domain.schedule import (
    LOCAL,
    Instant,
    WallTime,
    at_instant,
    clock_named,
    format_duration,
    parse_duration,
    parse_time,
)
from crosspost.domain.zones import zone

_HOURS = r"(\d{1,2}):(\d{2})\s*(?:-|–|to|\.\.)\s*(\d{1,2}):(\d{2})"
_NEXT_WORKING = re.compile(rf"next-working\s+{_HOURS}(?:\s+(?P<clock>\S+))?(?:\s+from\s+(?P<since>.+))?")
_AFTER_ORIGINAL = re.compile(r"after\s+original\s*\+\s*(?P<delay>.+)")
_SLOT = re.compile(r"slot(?:\s+from\s+(?P<since>.+))?")

#: The ways to say when that everybody has; a mission may also come after the original.
WAYS = "`2027-03-01 09:00 local`, `next-working 09:00-11:00 local`, or `slot`"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class NextWorking:
    """The first hours, from `since` on, at which a mission works: `opens` to `closes` on the named clock."""

    opens: time
    closes: time
    clock: str = LOCAL
    since: WallTime | None = None

    def __str__(self) -> str:
        """Return it as a campaign file writes it."""
        return f"next-working {self.opens:%H:%M}-{self.closes:%H:%M} {self.clock}{_from(self.since)}"


@dataclass(frozen=True, slots=True)
class AfterOriginal:
    """So long after the centre's own post of it is really out."""

    delay: timedelta

    def instant(self, out: datetime, mission_zone: str) -> Instant:
        """Return the moment so long after the original was out, on the mission's clock.

        It is a whole second, and never an earlier one: clocks and people know no smaller ones.
        """
        moment = (out + self.delay + timedelta(microseconds=999_999)).replace(microsecond=0).astimezone(UTC)
        return Instant(moment, moment.astimezone(zone(mission_zone)).replace(tzinfo=None), mission_zone)

    def told(self, original: str, *, is_out: bool) -> str:
        """Return in words what the time hangs on."""
        known = "is out" if is_out else "is not out yet"
        return f"{format_duration(self.delay)} after {original}, which {known}"

    def __str__(self) -> str:
        """Return it as a campaign file writes it."""
        return f"after original +{format_duration(self.delay)}"


@dataclass(frozen=True, slots=True)
class Slot:
    """The mission's next best hour from `since` on, as the network says."""

    since: WallTime | None = None

    def __str__(self) -> str:
        """Return it as a campaign file writes it."""
        return f"slot{_from(self.since)}"


Timing = WallTime | NextWorking | AfterOriginal | Slot


def parse_timing(text: str) -> Timing:
    """Return when a campaign file or an option says: `2027-03-01 09:00 local`, `next-working 09:00-11:00 local`, ….

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    said = " ".join(text.split())
    if said.startswith("next-working"):
        return _next_working(said)
    if said.startswith("after"):
        match = _AFTER_ORIGINAL.fullmatch(said)
        if match is None:
            raise ValueError(f"{text!r} is not a time: write it as `after original +2h`")
        return AfterOriginal(parse_duration(match["delay"]))
    if said.startswith("slot"):
        match = _SLOT.fullmatch(said)
        if match is None:
            raise ValueError(f"{text!r} is not a time: write `slot`, or `slot from 2027-03-01`")
        return Slot(_since(match["since"]))
    if not said[:1].isdigit():
        raise ValueError(f"{text!r} is not a time: write {WAYS}")
    return parse_time(text)


def anchored(timing: Timing, now: datetime, before: Timing | None = None) -> Timing:
    """Return the timing with its beginning, where it counts from the moment at which it is queued.

    `before` is what was queued before: what says the same goes on counting from then.
    """
    if not isinstance(timing, NextWorking | Slot) or timing.since is not None:
        return timing
    if is_written_as(before, timing):
        return before
    return replace(timing, since=at_instant(now.replace(microsecond=0)))


def on_the_day_of(coming: Timing, at: Timing) -> Timing:
    """Return the way to say when, on the day of another: an override of what comes back moves the hour alone."""
    if isinstance(at, WallTime) and isinstance(coming, WallTime):
        return replace(at, wall=datetime.combine(coming.wall.date(), at.wall.time()))
    return at


def is_written_as(before: Timing | None, timing: Timing) -> TypeGuard[Timing]:
    """Say whether a timing that was given its beginning is the same as one that was not."""
    return isinstance(before, NextWorking | Slot) and replace(before, since=None) == timing


def _next_working(said: str) -> NextWorking:
    match = _NEXT_WORKING.fullmatch(said)
    if match is None:
        raise ValueError(f"{said!r} is not a time: write it as `next-working 09:00-11:00 local`")
    try:
        opens, closes = (time(int(match[n]), int(match[n + 1])) for n in (1, 3))
    except ValueError as error:
        raise ValueError(f"{said!r} names an hour that no clock has: write it as `next-working 09:00-11:00`") from error
    if closes <= opens:
        raise ValueError(f"{said!r} ends before it begins: both hours are of one day, as in `09:00-11:00`")
    return NextWorking(opens, closes, clock_named(match["clock"] or "", match.group()), _since(match["since"]))


def _since(written: str | None) -> WallTime | None:
    if written is None:
        return None
    return parse_time(f"{written} 00:00 {LOCAL}" if _DATE.fullmatch(written) else written)


def _from(since: WallTime | None) -> str:
    return f" from {since}" if since else ""
