"""Not before when, for an account or an app."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from crosspost.store.engine import Transaction
from crosspost.store.tables import Pace, core

_pace = core(Pace)


def every(tx: Transaction) -> list[Pace]:
    """Return all paces, also those whose time has come."""
    return [Pace(**row._mapping) for row in tx.execute(select(_pace).order_by(_pace.c.scope))]


def find(tx: Transaction, scope: str) -> Pace | None:
    """Return the pace of an account or an app, if one was set."""
    row = tx.execute(select(_pace).where(_pace.c.scope == scope)).first()
    return Pace(**row._mapping) if row else None


def slow(tx: Transaction, pace: Pace) -> None:
    """Set a pace; the one before gives way, unless only a person may end it."""
    before = find(tx, pace.scope)
    if before is not None and before.until is None:
        return
    clear(tx, pace.scope)
    tx.execute(insert(_pace).values(**pace.model_dump()))


_CLEAR = delete(_pace).where(_pace.c.scope == bindparam("whose"))


def clear(tx: Transaction, scope: str) -> bool:
    """Let an account or an app go on at once; say whether it had been slowed."""
    return tx.execute(_CLEAR, {"whose": scope}).rowcount > 0
