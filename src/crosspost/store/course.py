"""What happened since an instant, and what comes next: the queue along the course of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crosspost.domain.delivery import State
from crosspost.store.engine import Transaction
from crosspost.store.outcomes import ALARM_TWICE
from crosspost.store.selection import is_in
from crosspost.store.tables import Attempt, Block, Delivery, Event, core

_delivery = core(Delivery)
_attempt = core(Attempt)
_block = core(Block)
_event = core(Event)

#: How many posts are listed of what comes next.
_LISTED = 200


def since(tx: Transaction, start: datetime, now: datetime) -> dict[str, int]:
    """Return how many deliveries came to what since an instant.

    `sent`, of which `found` were looked for after an uncertain attempt; `failed`, `expired`; `late`, blocked as such;
    `uncertain` and `tried_again`, attempts; `alarms`, second receipts.
    """
    deliveries, attempts = select(func.count()).select_from(_delivery), select(func.count()).select_from(_attempt)
    late = select(func.count()).select_from(_block).where(_block.c.kind == "late", _block.c.since >= start)
    alarms = select(func.count()).select_from(_event).where(_event.c.action == ALARM_TWICE, _event.c.at >= start)
    ended = _attempt.c.end >= start
    queries = {
        "sent": deliveries.where(_delivery.c.state == State.SENT.value, _delivery.c.sent_at >= start),
        "found": attempts.where(ended, _attempt.c.outcome == "found"),
        "failed": select(func.count(_attempt.c.delivery.distinct())).where(ended, _attempt.c.outcome == "refused"),
        "expired": deliveries.where(
            _delivery.c.state == State.EXPIRED.value, _delivery.c.expires >= start, _delivery.c.expires <= now
        ),
        "late": late,
        "uncertain": attempts.where(ended, _attempt.c.outcome == "uncertain"),
        "tried_again": attempts.where(ended, _attempt.c.outcome.in_(["not-sent", "not-begun", "absent"])),
        "alarms": alarms,
    }
    return {name: int(tx.execute(query).scalar_one()) for name, query in queries.items()}


@dataclass(frozen=True, slots=True)
class Coming:
    """A post that comes next: its campaign (`-` for single ones), when its first and last are due, and how many are."""

    campaign: str
    post: str
    first: datetime
    last: datetime
    deliveries: int


def coming(tx: Transaction, now: datetime, until: datetime) -> list[Coming]:
    """Return the posts that are due from now until an instant, by their first due time."""
    first = func.min(_delivery.c.due).label("first")
    rows = tx.execute(
        select(
            _delivery.c.campaign,
            _delivery.c.post,
            first,
            func.max(_delivery.c.due).label("last"),
            func.count().label("deliveries"),
        )
        .where(is_in(State.QUEUED), _delivery.c.due > now, _delivery.c.due <= until)
        .group_by(_delivery.c.campaign, _delivery.c.post)
        .order_by(first, _delivery.c.campaign, _delivery.c.post)
        .limit(_LISTED)
    )
    return [Coming(**row._mapping) for row in rows]
