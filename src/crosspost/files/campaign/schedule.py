"""When a post is said, and until when it may be late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from crosspost.domain.campaign import DEFAULT_EXPIRES
from crosspost.domain.hours import ClosedPolicy, Kind, QuietPolicy
from crosspost.domain.recurrence import Recurrence, parse_rule
from crosspost.domain.schedule import LOCAL, WallTime, parse_duration
from crosspost.domain.timing import AfterOriginal, Timing, parse_timing
from crosspost.files.keys import nearest
from crosspost.files.table import Spot, Table
from crosspost.files.words import clipped

_E = TypeVar("_E", bound=StrEnum)

#: Stands for a time that could not be read, so that the post's other mistakes are found in the same run. The error
#: beside it keeps the campaign from being queued.
UNREADABLE = WallTime(datetime(2999, 1, 1), "UTC")  # noqa: DTZ001 - a wall time is naive by nature

_EXAMPLE = "2027-03-01 09:00 local"


def read_time(post: Table, *, embargo: bool) -> Timing:
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


def _parsed(written: str, spot: Spot, *, embargo: bool) -> Timing:
    try:
        time = parse_timing(written)
    except ValueError as error:
        message, _, remedy = str(error).partition(": ")
        spot.tell("time", message, _sentence(remedy) or f"Write it as {_EXAMPLE}")
        return UNREADABLE
    if isinstance(time, AfterOriginal):
        remedy = "A mission may say so of its own account: `crosspost override set … --at`. Here, write a time."
        spot.tell("after-original", "a campaign's post is the original: it comes after nothing", remedy)
        return UNREADABLE
    if embargo and not isinstance(time, WallTime):
        spot.tell("embargo-local", "an embargo ends at one instant everywhere", f"Write it as {_EXAMPLE}, in a zone.")
        return UNREADABLE
    if embargo and isinstance(time, WallTime) and time.clock == LOCAL:
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


def read_hours(post: Table) -> dict[str, Any]:
    """Return what becomes of the post on closed days and in quiet hours, and what it is about; mistakes are told."""
    return {
        "kind": _one_of(post, "kind", Kind, Kind.NEWS),
        "closed": _one_of(post, "closed", ClosedPolicy, ClosedPolicy.IGNORE),
        "quiet": _one_of(post, "quiet", QuietPolicy, QuietPolicy.REVIEW),
        "topics": tuple(topic for topic, _ in post.texts("topics", "elections")),
    }


def _one_of(post: Table, key: str, choices: type[_E], default: _E) -> _E:
    written = post.text(key, str(default))
    if written is None:
        return default
    if written not in set(choices):
        known = [str(choice) for choice in choices]
        post.tell(key, f"{clipped(written)!r} is not one of {', '.join(known)}", nearest(written, known), (key,))
        return default
    return choices(written)


def read_recurrence(post: Table, at: Timing) -> Recurrence | None:
    """Return how the post comes back, None where it does not; what is wrong with it is told."""
    written = post.text("repeat", "FREQ=WEEKLY;BYDAY=MO")
    without = tuple(_dates(post))
    if written is None:
        if without:
            message, remedy = "a post that is said once has no exceptions", "Delete it, or write repeat."
            post.tell("except", message, remedy, ("except",))
        return None
    if not isinstance(at, WallTime) or post.flag("embargo"):
        remedy = f'Write the first time: at = "{_EXAMPLE}"'
        post.tell("repeat", "a post that comes back has a first time of the clock, and no embargo", remedy, ("repeat",))
        return None
    try:
        recurrence = Recurrence(parse_rule(written, at.wall), without)
    except ValueError as error:
        message, _, remedy = str(error).partition(": ")
        post.tell("repeat", message, _sentence(remedy), ("repeat",))
        return None
    _require_first_day(post, at, recurrence)
    return recurrence


def _require_first_day(post: Table, at: WallTime, recurrence: Recurrence) -> None:
    """Tell where the first time is on no day of the rule: people would wait for it, and it would not come."""
    first = next(Recurrence(recurrence.rule).occurrences(at.wall, datetime.max), at.wall)  # noqa: DTZ901 - a wall time
    if first != at.wall:
        message = f"its first time, {at.wall:%A %Y-%m-%d}, is no day of {recurrence.rule}"
        post.tell("repeat", message, f'Write at = "{replace(at, wall=first)}", or another rule.', ("at",))


def _dates(post: Table) -> Iterator[date]:
    values = post.values.get("except", [])
    if not isinstance(values, list):
        post.tell("type", "except is a list of days", "Write except = [2027-05-03, 2027-05-10]", ("except",))
        return
    for value in values:
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date):
            yield day
        else:
            post.tell("type", f"{clipped(str(value))!r} is not a day", "Write except = [2027-05-03]", ("except",))
