"""Posts that come back, each occurrence a post of its own time: as far ahead as they are planned."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crosspost.domain.campaign import Post
from crosspost.domain.schedule import WallTime

#: How far ahead occurrences are planned, and how long those that were planned are looked after.
AHEAD, BEHIND = timedelta(days=90), timedelta(days=30)

#: No clock on earth is further from another.
_A_DAY = timedelta(days=1)


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
