"""The hours of missions: what becomes of posts on closed days and in quiet hours, and what counts where nobody says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from crosspost.domain.network import Mission
from crosspost.domain.schedule import parse_duration

_HOUR = re.compile(r"(\d{1,2}):(\d{2})")
_QUIET = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–)\s*(\d{1,2}):(\d{2})")


class Kind(StrEnum):
    """What sort of thing a post says, as far as its time depends on it."""

    NEWS = "news"
    CRISIS = "crisis"  # it knows no quiet hours, no closed days and no blackouts


class ClosedPolicy(StrEnum):
    """What becomes of a post that is due on a day on which its mission is closed."""

    IGNORE = "ignore"  # it leaves all the same
    NEXT_WORKING = "next-working"  # it leaves at the same wall time of the next day on which the mission works
    SKIP = "skip"  # it is not said there


class QuietPolicy(StrEnum):
    """What becomes of a post that is due in a mission's quiet hours."""

    REVIEW = "review"  # it waits until a person has said that it may leave
    MOVE = "move"  # it leaves when the quiet hours end
    IGNORE = "ignore"  # it leaves all the same


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of a day in which a mission keeps quiet, on its own clock; they may reach over midnight.

    Hours that end as they begin are none: `00:00-00:00` means that a mission never keeps quiet.
    """

    begins: time
    ends: time

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.begins != self.ends

    def covers(self, moment: time) -> bool:
        """Say whether the clock shows one of the quiet hours."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def end_after(self, local: datetime) -> datetime:
        """Return the wall time (naive) at which the quiet hours end that cover the wall time."""
        day = local.date() + timedelta(days=int(local.time() >= self.ends))
        return datetime.combine(day, self.ends)

    def __str__(self) -> str:
        """Return them as the network file writes them."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


#: What a mission keeps where the network says nothing else.
QUIET = Quiet(time(22), time(7))

#: Its best hours where the network names none: mid-morning and late afternoon.
SLOTS = (time(10), time(17))

#: What an account keeps between two posts that are given its slots, where the network says nothing else.
GAP = timedelta(minutes=30)


def slots_of(mission: Mission) -> tuple[time, ...]:
    """Return a mission's best hours, on its own clock."""
    return tuple(sorted(map(parse_hour, mission.slots))) or SLOTS


def quiet_of(mission: Mission) -> Quiet:
    """Return the hours in which a mission keeps quiet, on its own clock."""
    return parse_quiet(mission.quiet) if mission.quiet else QUIET


def gap_of(mission: Mission) -> timedelta:
    """Return the least time between two posts that are given a mission's slots."""
    return parse_duration(mission.gap) if mission.gap else GAP


def parse_quiet(text: str) -> Quiet:
    """Return the quiet hours that `22:00-07:00` writes.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    match = _QUIET.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} are no hours: write `22:00-07:00`")
    return Quiet(parse_hour(f"{match[1]}:{match[2]}"), parse_hour(f"{match[3]}:{match[4]}"))


def parse_hour(text: str) -> time:
    """Return the hour of the day that `9:30` writes.

    Raises:
        ValueError: with what is wrong and what to write instead.
    """
    match = _HOUR.fullmatch(text.strip())
    if match is None or int(match[1]) not in range(24) or int(match[2]) not in range(60):
        raise ValueError(f"{text!r} is no hour that a clock shows: write `09:30`")
    return time(int(match[1]), int(match[2]))
