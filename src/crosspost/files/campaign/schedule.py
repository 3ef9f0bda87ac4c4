"""When a post is said, and until when it may be late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from crosspost.domain.campaign import DEFAULT_EXPIRES
from crosspost.domain.findings import Severity
from crosspost.domain.hours import ClosedPolicy, Kind, QuietPolicy
from crosspost.domain.recurrence import Recurrence, parse_rule
from crosspost.domain.schedule import LOCAL, YEARS, WallTime, at_instant, parse_duration
from crosspost.domain.timing import AfterOriginal, Timing, parse_timing
from crosspost.files.keys import nearest
from crosspost.files.table import Spot, Table
from crosspost.files.words import clipped, mistake

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
            f'Write at = "{_said(value)}"',
        )
        return UNREADABLE
    written = post.text("at", _EXAMPLE)
    if written is None:
        return UNREADABLE
    return _parsed(written, spot, embargo=embargo)


def _parsed(written: str, spot: Spot, *, embargo: bool) -> Timing:
    try:
        timing = parse_timing(written)
    except ValueError as error:
        message, remedy = mistake(error)
        spot.tell("time", message, remedy or f"Write it as {_EXAMPLE}")
        return UNREADABLE
    if isinstance(timing, AfterOriginal):
        remedy = "A mission may say so of its own account: `crosspost override set … --at`. Here, write a time."
        spot.tell("after-original", "a campaign's post is the original: it comes after nothing", remedy)
        return UNREADABLE
    if embargo and not isinstance(timing, WallTime):
        spot.tell(
            "embargo-local",
            "an embargo ends at one instant everywhere",
            "Write it as 2027-03-01 09:00 Europe/Paris, or UTC.",
        )
        return UNREADABLE
    if embargo and isinstance(timing, WallTime) and timing.clock == LOCAL:
        remedy = "Name the zone of the one instant: Europe/Paris, or UTC."
        spot.tell("embargo-local", "an embargo ends at one instant everywhere, a local time does not", remedy)
    return timing


def _said(value: date) -> str:
    if not isinstance(value, datetime):
        return f"{value.isoformat()} 09:00 local"
    return str(WallTime(value) if value.tzinfo is None else at_instant(value))


def read_expires(post: Table) -> timedelta:
    """Return how long after its time the post may still leave; what is wrong with it is told."""
    written = post.text("expires", "8h")
    if written is None:
        return DEFAULT_EXPIRES
    try:
        duration = parse_duration(written)
    except (ValueError, OverflowError) as error:
        message, remedy = mistake(error)
        post.tell("duration", message, remedy or "Write it as 8h", ("expires",))
        return DEFAULT_EXPIRES
    if duration > timedelta(days=366):
        post.tell("duration", f"{written} is more than a year", "Write it as 8h", ("expires",))
        return DEFAULT_EXPIRES
    return duration


def read_hours(post: Table) -> dict[str, Any]:
    """Return what becomes of the post on closed days and in quiet hours, and what it is about; mistakes are told."""
    kind = _one_of(post, "kind", Kind, Kind.NEWS)
    _warn_of_idle(post, kind)
    return {
        "kind": kind,
        "closed": _one_of(post, "closed", ClosedPolicy, ClosedPolicy.IGNORE),
        "quiet": _one_of(post, "quiet", QuietPolicy, QuietPolicy.REVIEW),
        "topics": tuple(_topics(post)),
    }


def _warn_of_idle(post: Table, kind: Kind) -> None:
    """Tell what says nothing of this post: somebody may rely on it."""
    what = "an embargo" if post.values.get("embargo") is True else f'kind = "{kind}"'
    if what != "an embargo" and kind is not Kind.CRISIS:
        return
    for key in ("closed", "quiet"):
        if post.values.get(key, "ignore") != "ignore":
            post.spot(key).tell(key, f"nothing moves {what}: `{key}` says nothing here", "Delete it.", Severity.WARNING)


def _topics(post: Table) -> Iterator[str]:
    for topic, way in post.texts("topics", "elections"):
        if topic.strip():
            yield topic.strip()
        else:
            post.tell("topics", "this topic is empty", "Write it, or delete it.", way)


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
    if at is UNREADABLE:  # told before, and nothing can be said of the rule without it
        return None
    if not isinstance(at, WallTime) or post.flag("embargo"):
        remedy = f'Write the first time: at = "{_EXAMPLE}"'
        post.tell("repeat", "a post that comes back has a first time of the clock, and no embargo", remedy, ("repeat",))
        return None
    try:
        recurrence = Recurrence(parse_rule(written, at.wall), without)
    except ValueError as error:
        message, remedy = mistake(error)
        post.tell("repeat", message, remedy, ("repeat",))
        return None
    _require_first_day(post, at, recurrence)
    _warn_of_other_days(post, at, recurrence)
    return recurrence


def _require_first_day(post: Table, at: WallTime, recurrence: Recurrence) -> None:
    """Tell where the first time is on no day of the rule: people would wait for it, and it would not come."""
    first = next(Recurrence(recurrence.rule).occurrences(at.wall, datetime.max), at.wall)  # noqa: DTZ901 - a wall time
    if first != at.wall:
        message = f"its first time, {at.wall:%A %Y-%m-%d}, is no day of {recurrence.rule}"
        post.tell("repeat", message, f'Write at = "{replace(at, wall=first)}", or another rule.', ("at",))


def _warn_of_other_days(post: Table, at: WallTime, recurrence: Recurrence) -> None:
    """Tell which exceptions leave nothing out: somebody may rely on one that is a day off."""
    possible = [day for day in recurrence.without if day.year in YEARS]
    until = datetime.combine(max(possible, default=date.min), time.max)
    days = {wall.date() for wall in Recurrence(recurrence.rule).occurrences(at.wall, until)}
    for day in recurrence.without:
        if day not in days:
            message = f"{day:%A} {day.isoformat()} is no day of {recurrence.rule} from {at.wall:%Y-%m-%d} on"
            post.spot("except").tell("except", message, "Correct it, or delete it.", Severity.WARNING)
    if next(recurrence.occurrences(at.wall, datetime.max), None) is None:  # noqa: DTZ901 - a wall time
        post.tell("except", "the exceptions leave out every day on which it comes", "Delete some.", ("except",))


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
