"""Blackouts: days on which part of the network keeps silent, such as those of a mourning or before an election."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from crosspost.domain.days import said
from crosspost.domain.delivery import BlockKind
from crosspost.domain.network import Account, Network
from crosspost.domain.planned import Stop
from crosspost.domain.selection import Selection


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which part of the network says nothing of some topics, or nothing at all, until a person lets it.

    The days are those of each mission's own clock, `last` is one of them. Without topics it is about every post, save
    those of a crisis and those under embargo.
    """

    id: int
    scope: Selection
    first: date
    last: date
    why: str
    topics: tuple[str, ...] = ()

    def covers(self, account: Account, network: Network, day: date, topics: Collection[str]) -> bool:
        """Say whether the account's posts of these topics wait on that day."""
        is_topic = not self.topics or not _alike(self.topics).isdisjoint(_alike(topics))
        return is_topic and self.first <= day <= self.last and self.scope.takes(account, network)

    @property
    def stop(self) -> Stop:
        """What it does to a delivery."""
        return Stop(BlockKind.BLACKOUT, f"{self.why}, until {said(self.last)}")


def _alike(topics: Iterable[str]) -> set[str]:
    """Return topics as they are compared: who writes `Elections` means what another calls `elections`."""
    return {" ".join(topic.split()).casefold() for topic in topics}


def stops(
    blackouts: Iterable[Blackout], account: Account, network: Network, day: date, topics: Collection[str]
) -> tuple[Stop, ...]:
    """Return what stops an account's post of these topics on a day of its mission's clock."""
    return tuple(one.stop for one in blackouts if one.covers(account, network, day, topics))
