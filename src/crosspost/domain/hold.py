"""Holds: a stop on part of the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crosspost.domain.selection import Selection


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop: what it covers, why, who set it and when (UTC), and until when, if it ends by itself.

    `is_over`: its end has passed, and it stands until the daemon has put what came due under it up for review.
    """

    id: int
    scope: Selection
    reason: str
    who: str
    since: datetime
    until: datetime | None = None
    is_over: bool = False
