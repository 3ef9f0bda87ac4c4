"""The hours of missions: closed days, quiet hours, blackouts, their own best hours. What planning asks of a calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from crosspost.domain.network import Account, Network
from crosspost.domain.selection import Selection

#: A post of this kind knows no quiet hours, and no closed day.
CRISIS = "crisis"


class ClosedPolicy(StrEnum):
    """What becomes of a post that is due on a day on which its mission is closed."""

    IGNORE = "ignore"  # it leaves all the same
    NEXT_WORKING = "next-working"  # it leaves at the same wall time of the next day on which the mission works
    SKIP = "skip"  # it is not said there


class QuietPolicy(StrEnum):
    """What becomes of a post that is due in a mission's quiet hours, or during a blackout."""

    REVIEW = "review"  # it waits until a person has said that it may leave
    MOVE = "move"  # it leaves when the quiet hours end
    IGNORE = "ignore"  # it leaves all the same


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of a day in which a mission keeps quiet, on its own clock; they may reach over midnight."""

    begins: time
    ends: time

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


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which part of the network says nothing of some topics, or nothing at all, until a person says that it may.

    The days are those of each mission's own clock. Without topics it is about every post save those of a crisis.
    """

    id: int
    scope: Selection
    first: date
    last: date
    why: str
    topics: tuple[str, ...] = ()

    def covers(self, account: Account, network: Network, day: date, topics: tuple[str, ...]) -> bool:
        """Say whether the account's posts of these topics wait on that day."""
        is_topic = not self.topics or not set(self.topics).isdisjoint(topics)
        return is_topic and self.first <= day <= self.last and self.scope.takes(account, network)


def _always_open(_mission: str, _day: date) -> str:
    return ""


@dataclass(frozen=True)
class Hours:
    """What planning knows of the missions' time.

    `why_closed` says why a mission is closed on a day of its own clock, "" where it is open. `taken` holds for each
    account the instants (UTC) at which other campaigns have it speak.
    """

    why_closed: Callable[[str, date], str] = _always_open
    blackouts: tuple[Blackout, ...] = ()
    taken: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
