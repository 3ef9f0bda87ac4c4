"""Deliveries that leave at other times than before, for the eye: those that move alike together, old time and new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from crosspost.cli import output

if TYPE_CHECKING:
    from crosspost.domain.moved import Moved
    from crosspost.domain.schedule import Instant

#: How many deliveries of those that move alike are named before the rest is only counted.
_FEW = 3


def say_moved(moved: Iterable[Moved], why: Mapping[str, str] | None = None) -> None:
    """Say what moves, with the old times and the new: local, Paris and UTC, with the weekday.

    `why` has for a delivery what gave it another time than its post's, such as a closed day.
    """
    alike: dict[tuple[Instant, Instant, str], list[Moved]] = {}
    for one in moved:
        alike.setdefault((one.was, one.becomes, (why or {}).get(one.delivery, "")), []).append(one)
    for (was, becomes, reason), several in alike.items():
        number = output.counted(len(several), "delivery", "deliveries")
        output.say(f"{number}, {several[0].how_far}:", style="yellow")
        output.say(f"  was  {output.times(was.local, was.zone)}")
        output.say(f"  now  {output.moment(becomes)}")
        if reason:
            output.say(f"  why  {reason}")
        names = ", ".join(one.delivery for one in several[:_FEW])
        more = f" … and {len(several) - _FEW} more" if len(several) > _FEW else ""
        output.say(f"  {names}{more}")


def as_object(moved: Moved) -> dict[str, Any]:
    """Return a delivery that moves in the shape that `--json` promises (docs/json.md)."""
    return {
        "delivery": moved.delivery,
        "was_at": output.rfc3339(moved.was.utc),
        "due_at": output.rfc3339(moved.becomes.utc),
        "seconds": int(moved.by.total_seconds()),
        "wall": moved.becomes.wall.isoformat(),
        "zone": moved.becomes.zone,
        "was_local": moved.was.local.isoformat(),
        "local": moved.becomes.local.isoformat(),
        "was_shown": output.times(moved.was.local, moved.was.zone),
        "shown": output.times(moved.becomes.local, moved.becomes.zone),
    }
