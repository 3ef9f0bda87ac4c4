"""Posts that come back, each occurrence a post of its own time: as far ahead as they are planned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from crosspost.domain.campaign import Post
from crosspost.domain.planned import Planned, Reason, Skipped
from crosspost.domain.schedule import WallTime

#: How far ahead occurrences are planned, and how long those that were planned are looked after.
AHEAD, BEHIND = timedelta(days=90), timedelta(days=30)

#: No clock on earth is further from another.
_A_DAY = timedelta(days=1)

#: What is said at one instant: post, account, slot, and when.
_Place = tuple[str, str, str, datetime]

_V = TypeVar("_V")


def occurrences(post: Post, now: datetime, known: Collection[str]) -> Iterator[tuple[str, Post]]:
    """Yield the times at which a post is said, each by its name, "" where it is said once.

    Those that are past go with the ones that were planned (`known` names them): nothing is said for days gone by.
    """
    if post.recurrence is None or not isinstance(post.at, WallTime):
        yield "", post
        return
    # A wall time of any clock, against an instant: a day to either side takes in them all.
    today = now.astimezone(UTC).replace(tzinfo=None)
    for wall in post.recurrence.occurrences(post.at.wall, today + AHEAD):
        name = f"{wall:%Y-%m-%d}"
        is_ahead = wall >= today - _A_DAY
        if is_ahead or (wall >= today - BEHIND and name in known):
            yield name, replace(post, at=replace(post.at, wall=wall))


def said_once(made: Mapping[_V, tuple[Planned | Skipped, ...]]) -> dict[_V, tuple[Planned | Skipped, ...]]:
    """Return what is to be said without what closed days would have an account say twice at one instant.

    A post of every day that is moved to the next working one meets that day's own: that one is said, or else the first
    of those that were moved there.
    """
    said: dict[_Place, Planned] = {}
    for outcomes in made.values():
        for one in outcomes:
            if isinstance(one, Planned) and one.occurrence and (_place(one) not in said or not one.moved):
                said[_place(one)] = one
    return {voice: tuple(_in_favour(one, said) for one in outcomes) for voice, outcomes in made.items()}


def _in_favour(one: Planned | Skipped, said: Mapping[_Place, Planned]) -> Planned | Skipped:
    if isinstance(one, Skipped) or not one.occurrence or said[_place(one)] is one:
        return one
    why = f"{one.moved}; {said[_place(one)].occasion} is said then"
    return Skipped(one.campaign, one.post, one.account, one.slot, Reason.CLOSED, why, one.occurrence)


def _place(one: Planned) -> _Place:
    return one.post, one.account, one.slot, one.time.utc
