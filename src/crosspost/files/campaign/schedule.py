"""When a post is said, and until when it may be late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crosspost.domain.campaign import DEFAULT_EXPIRES
from crosspost.domain.schedule import LOCAL, WallTime, parse_duration, parse_time
from crosspost.files.table import Spot, Table

#: Stands for a time that could not be read, so that the post's other mistakes are found in the same run. The error
#: beside it keeps the campaign from being queued.
UNREADABLE = WallTime(datetime(2999, 1, 1), "UTC")  # noqa: DTZ001 - a wall time is naive by nature

#: Years that a time may lie in; others are slips of the finger, and the calendar's ends cannot be converted to UTC.
_YEARS = range(2000, 2999)

_EXAMPLE = "2027-03-01 09:00 local"


def read_time(post: Table, *, embargo: bool) -> WallTime:
    """Return the post's time; what is wrong with it is told."""
    value = post.values.get("at")
    spot = post.spot("at")
    if value is None:
        post.missing("at", "the post has no time", f'Write at = "{_EXAMPLE}"')
        return UNREADABLE
    if isinstance(value, (date, datetime)):
        spot.tell(
            "time",
            "a time needs its clock, and so stands between quotation marks",
            f'Write at = "{_said(value)} local"',
        )
        return UNREADABLE
    written = post.text("at", _EXAMPLE)
    if written is None:
        return UNREADABLE
    return _parsed(written, spot, embargo=embargo)


def _parsed(written: str, spot: Spot, *, embargo: bool) -> WallTime:
    try:
        time = parse_time(written)
    except ValueError as error:
        message, _, remedy = str(error).partition(": ")
        spot.tell("time", message, _sentence(remedy) or f"Write it as {_EXAMPLE}")
        return UNREADABLE
    if time.wall.year not in _YEARS:
        spot.tell("time", f"the year {time.wall.year} cannot be meant", f"Write it as {_EXAMPLE}")
        return UNREADABLE
    if embargo and time.clock == LOCAL:
        remedy = "Name the zone of the one instant: Europe/Paris, or UTC."
        spot.tell("embargo-local", "an embargo ends at one instant everywhere, a local time does not", remedy)
    return time


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _said(value: date) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else f"{value.isoformat()} 09:00"


def read_expires(post: Table) -> timedelta:
    """Return how long after its time the post may still leave; what is wrong with it is told."""
    written = post.text("expires", "8h")
    if written is None:
        return DEFAULT_EXPIRES
    try:
        duration = parse_duration(written)
    except (ValueError, OverflowError) as error:
        message, _, remedy = str(error).partition(": ")
        post.tell("duration", message, _sentence(remedy) or "Write it as 8h", ("expires",))
        return DEFAULT_EXPIRES
    if duration > timedelta(days=366):
        post.tell("duration", f"{written} is more than a year", "Write it as 8h", ("expires",))
        return DEFAULT_EXPIRES
    return duration
