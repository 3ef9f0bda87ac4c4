"""Posts and their days as people name them: `cop31/weekly`, or one of its times, `cop31/weekly@2027-03-01`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from crosspost.desk.desk import Desk
from crosspost.domain.delivery import occasion
from crosspost.errors import UsageError
from crosspost.store import campaigns, deliveries

#: So many planned days are named to somebody who named another.
_FEW = 6


def planned_days(desk: Desk, campaign_id: str) -> dict[str, set[str]]:
    """Return the posts of a campaign that was queued, each with the days that it is or was queued for.

    A post that is said once has none; a campaign that was never queued has no posts.
    """
    with desk.store.read() as tx:
        row = campaigns.find(tx, campaign_id)
        if row is None:
            return {}
        current, _ = campaigns.current(tx, row)
        return {post.id: set() for post in current.posts} | deliveries.days(tx, campaign_id)


def require_planned(name: str, day: str, days: Collection[str]) -> None:
    """Make sure that a post is planned on a day: what is not must not pass for an empty list. `name` is the post.

    Raises:
        UsageError: when it is not, with the planned days next to it.
    """
    if day in days:
        return
    if not days:
        raise UsageError(f"{name} does not come back: name it without its day, {name}")
    listed = ", ".join(sorted(sorted(days, key=lambda known: _distance(known, day))[:_FEW]))
    more = f" and {len(days) - _FEW} more days" if len(days) > _FEW else ""
    raise UsageError(f"{occasion(name, day)} is not planned: name a day of {name} that is, such as {listed}{more}")


def _distance(known: str, asked: str) -> int:
    """Return how many days lie between two days; what was asked for may be no day."""
    try:
        return abs((date.fromisoformat(known) - date.fromisoformat(asked)).days)
    except ValueError:
        return 0
