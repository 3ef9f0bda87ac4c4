"""When accounts speak, as far as planning must know: what its own deliveries were given, and what others have taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crosspost.domain.delivery import State
from crosspost.domain.schedule import Instant
from crosspost.store.engine import Transaction
from crosspost.store.tables import Delivery, core

_delivery = core(Delivery)

#: States in which an account speaks at the due time, has spoken, or may have.
_SPEAKS = (State.QUEUED, State.SENDING, State.SENT, State.UNKNOWN)


def kept(tx: Transaction, campaign_id: str) -> dict[str, Instant]:
    """Return when each delivery of a campaign that is not cancelled or expired is due, and on which clock."""
    gone = [State.CANCELLED.value, State.EXPIRED.value]
    rows = tx.execute(
        select(*(_delivery.c[name] for name in ("id", "due", "wall", "zone"))).where(
            _delivery.c.campaign == campaign_id, _delivery.c.state.not_in(gone)
        )
    )
    return {row.id: Instant(row.due, datetime.fromisoformat(row.wall), row.zone) for row in rows}


def taken(tx: Transaction, campaign_id: str, begin: datetime, end: datetime) -> dict[str, tuple[datetime, ...]]:
    """Return when the accounts speak for others than the campaign, between two instants."""
    rows = tx.execute(
        select(_delivery.c.account, _delivery.c.due).where(
            _delivery.c.campaign != campaign_id,
            _delivery.c.due.between(begin - timedelta(days=1), end),
            _delivery.c.state.in_([state.value for state in _SPEAKS]),
        )
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row.account, []).append(row.due)
    return {account: tuple(dues) for account, dues in found.items()}
